"""Touchpoints of ours, counted in SQL: where they went, what came back, what each stage took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from pipeline_cli.domain.lessons.effort import REPLY_DAYS, WEEKS, Spent, StageWork
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.outcomes import LEFT_AT

OURS = "t.direction IS NOT 'in' AND t.sense IS NOT 'automatic' AND NOT t.inferred"
"""As the finding on unqualified effort counts them: what is not known to be theirs is ours."""
_CLOSING = "('won', 'lost', 'disqualified')"
_STAGE_THEN = (
    "coalesce((SELECT m.to_stage FROM known_moves m WHERE m.deal_id = t.deal_id AND m.moved_at <= t.touched_at "
    f"AND m.to_stage NOT IN {_CLOSING} ORDER BY m.moved_at DESC, m.id DESC LIMIT 1), d.stage)"
)
_SPENT = (
    "count(*), sum(t.sense IS 'conversation'), sum(judged), sum(judged AND (t.sense IS 'conversation' OR replied)), "
    "sum(judged AND replied), sum(d.status <> 'open'), "
    "sum(d.status IN ('lost', 'disqualified'))"
)


class Touches(NamedTuple):
    """Whose touchpoints are counted, and since when."""

    pipeline: str | None
    """None: of every one."""
    since: datetime | None = None


def _spent(reader: Reader, touches: Touches, keys: str) -> list[Any]:
    """Rows of the keys and what was spent."""
    values = {
        "pipeline": touches.pipeline,
        "since": "" if touches.since is None else to_text(touches.since),
        "old": to_text(reader.clock.now - timedelta(days=REPLY_DAYS)),
    }
    return reader.connection.execute(
        "WITH said AS (SELECT t.*, lead(t.direction) OVER w AS next_way, lead(t.touched_at) OVER w AS next_at "
        "FROM known_touchpoints t WHERE t.sense IS NOT 'automatic' AND NOT t.inferred "
        "WINDOW w AS (PARTITION BY t.deal_id ORDER BY t.touched_at, t.id)), "
        "ours AS (SELECT t.*, t.direction IS 'out' AND t.touched_at <= :old AS judged, "
        f"coalesce(t.next_way = 'in' AND julianday(t.next_at) - julianday(t.touched_at) <= {REPLY_DAYS}, 0) AS replied "
        "FROM said t WHERE t.direction IS NOT 'in' AND t.touched_at >= :since) "
        f"SELECT {keys}, {_SPENT} FROM ours t JOIN known_deals d ON d.id = t.deal_id "
        "WHERE (:pipeline IS NULL OR d.pipeline = :pipeline) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        values,
    ).fetchall()


def read_spent(reader: Reader, touches: Touches) -> list[tuple[str, str | None, str, Spent]]:
    """Kind, source of the deal, stage it stood in then, and what was spent."""
    rows = _spent(reader, touches, f"t.kind, d.source, {_STAGE_THEN}")
    return [(kind, source, stage, Spent(*spent)) for kind, source, stage, *spent in rows]


def read_spent_by_time(reader: Reader, touches: Touches) -> list[tuple[date, time, Spent]]:
    """Day and time in the zone of the clock, to the quarter of an hour, and what was spent."""
    quarter = "printf('%s%02d', substr(t.touched_at, 1, 14), CAST(substr(t.touched_at, 15, 2) AS INTEGER) / 15 * 15)"
    is_sharp = "substr(t.touched_at, 15) = substr(t.touched_at, 15, 2) || ':00.000Z'"
    rows = _spent(reader, touches, f"{quarter}, {is_sharp} AND substr(t.touched_at, 15, 2) % 15 = 0, NULL")
    found = []
    for at, is_whole, _, *spent in rows:
        local = from_text(f"{at}:00.000Z").astimezone(reader.clock.zone)
        # A minute more keeps what only lies in the same quarter apart from a day that was given without a time.
        moment = local.time() if is_whole else (local + timedelta(minutes=1)).time()
        found.append((local.date(), moment, Spent(*spent)))
    return found


def read_waste(reader: Reader, touches: Touches, qualified_stages: Sequence[str] | None) -> dict[tuple[str, bool], int]:
    """(Status, whether the deal came to one of these stages or was won) -> touchpoints of ours; None: every one counts as
    come."""
    import json

    # A deal is looked at once, however often it was touched.
    rows = reader.connection.execute(
        "SELECT status, passed, sum(spent) FROM (SELECT d.status, NOT :asks OR d.status = 'won' "
        "OR d.stage IN (SELECT value FROM json_each(:later)) OR EXISTS (SELECT 1 FROM known_moves m "
        "WHERE m.deal_id = d.id AND m.to_stage IN (SELECT value FROM json_each(:later))) AS passed, "
        f"(SELECT count(*) FROM known_touchpoints t WHERE t.deal_id = d.id AND t.touched_at >= :since AND {OURS}) AS spent "
        "FROM known_deals d WHERE :pipeline IS NULL OR d.pipeline = :pipeline) WHERE spent GROUP BY 1, 2",
        {
            "pipeline": touches.pipeline,
            "since": "" if touches.since is None else to_text(touches.since),
            "later": json.dumps(list(qualified_stages or ())),
            "asks": qualified_stages is not None,
        },
    )
    return {(status, bool(passed)): touches for status, passed, touches in rows}


def read_weeks(reader: Reader, pipeline: str) -> tuple[datetime, list[int]]:
    """The start of the full weeks looked at, and the touchpoints of ours in each; none before the first there is."""
    clock = reader.clock
    monday = clock.today - timedelta(days=clock.today.weekday())
    starts = [clock.start_of(monday - timedelta(weeks=week)) for week in range(WEEKS, -1, -1)]
    row = reader.connection.execute(
        "SELECT min(t.touched_at) FROM known_deals d CROSS JOIN known_touchpoints t ON t.deal_id = d.id "
        f"WHERE d.pipeline = ? AND {OURS}",
        (pipeline,),
    ).fetchone()
    counts = []
    for start, end in pairwise(starts):
        if row[0] is not None and row[0] < to_text(end):
            counts.append(_count_between(reader, pipeline, start, end))
    return starts[len(starts) - 1 - len(counts)], counts


def _count_between(reader: Reader, pipeline: str, start: datetime, end: datetime) -> int:
    row = reader.connection.execute(
        "SELECT count(*) FROM known_deals d CROSS JOIN known_touchpoints t ON t.deal_id = d.id "
        f"WHERE d.pipeline = ? AND {OURS} AND t.touched_at >= ? AND t.touched_at < ?",
        (pipeline, to_text(start), to_text(end)),
    ).fetchone()
    return int(row[0])


def read_stage_work(reader: Reader, pipeline: str, stages: Sequence[str], since: datetime) -> list[StageWork]:
    """Of each stage, in their order; `since`: the first of the full weeks, which end with the last Sunday."""
    clock = reader.clock
    monday = to_text(clock.start_of(clock.today - timedelta(days=clock.today.weekday())))
    still = reader.connection.execute(
        "SELECT d.stage, count(*) FROM known_deals d WHERE d.pipeline = ? AND d.status = 'open' "
        "AND (d.snoozed_until IS NULL OR d.snoozed_until <= ?) GROUP BY d.stage",
        (pipeline, clock.today.isoformat()),
    )
    open_deals = dict(still.fetchall())
    visits = reader.connection.execute(
        "WITH visits AS (SELECT m.deal_id, m.to_stage AS stage, m.moved_at AS start, "
        f"{LEFT_AT} AS finish FROM known_deals d CROSS JOIN known_moves m ON m.deal_id = d.id WHERE d.pipeline = ? "
        "AND d.status = 'won' AND m.from_stage IS NOT m.to_stage AND NOT m.inferred) "
        "SELECT v.stage, count(DISTINCT v.deal_id), sum(julianday(v.finish) - julianday(v.start)) / 7, "
        f"sum((SELECT count(*) FROM known_touchpoints t WHERE t.deal_id = v.deal_id AND {OURS} "
        "AND t.touched_at >= v.start AND t.touched_at < v.finish)) FROM visits v WHERE v.finish IS NOT NULL GROUP BY v.stage",
        (pipeline,),
    )
    won = {stage: (deals, weeks, touches) for stage, deals, weeks, touches in visits}
    late = reader.connection.execute(
        f"SELECT {_STAGE_THEN} AS stage, count(*) FROM known_deals d CROSS JOIN known_touchpoints t ON t.deal_id = d.id "
        f"WHERE d.pipeline = ? AND {OURS} AND t.touched_at >= ? AND t.touched_at < ? GROUP BY 1",
        (pipeline, to_text(since), monday),
    )
    recent = dict(late.fetchall())
    return [
        StageWork(stage, open_deals.get(stage, 0), *won.get(stage, (0, 0.0, 0)), recent.get(stage, 0))
        for stage in stages
    ]
