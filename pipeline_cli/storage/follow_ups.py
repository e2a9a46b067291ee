"""What comes after the closing: renewals and check-ins of won deals, next steps of closed ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.follow_ups import DueFollowUp, FollowUp
from pipeline_cli.storage.reader import Reader


def read_follow_ups(reader: Reader, deal_id: int) -> list[FollowUp]:
    """Of one deal, in the order they were set."""
    rows = reader.connection.execute(
        "SELECT kind, due, set_at, closed_at, done FROM known_follow_ups WHERE deal_id = ? ORDER BY set_at, id",
        (deal_id,),
    )
    return [FollowUp(kind, date.fromisoformat(due), from_text(at), closed and from_text(closed), bool(done))
            for kind, due, at, closed, done in rows]  # fmt: skip


def read_due_follow_ups(reader: Reader, pipeline: str, until: Mapping[str, date]) -> list[DueFollowUp]:
    """The open ones that are due by a day, which is another for each kind, of the won deals of a pipeline."""
    cases = " OR ".join("f.kind = ? AND f.due <= ?" for _ in until)
    rows = reader.connection.execute(
        "SELECT f.deal_id, f.kind, f.due FROM known_follow_ups f CROSS JOIN known_deals d ON d.id = f.deal_id "
        f"WHERE f.closed_at IS NULL AND ({cases}) AND d.status = 'won' AND d.pipeline = ? ORDER BY f.due, f.deal_id",
        (*(value for kind, day in until.items() for value in (kind, day.isoformat())), pipeline),
    )
    return [DueFollowUp(deal_id, kind, date.fromisoformat(due)) for deal_id, kind, due in rows]


def read_due_closed_steps(reader: Reader, pipeline: str, until: date) -> list[int]:
    """The closed deals of a pipeline whose next step is due by a day."""
    rows = reader.connection.execute(
        "SELECT n.deal_id FROM known_next_steps n CROSS JOIN known_deals d ON d.id = n.deal_id "
        "WHERE n.closed_at IS NULL AND n.due <= ? AND d.status <> 'open' AND d.pipeline = ? ORDER BY n.due, n.deal_id",
        (until.isoformat(), pipeline),
    )
    return [row[0] for row in rows]
