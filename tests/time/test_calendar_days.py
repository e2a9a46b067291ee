"""29 February, the weeks around New Year, and years to come."""

from __future__ import annotations

import pytest

from tests.conftest import Run


@pytest.mark.parametrize(
    ("today", "typed", "meant"),
    [
        ("2028-02-29", "1y", "2029-02-28"),
        ("2028-01-31", "1m", "2028-02-29"),
        ("2027-01-31", "1m", "2027-02-28"),
        ("2028-02-01", "eom", "2028-02-29"),
        ("2031-02-01", "eom", "2031-02-28"),
        ("2028-02-28", "tomorrow", "2028-02-29"),
        ("2028-03-01", "2028-03-01", "2028-03-01"),
        ("2026-12-31", "eow", "2027-01-03"),
        ("2026-12-31", "eoy", "2026-12-31"),
        ("2031-12-31", "eoq", "2031-12-31"),
        ("2031-12-31", "3d", "2032-01-03"),
    ],
)
def test_a_date_typed_near_an_odd_day(pipeline: Run, today: str, typed: str, meant: str) -> None:
    assert pipeline("add", "Acme", "--close", typed, today=today).code == 0
    assert pipeline("list", "--json", today=today).rows[0]["expected_close"] == meant


def test_29_february_exists_in_leap_years_alone(pipeline: Run) -> None:
    assert pipeline("add", "Acme", "--close", "2028-02-29").code == 0
    refused = pipeline("add", "Beta", "--close", "2027-02-29")
    assert refused.code == 2
    assert "does not exist in the calendar" in refused.err


def test_a_deal_of_29_february_is_a_year_old_on_the_28th_and_seen_as_of_both(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2028-02-29T12:00Z")
    assert pipeline("list", "--json", today="2029-02-28").rows[0]["age_days"] == 365
    assert pipeline("list", "--json", "--as-of", "2028-02-28", today="2029-02-28").rows == []
    assert len(pipeline("list", "--json", "--as-of", "2028-02-29", today="2029-02-28").rows) == 1


def test_weeks_around_new_year_are_iso_weeks(pipeline: Run) -> None:
    for close in ("2026-12-27", "2026-12-28", "2026-12-31", "2027-01-01", "2027-01-03", "2027-01-04"):
        pipeline("add", close, "--value", "1000", "--probability", "50", "--close", close, today="2026-12-21")
    rows = pipeline("forecast", "--by", "week", "--method", "configured", "--json", today="2026-12-21").rows
    expected = {row["period"]: row["expected"] for row in rows}
    assert expected == {"2026-W52": 500, "2026-W53": 2000, "2027-W01": 500}


def test_the_last_days_of_2031_are_in_the_first_week_of_2032(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "1000", "--probability", "50", "--close", "2031-12-31", today="2031-12-29")
    rows = pipeline("forecast", "--by", "week", "--method", "configured", "--json", today="2031-12-29").rows
    assert [(row["period"], row["expected"]) for row in rows] == [("2032-W01", 500)]


def test_a_record_kept_until_2031_answers_as_ever(pipeline: Run) -> None:
    pipeline("add", "Old", "--value", "1000", today="2026-11-21")
    pipeline("add", "New", "--value", "2000", "--close", "30d", today="2031-05-05")
    pipeline("win", "2", today="2031-05-06")
    for report in ("list", "today", "health", "funnel", "forecast", "sources", "cohorts", "history", "prune --dry-run"):
        result = pipeline(*report.split(), "--json", today="2031-05-07")
        assert result.code == 0, (report, result.err)
    assert [row["age_days"] for row in pipeline("list", "--json", today="2031-05-07").rows] == [1628]
    assert pipeline("check", today="2031-05-07").code == 0
