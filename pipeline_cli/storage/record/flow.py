"""What passes through a pipeline, counted in SQL: moves, losses, quarters, leads without an answer, effort."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pipeline_cli.domain.outcomes.flow import (
    EFFORT_DAYS,
    QUARTER_DAYS,
    QUARTERS,
    WINDOW_DAYS,
    YEAR_DAYS,
    Effort,
    Flow,
    Losses,
    MoveCount,
    Quarter,
)
from pipeline_cli.domain.words.clock import days_between, from_text, to_text
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.effort import Touches, read_waste
from pipeline_cli.storage.record.outcomes import CLOSING_MADE_UP
from pipeline_cli.storage.record.people import read_silenced

_QUARTILE = "sum(days * max(0.0, 1 - abs(place - (n - 1) * {})))"
"""Linear interpolation between order statistics, as `percentile` has it: each weighs by its nearness to the place."""


def read_flow(reader: Reader, pipeline: str, first_stage: str, qualified_stages: Sequence[str] | None = None) -> Flow:
    """The whole of it; windows end with the reader's day.

    `qualified_stages`: those after the stage that asks for qualification, if one does.
    """
    since = _days_back(reader, WINDOW_DAYS)
    days = _days_of_record(reader, pipeline)
    new_deals, wins = _count_since(reader, pipeline, since)
    flow = Flow(
        moves=_read_moves(reader, pipeline, since),
        losses=_read_losses(reader, pipeline),
        quarters=_read_quarters(reader, pipeline, days),
        window_days=min(WINDOW_DAYS, days),
        new_deals=new_deals,
        wins=wins,
        unanswered_leads=_read_unanswered_leads(reader, pipeline, first_stage),
        effort=_read_effort(reader, pipeline),
    )
    return flow if qualified_stages is None else _with_spent_in_a_year(flow, reader, pipeline, qualified_stages)


def _with_spent_in_a_year(flow: Flow, reader: Reader, pipeline: str, qualified_stages: Sequence[str]) -> Flow:
    since = from_text(_days_back(reader, YEAR_DAYS))
    counts = read_waste(reader, Touches(pipeline, since), qualified_stages)
    unqualified = [
        number for (status, passed), number in counts.items() if status in ("lost", "disqualified") and not passed
    ]
    return flow._replace(
        spent_on_closed=sum(number for (status, _), number in counts.items() if status != "open"),
        spent_unqualified=sum(unqualified),
    )


def _days_back(reader: Reader, days: int) -> str:
    return to_text(reader.clock.end_of_today - timedelta(days=days))


def _days_of_record(reader: Reader, pipeline: str) -> float:
    """From the first deal to the end of the reader's day; 0 without deals."""
    row = reader.connection.execute(
        "SELECT min(created_at) FROM known_deals WHERE pipeline = ? AND NOT created_inferred", (pipeline,)
    ).fetchone()
    return days_between(from_text(row[0]), reader.clock.end_of_today) if row[0] else 0.0


def _count_since(reader: Reader, pipeline: str, since: str) -> tuple[int, int]:
    """Deals created, and deals won, as far as it is known when."""
    row = reader.connection.execute(
        "SELECT coalesce(sum(created_at >= :since AND NOT created_inferred), 0), "
        f"coalesce(sum(d.status = 'won' AND d.closed_at >= :since AND NOT {CLOSING_MADE_UP}), 0) "
        "FROM known_deals d WHERE d.pipeline = :pipeline",
        {"since": since, "pipeline": pipeline},
    ).fetchone()
    return int(row[0]), int(row[1])


def _read_moves(reader: Reader, pipeline: str, since: str) -> list[MoveCount]:
    rows = reader.connection.execute(
        "SELECT m.from_stage, m.to_stage, m.inferred, count(*), sum(m.moved_at >= ?) FROM known_moves m "
        "JOIN known_deals d ON d.id = m.deal_id WHERE d.pipeline = ? GROUP BY m.from_stage, m.to_stage, m.inferred",
        (since, pipeline),
    )
    return [MoveCount(start, end, bool(inferred), moves, recent) for start, end, inferred, moves, recent in rows]


def _read_losses(reader: Reader, pipeline: str) -> dict[str, Losses]:
    """Stage -> its lost deals, and the quartiles of how long they had stood in it."""
    rows = reader.connection.execute(
        "WITH ends AS (SELECT d.stage, d.closed_at, "
        "(SELECT CASE WHEN m.inferred THEN NULL ELSE m.moved_at END FROM known_moves m WHERE m.deal_id = d.id "
        "AND m.to_stage = d.stage AND m.from_stage IS NOT m.to_stage ORDER BY m.moved_at DESC, m.id DESC LIMIT 1) "
        "AS entered, (SELECT m.inferred FROM known_moves m WHERE m.deal_id = d.id AND m.to_stage = 'lost' "
        "ORDER BY m.moved_at DESC, m.id DESC LIMIT 1) AS guessed "
        "FROM known_deals d WHERE d.pipeline = ? AND d.status = 'lost'), "
        "stays AS (SELECT stage, CASE WHEN guessed THEN NULL ELSE julianday(closed_at) - julianday(entered) END AS days "
        "FROM ends), "
        "ranked AS (SELECT stage, days, row_number() OVER (PARTITION BY stage ORDER BY days NULLS LAST) - 1 AS place, "
        "count(days) OVER (PARTITION BY stage) AS n FROM stays) "
        f"SELECT stage, count(*), max(n), {_QUARTILE.format(0.25)}, {_QUARTILE.format(0.75)} "
        "FROM ranked GROUP BY stage",
        (pipeline,),
    )
    return {stage: Losses(deals, n, low or 0.0, high or 0.0) for stage, deals, n, low, high in rows}


def _read_quarters(reader: Reader, pipeline: str, days_of_record: float) -> list[Quarter]:
    """Newest first; only those that the record covers from their first day."""
    quarters = min(QUARTERS, int(days_of_record // QUARTER_DAYS))
    end = to_text(reader.clock.end_of_today)
    counts = [[0, 0, 0] for _ in range(quarters)]
    for what, column, condition in (
        (0, "created_at", "NOT created_inferred"),
        (1, "closed_at", f"status = 'won' AND NOT {CLOSING_MADE_UP}"),
        (2, "closed_at", f"status = 'lost' AND NOT {CLOSING_MADE_UP}"),
    ):
        rows = reader.connection.execute(
            f"SELECT CAST((julianday(?) - julianday({column})) / ? AS INTEGER) AS quarter, count(*) FROM known_deals d "
            f"WHERE pipeline = ? AND {column} > ? AND {condition} GROUP BY quarter",
            (end, QUARTER_DAYS, pipeline, _days_back(reader, QUARTER_DAYS * quarters)),
        )
        for quarter, deals in rows:
            if 0 <= quarter < quarters:
                counts[quarter][what] = deals
    return [Quarter(*count) for count in counts]


def _read_unanswered_leads(reader: Reader, pipeline: str, first_stage: str) -> list[int]:
    """Open deals of the first stage without a touchpoint other than inbound ones, on which somebody may be contacted."""
    silenced = read_silenced(reader, pipeline)
    rows = reader.connection.execute(
        "SELECT d.id FROM known_deals d WHERE d.pipeline = ? AND d.status = 'open' AND d.stage = ? "
        "AND NOT d.created_inferred AND NOT EXISTS (SELECT 1 FROM known_touchpoints t WHERE t.deal_id = d.id "
        "AND t.direction IS NOT 'in' AND t.sense IS NOT 'automatic') ORDER BY d.id",
        (pipeline, first_stage),
    )
    return [row[0] for row in rows if row[0] not in silenced]


def _read_effort(reader: Reader, pipeline: str) -> Effort:
    """A row for each open deal that was touched, and one for each other status."""
    rows = reader.connection.execute(
        "SELECT CASE WHEN d.status = 'open' THEN d.id END AS deal, d.status, count(*) FROM known_deals d "
        "CROSS JOIN known_touchpoints t ON t.deal_id = d.id AND t.touched_at >= ? "
        "WHERE d.pipeline = ? AND t.direction IS NOT 'in' AND t.sense IS NOT 'automatic' "
        "AND NOT t.inferred GROUP BY deal, d.status",
        (_days_back(reader, EFFORT_DAYS), pipeline),
    ).fetchall()
    closed = {status: touchpoints for deal, status, touchpoints in rows if deal is None}
    return Effort(
        {deal: touchpoints for deal, _, touchpoints in rows if deal is not None},
        closed.get("disqualified", 0),
        closed.get("won", 0) + closed.get("lost", 0),
    )
