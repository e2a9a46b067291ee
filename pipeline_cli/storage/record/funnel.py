"""The funnel and cohorts, counted in SQL over the deals of a `Scope`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

from pipeline_cli.domain.outcomes.funnel import DealCount, Stays
from pipeline_cli.domain.outcomes.sources import SPANS, Cohort
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.domain.words.dates import period_name, periods_from
from pipeline_cli.domain.words.grouping import Grouping, Scope
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.outcomes import CLOSING_MADE_UP, HAS_CYCLE, KNOWN_CLOSING, LEFT_AT, exact_days

BORN = (
    "CASE WHEN d.created_inferred AND NOT EXISTS (SELECT 1 FROM known_every_move b WHERE b.deal_id = d.id "
    "AND b.from_stage IS NULL AND NOT b.inferred) THEN NULL ELSE d.created_at END"
)
"""When a deal was created; NULL when no file said so."""


class Selection(NamedTuple):
    """Fragments for a query over `known_deals d`, with the values of their parameters."""

    group: str
    condition: str
    values: dict[str, Any]


def select_deals(reader: Reader, scope: Scope) -> Selection:
    """Prepares the connection too: grouping by month or quarter needs a function that knows the time zone."""
    at = BORN if scope.cohort == "created" else KNOWN_CLOSING
    conditions, values = ["1"], {}
    if scope.pipeline is not None:
        conditions.append("d.pipeline = :pipeline")
        values["pipeline"] = scope.pipeline
    if scope.since is not None:
        conditions.append(f"{at} >= :since")
        values["since"] = to_text(scope.since)
    if scope.until is not None:
        conditions.append(f"{at} < :until")
        values["until"] = to_text(scope.until)
    group = "NULL"
    if scope.by.kind == "column":
        group = f"d.{scope.by.name}"
    elif scope.by.kind == "stage":
        group, facts = _fact_of_stage(scope.by)
        values |= facts
    elif scope.by.kind == "field":
        group = "(SELECT f.value FROM json_each(d.fields) f WHERE f.key = :field)"
        values["field"] = scope.by.name
    elif scope.by.kind == "period":
        group = f"period_of({at})"
        _teach_periods(reader, scope.by.name, "created_at" if scope.cohort == "created" else "closed_at")
    return Selection(group, " AND ".join(conditions), values)


def _fact_of_stage(by: Grouping) -> tuple[str, dict[str, str]]:
    """A CASE over the stages, with the values of its parameters."""
    cases = " ".join(f"WHEN :at{place} THEN :fact{place}" for place in range(len(by.by_stage)))
    case = f"CASE d.stage {cases} END" if cases else "NULL"
    named = {f"at{place}": stage for place, (stage, _) in enumerate(by.by_stage)}
    named |= {f"fact{place}": fact for place, (_, fact) in enumerate(by.by_stage)}
    return (f"coalesce(d.category, {case})" if by.name == "category" else case), named


def _teach_periods(reader: Reader, per: str, column: str) -> None:
    """`period_of(instant)` in SQL: looked up among the starts of the periods, for converting each instant is slow."""
    first, last = reader.connection.execute(f"SELECT min({column}), max({column}) FROM known_deals").fetchone()
    starts, names = [""], [""]
    if first is not None:
        day, end = reader.clock.day(from_text(first)), reader.clock.day(from_text(last)) + timedelta(days=1)
        for start, _ in periods_from(day, end, per):
            starts.append(to_text(reader.clock.start_of(start)))
            names.append(period_name(start, per))

    def period_of(instant: str | None) -> str | None:
        return None if instant is None else names[bisect_right(starts, instant) - 1]

    reader.connection.create_function("period_of", 1, period_of, deterministic=True)


_CLOSING = ", ".join(f"'{outcome}'" for outcome in OUTCOMES)
_COUNTS = (
    "d.currency, CASE WHEN d.currency <> :home THEN d.value_cents END AS each_cents, "
    "count(*), coalesce(sum(d.value_cents), 0), count(d.value_cents), sum(d.cost_cents)"
)
_ALIKE = "GROUP BY grouped, d.status, position, d.currency, each_cents"


def read_deal_counts(reader: Reader, scope: Scope, stages: Sequence[str], home: str) -> list[DealCount]:
    """Deals by group, status and the furthest of these stages they were ever in."""
    chosen = select_deals(reader, scope)
    furthest = "-1"
    if stages:
        reached = f"(SELECT max({_position('m.to_stage', stages)}) FROM known_moves m WHERE m.deal_id = d.id)"
        furthest = f"max({_position('d.stage', stages)}, coalesce({reached}, -1))"
    rows = reader.connection.execute(
        f"SELECT {chosen.group} AS grouped, d.status, {furthest} AS position, {_COUNTS} FROM known_deals d "
        f"WHERE {chosen.condition} {_ALIKE}",
        {**chosen.values, **_named(stages), "home": home},
    )
    return [DealCount(*row) for row in rows]


def _position(column: str, stages: Sequence[str]) -> str:
    """A CASE, for it is four times as quick as a join with a table of the stages."""
    cases = " ".join(f"WHEN :stage{place} THEN {place}" for place in range(len(stages)))
    return f"CASE {column} {cases} ELSE -1 END"


def _named(stages: Collection[str]) -> dict[str, str]:
    return {f"stage{place}": stage for place, stage in enumerate(stages)}


def read_removed_counts(reader: Reader, scope: Scope, removed: str, home: str) -> list[DealCount]:
    """Deals that were ever in a stage which the pipeline no longer has, by group and status."""
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT {chosen.group} AS grouped, d.status, 0 AS position, {_COUNTS} FROM known_deals d "
        f"WHERE {chosen.condition} AND EXISTS (SELECT 1 FROM known_moves m WHERE m.deal_id = d.id "
        f"AND m.to_stage = :stray) {_ALIKE}",
        {**chosen.values, "stray": removed, "home": home},
    )
    return [DealCount(*row) for row in rows]


def read_stays(reader: Reader, scope: Scope) -> dict[tuple[str | None, str], Stays]:
    """Group and stage -> days of its visits; every stage that a deal was ever in has an entry.

    A move from a stage to itself starts no new visit; a visit that an inferred move begins or ends has no days.
    """
    chosen = select_deals(reader, scope)
    finished = _collect(_finished_visits(reader, chosen))
    running = _collect(_running_visits(reader, chosen))
    keys = dict.fromkeys((*finished, *running))
    return {key: Stays(finished.get(key, ()), running.get(key, ())) for key in keys}


def _collect(visits: Iterable[tuple[str | None, str, float | None]]) -> dict[tuple[str | None, str], list[float]]:
    """Shortest first, those without days left out."""
    days: dict[tuple[str | None, str], list[float | None]] = {}
    for group, stage, one in visits:
        try:
            days[group, stage].append(one)
        except KeyError:
            days[group, stage] = [one]
    return {key: sorted(one for one in those if one is not None) for key, those in days.items()}


def _finished_visits(reader: Reader, chosen: Selection) -> Iterable[tuple[str | None, str, float | None]]:
    return reader.connection.execute(
        f"SELECT {chosen.group}, m.to_stage, CASE WHEN m.inferred THEN NULL ELSE {exact_days('m.moved_at', LEFT_AT)} END "
        f"FROM known_deals d CROSS JOIN known_moves m ON m.deal_id = d.id WHERE {chosen.condition} "
        f"AND m.from_stage IS NOT m.to_stage AND m.to_stage NOT IN ({_CLOSING})",
        chosen.values,
    )


def _running_visits(reader: Reader, chosen: Selection) -> Iterable[tuple[str | None, str, float | None]]:
    entered = (
        "(SELECT CASE WHEN m.inferred THEN NULL ELSE m.moved_at END FROM known_moves m WHERE m.deal_id = d.id "
        "AND m.to_stage = d.stage AND m.from_stage IS NOT m.to_stage ORDER BY m.moved_at DESC, m.id DESC LIMIT 1)"
    )
    # Not below 0: the clock may have been set back.
    return reader.connection.execute(
        f"SELECT {chosen.group}, d.stage, max(0, {exact_days(entered, ':now')}) FROM known_deals d "
        f"WHERE {chosen.condition} AND d.status = 'open'",
        {**chosen.values, "now": to_text(reader.clock.now)},
    )


def read_cycles_by_group(reader: Reader, scope: Scope) -> dict[str | None, list[float]]:
    """Days from creation to winning, shortest first; deals whose creation or closing is inferred are left out."""
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT {chosen.group}, {exact_days('d.created_at', 'd.closed_at')} FROM known_deals d "
        f"WHERE {chosen.condition} AND {HAS_CYCLE}",
        chosen.values,
    )
    cycles: dict[str | None, list[float]] = {}
    for group, days in rows:
        cycles.setdefault(group, []).append(days)
    return {group: sorted(those) for group, those in cycles.items()}


def read_cohorts(reader: Reader, scope: Scope) -> list[Cohort]:
    """Deals by the group of the scope, a month or a quarter of their creation; a closing nobody dated is in no span."""
    chosen = select_deals(reader, scope)
    days = exact_days("d.created_at", "d.closed_at")
    won_within = ", ".join(f"sum(d.status = 'won' AND {days} <= {span} AND NOT {CLOSING_MADE_UP})" for span in SPANS)
    rows = reader.connection.execute(
        f"SELECT {chosen.group}, count(*), sum(d.status = 'won'), sum(d.status = 'lost'), sum(d.status = 'open'), "
        f"max(d.created_at), {won_within}, sum(d.status = 'won' AND {CLOSING_MADE_UP}) "
        f"FROM known_deals d WHERE {chosen.condition} GROUP BY 1",
        chosen.values,
    )
    return [
        Cohort(name, deals, won, lost, still_open, from_text(youngest), tuple(within), undated)
        for name, deals, won, lost, still_open, youngest, *within, undated in rows
    ]
