"""What is known of won and lost deals, counted in SQL: how many of each have one value of one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline_cli.domain.lessons.compare import Tally
from pipeline_cli.domain.lessons.reasons import Reasoned
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.grouping import Grouping, Scope
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.funnel import Selection, select_deals
from pipeline_cli.storage.record.outcomes import CLOSING_MADE_UP, WAITED_HOURS, exact_days, place_of

_COUNT = "sum(d.status = 'won'), sum(d.status = 'lost')"
_CLOSED = "d.status IN ('won', 'lost')"
_WITHIN = "known_deals d WHERE {condition} AND " + _CLOSED

PEOPLE = "nullif((SELECT count(*) FROM known_deal_contacts p WHERE p.deal_id = d.id), 0)"
"""Nobody named is nobody known."""
_CHANGES = (
    "FROM known_field_changes c WHERE c.deal_id = d.id AND c.field = 'value_cents' AND c.old_value > 0 "
    "AND c.new_value IS NOT NULL AND julianday(d.closed_at) - julianday(c.changed_at) >= 1"
)
PRICE_CHANGE = (
    "CASE WHEN d.value_cents IS NULL THEN NULL "
    f"ELSE coalesce((SELECT CASE sign((SELECT c.new_value {_CHANGES} ORDER BY c.changed_at DESC, c.id DESC LIMIT 1) "
    f"- (SELECT c.old_value {_CHANGES} ORDER BY c.changed_at, c.id LIMIT 1)) "
    "WHEN 1 THEN 'raised' WHEN -1 THEN 'lowered' WHEN 0 THEN 'unchanged' END), 'unchanged') END"
)
"""What became of the price until the day before the deal was closed: what it was won for is the outcome itself."""
FIRST_RESPONSE_HOURS = f"CASE WHEN NOT d.created_inferred THEN {WAITED_HOURS} END"
_WAY = exact_days("d.created_at", "d.closed_at")
CYCLE_DAYS = f"CASE WHEN NOT d.created_inferred AND NOT {CLOSING_MADE_UP} THEN max(0, {_WAY}) END"


def read_closed(reader: Reader, scope: Scope) -> dict[str, int]:
    """Status -> how many closed deals have it."""
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT d.status, count(*) FROM known_deals d WHERE {chosen.condition} AND d.status <> 'open' GROUP BY d.status",
        chosen.values,
    )
    return dict(rows.fetchall())


def read_tallies(reader: Reader, scope: Scope, expression: str) -> list[Tally]:
    """Won and lost deals by what an expression over `known_deals d` says of them: a column, or one of those above."""
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT {expression} AS said, {_COUNT} FROM {_WITHIN.format(condition=chosen.condition)} "
        "GROUP BY said ORDER BY said",
        chosen.values,
    )
    return [Tally(*row) for row in rows]


def read_value_tallies(reader: Reader, scope: Scope, convert: Callable[[int, str], int]) -> list[Tally]:
    """By value in minor units of the home currency; 0, as some programs write of what was lost, is none."""
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT d.value_cents, d.currency, {_COUNT} FROM {_WITHIN.format(condition=chosen.condition)} "
        "AND d.value_cents > 0 GROUP BY 1, 2 ORDER BY 1, 2",
        chosen.values,
    )
    found = dict[float, list[int]]()
    for cents, currency, won, lost in rows:
        counts = found.setdefault(convert(cents, currency), [0, 0])
        counts[0] += won
        counts[1] += lost
    return [Tally(cents, *counts) for cents, counts in sorted(found.items())]


def read_field_tallies(reader: Reader, scope: Scope) -> dict[str, list[Tally]]:
    """Name of a field of one's own -> its values; lists and the like are none."""
    chosen = select_deals(reader, scope)
    return _collected(
        reader.connection.execute(
            "SELECT f.key, CASE f.type WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' ELSE f.value END AS said, "
            f"{_COUNT} FROM known_deals d, json_each(d.fields) f WHERE {chosen.condition} AND {_CLOSED} "
            "AND f.type IN ('text', 'integer', 'real', 'true', 'false') GROUP BY f.key, said ORDER BY f.key, said",
            chosen.values,
        )
    )


def read_tags(reader: Reader, scope: Scope) -> list[tuple[str | None, int, int]]:
    """The tags of a deal as they are stored, and how many won and lost deals have just these."""
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT d.tags, {_COUNT} FROM {_WITHIN.format(condition=chosen.condition)} GROUP BY d.tags ORDER BY d.tags",
        chosen.values,
    )
    return rows.fetchall()


def read_answer_tallies(reader: Reader, scope: Scope) -> dict[str, list[Tally]]:
    """Question -> its last answer of each deal, yes or no."""
    chosen = select_deals(reader, scope)
    return _collected(
        reader.connection.execute(
            f"SELECT a.item, a.answer, {_COUNT} FROM known_deals d "
            f"CROSS JOIN known_qualification_answers a ON a.deal_id = d.id WHERE {chosen.condition} AND {_CLOSED} "
            "AND a.answer <> 'unknown' AND a.id = (SELECT q.id FROM known_qualification_answers q "
            "WHERE q.deal_id = a.deal_id AND q.item = a.item ORDER BY q.answered_at DESC, q.id DESC LIMIT 1) "
            "GROUP BY a.item, a.answer ORDER BY a.item, a.answer",
            chosen.values,
        )
    )


def _collected(rows: Iterable[tuple[str, str | float | None, int, int]]) -> dict[str, list[Tally]]:
    found = dict[str, list[Tally]]()
    for name, value, won, lost in rows:
        found.setdefault(name, []).append(Tally(value, won, lost))
    return found


class Before(NamedTuple):
    """Of the deals that came to one stage: what there had been by then."""

    touches: list[Tally]
    """Touchpoints of ours."""
    conversations: list[Tally]


def read_before_stages(reader: Reader, scope: Scope, stages: Sequence[str]) -> list[Before]:
    """For each stage but the first, of the deals that came to it or beyond at a known time, what came before that."""
    chosen = select_deals(reader, scope)
    named = [f":stage{place}" for place in range(len(stages))]
    position = place_of("m.to_stage", stages)
    for name in named:
        position = position.replace("?", name, 1)
    later = " UNION ALL ".join(f"SELECT {place} AS k" for place in range(1, len(stages))) or "SELECT NULL AS k LIMIT 0"
    rows = reader.connection.execute(
        f"WITH later AS ({later}), came AS (SELECT d.id, d.status, {position} AS position, min(m.moved_at) AS at, "
        "max(m.inferred) AS guessed FROM known_deals d CROSS JOIN known_moves m ON m.deal_id = d.id "
        f"WHERE {chosen.condition} AND {_CLOSED} AND position IS NOT NULL GROUP BY d.id, position), "
        "reached AS (SELECT c.id, c.status, l.k, min(c.at) AS at FROM came c JOIN later l ON l.k <= c.position "
        "GROUP BY c.id, l.k HAVING NOT max(c.guessed)), "
        "counted AS (SELECT r.k, r.status, count(CASE WHEN t.direction IS NOT 'in' THEN 1 END) AS touches, "
        "count(CASE WHEN t.sense = 'conversation' THEN 1 END) AS talks FROM reached r LEFT JOIN known_touchpoints t "
        "ON t.deal_id = r.id AND t.touched_at < r.at AND t.sense IS NOT 'automatic' AND NOT t.inferred "
        "GROUP BY r.id, r.k, r.status) "
        "SELECT k, touches, talks, sum(status = 'won'), sum(status = 'lost') FROM counted GROUP BY 1, 2, 3",
        {**chosen.values, **{f"stage{place}": stage for place, stage in enumerate(stages)}},
    ).fetchall()
    return [
        Before(*(_summed((row[column], row[3], row[4]) for row in rows if row[0] == place) for column in (1, 2)))
        for place in range(1, len(stages))
    ]


def _summed(rows: Iterable[tuple[int, int, int]]) -> list[Tally]:
    found = dict[int, list[int]]()
    for value, won, lost in rows:
        counts = found.setdefault(value, [0, 0])
        counts[0] += won
        counts[1] += lost
    return [Tally(value, *counts) for value, counts in sorted(found.items())]


def read_reasons(reader: Reader, scope: Scope) -> list[Reasoned]:
    """Won and lost deals by the reason that was given, the stage they stood in and the quarter they closed in."""
    chosen: Selection = select_deals(reader, scope._replace(by=Grouping("period", "quarter"), cohort="closed"))
    rows = reader.connection.execute(
        "SELECT d.status, CASE d.status WHEN 'lost' THEN d.lost_reason ELSE (SELECT m.reason FROM known_moves m "
        "WHERE m.deal_id = d.id AND m.to_stage = 'won' ORDER BY m.moved_at DESC, m.id DESC LIMIT 1) END AS why, "
        f"d.stage, {chosen.group} AS quarter, count(*) FROM {_WITHIN.format(condition=chosen.condition)} "
        "GROUP BY 1, why, 3, quarter ORDER BY 1, why, 3, quarter",
        chosen.values,
    )
    return [Reasoned(*row) for row in rows]


def read_days_to_close(reader: Reader, scope: Scope) -> list[tuple[str, str | None, float]]:
    """Outcome, lost reason and days from creation to closing of each deal of which both are known, shortest first."""
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT d.status, d.lost_reason, {CYCLE_DAYS} AS days FROM {_WITHIN.format(condition=chosen.condition)} "
        "AND days IS NOT NULL ORDER BY days",
        chosen.values,
    )
    return rows.fetchall()
