"""The open next steps that a notification may be due for."""

from __future__ import annotations

from datetime import date, timedelta

from pipeline_cli.domain.deal.steps import EARLIEST_REMINDER
from pipeline_cli.domain.rules.notices import StepToTell
from pipeline_cli.domain.words.text import in_sentences
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.facts import EARLIEST_STEP, IS_ASLEEP


def read_steps_to_tell(reader: Reader) -> list[StepToTell]:
    """Those of every deal, as far ahead as a reminder may come before them; the earliest first."""
    until = reader.clock.today + timedelta(minutes=EARLIEST_REMINDER, days=1)
    rows = reader.connection.execute(
        "SELECT d.public_id || '-' || t.id || ' ' || t.due || coalesce(' ' || t.due_time, ''), d.id, d.title, "
        f"d.organization, t.text, t.due, t.due_time, t.remind_minutes, {IS_ASLEEP} FROM known_next_steps t "
        "JOIN known_deals d ON d.id = t.deal_id WHERE t.closed_at IS NULL AND t.due <= :until "
        f"ORDER BY {EARLIEST_STEP.replace('n.', 't.')}",
        {"until": until.isoformat(), "today": reader.clock.today.isoformat()},
    )
    return [
        StepToTell(
            key,
            number,
            in_sentences(title) or "",
            in_sentences(organization),
            in_sentences(text) or "",
            date.fromisoformat(due),
            at,
            remind,
            bool(sleeps),
        )
        for key, number, title, organization, text, due, at, remind, sleeps in rows
    ]
