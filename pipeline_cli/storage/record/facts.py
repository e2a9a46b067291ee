"""Deals as rows of facts: one query a report, with the clocks and counts by which they are judged."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline_cli.domain.deal.deal import Answer, DealFacts
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.domain.words.text import in_sentences
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.outcomes import CLOSING_MADE_UP, place_of

if TYPE_CHECKING:
    from pipeline_cli.domain.rules.cadence import Attempts
    from pipeline_cli.domain.rules.last_chance import Addressee

WRITTEN = (
    "coalesce((SELECT max(r.id) FROM operation_rows r WHERE r.table_name = '{0}' AND r.before IS NULL "
    "AND {1}.id BETWEEN r.first_row AND r.last_row), 0)"
)
"""Within one instant, which of two rows came first is known by what was written first."""
SNOOZED_AFTER = (
    "FROM known_field_changes f WHERE f.deal_id = d.id AND f.field = 'snoozed_until' AND f.new_value IS NOT NULL "
    f"AND (f.changed_at > t.{{1}} OR (f.changed_at = t.{{1}} "
    f"AND {WRITTEN.format('field_changes', 'f')} > {WRITTEN.format('{0}', 't')}))"
)
"""The deal was put to sleep after a row `t` of another table came."""

EARLIEST_STEP = "n.due, n.due_time IS NULL, n.due_time, n.id"
"""Of open steps `n` the order in which they are done: what has no time of day is the last of its day."""
IS_ASLEEP = (
    "(d.status = 'open' AND d.snoozed_until > :today "
    f"AND EXISTS (SELECT 1 {SNOOZED_AFTER.format('next_steps', 'set_at')}))"
)
"""Whether a step `t` of a deal `d` was silenced with it, and not set since."""
NEXT_STEP = f"{IS_ASLEEP}, {EARLIEST_STEP.replace('n.', 't.')}"
"""The same order, of steps `t` of a deal `d`: what a snooze has silenced comes after what was promised since."""

_FACTS = (
    """SELECT d.id, d.external_id, d.title, d.organization,
    (SELECT coalesce(c.name, c.email, c.phone) FROM known_deal_contacts dc JOIN known_contacts c ON c.id = dc.contact_id
        WHERE dc.deal_id = d.id ORDER BY dc.id LIMIT 1),
    d.pipeline, d.stage, d.status, d.value_cents, d.currency, d.probability, d.category, d.source, d.owner, d.cost_cents,
    d.created_at, d.created_inferred, d.expected_close, d.closed_at, d.lost_reason, d.snoozed_until, d.fields,
    (SELECT CASE WHEN m.inferred THEN NULL ELSE m.moved_at END FROM known_moves m
        WHERE m.deal_id = d.id AND m.to_stage = d.stage AND m.from_stage IS NOT m.to_stage
        ORDER BY m.moved_at DESC, m.id DESC LIMIT 1),
    (SELECT max(t.touched_at) FROM known_touchpoints t WHERE t.deal_id = d.id AND t.sense IS NOT 'automatic'),
    (SELECT max(t.touched_at) FROM known_touchpoints t WHERE t.deal_id = d.id AND t.sense = 'conversation'),
    (SELECT count(*) FROM known_touchpoints t WHERE t.deal_id = d.id AND t.sense = 'attempt'
        AND NOT EXISTS (SELECT 1 FROM known_touchpoints i WHERE i.deal_id = d.id
            AND (i.sense = 'conversation' OR i.awaits_answer) AND (i.touched_at, i.id) > (t.touched_at, t.id))
        AND (d.snoozed_until IS NULL OR t.touched_at >= start_of_day(d.snoozed_until))),
    s.text,
    s.due,
    (SELECT count(*) FROM main.field_changes f WHERE f.deal_id = d.id AND f.field = 'expected_close'
        AND f.new_value > f.old_value AND f.changed_at < :known_until),
    EXISTS (SELECT 1 FROM known_deal_contacts dc JOIN known_contacts c ON c.id = dc.contact_id
        WHERE dc.deal_id = d.id AND NOT c.opted_out AND coalesce(c.email, c.phone) IS NOT NULL),
    (SELECT l.given_at FROM known_last_chances l WHERE l.deal_id = d.id AND l.ended_at IS NULL
        ORDER BY l.given_at DESC, l.id DESC LIMIT 1),
    (SELECT l.deadline FROM known_last_chances l WHERE l.deal_id = d.id AND l.ended_at IS NULL
        ORDER BY l.given_at DESC, l.id DESC LIMIT 1),
    d.from_deal_id, d.snooze_reason,
    (SELECT min(t.touched_at || ' ' || t.kind) FROM known_touchpoints t WHERE t.deal_id = d.id AND t.awaits_answer
        AND NOT EXISTS (SELECT 1 FROM known_touchpoints y WHERE y.deal_id = d.id AND y.sense IS NOT 'automatic'
            AND NOT y.awaits_answer AND (y.touched_at, y.id) > (t.touched_at, t.id))),
    NULL,
    (SELECT max(t.touched_at) FROM known_touchpoints t WHERE t.deal_id = d.id AND t.sense IS NOT 'automatic'
        AND (t.sense IS NOT 'attempt' OR t.touched_at < coalesce((SELECT start_of_its_day(l.given_at)
            FROM known_last_chances l WHERE l.deal_id = d.id AND l.ended_at IS NULL
            ORDER BY l.given_at DESC, l.id DESC LIMIT 1), '9'))),
    s.set_at,
    nullif(max(
        coalesce((SELECT max(l.ended_at) FROM known_last_chances l WHERE l.deal_id = d.id
            AND l.ended_by NOT IN ('closed', 'not_a_candidate')), ''),
        coalesce((SELECT max(m.moved_at) FROM known_moves m WHERE m.deal_id = d.id AND NOT m.inferred
            AND m.from_stage IN ('won', 'lost', 'disqualified')), '')), ''),
    CASE WHEN d.snoozed_until IS NULL THEN 0 ELSE EXISTS (SELECT 1 FROM known_touchpoints t WHERE t.deal_id = d.id
        AND t.awaits_answer AND NOT EXISTS (SELECT 1 FROM known_touchpoints y WHERE y.deal_id = d.id
            AND y.sense IS NOT 'automatic' AND NOT y.awaits_answer AND (y.touched_at, y.id) > (t.touched_at, t.id))
        AND NOT EXISTS (SELECT 1 """
    + SNOOZED_AFTER.format("touchpoints", "touched_at")
    + """)) END,
    CASE WHEN d.snoozed_until IS NULL THEN 0 ELSE EXISTS (SELECT 1 FROM known_next_steps t WHERE t.deal_id = d.id
        AND t.closed_at IS NULL AND NOT EXISTS (SELECT 1 """
    + SNOOZED_AFTER.format("next_steps", "set_at")
    + """)
        AND EXISTS (SELECT 1 FROM known_field_changes f WHERE f.deal_id = d.id AND f.field = 'snoozed_until')) END,
    CASE WHEN d.status = 'open' THEN 0 ELSE """
    + CLOSING_MADE_UP
    + """ END,
    s.due_time, d.tags, d.links,
    CASE WHEN s.due < :today THEN (SELECT min(n.due) FROM known_next_steps n
        WHERE n.deal_id = d.id AND n.closed_at IS NULL AND n.due >= :today) ELSE s.due END,
    CASE WHEN s.due IS NULL THEN NULL ELSE (SELECT min(n.due) FROM known_next_steps n
        WHERE n.deal_id = d.id AND n.closed_at IS NULL AND n.due >= :today AND n.due_time IS NOT NULL) END
FROM known_deals d LEFT JOIN known_next_steps s ON s.id = (SELECT t.id FROM known_next_steps t
    JOIN known_deals o ON o.id = t.deal_id WHERE t.deal_id = d.id AND t.closed_at IS NULL ORDER BY """
    + NEXT_STEP.replace("d.", "o.")  # SQLite finds no column of an outer query in ORDER BY
    + """ LIMIT 1)"""
)

_INSTANTS = (
    "created_at",
    "closed_at",
    "entered_stage_at",
    "last_touch_at",
    "last_conversation_at",
    "next_step_set_at",
    "last_chance_at",
    "quiet_since",
    "lived_at",
)
_DAYS = ("expected_close", "snoozed_until", "next_step_due", "last_chance_deadline", "step_ahead", "appointment")
_TRUTHS = ("created_inferred", "reachable", "wrote_asleep", "planned_asleep", "closed_inferred")
_CONVERTED = tuple(
    (DealFacts._fields.index(name), convert)
    for names, convert in ((_INSTANTS, from_text), (_DAYS, date.fromisoformat), (_TRUTHS, bool))
    for name in names
)
_WORDS = tuple(
    DealFacts._fields.index(name)
    for name in (
        "external_id",
        "title",
        "organization",
        "contact",
        "source",
        "owner",
        "lost_reason",
        "next_step",
        "snooze_reason",
    )
)
_WORDS += (DealFacts._fields.index("snooze_reason"),)
_FIELDS = DealFacts._fields.index("fields")
_AWAITS = DealFacts._fields.index("awaits_since")

_NO_FIELDS: dict[str, str] = {}


def read_facts(
    reader: Reader,
    pipeline: str | None = None,
    statuses: Iterable[str] | None = None,
    numbers: Collection[int] | None = None,
) -> list[DealFacts]:
    """Deals by id, of one pipeline or all, of some statuses or all, of these numbers or all."""
    conditions, parameters = (
        [_of_status(statuses)],
        {"known_until": _text_end(reader), "today": reader.clock.today.isoformat()},
    )
    if pipeline is not None:
        conditions.append("d.pipeline = :pipeline")
        parameters["pipeline"] = pipeline
    if numbers is not None:
        conditions.append("d.id IN (SELECT value FROM json_each(:numbers))")
        parameters["numbers"] = json.dumps(sorted(numbers))
    define_starts_of_days(reader)
    query = f"{_FACTS} WHERE {' AND '.join(conditions)} ORDER BY d.id"
    rows = reader.connection.execute(query, parameters)
    return list(_as_facts(rows))


def _of_status(statuses: Iterable[str] | None) -> str:
    """A condition of `known_deals d`."""
    if statuses is None:
        return "1"
    marks = ", ".join(f"'{status}'" for status in sorted(statuses) if status.isalpha())
    return f"d.status IN ({marks})"


def _text_end(reader: Reader) -> str:
    return to_text(reader.clock.end_of_today)


def _as_facts(rows: sqlite3.Cursor) -> Iterator[DealFacts]:
    for row in rows:
        values: list[Any] = list(row)
        for place in _WORDS:
            values[place] = in_sentences(values[place])
        for place, convert in _CONVERTED:
            if values[place] is not None:
                values[place] = convert(values[place])
        if values[_AWAITS] is not None:
            since, _, values[_AWAITS + 1] = values[_AWAITS].partition(" ")
            values[_AWAITS] = from_text(since)
        values[_FIELDS] = json.loads(row[_FIELDS]) if row[_FIELDS] != "{}" else _NO_FIELDS
        yield DealFacts(*values)


def define_starts_of_days(reader: Reader) -> None:
    """`start_of_day(day)` in SQL: the instant at which a day of the record's zone begins; `start_of_its_day(instant)`."""
    clock = reader.clock
    starts = cache(lambda day: to_text(clock.start_of(date.fromisoformat(day))))
    reader.connection.create_function("start_of_day", 1, starts, deterministic=True)
    its_start = cache(lambda instant: to_text(clock.start_of(clock.day(from_text(instant)))))
    reader.connection.create_function("start_of_its_day", 1, its_start, deterministic=True)


def read_values(reader: Reader, pipeline: str) -> list[tuple[int, str, int, str, float | None]]:
    """Number, stage, minor units, currency and own probability of the open deals of a pipeline that have a value, by id."""
    return reader.connection.execute(
        "SELECT id, stage, value_cents, currency, probability FROM known_deals "
        "WHERE pipeline = ? AND status = 'open' AND value_cents IS NOT NULL ORDER BY id",
        (pipeline,),
    ).fetchall()


def read_paths(reader: Reader, pipeline: str, stages: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Open deal -> the furthest position it ever reached, and how often it was moved to an earlier stage."""
    rows = reader.connection.execute(
        f"WITH steps AS (SELECT m.deal_id, {place_of('m.to_stage', stages)} AS new, "
        f"{place_of('m.from_stage', stages)} AS old FROM known_deals d JOIN known_moves m ON m.deal_id = d.id "
        "WHERE d.pipeline = ? AND d.status = 'open') "
        "SELECT deal_id, max(new), coalesce(sum(old > new), 0) FROM steps WHERE new IS NOT NULL GROUP BY deal_id",
        (*stages, *stages, pipeline),
    )
    return {deal_id: (reached, back) for deal_id, reached, back in rows}


def read_forced_gaps(reader: Reader, pipeline: str | None, deal_id: int | None = None) -> dict[int, tuple[str, ...]]:
    """Deal -> `stage.criterion` of what was missing each time it was forced on, for open deals."""
    rows = reader.connection.execute(
        "SELECT m.deal_id, m.criteria_missing FROM known_moves m JOIN known_deals d ON d.id = m.deal_id "
        "WHERE m.criteria_missing IS NOT NULL AND d.status = 'open' AND (? IS NULL OR d.pipeline = ?) "
        "AND (? IS NULL OR d.id = ?) ORDER BY m.moved_at, m.id",
        (pipeline, pipeline, deal_id, deal_id),
    )
    gaps: dict[int, tuple[str, ...]] = {}
    for deal, missing in rows:
        gaps[deal] = tuple(dict.fromkeys((*gaps.get(deal, ()), *missing.split())))
    return gaps


def read_answers(
    reader: Reader, pipeline: str, statuses: Iterable[str] | None = None, deal_id: int | None = None
) -> dict[int, dict[str, Answer]]:
    """Deal -> question -> the latest answer, of deals of some statuses or all, and of one whatever its status."""
    rows = reader.connection.execute(
        "SELECT a.deal_id, a.item, a.answer, a.evidence, a.answered_at FROM known_qualification_answers a "
        f"JOIN known_deals d ON d.id = a.deal_id WHERE d.pipeline = ? AND ({_of_status(statuses)} OR d.id = ?) "
        "ORDER BY a.answered_at, a.id",
        (pipeline, deal_id),
    )
    answers: dict[int, dict[str, Answer]] = {}
    for number, item, answer, evidence, at in rows:
        answers.setdefault(number, {})[item] = Answer(item, answer, evidence, from_text(at))
    return answers


def read_attempts(reader: Reader, pipeline: str) -> dict[int, Attempts]:
    """Open deal without a next step -> its attempts since the last conversation and the last snooze; deals with none are left
    out."""
    from pipeline_cli.domain.rules.cadence import Attempts

    define_starts_of_days(reader)
    rows = reader.connection.execute(
        "SELECT t.deal_id, count(*), min(t.touched_at), max(t.touched_at) FROM known_deals d "
        "JOIN known_touchpoints t ON t.deal_id = d.id AND t.sense = 'attempt' "
        "WHERE d.pipeline = ? AND d.status = 'open' "
        "AND NOT EXISTS (SELECT 1 FROM known_next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL) "
        "AND NOT EXISTS (SELECT 1 FROM known_touchpoints i WHERE i.deal_id = d.id "
        "AND (i.sense = 'conversation' OR i.awaits_answer) AND (i.touched_at, i.id) > (t.touched_at, t.id)) "
        "AND (d.snoozed_until IS NULL OR t.touched_at >= start_of_day(d.snoozed_until)) GROUP BY t.deal_id",
        (pipeline,),
    )
    day = reader.clock.day
    return {deal_id: Attempts(made, day(from_text(first)), day(from_text(last))) for deal_id, made, first, last in rows}


def read_done_since(reader: Reader, since: datetime) -> Counter[str]:
    """Kind -> touchpoints from that instant on that took work of yours: conversations, and what you sent or tried.

    What they wrote is none, nor a meeting to which nobody came.
    """
    from pipeline_cli.domain.deal.touch_sense import is_own_work  # few files have goals

    rows = reader.connection.execute(
        "SELECT kind, direction, sense, count(*) FROM known_touchpoints WHERE touched_at >= ? "
        "AND sense IN ('conversation', 'attempt') GROUP BY kind, direction, sense",
        (to_text(since),),
    )
    done: Counter[str] = Counter()
    for kind, direction, sense, number in rows:
        if is_own_work(kind, direction, sense):
            done[kind] += number
    return done


def read_addressees(reader: Reader, deal_ids: Collection[int]) -> dict[int, Addressee]:
    """Deal -> addressee; deals with nobody to write to are left out."""
    from pipeline_cli.domain.rules.last_chance import Addressee
    from pipeline_cli.domain.words.addresses import is_email, normal_form, read_kept
    from pipeline_cli.storage.record.people import read_silent_emails
    from pipeline_cli.storage.record.suppression import DoNotContact

    unwanted, silent = DoNotContact(reader.connection), read_silent_emails(reader.connection)
    rows = reader.connection.execute(
        "SELECT dc.deal_id, c.name, c.organization, c.email, NULL, c.addresses FROM known_deal_contacts dc "
        "JOIN known_contacts c ON c.id = dc.contact_id "
        "WHERE dc.deal_id IN (SELECT value FROM json_each(?)) AND c.email IS NOT NULL AND NOT c.opted_out ORDER BY dc.id",
        (json.dumps(sorted(deal_ids)),),
    )
    found: dict[int, Addressee] = {}
    for deal_id, name, organization, *columns in rows:
        if deal_id in found:
            continue
        known = read_kept(*columns)
        if any(normal_form(one) in silent or unwanted.holds(one.address, None) for one in known):
            continue  # who said no by one address said it by all
        # Where mail to the first came back it goes to another.
        valid = [one for one in known if is_email(one.address) and not one.bounced_on]
        if valid:
            found[deal_id] = Addressee(name, valid[0].address, organization)
    return found
