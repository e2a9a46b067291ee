"""What a touchpoint was, read from its kind, its direction and what was said to have come of it."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.deal.touch_sense import is_live, meaning_of, outcome_of, sense_of
from pipeline_cli.domain.errors import UsageError

SPOKE, TRIED, MACHINE = "conversation", "attempt", "automatic"


@pytest.mark.parametrize(
    ("kind", "direction", "outcome", "sense", "awaits"),
    [
        ("call", "out", None, SPOKE, False),
        ("meeting", "out", "met Ann, good talk", SPOKE, False),
        ("call", "out", "no answer", TRIED, False),
        ("call", "out", "No Answer - will try Monday", TRIED, False),
        ("call", "out", "LEFT MESSAGE", TRIED, False),
        ("call", "out", "Busy", TRIED, False),
        ("call", "out", "wrong number", TRIED, False),
        ("call", "out", "f240bbac-87c9-4f6e-bf70-924b57d47db7", SPOKE, False),
        ("call", "out", "73a0d17f-1163-4015-bdd5-ec830791da20", TRIED, False),
        ("meeting", "out", "NO_SHOW", TRIED, False),
        ("meeting", "out", "CANCELED", TRIED, False),
        ("meeting", "out", "Rescheduled", TRIED, False),
        ("meeting", None, "COMPLETED", SPOKE, False),
        ("email", "out", None, TRIED, False),
        ("email", "out", "bounced", TRIED, False),
        ("email", "in", None, SPOKE, True),
        ("email", "in", "Out of office", MACHINE, False),
        ("email", "in", "auto-reply", MACHINE, False),
        ("email", "in", "Abwesenheitsnotiz", MACHINE, False),
        ("email", "in", "bounced", MACHINE, False),
        ("call", "in", None, SPOKE, False),
        ("call", "in", "missed call", None, True),
        ("call", "in", "no answer", None, True),
        ("email", "in", "left message", SPOKE, True),
        ("meeting", "in", "no show", None, False),
        ("meeting", "in", "cancelled", None, False),
        ("email", "in", "cancelled", SPOKE, False),
        ("meeting", "out", "SCHEDULED", None, False),
        ("meeting", None, "scheduled", None, False),
        ("Termin", "in", "geplant", None, False),
        ("email", "out", "scheduled", TRIED, False),
        ("letter", "out", None, TRIED, False),
        ("message", None, None, None, False),
        ("email", "out", "opened twice", TRIED, False),
        ("other", "out", None, TRIED, False),
        ("other", "out", "reached", SPOKE, False),
        ("Anruf", "out", None, SPOKE, False),
        ("Anruf", "out", "nicht erreicht", TRIED, False),
        ("call_after_offer", None, None, SPOKE, False),
        ("Erstgespräch", "out", None, SPOKE, False),
        ("réunion", "out", None, SPOKE, False),
        ("llamada de prueba", "out", "no contesta", TRIED, False),
        ("riunione", "out", "annullata", TRIED, False),
        ("reunião", "out", "não compareceu", TRIED, False),
        ("telefoongesprek", "out", "geen gehoor", TRIED, False),
        ("telefoontje", "out", None, SPOKE, False),
        ("Videocall", "out", None, SPOKE, False),
        ("Kundentermin", "out", None, SPOKE, False),
        ("E-Mail", "out", None, TRIED, False),
    ],
)
def test_the_outcome_decides_and_without_one_the_kind(
    kind: str, direction: str | None, outcome: str | None, sense: str | None, awaits: bool
) -> None:
    assert sense_of(kind, direction, outcome) == (sense, awaits)


def test_pipeline_yaml_has_the_last_word_about_a_kind() -> None:
    declared = {"linkedin": False, "webinar": True, "call": False}

    assert sense_of("linkedin", "out", None, declared) == (TRIED, False)
    assert sense_of("linkedin", "in", None, declared) == (SPOKE, True)
    assert sense_of("webinar", "out", None, declared) == (SPOKE, False)
    assert sense_of("webinar", "out", "no show", declared) == (TRIED, False)
    assert sense_of("call", "out", None, declared) == (TRIED, False)


@pytest.mark.parametrize("word", ["they were nice", "callback requested", "maybe", "[/red]", "=1+1", "🙂", "", None])
def test_a_word_it_does_not_know_changes_nothing(word: str | None) -> None:
    assert meaning_of(word) is None
    assert sense_of("call", "out", word) == sense_of("call", "out", None)
    assert sense_of("email", "out", word) == sense_of("email", "out", None)


def test_a_kind_nobody_knows_is_neither_live_nor_written() -> None:
    assert (is_live("call"), is_live("email"), is_live("carrier pigeon")) == (True, False, None)


@pytest.mark.parametrize(
    ("flag", "outcome", "kept"),
    [
        ("--no-answer", None, "no answer"),
        ("--no-answer", "No answer", "no answer"),
        ("--no-answer", "will try Monday", "no answer: will try Monday"),
        ("--voicemail", None, "voicemail"),
        ("--voicemail", "Mailbox", "voicemail: Mailbox"),
        ("--no-show", "stuck in traffic", "no show: stuck in traffic"),
    ],
)
def test_a_flag_is_kept_as_its_word_with_what_was_said_beside_it(flag: str, outcome: str | None, kept: str) -> None:
    found = outcome_of([flag], outcome, inbound=False)

    assert found == kept
    assert sense_of("call", "out", found).sense == TRIED


def test_an_automatic_reply_is_theirs() -> None:
    assert outcome_of(["--auto"], "back on Monday", inbound=True) == "automatic reply: back on Monday"
    assert sense_of("email", "in", "automatic reply: back on Monday").sense == MACHINE


@pytest.mark.parametrize(
    ("flags", "outcome", "inbound"),
    [
        (["--no-answer"], "connected", False),
        (["--voicemail"], "Reached", False),
        (["--voicemail"], "busy", False),
        (["--voicemail"], "cancelled", False),
        (["--no-show"], "no answer", False),
        (["--auto"], None, False),
        (["--auto"], "connected", True),
        (["--no-answer"], None, True),
        (["--no-answer", "--voicemail"], None, False),
    ],
)
def test_contradictions_are_refused(flags: list[str], outcome: str | None, inbound: bool) -> None:
    with pytest.raises(UsageError):
        outcome_of(flags, outcome, inbound=inbound)
