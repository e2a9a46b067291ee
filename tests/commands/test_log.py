"""`log`: a touchpoint, a contact with the buyer."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Run


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline("add", "Acme: workshop", today="2026-11-01")
    return pipeline


def test_a_call_of_ours_resets_the_idle_days(acme: Run) -> None:
    assert deal(acme)["idle_days"] == 20

    result = acme("log", "1", "call", "They like it", "--outcome", "call back on Friday")

    assert (result.code, result.err) == (0, "Logged call (out) on 1, Acme: workshop.\n")
    assert shown(acme)["touchpoints"] == [{
        "kind": "call", "direction": "out", "touched_at": "2026-11-21T10:00:00.000Z", "outcome": "call back on Friday",
        "note": "They like it", "inferred": False,
    }]  # fmt: skip
    assert deal(acme)["idle_days"] == 0
    assert last(acme)["summary"] == "logged call out on Acme: workshop"


@pytest.mark.parametrize(("flag", "direction"), [("--in", "in"), ("--out", "out")])
def test_the_direction_is_kept(acme: Run, flag: str, direction: str) -> None:
    acme("log", "acme", "Email", flag)

    (touch,) = shown(acme)["touchpoints"]
    assert (touch["kind"], touch["direction"]) == ("email", direction)


@pytest.mark.parametrize(
    ("at", "instant"),
    [("yesterday", "2026-11-20T12:00:00.000Z"), ("-3d", "2026-11-18T12:00:00.000Z"), ("09:15", "2026-11-21T09:15:00.000Z"),
     ("2026-11-02 14:30", "2026-11-02T14:30:00.000Z"), ("2026-11-02T14:30+02:00", "2026-11-02T12:30:00.000Z")],
)  # fmt: skip
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

    result = acme("log", "1", "call", "--next", "friday", "Send the offer")

    assert result.err == "Logged call (out) on 1, Acme: workshop. Next: Send the offer, due 2026-11-27.\n"
    row = deal(acme)
    assert (row["next_step"], row["next_step_due"]) == ("Send the offer", "2026-11-27")
    acme("undo")
    assert record(acme) == before


def test_a_closed_deal_can_be_logged_on_but_gets_no_next_step(acme: Run) -> None:
    acme("win", "1")

    assert acme("log", "1", "call", "thanks").code == 0
    before = record(acme)
    result = acme("log", "1", "call", "--next", "3d", "Ask for a referral")
    assert (result.code, record(acme)) == (5, before)
    assert result.err == "Deal 1 is won. It needs no next step: `pipeline reopen 1` opens it first.\n"


def test_nothing_is_logged_when_a_word_is_wrong(acme: Run) -> None:
    before = record(acme)

    for words in (["fax"], ["call", "--at", "tomorrow"], ["call", "--in", "--out"], ["call", "--next", "someday", "x"],
                  ["call", "--next", "3d", " "], ["call", "--at", "2026-02-30"], [""]):  # fmt: skip
        assert acme("log", "1", *words).code == 2, words

    assert record(acme) == before
