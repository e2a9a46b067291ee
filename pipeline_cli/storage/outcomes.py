"""What history says, counted in SQL: outcomes by the stage deals reached, cycles, visits, first responses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline_cli.domain.clock import from_text, to_text
from pipeline_cli.domain.history import OutcomeCount
from pipeline_cli.storage.reader import Reader

LEFT_AT = (
    "(SELECT CASE WHEN n.inferred THEN NULL ELSE n.moved_at END FROM known_moves n WHERE n.deal_id = m.deal_id "
    "AND n.moved_at >= m.moved_at AND (n.moved_at, n.id) > (m.moved_at, m.id) AND n.to_stage <> m.to_stage "
    "ORDER BY n.moved_at, n.id LIMIT 1)"
)
"""When the visit that `known_moves m` begins ended; NULL when it has not, or only an inferred move says so.

Not a window function: with its index this needs no sorting and takes half the time.
"""


def exact_days(start: str, end: str) -> str:
    """The days between two instants in SQL, to the millisecond, which Julian days miss by up to 0.04."""
    return f"round((julianday({end}) - julianday({start})) * 86400000) / 86400000"


def place_of(column: str, stages: Sequence[str]) -> str:
    """The place of a stage among these in SQL, from 0, NULL for any other; takes the stages as its parameters.

    Not a table to join with: that takes three times as long.
    """
    return f"CASE {column} {' '.join(f'WHEN ? THEN {place}' for place in range(len(stages)))} END"


def read_outcomes(reader: Reader, pipeline: str, stages: Sequence[str]) -> list[OutcomeCount]:
    """Closed deals by status, furthest stage ever entered (won: the last) and currency, with their value."""
    rows = reader.connection.execute(
        "WITH reached AS (SELECT d.status, d.currency, d.value_cents, CASE WHEN d.status = 'won' THEN ? ELSE coalesce(("
        f"SELECT max({place_of('m.to_stage', stages)}) FROM known_moves m WHERE m.deal_id = d.id"
        "), 0) END AS position FROM known_deals d WHERE d.pipeline = ? AND d.status <> 'open') "
        "SELECT status, position, currency, count(*), coalesce(sum(value_cents), 0), count(value_cents) "
        "FROM reached GROUP BY status, position, currency",
        (len(stages) - 1, *stages, pipeline),
    )
    return [OutcomeCount(*row) for row in rows]


def read_cycles(reader: Reader, pipeline: str) -> list[float]:
    """Days from creation to winning, shortest first; deals whose creation is inferred are left out."""
    rows = reader.connection.execute(
        f"SELECT {exact_days('created_at', 'closed_at')} FROM known_deals "
        "WHERE pipeline = ? AND status = 'won' AND NOT created_inferred ORDER BY 1",
        (pipeline,),
    )
    return [row[0] for row in rows]


def read_finished_visits(reader: Reader, pipeline: str) -> dict[str, list[float]]:
    """Stage -> days of each finished visit, shortest first.

    A move from a stage to itself starts no new visit; a visit that an inferred move begins or ends is left out.
    """
    rows = reader.connection.execute(
        f"SELECT m.to_stage, {exact_days('m.moved_at', LEFT_AT)} AS days FROM known_deals d "
        "CROSS JOIN known_moves m ON m.deal_id = d.id WHERE d.pipeline = ? AND m.from_stage IS NOT m.to_stage "
        "AND NOT m.inferred AND m.to_stage NOT IN ('won', 'lost', 'disqualified')",
        (pipeline,),
    )
    visits: dict[str, list[float]] = {}
    for stage, days in rows:
        if days is not None:
            visits.setdefault(stage, []).append(days)
    return {stage: sorted(visits[stage]) for stage in sorted(visits)}


def read_first_responses(reader: Reader, pipeline: str) -> list[float]:
    """Hours from creation to the first outbound touchpoint, of the deals that had one, shortest first."""
    rows = reader.connection.execute(
        "SELECT (julianday((SELECT min(t.touched_at) FROM known_touchpoints t WHERE t.deal_id = d.id "
        "AND t.direction = 'out' AND NOT t.inferred)) - julianday(d.created_at)) * 24 AS hours FROM known_deals d "
        "WHERE d.pipeline = ? AND NOT d.created_inferred AND hours IS NOT NULL ORDER BY hours",
        (pipeline,),
    )
    return [max(0.0, row[0]) for row in rows]


def read_won_since(reader: Reader, pipeline: str | None, start: datetime) -> list[tuple[datetime, int, str]]:
    """When, minor units and currency of each deal won at or after an instant."""
    rows = reader.connection.execute(
        "SELECT closed_at, coalesce(value_cents, 0), currency FROM known_deals WHERE status = 'won' AND closed_at >= ? "
        "AND (? IS NULL OR pipeline = ?)",
        (to_text(start), pipeline, pipeline),
    )
    return [(from_text(at), cents, currency) for at, cents, currency in rows]
