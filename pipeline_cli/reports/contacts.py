"""The people: all of them as rows, one with their deals, and everything held about one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.deal.deal import DealFacts
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.numbers import json_cell
from pipeline_cli.output.report import COUNT, ID, INSTANT, MONEY, YES_NO, Cents, Column, Report, Section
from pipeline_cli.reports.rows import FACT_COLUMNS
from pipeline_cli.reports.show import move_json, touch_json
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.deals import read_record
from pipeline_cli.storage.record.facts import read_facts
from pipeline_cli.storage.record.operations import read_history
from pipeline_cli.storage.record.people import Person, read_deals_of, read_earlier, read_people
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("contact", "#", priority=0, meaning="How commands name the person", machine=False),
    Column("id", "Id", ID, 9, "The person's number", shown=False),
    Column("name", "Name", priority=0, meaning="The name"),
    Column("email", "E-mail", priority=1, meaning="The e-mail address"),
    Column("phone", "Phone", priority=3, meaning="The telephone number"),
    Column("organization", "Organization", priority=2, meaning="Where the person works"),
    Column("role", "Role", priority=5, meaning="What the person does there"),
    Column("source", "Source", priority=6, meaning="Where the data came from"),
    Column("opted_out", "Opted out", YES_NO, 2, "Asked not to be contacted"),
    Column("deals", "Deals", COUNT, 3, "Deals the person belongs to"),
    Column("touchpoints", "Touches", COUNT, 6, "Touchpoints of these deals"),
    Column("last_inbound_at", "Last inbound", INSTANT, 4, "When somebody of these deals was last heard from"),
    Column("created_at", "Known since", INSTANT, 7, "When the person came into the record"),
)
_DEALS = (
    Column("id", "#", ID, 0, "The number of a deal of theirs"),
    Column("title", "Title", priority=0, meaning="What the deal is about"),
    Column("stage", "Stage", priority=1, meaning="The stage it is in, or was closed in"),
    Column("status", "Status", priority=2, meaning="open, won, lost or disqualified"),
    Column("value", "Value", MONEY, 1, "What it is worth, in its own currency"),
)


def contacts_report(workspace: Workspace, reader: Reader, words: Sequence[str], silent_since: date | None) -> Report:
    """Everybody who matches all words; `silent_since`: only who was not heard from on that day or later."""
    people = [one for one in read_people(reader) if one.forgotten_at is None and _matches(one, words)]
    if silent_since is not None:
        people = [one for one in people if reader.clock.day(one.last_inbound_at or one.created_at) < silent_since]
    notes = [f"{counted(len(people), 'person', 'people')}."] if people else []
    if people and silent_since is not None:
        notes = [
            f"{counted(len(people), 'person', 'people')} not heard from since {silent_since}: "
            f"`{workspace.command_name} contact forget {_number(people[0])}` forgets the first."
        ]
    return Report(
        name="contacts",
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[_row(one) for one in people],
        empty="Nobody matches." if words or silent_since else 'Nobody yet: `pipeline contact add "Ann Lee"` adds one.',
        notes=notes,
    )


def _matches(one: Person, words: Sequence[str]) -> bool:
    said = normalise(" ".join(filter(None, (one.name, one.email, one.phone, one.organization, one.role, one.source))))
    return all(normalise(word) in said for word in words)


def _row(one: Person) -> dict[str, Any]:
    return {**one._asdict(), "contact": _number(one)}


def _number(one: Person) -> str:
    return f"c{one.id}"


def contact_report(workspace: Workspace, reader: Reader, person: Person) -> Report:
    """One person with the deals they belong to."""
    deals = [deal_row(read_facts(reader, deal_id=number)[0]) for number in read_deals_of(reader, person.id)]
    return Report(
        name="contact",
        title=f"{_number(person)}  {person.name or person.email or person.phone}",
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[_row(person)],
        has_rows=False,
        rows_drawn=False,
        extra={
            "contact": held_of(person),
            "deals": [{**deal, "value": None if deal["value"] is None else Cents(deal["value"])} for deal in deals],
        },
        sections=[
            Section("", FACT_COLUMNS, _facts(person, reader)),
            *([Section("Deals", _DEALS, deals)] if deals else []),
        ],
    )


def held_of(one: Person) -> dict[str, Any]:
    row = _row(one)
    return {column.key: json_cell(row[column.key], column) for column in COLUMNS if column.machine}


def _facts(person: Person, reader: Reader) -> list[dict[str, str]]:
    heard = "never" if person.last_inbound_at is None else str(reader.clock.day(person.last_inbound_at))
    lines = [
        ("E-mail", person.email),
        ("Phone", person.phone),
        ("Organization", person.organization),
        ("Role", person.role),
        ("Source", person.source),
        ("Known since", str(reader.clock.day(person.created_at))),
        ("Touchpoints", f"{person.touchpoints} of the deals below; last heard from: {heard}"),
        ("Do not contact", "asked not to be contacted" if person.opted_out else None),
        ("Forgotten", person.forgotten_at and f"on {reader.clock.day(person.forgotten_at)}"),
    ]
    return [{"what": what, "value": value} for what, value in lines if value]


def deal_row(facts: DealFacts) -> dict[str, Any]:
    return {
        "id": facts.id,
        "title": facts.title,
        "organization": facts.organization,
        "stage": facts.stage,
        "status": facts.status,
        "value": facts.value_cents,
        "currency": facts.currency,
    }


def person_report(workspace: Workspace, reader: Reader, person: Person) -> Report:
    """Everything that is held about a person, for them to have: JSON alone makes sense of it."""
    deals = read_deals_of(reader, person.id)
    operations = {one.id: one for number in deals for one in read_history(reader, number)}
    return Report(
        name="person",
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[],
        has_rows=False,
        extra={
            "contact": held_of(person),
            "earlier": read_earlier(reader, person.id),
            "deals": [_everything(reader, number) for number in deals],
            "operations": [
                {"operation": one.id, "at": one.at, "command": one.command, "summary": one.summary}
                for _, one in sorted(operations.items())
            ],
        },
    )


def _everything(reader: Reader, number: int) -> dict[str, Any]:
    record = read_record(reader, number)
    facts = record.facts
    value = None if facts.value_cents is None else Cents(facts.value_cents)
    return {
        **deal_row(facts),
        "value": value,
        "pipeline": facts.pipeline,
        "source": facts.source,
        "owner": facts.owner,
        "created_at": facts.created_at,
        "expected_close": facts.expected_close,
        "closed_at": facts.closed_at,
        "lost_reason": facts.lost_reason,
        "next_step": facts.next_step,
        "next_step_due": facts.next_step_due,
        "fields": dict(facts.fields),
        "touchpoints": [touch_json(number, touch) for number, touch in enumerate(record.touchpoints, 1)],
        "notes": [note._asdict() for note in record.notes],
        "moves": [move_json(move) for move in record.moves],
        "confirmations": [one._asdict() for one in record.confirmations],
        "answers": [one._asdict() for one in record.answers.values()],
    }
