"""Dates as programs and spreadsheets write them."""

from __future__ import annotations

import pytest

from pipeline_cli.exchange.written_dates import read_written
from tests.exchange.conftest import Plan, said, warned


@pytest.mark.parametrize(
    "text",
    [
        "Sep 5, 2025",
        "September 5, 2025",
        "Fri, Sep 5, 2025",
        "05-Sep-2025",
        "05-Sep-25",
        "5. September 2025",
        "5.Sept.2025",
        "5 septembre 2025",
        "5 de septiembre de 2025",
        "5 de set. de 2025",
        "2025-Sep-05",
        "20250905",
        "45905",
        "45905.0",
    ],
)
def test_the_fifth_of_september_in_other_forms(text: str) -> None:
    read = read_written(text)
    assert read is not None
    assert (read.date().isoformat(), read.hour) == ("2025-09-05", 0)


@pytest.mark.parametrize("text", ["Sep 5, 2025 3:45 PM", "5 Sep 2025 15:45", "20250905T154500", "45905.65625"])
def test_with_a_time(text: str) -> None:
    read = read_written(text)
    assert read is not None
    assert read.isoformat() == "2025-09-05T15:45:00"


@pytest.mark.parametrize(
    "text", ["", "Sep 31, 2025", "20251345", "12000", "123456", "5 foo 2025", "Mar 3", "2025", "x" * 90]
)
def test_what_is_none_of_them(text: str) -> None:
    assert read_written(text) is None


def test_a_column_in_such_a_form_is_read_and_days_of_a_spreadsheet_are_said(plan: Plan) -> None:
    made = plan(
        'title,created,close date\nA,45905,"Dec 5, 2026"\nB,20250906,05-Dec-2026\nC,2025-09-07,5. Dezember 2026\n'
    )
    assert said(made) == []
    deals = list(made.deals())
    assert [deal.created_at.day for deal in deals] == [4, 5, 6]  # midnight in Berlin
    assert {str(deal.expected_close) for deal in deals} == {"2026-12-05"}
    assert warned(made)["spreadsheet_days"] == [2]


def test_dates_with_dots_are_day_first(plan: Plan) -> None:
    made = plan("title,expected close\nA,05.12.2026\nB,06.12.2026\n")
    assert said(made) == []
    assert [str(deal.expected_close) for deal in made.deals()] == ["2026-12-05", "2026-12-06"]
