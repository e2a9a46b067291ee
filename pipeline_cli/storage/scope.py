"""The deals of a `Scope` in SQL: the condition that picks them and the expression that groups them."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta
from typing import Any

from pipeline_cli.domain.clock import from_text, to_text
from pipeline_cli.domain.grouping import Scope
from pipeline_cli.domain.periods import period_name, periods_from
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.undated import KNOWN_CLOSING

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
    elif scope.by.kind == "field":
        group = "(SELECT f.value FROM json_each(d.fields) f WHERE f.key = :field)"
        values["field"] = scope.by.name
    elif scope.by.kind == "period":
        group = f"period_of({at})"
        _teach_periods(reader, scope.by.name, "created_at" if scope.cohort == "created" else "closed_at")
    return Selection(group, " AND ".join(conditions), values)


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
