"""`today`, and `pipeline` alone: what to do now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def agenda(pipeline: Run) -> Run:
    """One deal for each reason to do something today."""
    for title in ("answered", "overdue", "due", "closing"):
        pipeline("add", title, today="2026-11-19")
        pipeline("log", title, "call", today="2026-11-19")
    pipeline("add", "unanswered", today="2026-11-19")
    pipeline("log", "answered", "email", "--in", today="2026-11-20")
    pipeline("next", "overdue", "2026-11-20", "Call them", today="2026-11-19")
    pipeline("next", "due", "2026-11-21", "Send the offer", today="2026-11-19")
    pipeline("edit", "closing", "--close", "2026-11-24", today="2026-11-19")
    pipeline("add", "quiet", today="2026-11-07")
    pipeline("log", "quiet", "call", today="2026-11-07")
    return pipeline


def test_the_most_urgent_comes_first_and_each_says_why(agenda: Run) -> None:
    rows = agenda("today", "--json").rows

    assert [(row["title"], row["why"]) for row in rows] == [
        ("overdue", "overdue: Call them"),
        ("due", "due today: Send the offer"),
        ("unanswered", "unanswered for 46 hours"),
        ("answered", "they wrote yesterday, no reply"),
        ("quiet", "idle 14 days, flagged after 14"),
        ("closing", "expected to close on 2026-11-24"),
    ]
    assert list(rows[0]) == ["id", "title", "stage", "why", "due", "value", "next_step", "age_hours"]


def test_the_first_thing_to_type_is_said(agenda: Run) -> None:
    result = agenda("today")

    assert result.out.startswith("Saturday, 21 November 2026\n")
    assert (
        result.err
        == "First deal 2; then type: pipeline done 2\nLast pruned: never. `pipeline prune` shows what is dead.\n"
    )
    assert agenda("done", "2").code == 0


def test_a_limit_says_how_many_are_left(agenda: Run) -> None:
    result = agenda("today", "--limit", "2", "--json")

    assert len(result.rows) == 2
    assert "4 more: leave --limit away." in result.err


def test_pipeline_alone_shows_the_same(agenda: Run) -> None:
    assert agenda() == agenda("today")


def test_pipeline_alone_says_how_to_begin(run: Run, folder: Path) -> None:
    result = run()

    assert (result.code, result.err) == (0, "")
    assert "  pipeline init                     begin in this folder" in result.out.splitlines()

    run("init")
    assert run().out.endswith('No open deals. `pipeline add "Acme: workshop" --value 12k` adds one.\n')
    (folder / "pipeline.db").unlink()
    assert run().out == (
        f'{folder}/pipeline.yaml is there, the record is empty. Begin: pipeline add "Acme: workshop" --value 12k\n'
    )


def test_pipeline_alone_does_not_hide_a_file_that_is_wrong(run: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_text("version: 1\n")

    assert run().code == 3
    assert run("--config", "nope.yaml").code == 3


def test_a_prune_over_a_week_ago_is_reminded_of(agenda: Run) -> None:
    agenda("add", "dead", today="2026-08-01")
    agenda("prune", "--yes", today="2026-11-13")
    assert "Last pruned: 8 days ago." in agenda("today").err
    assert agenda("today", "--json").json["last_prune"] == "2026-11-13T12:00:00.000Z"

    agenda("add", "dead too", today="2026-08-01")
    agenda("prune", "--yes", "--now", today="2026-11-21")
    assert "Last pruned" not in agenda("today").err
