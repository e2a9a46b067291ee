"""The funnel, counted in SQL: deals by the furthest stage they reached, visits to each stage, cycles."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pipeline_cli.domain.clock import to_text
from pipeline_cli.domain.funnel import DealCount, Stays
from pipeline_cli.domain.grouping import Scope
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.storage.outcomes import LEFT_AT, exact_days
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.scope import Selection, select_deals
from pipeline_cli.storage.undated import HAS_CYCLE

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


def read_stray_counts(reader: Reader, scope: Scope, stray: str, home: str) -> list[DealCount]:
    """Deals that were ever in a stage which the pipeline no longer has, by group and status."""
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT {chosen.group} AS grouped, d.status, 0 AS position, {_COUNTS} FROM known_deals d "
        f"WHERE {chosen.condition} AND EXISTS (SELECT 1 FROM known_moves m WHERE m.deal_id = d.id "
        f"AND m.to_stage = :stray) {_ALIKE}",
        {**chosen.values, "stray": stray, "home": home},
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
