"""`advance`: on to a later stage, when the exit criteria hold (which is tested in `test_exit_criteria`)."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run


@pytest.fixture
def ready(pipeline: Run) -> Run:
    """A deal that may leave prospecting."""
    pipeline("add", "Acme: workshop", "--org", "Acme", "--contact", "ann@acme.example", today="2026-11-01")
    pipeline("log", "1", "call", today="2026-11-02")
    pipeline("confirm", "1", "problem", "--evidence", "They said so", today="2026-11-02")
    return pipeline


@pytest.mark.parametrize("name", ["1", "#1", "acme", "WORKSHOP", "Acme: workshop", "ext:A-7", "A-7"])
def test_a_deal_that_meets_everything_goes_on_by_whatever_name_it_is_called(ready: Run, name: str) -> None:
    ready("edit", "1", "--external-id", "A-7")

    result = ready("advance", name)

    assert result.code == 0, result.err
    assert result.err.splitlines() == [
        "1, Acme: workshop: Prospecting -> Qualification.",
        "What to do in Qualification: Ask the open qualification questions; Find out who decides.",
    ]
    assert deal(ready)["stage"] == "qualification"
    assert deal(ready)["days_in_stage"] == 0


def test_a_move_is_kept_with_its_reason(ready: Run) -> None:
    ready("advance", "1", "--reason", "they asked for more")

    move = shown(ready)["moves"][-1]
    assert move == {
        "from_stage": "prospecting",
        "to_stage": "qualification",
        "moved_at": "2026-11-21T10:00:00.000Z",
        "reason": "they asked for more",
        "forced": False,
        "inferred": False,
        "criteria_missing": [],
        "criteria_met": move["criteria_met"],
        "mistake": False,
        "pipeline": None,
    }
    assert [(one["stage"], one["id"], one["evidence"]) for one in move["criteria_met"]] == [
        ("prospecting", "reachable", "ann@acme.example"),
        ("prospecting", "spoken", "call on 2026-11-02"),
        ("prospecting", "problem", "They said so"),
    ]


def test_a_move_may_be_back_dated_and_history_says_so(ready: Run) -> None:
    assert ready("advance", "1", "--at", "2026-11-10").code == 0

    assert shown(ready)["moves"][-1]["moved_at"] == "2026-11-10T12:00:00.000Z"
    assert deal(ready)["days_in_stage"] == 11
    assert last(ready)["summary"].endswith("Prospecting -> Qualification, back-dated to 2026-11-10 12:00")


def test_a_move_before_the_last_one_is_refused(ready: Run) -> None:
    before = record(ready)

    result = ready("advance", "1", "--at", "2026-10-30")

    assert (result.code, record(ready)) == (5, before)
    assert result.err == (
        "Deal 1 moved last at 2026-11-01 12:00:00: a move before that would change history. Give --at a later time.\n"
    )


def test_two_moves_of_one_instant_keep_their_order(ready: Run) -> None:
    ready("advance", "1")
    ready("advance", "1", "--force", "--reason", "x")
    ready("back", "1", "prospecting", "--reason", "y")

    assert [move["to_stage"] for move in shown(ready)["moves"]] == [
        "prospecting",
        "qualification",
        "proposal",
        "prospecting",
    ]
    assert deal(ready)["stage"] == "prospecting"


def test_a_leap_is_one_move(ready: Run) -> None:
    ready("advance", "1", "--to", "Negotiation", "--force", "--reason", "they know us")

    assert [(move["from_stage"], move["to_stage"]) for move in shown(ready)["moves"][1:]] == [
        ("prospecting", "negotiation")
    ]


def test_undo_brings_the_stage_and_its_days_back(ready: Run) -> None:
    before = record(ready)
    ready("advance", "1")

    ready("undo")

    assert record(ready) == before
    ready("redo")
    assert deal(ready)["stage"] == "qualification"


def test_advancing_resets_no_idle_days(ready: Run) -> None:
    ready("advance", "1")

    assert deal(ready)["idle_days"] == 19


def test_a_refusal_changes_nothing(pipeline: Run) -> None:
    pipeline("add", "Acme")
    before = record(pipeline)

    for words, code in (
        ([], 5),
        (["--to", "commit"], 5),
        (["--to", "nowhere"], 2),
        (["--force"], 2),
        (["--at", "tomorrow"], 2),
        (["--to", "prospecting"], 5),
    ):
        assert pipeline("advance", "1", *words).code == code, words

    assert record(pipeline) == before


def test_what_the_record_cannot_know_goes_into_the_same_line(pipeline: Run) -> None:
    pipeline(
        "add", "Acme: workshop", "--contact", "ann@acme.example", "--log", "call", "their words", today="2026-11-01"
    )
    pipeline("next", "1", "2026-11-20", "Call Ann", today="2026-11-01")
    before = record(pipeline)

    line = "advance 1 --confirm problem=their own words --set need=yes -v 9k --close 30d --done -n fri Send the offer"
    result = pipeline(*line.split())

    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines() == [
        "1, Acme: workshop: Prospecting -> Qualification. Confirmed: They told us the problem in their own words. "
        "Answered: need=yes. Value set to 9,000 EUR. Close set to 21 Dec. Call Ann is done. "
        "Next: Send the offer, due 2026-11-27.",
        "'30d' is Mon 21 Dec, 'fri' is Fri 27 Nov.",
    ]
    row = deal(pipeline)
    assert (row["stage"], row["value"], row["next_step"]) == ("qualification", 9000, "Send the offer")
    assert last(pipeline)["summary"] == (
        "Acme: workshop; confirmed prospecting.problem; need=yes; value set to 9,000 EUR; close set to 21 Dec; "
        "Call Ann is done; Next: Send the offer, due 2026-11-27; Prospecting -> Qualification"
    )
    pipeline("undo")
    assert record(pipeline) == before


def test_what_was_said_is_kept_when_something_else_is_missing(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", "--contact", "ann@acme.example")

    result = pipeline("advance", "1", "--confirm", "problem=their words", "-n", "fri", "Call")

    assert result.code == 5
    lines = result.err.splitlines()
    assert lines[0] == (
        "On 1, Acme: workshop: Confirmed: They told us the problem in their own words. Next: Call, due 2026-11-27."
    )
    assert any(line.startswith("Saved, but not advanced. Deal 1, Acme: workshop, cannot leave") for line in lines)
    assert (deal(pipeline)["stage"], deal(pipeline)["next_step"]) == ("prospecting", "Call")


@pytest.mark.parametrize("words", [("--done",), ("--confirm", "nothing=x"), ("-v", "1.234"), ("--close", "3/4")])
def test_a_word_that_cannot_be_meant_changes_nothing(pipeline: Run, words: tuple[str, ...]) -> None:
    pipeline("add", "Acme: workshop")
    before = record(pipeline)

    assert pipeline("advance", "1", *words).code in (2, 5)
    assert record(pipeline) == before


def test_a_closed_deal_is_told_nothing_on_the_way(ready: Run) -> None:
    ready("win", "1")
    before = record(ready)

    assert ready("advance", "1", "--confirm", "problem", "-n", "fri", "Call").code == 5
    assert record(ready) == before
