"""Attempts to reach somebody since they last took part."""

from __future__ import annotations

from pipeline_cli.domain.cadence import Attempts
from pipeline_cli.domain.clock import from_text
from pipeline_cli.storage.facts import know_the_starts_of_days
from pipeline_cli.storage.reader import Reader


def read_attempts(reader: Reader, pipeline: str) -> dict[int, Attempts]:
    """Open deal without a next step -> its attempts since the last conversation and the last snooze; deals with none are left
    out."""
    know_the_starts_of_days(reader)
    rows = reader.connection.execute(
        "SELECT t.deal_id, count(*), min(t.touched_at), max(t.touched_at) FROM known_deals d "
        "JOIN known_touchpoints t ON t.deal_id = d.id AND t.sense = 'attempt' "
        "WHERE d.pipeline = ? AND d.status = 'open' "
        "AND NOT EXISTS (SELECT 1 FROM known_next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL) "
        "AND NOT EXISTS (SELECT 1 FROM known_touchpoints i WHERE i.deal_id = d.id AND i.sense = 'conversation' "
        "AND (i.touched_at, i.id) > (t.touched_at, t.id)) "
        "AND (d.snoozed_until IS NULL OR t.touched_at >= start_of_day(d.snoozed_until)) GROUP BY t.deal_id",
        (pipeline,),
    )
    day = reader.clock.day
    return {deal_id: Attempts(made, day(from_text(first)), day(from_text(last))) for deal_id, made, first, last in rows}
