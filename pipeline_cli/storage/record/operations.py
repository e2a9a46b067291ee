"""The log: which operations there were, when, and what became of the deals that prune closed."""

from __future__ import annotations

from datetime import datetime

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.storage.reader import Reader

MOST_ROWS = 2**63 - 1
"""The largest number SQLite takes."""

FORGET = "contact forget"
"""The command that cannot be undone, as `operations` names it."""


class Operation(NamedTuple):
    """One line of history."""

    id: int
    at: datetime
    command: str
    summary: str
    undone: bool


def read_history(reader: Reader, deal_id: int | None = None, limit: int | None = None) -> list[Operation]:
    """The operations known at the clock's day, newest first.

    Discarded ones (undone, then overtaken by something new) are shown as undone.
    """
    rows = reader.connection.execute(
        "SELECT o.id, o.at, o.command, o.summary, o.state <> 'done' FROM known_operations o "
        "WHERE (? IS NULL OR EXISTS (SELECT 1 FROM operation_deals d "
        "WHERE d.operation_id = o.id AND ? BETWEEN d.first_deal AND d.last_deal)) "
        "ORDER BY o.id DESC LIMIT ?",
        (deal_id, deal_id, -1 if limit is None else min(limit, MOST_ROWS)),
    )
    return [
        Operation(number, from_text(at), command, summary, bool(undone))
        for number, at, command, summary, undone in rows
    ]


def read_last_of(reader: Reader, command: str) -> datetime | None:
    """When a command last changed the record, of those that stand and were known at the clock's day."""
    row = reader.connection.execute(
        "SELECT max(at) FROM known_operations WHERE command = ? AND state = 'done'", (command,)
    ).fetchone()
    return from_text(row[0]) if row[0] else None


def read_came_back(reader: Reader) -> tuple[int, int]:
    """(Deals that prune closed, those of them that were reopened or answered afterwards), as known at the clock.

    A prune that was undone closed nothing.
    """
    row = reader.connection.execute(
        "SELECT count(DISTINCT m.deal_id), count(DISTINCT CASE WHEN "
        "EXISTS (SELECT 1 FROM known_moves l WHERE l.deal_id = m.deal_id AND (l.moved_at, l.id) > (m.moved_at, m.id) "
        "AND l.to_stage NOT IN ('lost', 'disqualified')) "
        "OR EXISTS (SELECT 1 FROM known_touchpoints t WHERE t.deal_id = m.deal_id "
        "AND (t.sense = 'conversation' OR t.awaits_answer) AND t.touched_at > m.moved_at) THEN m.deal_id END) "
        "FROM operations o JOIN operation_rows r ON r.operation_id = o.id "
        "JOIN known_moves m ON m.id BETWEEN r.first_row AND r.last_row "
        "WHERE o.command = 'prune' AND o.state = 'done' AND r.table_name = 'moves' AND r.before IS NULL "
        "AND m.to_stage = 'lost'"
    ).fetchone()
    return int(row[0]), int(row[1])


def read_last_chances(reader: Reader) -> set[tuple[int, str]]:
    """(Deal, deadline) of every last chance that was given, answered and expired ones too."""
    return set(reader.connection.execute("SELECT deal_id, deadline FROM known_last_chances"))
