"""`reopen`: a closed deal goes on, in the stage it had."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run
from tests.storage.record import dump


@pytest.mark.parametrize(
    "closing", [["win", "1"], ["lose", "1", "--reason", "price"], ["disqualify", "1", "--reason", "x"]]
)
def test_a_closed_deal_returns_to_its_stage_and_keeps_its_history(pipeline: Run, closing: list[str]) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("advance", "1", "--force", "--reason", "x", today="2026-11-02")
    pipeline(*closing, today="2026-11-10")

    result = pipeline("reopen", "1")

    assert (result.code, result.err) == (0, "Reopened 1, Acme, in Qualification.\n")
    row = deal(pipeline)
    assert (row["status"], row["stage"], row["closed_at"], row["lost_reason"]) == ("open", "qualification", None, None)
    assert row["days_in_stage"] == 0
    assert len(shown(pipeline)["moves"]) == 4


def test_a_reopening_may_be_back_dated(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("win", "1", today="2026-11-10")

    assert pipeline("reopen", "1", "--at", "2026-11-15").code == 0

    assert last(pipeline)["summary"] == "reopened Acme in Prospecting, back-dated to 2026-11-15 12:00"
    assert pipeline("list", "--as-of", "2026-11-12", "--json").rows == []
    assert len(pipeline("list", "--as-of", "2026-11-15", "--json").rows) == 1


def test_what_was_planned_for_the_closed_deal_is_its_next_step(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("lose", "1", "--reason", "timing", "--again", "2026-11-21", today="2026-11-01")

    result = pipeline("reopen", "1")

    assert result.err == "Reopened 1, Acme, in Prospecting. Next: Ask again, due 2026-11-21.\n"
    assert deal(pipeline)["next_step"] == "Ask again"
    assert [row["why"] for row in pipeline("today", "--json").rows] == ["due today: Ask again"]
    assert pipeline("done", "1").code == 0


def test_undo_closes_it_again(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("lose", "1", "--reason", "price")
    before = record(pipeline)
    pipeline("reopen", "1")

    pipeline("undo")

    assert record(pipeline) == before


def test_an_open_deal_and_a_day_before_the_closing_are_refused(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    assert pipeline("reopen", "1").code == 5
    pipeline("win", "1", today="2026-11-10")
    before = record(pipeline)

    assert pipeline("reopen", "1", "--at", "2026-11-05").code == 5
    assert pipeline("reopen", "1", "--at", "tomorrow").code == 2
    assert record(pipeline) == before


def test_what_was_to_follow_a_sale_is_off_with_it_and_undo_brings_it_back(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1", "--check-in", "2026-12-01")
    before = dump(folder / "pipeline.db")

    result = pipeline("reopen", "1")

    assert result.err.splitlines()[1] == "Its check-in on 2026-12-01 is off, because it is not won any more."
    assert pipeline("win", "1").code == 0
    assert all(one["closed_at"] for one in shown(pipeline)["follow_ups"])
    pipeline("undo", "2")
    assert dump(folder / "pipeline.db") == before
