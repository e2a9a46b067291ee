"""`log`: a touchpoint, a contact with the buyer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run
from tests.terminal import Terminal


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline("add", "Acme: workshop", today="2026-11-01")
    return pipeline


def test_a_call_of_ours_resets_the_idle_days(acme: Run) -> None:
    assert deal(acme)["idle_days"] == 20

    result = acme("log", "1", "call", "They like it", "--outcome", "call back on Friday")

    assert result.code == 0
    assert result.err.splitlines()[0] == "Logged call (out) on 1, Acme: workshop."
    assert shown(acme)["touchpoints"] == [
        {
            "kind": "call",
            "direction": "out",
            "touched_at": "2026-11-21T10:00:00.000Z",
            "outcome": "call back on Friday",
            "note": "They like it",
            "inferred": False,
            "sense": "conversation",
            "awaits_answer": False,
            "contact": None,
            "source": None,
            "number": 1,
        }
    ]
    assert deal(acme)["idle_days"] == 0
    assert last(acme)["summary"] == "logged call out on Acme: workshop"


@pytest.mark.parametrize(("flag", "direction"), [("--in", "in"), ("--out", "out")])
def test_the_direction_is_kept(acme: Run, flag: str, direction: str) -> None:
    acme("log", "acme", "Email", flag)

    (touch,) = shown(acme)["touchpoints"]
    assert (touch["kind"], touch["direction"]) == ("email", direction)


@pytest.mark.parametrize(
    ("at", "instant"),
    [
        ("yesterday", "2026-11-20T12:00:00.000Z"),
        ("-3d", "2026-11-18T12:00:00.000Z"),
        ("09:15", "2026-11-21T09:15:00.000Z"),
        ("2026-11-02 14:30", "2026-11-02T14:30:00.000Z"),
        ("2026-11-02T14:30+02:00", "2026-11-02T12:30:00.000Z"),
    ],
)
def test_a_touchpoint_may_be_back_dated_and_history_says_so(acme: Run, at: str, instant: str) -> None:
    acme("log", "1", "meeting", "--at", at)

    assert shown(acme)["touchpoints"][0]["touched_at"] == instant
    assert last(acme)["summary"].endswith(f", back-dated to {instant[:10]} {instant[11:16]}")
    assert last(acme)["at"] == "2026-11-21T10:00:00.000Z"


def test_later_today_is_no_future(acme: Run) -> None:
    assert acme("log", "1", "call", "--at", "23:59").code == 0
    assert acme("log", "1", "call", "--at", "2026-11-22 00:00").code == 2


def test_the_next_step_can_be_set_at_once_as_one_operation(acme: Run) -> None:
    before = record(acme)

    result = acme("log", "1", "call", "--next", "2026-11-27", "Send the offer")

    assert result.err == "Logged call (out) on 1, Acme: workshop. Next: Send the offer, due 2026-11-27.\n"
    row = deal(acme)
    assert (row["next_step"], row["next_step_due"]) == ("Send the offer", "2026-11-27")
    acme("undo")
    assert record(acme) == before


def test_a_closed_deal_can_be_logged_on_and_get_a_next_step_but_no_attempt(acme: Run) -> None:
    acme("win", "1")

    assert acme("log", "1", "call", "thanks", "--next", "3d", "Ask for a referral").code == 0
    assert deal(acme)["next_step"] == "Ask for a referral"
    before = record(acme)
    result = acme("log", "1", "email", "--next-attempt")
    assert (result.code, record(acme)) == (5, before)
    assert result.err == "Deal 1 is won. It needs no further attempt: `pipeline reopen 1` opens it first.\n"


def test_nothing_is_logged_when_a_word_is_wrong(acme: Run) -> None:
    before = record(acme)

    for words in (
        ["fax"],
        ["call", "--at", "tomorrow"],
        ["call", "--in", "--out"],
        ["call", "--next", "someday", "x"],
        ["call", "--next", "3d", " "],
        ["call", "--at", "2026-02-30"],
        [""],
    ):
        assert acme("log", "1", *words).code == 2, words

    assert record(acme) == before


def test_an_attempt_is_followed_by_the_command_that_plans_the_next(acme: Run) -> None:
    said = acme("log", "1", "email", "--out").err

    assert said.splitlines()[1] == 'If nobody answers: pipeline next 1 2026-11-23 "Attempt 2 of 6"'
    assert acme("next", "1", "2026-11-23", "Attempt 2 of 6").code == 0
    acme("next", "1", "2026-11-23", "Send the offer")
    assert "If nobody" not in acme("log", "1", "email").err, "the next step is on a later day already"


def test_an_attempt_made_before_its_day_does_it_and_the_next_has_its_true_number(acme: Run) -> None:
    acme("log", "1", "email", "--next-attempt", today="2026-11-01")

    said = acme("log", "1", "email", "early second", "--next-attempt", today="2026-11-02").err

    assert "Attempt 2 of 6 is done. Next: Attempt 3 of 6" in said
    assert deal(acme)["next_step"] == "Attempt 3 of 6"


def test_the_next_attempt_can_be_set_at_once_as_one_operation(acme: Run) -> None:
    before = record(acme)

    assert acme("log", "1", "email", "--next-attempt").err == (
        "Logged email (out) on 1, Acme: workshop. Next: Attempt 2 of 6, due 2026-11-23.\n"
    )
    assert acme("undo").code == 0
    assert record(acme) == before


def test_an_answer_begins_the_cadence_anew_and_the_last_attempt_ends_it(acme: Run) -> None:
    for day in ("2026-11-02", "2026-11-03"):
        acme("log", "1", "email", today=day)
    assert "Attempt 4 of 6" in acme("log", "1", "email", today="2026-11-04").err
    acme("log", "1", "email", "--in", today="2026-11-05")
    assert '2026-11-08 "Attempt 2 of 6"' in acme("log", "1", "email", today="2026-11-06").err
    for day in ("2026-11-08", "2026-11-10", "2026-11-13", "2026-11-20"):
        acme("log", "1", "email", today=day)
    last_one = acme("log", "1", "email", "--next-attempt")
    assert last_one.err.splitlines()[1] == "That was attempt 6 of 6: if nobody answers, `pipeline prune` is next."
    assert "where 6 are planned" in acme("log", "1", "email").err


def test_an_attempt_that_was_the_next_step_is_done_by_logging_it(acme: Run) -> None:
    acme("log", "1", "email", "--next-attempt", today="2026-11-01")
    before = record(acme)

    said = acme("log", "1", "email", today="2026-11-03").err
    assert said.splitlines() == [
        "Logged email (out) on 1, Acme: workshop. Attempt 2 of 6 is done.",
        'If nobody answers: pipeline next 1 2026-11-05 "Attempt 3 of 6"',
    ]
    assert deal(acme)["next_step"] is None
    acme("undo")
    assert record(acme) == before


def test_an_answer_ends_the_attempts_that_were_planned(acme: Run) -> None:
    acme("log", "1", "email", "--next-attempt", today="2026-11-18")

    assert acme("log", "1", "email", "--in", "--at", "2026-11-17").code == 0
    assert deal(acme)["next_step"] == "Attempt 2 of 6", "they wrote before they were called"
    said = acme("log", "1", "email", "--in").err
    assert said.splitlines()[1] == (
        'They answered, so Attempt 2 of 6 is off the plan. What comes next: pipeline next 1 tomorrow "What you agreed"'
    )
    assert deal(acme)["next_step"] is None


def test_no_other_next_step_is_closed_by_a_touchpoint(acme: Run) -> None:
    acme("next", "1", "today", "Attempt to send the offer")

    acme("log", "1", "email")
    acme("log", "1", "email", "--in")

    assert deal(acme)["next_step"] == "Attempt to send the offer"


def test_nothing_is_proposed_for_what_is_answered_snoozed_or_closed(acme: Run) -> None:
    assert acme("log", "1", "call", "--in").err == "Logged call (in) on 1, Acme: workshop.\n"
    acme("snooze", "1", "2w")
    assert len(acme("log", "1", "email", "--at", "23:00").err.splitlines()) == 1
    acme("lose", "1", "--reason", "price")
    assert len(acme("log", "1", "email").err.splitlines()) == 1


@pytest.mark.parametrize("words", [["--in"], ["--next", "tomorrow", "Call"]])
def test_next_attempt_contradicts_an_answer_and_another_step(acme: Run, words: list[str]) -> None:
    result = acme("log", "1", "email", "--next-attempt", *words)

    assert (result.code, result.err) == (
        2,
        "--next-attempt plans the next try of yours as the next step: leave --in and --next away.\n",
    )
    assert shown(acme)["touchpoints"] == []


@pytest.mark.parametrize(("answer", "step"), [("", "Attempt 2 of 6"), ("y", "Attempt 2 of 6"), ("n", None)])
def test_on_a_terminal_the_next_attempt_is_asked_for(acme: Run, folder: Path, answer: str, step: str | None) -> None:
    with Terminal(folder, "log", "1", "email") as terminal:
        terminal.wait_for("Attempt 2 of 6 would be on 2026-11-23. Make it the next step? [Y/n] ")
        terminal.type(answer)
        assert terminal.finish() == 0

    assert deal(acme)["next_step"] == step
    assert len(shown(acme)["touchpoints"]) == 1


def test_breaking_off_at_the_question_logs_nothing(acme: Run, folder: Path) -> None:
    with Terminal(folder, "log", "1", "email") as terminal:
        terminal.wait_for("[Y/n] ")
        terminal.press_control_c()
        assert terminal.finish() == 130

    assert shown(acme)["touchpoints"] == []
