"""A deal is silent until a day, and awake again from one."""

from __future__ import annotations

from datetime import date

from pipeline_cli.domain.deal.closing import refuse_closed
from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.deal.edits import AddNote, Edit, SetFields
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.record import NamedTuple


class Snooze(NamedTuple):
    """What it changes; nothing for a deal that is awake as it is."""

    edits: list[Edit]
    said: str
    """`silent until 2026-12-05.`"""
    noted: str
    """In the words of `history`, with the title of the deal."""


def refuse_past(day: date, today: date) -> date:
    """The day itself, today or later. Raises UsageError."""
    if day < today:
        raise UsageError(f"A deal cannot sleep until {day}, which is past (today is {today}): give a later day.")
    return day


def plan_snooze(record: DealRecord, day: date, why: str | None, today: date) -> Snooze:
    """Until that day; today wakes it. Raises RuleError for a deal that is closed."""
    refuse_closed(record, "It is silent anyway")
    facts = record.facts
    wakes = day == today
    if wakes and (facts.snoozed_until is None or facts.snoozed_until <= today):
        return Snooze([], "is awake as it is.", "")
    edits: list[Edit] = [SetFields(facts.id, {"snoozed_until": day, **({} if wakes else {"snooze_reason": why})})]
    edits += [AddNote(facts.id, f"snoozed until {day}: {why}")] if why else []
    if wakes:
        return Snooze(edits, "awake again.", f"woke {facts.title}")
    return Snooze(edits, f"silent until {day}.", f"snoozed {facts.title} until {day}")
