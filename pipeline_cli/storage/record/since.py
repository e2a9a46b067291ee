"""What was recorded since a day, or since a review was kept.

Since a day, that is what happened from its first instant on. Since a kept review, it is what was not yet in the record
then, whenever it happened: rows are numbered upwards and no number is given twice, so the highest number of each table
says exactly what the review had seen. What is back-dated or imported after it is thus told by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.review.changes import StageMove, Standing
from pipeline_cli.domain.words.clock import to_text
from pipeline_cli.storage.journal import next_id
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.outcomes import CLOSING_MADE_UP, UNCLEAR, WAITED_HOURS

Convert = Callable[[int, str], int]
"""(minor units, currency) -> minor units of the file's currency."""

_UNDATED = f"SELECT d.id FROM known_deals d WHERE d.status <> 'open' AND {CLOSING_MADE_UP}"
_STANDING = (
    "pipeline",
    "stage",
    "status",
    "value_cents",
    "currency",
    "created_at",
    "closed_at",
    "expected_close",
    "snoozed_until",
    "created_inferred",
)
_CHANGING = ("pipeline", "value_cents", "currency", "expected_close", "snoozed_until")


class Seen(NamedTuple):
    """The highest number of each table when a review was kept."""

    deals: int
    moves: int
    touchpoints: int
    field_changes: int


class Since(NamedTuple):
    """The start of an interval; it ends with what the reader knows."""

    instant: datetime
    seen: Seen | None = None
    """None: a day was named."""

    def later(self, table: str, alias: str, at: str) -> tuple[str, tuple[int | str]]:
        """A condition for rows of a table that came since, and its parameter."""
        if self.seen is None:
            return f"{alias}.{at} >= ?", (to_text(self.instant),)
        return f"{alias}.id > ?", (getattr(self.seen, table),)


def read_seen(reader: Reader) -> Seen:
    """The last row of each table, for the next review to begin behind."""
    return Seen(*(next_id(reader.connection, table) - 1 for table in Seen._fields))


def read_standings(reader: Reader, convert: Convert) -> dict[int, Standing]:
    """Every deal as the reader knows it."""
    undated = {row[0] for row in reader.connection.execute(_UNDATED)}
    return {
        deal_id: _standing(row, convert)._replace(undated=deal_id in undated)
        for deal_id, row in _read_rows(reader).items()
    }


def read_standings_seen(reader: Reader, seen: Seen, convert: Convert) -> dict[int, Standing]:
    """Every deal as the kept review knew it: later rows are left out, later changes taken back."""
    rows = {deal_id: row for deal_id, row in _read_rows(reader).items() if deal_id <= seen.deals}
    marks = ", ".join("?" * len(_CHANGING))
    for deal_id, field, old in reader.connection.execute(
        f"SELECT deal_id, field, old_value FROM main.field_changes WHERE id > ? AND changed_at < ? AND field IN ({marks}) "
        "ORDER BY id DESC",
        (seen.field_changes, to_text(reader.clock.end_of_today), *_CHANGING),
    ):
        if deal_id in rows:
            rows[deal_id][field] = old
    _take_moves_back(reader, seen, rows)
    return {deal_id: _standing(row, convert) for deal_id, row in rows.items()}


def _read_rows(reader: Reader) -> dict[int, dict[str, str | int | None]]:
    found = reader.connection.execute(f"SELECT id, {', '.join(_STANDING)} FROM known_deals")
    return {row[0]: dict(zip(_STANDING, row[1:], strict=True)) for row in found}


def _take_moves_back(reader: Reader, seen: Seen, rows: dict[int, dict[str, str | int | None]]) -> None:
    histories: dict[int, list[tuple[str, str]]] = {}
    for deal_id, number, stage, at in reader.connection.execute(
        "SELECT m.deal_id, m.id, m.to_stage, m.moved_at FROM known_every_move m WHERE NOT m.mistake "
        "AND m.deal_id IN (SELECT l.deal_id FROM known_every_move l WHERE l.id > ?) ORDER BY m.moved_at, m.id",
        (seen.moves,),
    ):
        before = histories.setdefault(deal_id, [])
        if number <= seen.moves:
            before.append((stage, at))
    for deal_id, moves in histories.items():
        if deal_id in rows and moves:
            last, at = moves[-1]
            stages = [stage for stage, _ in moves if stage not in OUTCOMES]
            is_closed = last in OUTCOMES
            rows[deal_id] |= {
                "stage": stages[-1] if stages else rows[deal_id]["stage"],
                "status": last if is_closed else "open",
                "closed_at": at if is_closed else None,
            }


def _standing(row: dict[str, str | int | None], convert: Convert) -> Standing:
    cents, currency = row["value_cents"], row["currency"]
    values = {name: row[name] for name in _STANDING if name not in ("value_cents", "currency")}
    return Standing(value_cents=convert(int(cents), str(currency)) if cents else 0, **values)  # type: ignore[arg-type]


def read_moves_since(reader: Reader, since: Since) -> list[StageMove]:
    """Oldest first."""
    condition, values = since.later("moves", "m", "moved_at")
    rows = reader.connection.execute(
        "SELECT m.deal_id, m.from_stage, m.to_stage, m.moved_at, m.inferred FROM known_moves m "
        f"WHERE {condition} ORDER BY m.moved_at, m.id",
        values,
    )
    return [StageMove(deal, old, new, at, bool(inferred)) for deal, old, new, at, inferred in rows]


def read_changed_at(reader: Reader, since: Since) -> dict[tuple[int, str], str]:
    """(deal, column) -> when value, expected close or pipeline were last changed since."""
    condition, values = since.later("field_changes", "c", "changed_at")
    rows = reader.connection.execute(
        f"SELECT c.deal_id, c.field, max(c.changed_at) FROM main.field_changes c WHERE {condition} AND c.changed_at < ? "
        "AND c.field IN ('value_cents', 'expected_close', 'pipeline') GROUP BY c.deal_id, c.field",
        (*values, to_text(reader.clock.end_of_today)),
    )
    return {(deal_id, field): at for deal_id, field, at in rows}


def read_last_touches(reader: Reader) -> dict[int, str]:
    """Open deal -> its last touchpoint, for those that had one."""
    rows = reader.connection.execute(
        "SELECT d.id, (SELECT max(t.touched_at) FROM known_touchpoints t WHERE t.deal_id = d.id "
        "AND t.sense IS NOT 'automatic') AS at "
        "FROM known_deals d WHERE d.status = 'open' AND at IS NOT NULL"
    )
    return dict(rows.fetchall())


def read_touched_since(reader: Reader, since: Since) -> frozenset[int]:
    """Deals with a touchpoint since."""
    condition, values = since.later("touchpoints", "t", "touched_at")
    rows = reader.connection.execute(
        f"SELECT DISTINCT t.deal_id FROM known_touchpoints t WHERE t.sense IS NOT 'automatic' "
        f"AND ({condition} OR t.touched_at > ?)",
        (*values, to_text(since.instant)),
    )
    return frozenset(row[0] for row in rows)


def read_touchpoints_by_stage(
    reader: Reader, since: Since, pipelines: Sequence[str]
) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(pipeline, stage the deal stood in then) -> touchpoints since, those of them inbound, deals touched."""
    condition, values = since.later("touchpoints", "t", "touched_at")
    marks = ", ".join("?" * len(pipelines))
    rows = reader.connection.execute(
        "SELECT pipeline, stage, count(*), sum(direction IS 'in'), count(DISTINCT deal_id) FROM ("
        "SELECT d.pipeline, t.deal_id, t.direction, coalesce((SELECT m.to_stage FROM known_moves m "
        "WHERE m.deal_id = d.id AND m.moved_at <= t.touched_at AND m.to_stage NOT IN ('won', 'lost', 'disqualified') "
        "ORDER BY m.moved_at DESC, m.id DESC LIMIT 1), d.stage) AS stage FROM known_touchpoints t "
        f"JOIN known_deals d ON d.id = t.deal_id WHERE {condition} AND d.pipeline IN ({marks})) GROUP BY pipeline, stage",
        (*values, *pipelines),
    )
    return {(pipeline, stage): (many, inbound, deals) for pipeline, stage, many, inbound, deals in rows}


class Lead(NamedTuple):
    """A new lead: how long it waited, and whether that is known."""

    is_new: bool
    """It came since."""
    waited_hours: float | None
    """To its first answer before it closed; None: there is none that is known."""
    is_unclear: bool
    """It has a touchpoint of unknown direction, which may have been an answer."""


def read_leads(reader: Reader, since: Since, pipelines: Sequence[str]) -> list[Lead]:
    """The deals whose creation is known."""
    condition, values = since.later("deals", "d", "created_at")
    marks = ", ".join("?" * len(pipelines))
    rows = reader.connection.execute(
        f"SELECT {condition}, {WAITED_HOURS}, {UNCLEAR} FROM known_deals d "
        f"WHERE NOT d.created_inferred AND d.pipeline IN ({marks})",
        (*values, *pipelines),
    )
    return [Lead(bool(is_new), hours, bool(is_unclear)) for is_new, hours, is_unclear in rows]
