"""Rows as CSV and TSV."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.words.text import unguard_formula
from pipeline_cli.output.report import DATE, TEXT, YES_NO, Column
from tests.output.report_samples import COLUMNS, HOSTILE, deal, hostile, listing, written


def rows_of(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def test_csv_has_a_header_raw_numbers_iso_days_and_flags_by_name() -> None:
    row = deal(7, "Acme, Inc.", value=123_450, idle_days=None)
    assert written(listing([row], extra={"totals": {}}), "csv")[0] == (
        "id,title,organization,stage,value,idle_days,chance,touches,expected_close,flags,public_id\n"
        '7,"Acme, Inc.","Acme, Inc.",prospecting,1234.50,,0.174,3,2026-11-30,idle no_next_step,d7\n'
    )


def test_tsv_is_the_same_between_tabs() -> None:
    columns = [Column("title", "Deal"), Column("note", "Note")]
    text, _ = written(listing([{"title": "Acme, Inc.", "note": "a\tb"}], columns), "tsv")
    assert text == 'title\tnote\nAcme, Inc.\t"a\tb"\n'


def test_text_a_spreadsheet_would_run_is_guarded_and_numbers_are_not() -> None:
    assert rows_of(written(listing([deal(1, "=1+1", value=-100)]), "csv")[0])[1][1:5] == [
        "'=1+1",
        "'=1+1",
        "prospecting",
        "-1",
    ]


def test_lists_and_records_are_json_in_their_cell() -> None:
    columns = [Column("ids", "Ids"), Column("met", "Met", YES_NO), Column("due", "Due", DATE)]
    rows = [{"ids": [1, 2], "met": True, "due": date(2026, 11, 21)}, {"ids": {"a": "é"}, "met": False, "due": None}]
    assert rows_of(written(listing(rows, columns), "csv")[0])[1:] == [
        ["[1, 2]", "true", "2026-11-21"],
        ['{"a": "é"}', "false", ""],
    ]


@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_hostile_text_is_exact_in_a_file_but_for_what_no_file_can_hold(form: str, delimiter: str) -> None:
    text, _ = written(hostile(), form)
    titles = [row[1] for row in rows_of(text, delimiter)[1:]]
    assert titles == [title.encode("utf-8", "backslashreplace").decode() for title in HOSTILE]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_on_a_terminal_hostile_text_is_made_visible(form: str) -> None:
    text, _ = written(hostile(), form, width=80)
    assert not set(text) & {"\x00", "\x07", "\r", "\x1b", "\x7f", "\x9b", "\u202e", "\u2028", "\ud800"}
    assert len(text.splitlines()) == 1 + len(HOSTILE)


CELLS = st.text(alphabet=st.one_of(st.sampled_from("'=+-@\t\r\n\"',;＝＋－＠ \x00é"), st.characters(codec="utf-8")))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4), st.sampled_from(["csv", "tsv"]))
def test_every_text_comes_back_exactly_once_the_guard_is_taken_off(pairs: list[tuple[str, str]], form: str) -> None:
    columns = [Column("title", "Deal", TEXT), Column("note", "Note", TEXT)]
    rows: list[dict[str, Any]] = [{"title": title, "note": note} for title, note in pairs]
    text, _ = written(listing(rows, columns), form)
    read = rows_of(text, "," if form == "csv" else "\t")[1:]
    assert [tuple(map(unguard_formula, row)) for row in read] == pairs


def test_a_single_empty_cell_is_still_a_row() -> None:
    assert rows_of(written(listing([{"title": ""}], [Column("title", "Deal")]), "csv")[0]) == [["title"], [""]]


def test_every_column_is_there_also_those_no_table_shows() -> None:
    assert rows_of(written(listing([]), "csv")[0]) == [[column.key for column in COLUMNS]]
