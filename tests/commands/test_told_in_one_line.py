"""What led to a deal, to its sleep and to its end is told in the line that says so, as one operation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.reading import record
from tests.conftest import Run


def shown(run: Run) -> dict[str, Any]:
    answer: dict[str, Any] = run("show", "1", "--json").json
    return answer


def summary(run: Run) -> str:
    said: str = run("history", "--json").rows[0]["summary"]
    return said


@pytest.fixture
def acme(pipeline: Run) -> Run:
    """One deal, in the last stage."""
    added = pipeline(
        "add", "Acme: audit", "-v", "9k", "--stage", "commit", "-c", "Ann <ann@acme.example>", today="2026-11-10"
    )
    assert added.code == 0
    return pipeline


def test_a_deal_is_won_with_what_they_said_and_what_is_in_hand(acme: Run) -> None:
    before = record(acme)

    result = acme("win", "1", "-v", "8k", "--log", "call", "they", "take", "it", "-i", "--confirm", "signed=by", "post")

    assert (result.code, result.out) == (0, "")
    assert result.err == (
        "Won 1, Acme: audit. Logged call (in). Confirmed: The order or the signed contract is here.\n"
    )
    (touch,) = shown(acme)["touchpoints"]
    assert (touch["kind"], touch["direction"], touch["note"]) == ("call", "in", "they take it")
    won = shown(acme)["moves"][-1]
    assert (won["to_stage"], {one["id"]: one["evidence"] for one in won["criteria_met"]}["signed"]) == (
        "won",
        "by post",
    )
    assert shown(acme)["deal"]["value"] == 8000
    assert summary(acme) == "won Acme: audit; logged call in; confirmed commit.signed"
    assert acme("undo").code == 0
    assert record(acme) == before


def test_told_late_it_happened_when_it_was_won(acme: Run) -> None:
    assert acme("win", "1", "--log", "meeting", "signed there", "--at", "yesterday").code == 0
    (touch,) = shown(acme)["touchpoints"]
    assert touch["touched_at"] == shown(acme)["deal"]["closed_at"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--in"], "--in says how a touchpoint was: give --log with it"),
        (["--outcome", "held"], "--outcome says how a touchpoint was: give --log with it"),
        (["--log", "smoke signal"], "kind of touchpoint"),
        (["--confirm", "nothing=x"], "nothing"),
        (["--log", "call", "hi", "--at", "tomorrow"], "future"),
    ],
)
def test_what_cannot_be_leaves_the_deal_open(acme: Run, words: list[str], said: str) -> None:
    before = record(acme)
    result = acme("win", "1", *words)
    assert result.code in (2, 5)
    assert said in result.err
    assert result.err.count("\n") == 1
    assert record(acme) == before


def test_a_deal_that_was_won_is_told_nothing(acme: Run) -> None:
    assert acme("win", "1").code == 0
    result = acme("win", "1", "--log", "call", "hi")
    assert (result.code, len(shown(acme)["touchpoints"])) == (5, 0)


def test_a_call_puts_the_deal_to_sleep_until_they_know(acme: Run) -> None:
    before = record(acme)

    result = acme("log", "1", "call", "in", "budget", "talks", "--snooze", "3w", "board", "meets", "then")

    assert result.err == ("Logged call (out) on 1, Acme: audit. Silent until 2026-12-12.\n'3w' is Sat 12 Dec.\n")
    assert shown(acme)["deal"]["snoozed_until"] == "2026-12-12"
    assert "you said: board meets then" in acme("today", "--json", today="2026-12-12").out
    assert summary(acme).endswith("; snoozed Acme: audit until 2026-12-12")
    assert acme("undo").code == 0
    assert record(acme) == before


def test_their_answer_wakes_it_in_the_same_line(acme: Run) -> None:
    acme("snooze", "1", "2026-12-12")
    result = acme("log", "1", "email", "we", "go", "on", "-i", "--snooze", "today", "-n", "2026-11-25", "Call")
    assert result.code == 0
    assert "Awake again." in result.err
    assert "sleeps until" not in result.err
    assert acme("log", "1", "call", "--snooze", "today").err == "Logged call (out) on 1, Acme: audit.\n"


@pytest.mark.parametrize("day", ["yesterday", "someday", "2300-01-01"])
def test_a_sleep_that_cannot_be_logs_nothing(acme: Run, day: str) -> None:
    before = record(acme)
    result = acme("log", "1", "call", "--snooze", day)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert record(acme) == before


def test_a_touchpoint_that_is_corrected_puts_nothing_to_sleep(acme: Run) -> None:
    acme("log", "1", "call")
    result = acme("log", "1", "--change", "1", "--snooze", "3w")
    assert result.code == 2
    assert "--snooze belongs to a new touchpoint" in result.err


@pytest.mark.parametrize(
    ("words", "outcome"),
    [(["--no-answer"], "no answer"), (["--voicemail"], "voicemail"), (["--outcome", "busy"], "busy")],
)
def test_a_lead_is_added_with_the_call_that_nobody_took(pipeline: Run, words: list[str], outcome: str) -> None:
    result = pipeline("add", "Acme: audit", "--log", "call", *words)
    assert result.code == 0
    (touch,) = shown(pipeline)["touchpoints"]
    assert touch["outcome"] == outcome
    assert pipeline("list", "--json").rows[0]["idle_days"] == 0


def test_an_outcome_without_a_touchpoint_adds_no_deal(pipeline: Run) -> None:
    result = pipeline("add", "Acme: audit", "--no-answer")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "--no-answer says how a touchpoint was" in result.err
    assert pipeline("list", "--json").rows == []


def test_a_new_step_goes_in_place_of_those_that_are_open(acme: Run) -> None:
    acme("next", "1", "2026-11-25", "Call")
    acme("next", "1", "2026-11-26", "Write")
    result = acme("log", "1", "email", "sent it", "-n", "2026-11-27", "Hear from Ann", "--replace")
    assert "Next: Hear from Ann, due 2026-11-27." in result.err
    assert "In place of: Call, due 2026-11-25; Write, due 2026-11-26." in result.err
    assert [step["text"] for step in shown(acme)["next_steps"]] == ["Hear from Ann"]


def test_without_a_new_step_nothing_is_replaced(acme: Run) -> None:
    before = record(acme)
    result = acme("log", "1", "call", "--replace")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert record(acme) == before
