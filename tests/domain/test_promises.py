"""Who promised something, read out of what was written down."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline_cli.domain.deal.deal import Contact, Touchpoint
from pipeline_cli.domain.rules.promises import find_promises
from pipeline_cli.domain.words.clock import Clock

CLOCK = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC), UTC)


def promised(
    note: str, kind: str = "call", direction: str = "out", sense: str = "conversation"
) -> list[tuple[str, str]]:
    touch = Touchpoint(kind, direction, CLOCK.now, None, note, False, sense)
    people = [Contact(1, "Ann Lee", None, None)]
    return [(one.by, one.text) for one in find_promises([touch], people, "Acme", CLOCK, {})]


@pytest.mark.parametrize(
    ("note", "by"),
    [
        ("They will send the plans", "they"),
        ("they'll decide by Friday.", "they"),
        ("The CFO is going to sign on Monday", "they"),
        ("Ann promised the numbers", "they"),
        ("Acme will pay half of it", "they"),
        ("I will send the offer by Friday", "you"),
        ("I promised a reference", "you"),
        ("we agreed to a pilot", "you"),
        ("We'll come on Tuesday", "you"),
    ],
)
def test_a_sentence_says_who_will_do_something(note: str, by: str) -> None:
    assert promised(note) == [(by, note)]


@pytest.mark.parametrize(
    "note",
    [
        "They will not buy",
        "Will they send the plans?",
        "nobody knows",
        "goodwill of theirs",
        "they said no",
        "the will of Ann",
        "",
    ],
)
def test_what_promises_nothing_is_left_out(note: str) -> None:
    assert promised(note) == []


def test_a_message_of_theirs_is_in_their_own_words() -> None:
    assert (
        promised("We will decide on Monday. You promised a reference.", "email", "in")
        == [
            ("they", "We will decide on Monday."),
            ("you", "You promised a reference."),
        ][::-1]
    )


def test_what_a_machine_wrote_promises_nothing() -> None:
    assert promised("I will be back on Monday", "email", "in", "automatic") == []


def test_numbers_and_abbreviations_do_not_end_a_sentence() -> None:
    assert promised("They will pay 12.5 percent. Good.") == [("they", "They will pay 12.5 percent.")]
