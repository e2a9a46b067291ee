"""A clock that was a day ahead and was set right: nothing is lost, nothing negative is shown, and nobody is stranded."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import Run

REPORTS = (
    "list status=all",
    "show 1",
    "today",
    "health",
    "funnel",
    "forecast --deals",
    "sources",
    "cohorts",
    "history",
    "prune --dry-run",
    "export touchpoints",
    "export moves",
)
NEGATIVE = re.compile(r"(_days|days_open|_hours|_at_days|hours|age|cycle_\w+)\": -")


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()  # of this machine: PIPELINE_TODAY is a day gone by


@pytest.fixture
def set_back(pipeline: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A record kept on a machine whose clock was a day ahead, and is right now."""
    pipeline("add", "Acme", "--value", "5k", today=day(-20))
    pipeline("add", "Beta", "--value", "7k", today=day(1))
    pipeline("log", "1", "call", "--in", "asked for a price", today=day(1))
    pipeline("log", "2", "call", "--in", today=day(1))
    pipeline("next", "1", "3d", "Call", today=day(1))
    pipeline("advance", "2", "--force", "--reason", "in a hurry", today=day(1))
    pipeline("add", "Gamma", "--value", "1k", today=day(1))
    pipeline("win", "3", today=day(1))
    monkeypatch.delenv("PIPELINE_TODAY")
    return pipeline


def test_every_report_shows_every_deal_and_no_negative_days(set_back: Run) -> None:
    assert [row["title"] for row in set_back("list", "status=all", "--json").rows] == ["Acme", "Beta", "Gamma"]
    for report in REPORTS:
        result = set_back(*report.split(), "--json")
        assert result.code == 0, (report, result.err)
        assert not NEGATIVE.search(result.out), report
    for row in set_back("funnel", "--json").rows:
        assert (row["median_days_open"] or 0) >= 0
        assert (row["median_days"] or 0) >= 0


def test_history_lists_all_that_was_done_in_its_order(set_back: Run) -> None:
    set_back("note", "1", "the clock is right now")
    rows = set_back("history", "--json").rows
    assert [row["command"] for row in rows] == ["note", "win", "add", "advance", "next", "log", "log", "add", "add"]


def test_undo_goes_by_the_order_of_doing(set_back: Run) -> None:
    set_back("note", "1", "the clock is right now")
    assert "(note)" in set_back("undo").out
    assert "(win)" in set_back("undo").out
    assert "(win)" in set_back("redo").out
    assert "(note)" in set_back("redo").out


def test_what_can_be_done_is_done_and_what_cannot_says_how(set_back: Run) -> None:
    for command in (
        "note 1 hi",
        "log 1 call",
        "next 1 2d Write",
        "done 1",
        "edit 1 --value 6k",
        "snooze 2 3d",
        "advance 1 --force --reason soon",
        "lose 1 --reason price",
        "reopen 1",
    ):
        result = set_back(*command.split())
        assert result.code == 0, (command, result.err)
    refused = set_back("win", "2")
    assert refused.code == 5
    assert "set the clock right, or PIPELINE_TODAY" in refused.err
    assert set_back("win", "2", today=day(1)).code == 0


def test_a_deal_with_moves_of_tomorrow_can_be_cleaned_up_by_undo(set_back: Run) -> None:
    assert set_back("undo", "7", "--yes").code == 0
    assert [row["title"] for row in set_back("list", "--json").rows] == ["Acme"]
    assert set_back("check").code == 0


def test_two_moves_within_the_day_keep_their_order_when_the_clock_lost_an_hour(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-21T10:00Z")
    pipeline("advance", "1", "--force", "--reason", "first", today="2026-11-21T12:00Z")
    pipeline("advance", "1", "--force", "--reason", "second", today="2026-11-21T11:00Z")
    moves = pipeline("show", "1", "--json", today="2026-11-21T13:00Z").json["moves"]
    assert [move["to_stage"] for move in moves] == ["prospecting", "qualification", "proposal"]
    assert pipeline("check", today="2026-11-21T13:00Z").code == 0


def test_a_prune_comes_after_the_last_move_though_the_clock_was_set_back_within_the_day(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-01-05T09:00Z")
    pipeline("advance", "1", "--force", "--reason", "in a hurry", today="2026-11-21T12:00Z")
    assert pipeline("prune", "--now", "--yes", today="2026-11-21T08:00Z").code == 0

    moves = pipeline("export", "moves", "--json", today="2026-11-21T13:00Z").rows
    assert [(move["to_stage"], move["moved_at"]) for move in moves][1:] == [
        ("qualification", "2026-11-21T12:00:00.000Z"),
        ("lost", "2026-11-21T12:00:00.000Z"),
    ]
    assert pipeline("check", today="2026-11-21T13:00Z").code == 0
