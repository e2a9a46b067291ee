"""`snooze`: a deal is silent until a day."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, flags, record, shown
from tests.conftest import Run


@pytest.fixture
def quiet(pipeline: Run) -> Run:
    pipeline("add", "Acme", today="2026-09-01")
    pipeline("log", "1", "call", today="2026-09-01")
    return pipeline


def test_a_snoozed_deal_is_out_of_idle_and_prune_and_back_by_itself(quiet: Run) -> None:
    assert "idle" in flags(quiet)

    result = quiet("snooze", "1", "2w")

    assert (result.code, result.err) == (0, "1, Acme: silent until 2026-12-05.\n")
    assert deal(quiet)["snoozed_until"] == "2026-12-05"
    assert not {"idle", "stuck", "no_next_step"} & set(flags(quiet))
    assert quiet("prune", "--dry-run", "--json").rows == []
    assert quiet("health", "--json").rows[0]["idle"] == 0
    assert quiet("today", "--json").rows == []
    assert [row["id"] for row in quiet("list", "snoozed=yes", "--json").rows] == [1]

    (task,) = quiet("today", "--json", today="2026-12-05").rows
    assert task["why"] == "snoozed until 5 Dec"
    assert quiet("list", "snoozed=yes", "--json", today="2026-12-05").rows == []
    assert quiet("prune", "--dry-run", "--json", today="2026-12-05").rows == [], "its clock begins anew"
    assert quiet("list", "--json", today="2026-12-05").rows[0]["idle_days"] == 0
    assert len(quiet("prune", "--dry-run", "--json", today="2027-01-03").rows) == 1


def test_the_reason_is_kept_as_a_note(quiet: Run) -> None:
    quiet("snooze", "1", "2w", "--reason", "on holiday")

    assert [note["text"] for note in shown(quiet)["notes"]] == ["snoozed until 2026-12-05: on holiday"]


def test_today_wakes_it(quiet: Run) -> None:
    before = record(quiet)
    quiet("snooze", "1", "2w")

    assert quiet("snooze", "1", "today").err == "1, Acme: awake again.\n"
    assert deal(quiet)["snoozed_until"] is None
    quiet("undo", "2")
    assert record(quiet) == before


@pytest.mark.parametrize(("day", "code"), [("yesterday", 2), ("never", 2), ("2026-02-30", 2), ("9999-12-31", 2)])
def test_a_day_that_makes_no_sense_is_refused(quiet: Run, day: str, code: int) -> None:
    before = record(quiet)

    assert quiet("snooze", "1", day).code == code
    assert record(quiet) == before


def test_a_closed_deal_is_silent_anyway(quiet: Run) -> None:
    quiet("win", "1")

    assert quiet("snooze", "1", "3d").code == 5
