"""Attempts to reach somebody: outbound touchpoints that nothing has come back to."""

from __future__ import annotations

from pipeline_cli.domain.cadence import Attempts
from pipeline_cli.domain.clock import from_text
from pipeline_cli.storage.reader import Reader


def read_attempts(reader: Reader, pipeline: str) -> dict[int, Attempts]:
    """Open deal without a next step -> its outbound touchpoints since the last inbound one; deals with none are left
    out."""
    rows = reader.connection.execute(
        "SELECT t.deal_id, count(*), min(t.touched_at), max(t.touched_at) FROM known_deals d "
        "JOIN known_touchpoints t ON t.deal_id = d.id AND t.direction = 'out' "
        "WHERE d.pipeline = ? AND d.status = 'open' "
        "AND NOT EXISTS (SELECT 1 FROM known_next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL) "
        "AND t.touched_at > coalesce((SELECT max(i.touched_at) FROM known_touchpoints i "
        "WHERE i.deal_id = d.id AND i.direction = 'in'), '') GROUP BY t.deal_id",
        (pipeline,),
    )
    day = reader.clock.day
    return {deal_id: Attempts(made, day(from_text(first)), day(from_text(last))) for deal_id, made, first, last in rows}
