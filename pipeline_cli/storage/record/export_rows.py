"""The record as rows for export: deals, moves, touchpoints, changes and contacts in the columns that `import` takes back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline_cli.domain.deal.edits import FieldChange
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.deals import when_said
from pipeline_cli.storage.record.facts import EARLIEST_STEP
from pipeline_cli.storage.record.outcomes import CLOSING_MADE_UP

MOVES = ("deal", "from_stage", "to_stage", "moved_at", "reason", "forced")
TOUCHPOINTS = ("deal", "kind", "direction", "touched_at", "outcome", "note")
CHANGES = ("deal", "field", "before", "after", "changed_at")
CONTACTS = ("name", "email", "phone", "organization", "role", "source", "opted_out")
EXTRA_CONTACTS = ("addresses", "formerly")
EXTRA_DEALS = (
    "snoozed_until",
    "snooze_reason",
    "created_inferred",
    "closed_inferred",
    "more_contacts",
    "qualification",
    "qualification_evidence",
    "confirmed",
    "confirmed_evidence",
    "from_deal",
    "check_in",
    "renewal",
    "open_steps",
    "tags",
    "links",
)
"""Columns that follow only where some deal has one of them."""
EXTRA_MOVES = ("inferred", "criteria_missing", "criteria_met", "pipeline", "mistake")
EXTRA_TOUCHPOINTS = ("inferred", "sense")

_NAMED = "known_deal_contacts dc JOIN known_contacts c ON c.id = dc.contact_id AND c.forgotten_at IS NULL"
"""Of those who are forgotten there is nothing to export."""
_OPEN_FOLLOW_UPS = (
    "FROM known_follow_ups f JOIN known_deals d ON d.id = f.deal_id AND d.status = 'won' WHERE f.closed_at IS NULL"
)
FIRST_PERSON = f"(SELECT dc.contact_id FROM {_NAMED} WHERE dc.deal_id = d.id ORDER BY dc.id LIMIT 1)"
"""Of a deal `d`, who is not forgotten."""
_STEP = (
    "(SELECT n.{} FROM known_next_steps n WHERE n.deal_id = d.id AND n.closed_at IS NULL "
    f"ORDER BY {EARLIEST_STEP} LIMIT 1)"
)
_ALWAYS = {
    "id": "d.id",
    "external_id": "d.external_id",
    "title": "d.title",
    "organization": "d.organization",
    "contact": "c.name",
    "email": "c.email",
    "phone": "c.phone",
    "pipeline": "d.pipeline",
    "stage": "d.stage",
    "status": "d.status",
    "value": "d.value_cents",
    "currency": "d.currency",
    "source": "d.source",
    "cost": "d.cost_cents",
    "created_at": "d.created_at",
    "expected_close": "d.expected_close",
    "closed_at": "d.closed_at",
    "lost_reason": "d.lost_reason",
    "probability": "d.probability",
    "category": "d.category",
    "next_step": _STEP.format("text"),
    "next_step_due": _STEP.format("due"),
    "owner": "d.owner",
}
"""Column of the export -> what it holds."""
DEALS = tuple(_ALWAYS)
_READ = {
    **_ALWAYS,
    "snoozed_until": "d.snoozed_until",
    "snooze_reason": "d.snooze_reason",
    "created_inferred": "CASE WHEN d.created_inferred THEN 'true' END",
    "closed_inferred": f"CASE WHEN {CLOSING_MADE_UP} THEN 'true' END",
    "from_deal": "d.from_deal_id",
    "tags": "d.tags",
    "links": "d.links",
    "fields": "d.fields",
}
_DEALS = (
    f"SELECT {', '.join(_READ.values())} FROM known_deals d LEFT JOIN known_contacts c ON c.id = {FIRST_PERSON} "
    "ORDER BY d.id"
)


def read_deals(reader: Reader) -> Iterator[dict[str, Any]]:
    """Every deal by number; money in minor units, `fields` as a mapping."""
    more = _grouped(
        reader,
        f"SELECT dc.deal_id, c.name, c.email, c.phone FROM {_NAMED} ORDER BY dc.deal_id, dc.id",
    )
    answers = _latest_answers(reader)
    confirmed = _grouped(
        reader,
        f"SELECT deal_id, stage || '.' || criterion, evidence, {when_said('confirmations', 'confirmed_at')} "
        "FROM known_confirmations WHERE revoked_at IS NULL ORDER BY id",
    )
    due = dict(_grouped(reader, "SELECT f.deal_id, f.kind, f.due " + _OPEN_FOLLOW_UPS))
    planned = _grouped(
        reader,
        "SELECT n.deal_id, n.text, n.due, n.due_time, n.minutes, n.remind_minutes FROM known_next_steps n "
        f"WHERE n.closed_at IS NULL ORDER BY n.deal_id, {EARLIEST_STEP}",
    )
    for values in reader.connection.execute(_DEALS):
        row = dict(zip(_READ, values, strict=True))
        deal_id = row["id"]
        yield {
            **row,
            "more_contacts": json.dumps(others, ensure_ascii=False) if (others := more.get(deal_id, [])[1:]) else None,
            "qualification": " ".join(f"{item}={said}" for item, (said, *_) in answers.get(deal_id, {}).items())
            or None,
            "qualification_evidence": _evidence({item: how for item, (_, *how) in answers.get(deal_id, {}).items()}),
            "confirmed": " ".join(dict.fromkeys(name for name, *_ in confirmed.get(deal_id, []))) or None,
            "confirmed_evidence": _evidence({name: how for name, *how in confirmed.get(deal_id, [])}),
            **dict(due.get(deal_id, ())),
            "open_steps": _steps(planned.get(deal_id, [])),
            "fields": json.loads(row["fields"]),
        }


def _grouped(reader: Reader, query: str) -> dict[int, list[tuple[Any, ...]]]:
    groups: dict[int, list[tuple[Any, ...]]] = {}
    for deal_id, *rest in reader.connection.execute(query):
        groups.setdefault(deal_id, []).append(tuple(rest))
    return groups


def _evidence(found: Mapping[str, Sequence[str | None]]) -> str | None:
    """`{"budget": {"evidence": "CFO said 20k", "at": "2026-11-03T11:00:00.000Z"}}`"""
    rows = {name: {"evidence": evidence, "at": at} for name, (evidence, at) in found.items() if evidence or at}
    return json.dumps(rows, ensure_ascii=False) if rows else None


def _steps(planned: Sequence[tuple[Any, ...]]) -> str | None:
    """`[{"text": "Demo", "due": "2026-12-04", "time": "14:30", "minutes": 45}]`, of what two columns cannot hold."""
    names = ("text", "due", "time", "minutes", "remind_minutes")
    if len(planned) < 2 and not any(value is not None for step in planned for value in step[2:]):
        return None
    rows = [{name: value for name, value in zip(names, step, strict=True) if value is not None} for step in planned]
    return json.dumps(rows, ensure_ascii=False)


def _latest_answers(reader: Reader) -> Mapping[int, dict[str, tuple[str, str | None, str | None]]]:
    """Deal -> question -> answer, evidence and when, as far as that is known."""
    answers: dict[int, dict[str, tuple[str, str | None, str | None]]] = {}
    rows = reader.connection.execute(
        f"SELECT deal_id, item, answer, evidence, {when_said('qualification_answers', 'answered_at')} "
        "FROM known_qualification_answers ORDER BY answered_at, id"
    )
    for deal_id, item, *answer in rows:
        answers.setdefault(deal_id, {})[item] = tuple(answer)
    return answers


_LEFT_PIPELINE = "nullif(m.pipeline, (SELECT d.pipeline FROM known_deals d WHERE d.id = m.deal_id))"
"""The pipeline a move was made in, where the deal has left it since."""


def read_moves(reader: Reader) -> Iterator[dict[str, Any]]:
    """Every move, deals by number, oldest first."""
    columns = ("deal", "from_stage", "to_stage", "moved_at", "reason", "forced", *EXTRA_MOVES)
    rows = reader.connection.execute(
        "SELECT deal_id, from_stage, to_stage, moved_at, reason, CASE WHEN forced THEN 'true' END, "
        "CASE WHEN inferred THEN 'true' END, criteria_missing, criteria_met, "
        f"{_LEFT_PIPELINE}, CASE WHEN mistake THEN 'true' END FROM known_every_move m ORDER BY deal_id, moved_at, id"
    )
    return (dict(zip(columns, row, strict=True)) for row in rows)


def read_touchpoints(reader: Reader) -> Iterator[dict[str, Any]]:
    """Every touchpoint, deals by number, oldest first."""
    columns = (*TOUCHPOINTS, *EXTRA_TOUCHPOINTS)
    rows = reader.connection.execute(
        "SELECT deal_id, kind, direction, touched_at, outcome, note, CASE WHEN inferred THEN 'true' END, sense "
        "FROM known_touchpoints ORDER BY deal_id, touched_at, id"
    )
    return (dict(zip(columns, row, strict=True)) for row in rows)


def read_changes(reader: Reader) -> Iterator[tuple[int, FieldChange]]:
    """Every change of a deal's fields with the number of the deal; deals by number, oldest first."""
    rows = reader.connection.execute(
        "SELECT deal_id, field, old_value, new_value, changed_at FROM known_field_changes ORDER BY deal_id, changed_at, id"
    )
    return ((deal_id, FieldChange(column, old, new, from_text(at))) for deal_id, column, old, new, at in rows)


def read_contacts(reader: Reader) -> Iterator[dict[str, Any]]:
    """Every person, in the order they came."""
    rows = reader.connection.execute(
        "SELECT name, email, phone, organization, role, source, CASE WHEN opted_out THEN 'true' END, addresses, formerly "
        "FROM known_contacts WHERE forgotten_at IS NULL ORDER BY id"
    )
    return (dict(zip((*CONTACTS, *EXTRA_CONTACTS), row, strict=True)) for row in rows)


def used_extras(reader: Reader) -> dict[str, tuple[str, ...]]:
    """Which of the extra columns some row fills, by table."""
    tests = {
        "snoozed_until": "known_deals WHERE snoozed_until IS NOT NULL",
        "snooze_reason": "known_deals WHERE snooze_reason IS NOT NULL",
        "created_inferred": "known_deals WHERE created_inferred",
        "closed_inferred": f"known_deals d WHERE d.status <> 'open' AND {CLOSING_MADE_UP}",
        "more_contacts": f"{_NAMED} GROUP BY dc.deal_id HAVING count(*) > 1",
        "qualification": "known_qualification_answers",
        "qualification_evidence": "known_qualification_answers",
        "confirmed": "known_confirmations WHERE revoked_at IS NULL",
        "confirmed_evidence": "known_confirmations WHERE revoked_at IS NULL",
        "from_deal": "known_deals WHERE from_deal_id IS NOT NULL",
        "tags": "known_deals WHERE tags IS NOT NULL",
        "links": "known_deals WHERE links IS NOT NULL",
        "check_in": _OPEN_FOLLOW_UPS.removeprefix("FROM ") + " AND f.kind = 'check_in'",
        "renewal": _OPEN_FOLLOW_UPS.removeprefix("FROM ") + " AND f.kind = 'renewal'",
        "open_steps": "known_next_steps WHERE closed_at IS NULL GROUP BY deal_id HAVING count(*) > 1 "
        "OR count(due_time) > 0",
    }
    return {
        "deals": tuple(name for name, where in tests.items() if _any(reader, where)),
        "moves": tuple(
            name
            for name, test in (
                ("inferred", "inferred"),
                ("criteria_missing", "criteria_missing IS NOT NULL"),
                ("criteria_met", "criteria_met IS NOT NULL"),
                ("pipeline", f"{_LEFT_PIPELINE} IS NOT NULL"),
                ("mistake", "mistake"),
            )
            if _any(reader, f"known_every_move m WHERE {test}")
        ),
        "touchpoints": tuple(
            name
            for name, test in (("inferred", "inferred"), ("sense", "sense IS NOT NULL"))
            if _any(reader, f"known_touchpoints WHERE {test}")
        ),
        "changes": (),
        "contacts": tuple(name for name in EXTRA_CONTACTS if _any(reader, f"known_contacts WHERE {name} IS NOT NULL")),
    }


def _any(reader: Reader, source: str) -> bool:
    return reader.connection.execute(f"SELECT 1 FROM {source} LIMIT 1").fetchone() is not None
