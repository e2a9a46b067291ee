"""Check-ins and renewals of won deals in `today`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Run


@pytest.fixture
def sold(pipeline: Run) -> Run:
    """Won on 1 November; check-in on 1 December, renewal on 1 January."""
    pipeline("add", "Acme", "--value", "12k", today="2026-11-01")
    pipeline("win", "1", "--check-in", "2026-12-01", "--renewal", "2027-01-01", today="2026-11-01")
    return pipeline


def reasons(run: Run, day: str, *words: str) -> list[tuple[Any, ...]]:
    return [(row["id"], row["why"], row["due"]) for row in run("today", "--json", *words, today=day).rows]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-23", []),
        ("2026-11-24", [(1, "check-in on 2026-12-01", "2026-12-01")]),
        ("2026-12-01", [(1, "check-in due", "2026-12-01")]),
        ("2026-12-02", [(1, "check-in due since 2026-12-01", "2026-12-01")]),
    ],
)
def test_a_check_in_is_shown_from_a_week_before_until_it_is_done(
    sold: Run, day: str, why: list[tuple[Any, ...]]
) -> None:
    assert reasons(sold, day) == why


def test_a_renewal_is_shown_from_thirty_days_before(sold: Run) -> None:
    sold("done", "1", today="2026-12-01")
    assert reasons(sold, "2026-12-01") == []
    assert reasons(sold, "2026-12-02") == [(1, "renewal on 2027-01-01", "2027-01-01")]


def test_leads_that_wait_stand_before_what_has_come_and_what_is_ahead(sold: Run) -> None:
    sold("add", "Lead", today="2026-12-01")
    assert [row[0] for row in reasons(sold, "2026-12-03")] == [2, 1]
    sold("edit", "1", "--check-in", "2026-12-10", today="2026-12-03")
    assert [row[0] for row in reasons(sold, "2026-12-03")] == [2, 1]


def test_the_command_it_names_is_the_one_that_closes_it(sold: Run) -> None:
    assert sold("today", "--json", today="2026-12-01").rows[0]["command"].endswith("done 1")
    assert sold("done", "1", today="2026-12-01").code == 0


def test_as_of_a_day_before_the_win_there_is_nothing_to_follow(sold: Run) -> None:
    sold("add", "Later", today="2026-11-24")
    assert reasons(sold, "2026-12-01", "--as-of", "2026-10-31") == []
    sold("done", "1", today="2026-12-01")
    assert reasons(sold, "2026-12-24", "--as-of", "2026-11-30") == [
        (2, "no word from you for 6 days", None),
        (1, "check-in on 2026-12-01", "2026-12-01"),
    ]


def test_a_deal_that_is_reopened_has_nothing_to_follow(sold: Run) -> None:
    sold("reopen", "1", today="2026-11-30")
    assert [row[1] for row in reasons(sold, "2026-12-01")] != []
    assert not any("check-in" in row[1] for row in reasons(sold, "2026-12-01"))


def test_a_calendar_holds_them_under_names_of_their_own(sold: Run) -> None:
    lines = sold("export", "calendar").out.splitlines()
    assert [line for line in lines if line.startswith(("SUMMARY", "DTSTART"))] == [
        "SUMMARY:Check-in (Acme)",
        "DTSTART;VALUE=DATE:20261201",
        "SUMMARY:Renewal (Acme)",
        "DTSTART;VALUE=DATE:20270101",
    ]
    names = [line.partition("-")[2] for line in lines if line.startswith("UID")]
    assert names == ["check_in@pipeline", "renewal@pipeline"]
