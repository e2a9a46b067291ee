"""The people: all of them as rows, one with their deals, and everything held about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.deal.deal import DealFacts
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.words.addresses import EMAIL, PHONE, describe_address
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.numbers import json_row, json_rows
from pipeline_cli.output.report import COUNT, ID, INSTANT, MONEY, YES_NO, Column, Report, Section, amounts, figures
from pipeline_cli.reports.history import COLUMNS as HISTORY_COLUMNS
from pipeline_cli.reports.rows import FACT_COLUMNS
from pipeline_cli.reports.show import MOVES, touches_json
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.deals import read_record
from pipeline_cli.storage.record.facts import read_facts
from pipeline_cli.storage.record.operations import read_history
from pipeline_cli.storage.record.people import Person, read_deals_of, read_earlier, read_people
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column(
        "contact",
        "#",
        priority=0,
        meaning="How commands name the person",
        machine=False,
        value="number",
    ),
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
    Column("addresses", "Addresses", shown=False, meaning="All addresses and numbers, with labels and bounces"),
    Column("formerly", "Formerly", shown=False, meaning="Where the person worked before", value="worked_before"),
)
_DEALS = (
    Column("id", "#", ID, 0, "The number of a deal of theirs"),
    Column("title", "Title", priority=0, meaning="What the deal is about"),
    Column("stage", "Stage", priority=1, meaning="The stage it is in, or was closed in"),
    Column("status", "Status", priority=2, meaning="open, won, lost or disqualified"),
    Column("value", "Value", MONEY, 1, "What it is worth, in its own currency", currency="currency"),
)
_DEAL = (*figures("id", "title", "organization", "stage", "status"), *amounts("value"), *figures("currency"))
_HELD = (
    *_DEAL,
    *figures("pipeline", "source", "owner", "created_at", "expected_close", "closed_at", "lost_reason"),
    *figures("next_step", "next_step_due", "fields"),
)
"""Of a deal, what is held about its people."""


def contacts_report(workspace: Workspace, reader: Reader, words: Sequence[str], silent_since: date | None) -> Report:
    """Everybody who matches all words; `silent_since`: only who was not heard from on that day or later."""
    people = [person for person in read_people(reader) if person.forgotten_at is None and _matches(person, words)]
    if silent_since is not None:
        people = [
            person for person in people if reader.clock.day(person.last_inbound_at or person.created_at) < silent_since
        ]
    notes = [f"{counted(len(people), 'person', 'people')}."] if people else []
    if people and silent_since is not None:
        notes = [
            f"{counted(len(people), 'person', 'people')} not heard from since {silent_since}: "
            f"`{workspace.command_name} contact forget {people[0].number}` forgets the first."
        ]
    return Report(
        name="contacts",
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=people,
        empty="Nobody matches." if words or silent_since else 'Nobody yet: `pipeline contact add "Ann Lee"` adds one.',
        notes=notes,
    )


def _matches(one: Person, words: Sequence[str]) -> bool:
    addresses = [address.address for address in one.addresses]
    said = normalise(" ".join(filter(None, (one.name, *addresses, one.organization, one.role, one.source))))
    return all(normalise(word) in said for word in words)


def contact_report(workspace: Workspace, reader: Reader, person: Person) -> Report:
    """One person with the deals they belong to."""
    deals = read_facts(reader, numbers=read_deals_of(reader, person.id))
    return Report(
        name="contact",
        title=f"{person.number}  {person.name or person.email or person.phone}",
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[person],
        has_rows=False,
        rows_drawn=False,
        extra={
            "contact": json_row(COLUMNS, person),
            "deals": json_rows(_DEAL, deals),
        },
        sections=[
            Section("", FACT_COLUMNS, _facts(person, reader)),
            *([Section("Deals", _naming_stages(workspace.playbook), deals)] if deals else []),
        ],
    )


def _naming_stages(playbook: Playbook) -> list[Column]:
    def name(deal: DealFacts) -> str:
        return playbook.stage_name(deal.pipeline, deal.stage)

    return [column._replace(said=name) if column.key == "stage" else column for column in _DEALS]


def _facts(person: Person, reader: Reader) -> list[dict[str, str]]:
    heard = "never" if person.last_inbound_at is None else str(reader.clock.day(person.last_inbound_at))
    lines = [
        ("E-mail", _said(person, EMAIL)),
        ("Phone", _said(person, PHONE)),
        ("Organization", person.organization),
        ("Role", person.role),
        ("Formerly", "; ".join(map(_worked, person.worked_before))),
        ("Source", person.source),
        ("Known since", str(reader.clock.day(person.created_at))),
        ("Touchpoints", f"{person.touchpoints} of the deals below; last heard from: {heard}"),
        ("Do not contact", "asked not to be contacted" if person.opted_out else None),
        ("Forgotten", person.forgotten_at and f"on {reader.clock.day(person.forgotten_at)}"),
    ]
    return [{"what": what, "value": value} for what, value in lines if value]


def _said(person: Person, kind: str) -> str:
    """`ann@acme.example, ann@lee.example (home; mail comes back since 2026-11-02)`"""
    return ", ".join(map(describe_address, (one for one in person.addresses if one.kind == kind)))


def _worked(place: Mapping[str, str]) -> str:
    role = place.get("role")
    return f"{role + ', ' if role else ''}{place.get('organization')} until {place.get('until')}"


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
            "contact": json_row(COLUMNS, person),
            "earlier": read_earlier(reader, person.id),
            "deals": [_everything(reader, number) for number in deals],
            "operations": [json_row(HISTORY_COLUMNS[:-1], one) for _, one in sorted(operations.items())],
        },
    )


def _everything(reader: Reader, number: int) -> dict[str, Any]:
    record = read_record(reader, number)
    return {
        **json_row(_HELD, record.facts),
        "touchpoints": touches_json(record),
        "notes": record.notes,
        "moves": json_rows(MOVES, record.moves),
        "confirmations": record.confirmations,
        "answers": list(record.answers.values()),
    }
