"""A record for the tests of storage: made, changed and dumped below the commands."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pipeline_cli.domain.deal.edits import AddDeal, ContactDetails, Edit
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.database import create
from pipeline_cli.storage.transactions import read, write

TABLES = (
    "deals",
    "contacts",
    "deal_contacts",
    "moves",
    "touchpoints",
    "notes",
    "next_steps",
    "confirmations",
    "qualification_answers",
    "last_chances",
    "follow_ups",
    "reviews",
    "field_changes",
    "kept_forecasts",
    "import_keys",
    "suppressed",
    "captured",
    "ignored_senders",
)
"""Everything but what undo itself works from."""
KNOWN = TABLES[:-5]
"""What reports read through `known_…`."""


def clock_at(day: date, hour: int = 10) -> Clock:
    return Clock(datetime(day.year, day.month, day.day, hour, tzinfo=UTC), UTC)


TODAY = clock_at(date(2026, 11, 21))


def new_record(folder: Path) -> Path:
    path = folder / "pipeline.db"
    create(path)
    return path


def change(
    path: Path, *edits: Edit, clock: Clock = TODAY, command: str = "edit", summary: str = "changed"
) -> list[int]:
    """One command's worth of edits, as one operation."""
    with write(path, clock, command, lambda: None) as transaction:
        return transaction.apply(edits, summary)


def a_deal(title: str = "Acme: workshop", clock: Clock = TODAY, *contacts: tuple[str | None, ...]) -> AddDeal:
    people = tuple(ContactDetails(*contact) for contact in contacts)
    return AddDeal(title, "services", "prospecting", clock.now, "EUR", organization="Acme", contacts=people)


def dump(path: Path, tables: Sequence[str] = TABLES) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables, by id, each value with its type."""
    connection = sqlite3.connect(path)
    try:
        return {
            table: [
                tuple((type(value).__name__, value) for value in row)
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY id")
            ]
            for table in tables
        }
    finally:
        connection.close()


def dump_known(path: Path, clock: Clock) -> dict[str, list[tuple[Any, ...]]]:
    """What every report sees at the end of the clock's day."""
    with read(path, clock, past=True) as reader:
        return {
            table: reader.connection.execute(f"SELECT * FROM known_{table} ORDER BY id").fetchall() for table in KNOWN
        }
