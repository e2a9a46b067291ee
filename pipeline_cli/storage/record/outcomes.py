"""What history says, counted in SQL: outcomes by the stage deals reached, cycles and visits, what has no date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline_cli.domain.outcomes.history import FirstResponses, OutcomeCount, Undated
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.storage.reader import Reader

CLOSING_MADE_UP = (
    "coalesce((SELECT c.inferred FROM known_moves c WHERE c.deal_id = d.id AND c.to_stage = d.status "
    "ORDER BY c.moved_at DESC, c.id DESC LIMIT 1), 0)"
)
"""Whether the closing of `known_deals d` is one that nobody dated; 0 for an open deal."""
KNOWN_CLOSING = f"CASE WHEN NOT {CLOSING_MADE_UP} THEN d.closed_at END"
"""When a deal was closed; NULL while it is open, and when no file said so."""
HAS_CYCLE = f"d.status = 'won' AND NOT d.created_inferred AND NOT {CLOSING_MADE_UP}"
"""Won, and both ends of the way there are known."""


def read_undated(reader: Reader, pipelines: Iterable[str]) -> Undated:
    """Of all deals of some pipelines."""
    names = list(pipelines)
    row = reader.connection.execute(
        "SELECT coalesce(sum(won AND made_up), 0), coalesce(sum(made_up AND NOT won), 0), "
        "coalesce(sum(created_inferred), 0), coalesce(sum(won AND (made_up OR created_inferred)), 0) FROM ("
        f"SELECT d.created_inferred, d.status = 'won' AS won, {CLOSING_MADE_UP} AS made_up FROM known_deals d "
        f"WHERE d.pipeline IN ({', '.join('?' * len(names))}))",
        names,
    ).fetchone()
    return Undated(*row)


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
    """Days from creation to winning, shortest first; deals whose creation or closing is inferred are left out."""
    rows = reader.connection.execute(
        f"SELECT {exact_days('d.created_at', 'd.closed_at')} FROM known_deals d "
        f"WHERE d.pipeline = ? AND {HAS_CYCLE} ORDER BY 1",
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


FIRST_RESPONSE = (
    "(SELECT min(t.touched_at) FROM known_touchpoints t WHERE t.deal_id = d.id AND t.direction = 'out' "
    f"AND NOT t.inferred AND (d.closed_at IS NULL OR t.touched_at <= d.closed_at OR {CLOSING_MADE_UP}))"
)
"""When `known_deals d` was first answered: what is sent after the deal was closed answers no lead."""
WAITED_HOURS = f"max(0.0, (julianday({FIRST_RESPONSE}) - julianday(d.created_at)) * 24)"


def read_first_responses(reader: Reader, pipeline: str) -> FirstResponses:
    """Of the deals whose creation is known. A touchpoint of unknown direction may have been the answer: a deal that has
    only such ones is neither answered nor unanswered."""
    rows = reader.connection.execute(
        f"SELECT {WAITED_HOURS} AS hours, {UNCLEAR} FROM known_deals d "
        "WHERE d.pipeline = ? AND NOT d.created_inferred ORDER BY hours",
        (pipeline,),
    ).fetchall()
    hours = [one for one, _ in rows if one is not None]
    silent = sum(one is None and not is_unclear for one, is_unclear in rows)
    return FirstResponses(hours, silent if hours or _has_directions(reader, pipeline) else None)


UNCLEAR = "EXISTS (SELECT 1 FROM known_touchpoints t WHERE t.deal_id = d.id AND t.direction IS NULL AND NOT t.inferred)"
"""Whether `known_deals d` has a touchpoint that may have been an answer."""


def _has_directions(reader: Reader, pipeline: str) -> bool:
    row = reader.connection.execute(
        "SELECT 1 FROM known_deals d WHERE d.pipeline = ? AND EXISTS (SELECT 1 FROM known_touchpoints t "
        "WHERE t.deal_id = d.id AND t.direction IS NOT NULL AND NOT t.inferred) LIMIT 1",
        (pipeline,),
    ).fetchone()
    return row is not None


def read_won_since(reader: Reader, pipeline: str | None, start: datetime) -> list[tuple[datetime, int, str]]:
    """When, minor units and currency of each deal won at or after an instant, as far as it is known when."""
    rows = reader.connection.execute(
        "SELECT d.closed_at, coalesce(d.value_cents, 0), d.currency FROM known_deals d "
        f"WHERE d.status = 'won' AND d.closed_at >= ? AND (? IS NULL OR d.pipeline = ?) AND NOT {CLOSING_MADE_UP}",
        (to_text(start), pipeline, pipeline),
    )
    return [(from_text(at), cents, currency) for at, cents, currency in rows]
