"""The cells of a column as people read them."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline_cli.output.cells import shown_cells
from pipeline_cli.output.report import COUNT, DAYS, FLAGS, ID, NUMBER, PERCENT, TEXT, YES_NO, Column
from tests.output.report_samples import listing


@pytest.mark.parametrize(
    ("kind", "values", "shown"),
    [
        (COUNT, [1200, 0, None], ["1,200", "0", "-"]),
        (ID, [1200, "A-7\x1b"], ["1200", r"A-7\x1b"]),
        (DAYS, [14, 15.5], ["14.0", "15.5"]),
        (DAYS, [14, 15.0], ["14", "15"]),
        (NUMBER, [0.2134, None], ["0.213", "-"]),
        (PERCENT, [0.174, None, 0], ["17%", "-", "0%"]),
        (YES_NO, [True, False, None], ["yes", "no", ""]),
        (TEXT, ["a\nb", None, ["call", "email"], 7, {"a": 1}, []], ["a⏎b", "", "call, email", "7", '{"a": 1}', ""]),
        (COUNT, ["40*", 3], ["40*", "3"]),
    ],
)
def test_a_column_is_shown_in_one_form(kind: str, values: list[Any], shown: list[str]) -> None:
    column = Column("x", "X", kind)
    assert shown_cells(column, [{"x": value} for value in values], listing([])) == shown


def test_flags_are_words_with_the_number_that_set_them_off() -> None:
    flags = [
        {"flag": "idle", "number": 30, "limit": 14},
        {"flag": "concentrated", "number": 0.45, "limit": 0.4},
        {"flag": "no_value", "number": None, "limit": None},
    ]
    assert shown_cells(Column("flags", "Flags", FLAGS), [{"flags": flags}, {"flags": []}], listing([])) == [
        "idle 30, concentrated 45%, no_value",
        "",
    ]
