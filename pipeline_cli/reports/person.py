"""Everything that is held about a person, as `contact export` hands it over."""

from __future__ import annotations

from typing import Any

from pipeline_cli.output.report import Cents, Report
from pipeline_cli.reports.contacts import COLUMNS, deal_row, held_of
from pipeline_cli.reports.show import move_json, touch_json
from pipeline_cli.storage.deals import read_record
from pipeline_cli.storage.operations import read_history
from pipeline_cli.storage.people import Person, read_deals_of, read_earlier
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace


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
        **deal_row(facts), "value": value, "pipeline": facts.pipeline, "source": facts.source, "owner": facts.owner,
        "created_at": facts.created_at, "expected_close": facts.expected_close, "closed_at": facts.closed_at,
        "lost_reason": facts.lost_reason, "next_step": facts.next_step, "next_step_due": facts.next_step_due,
        "fields": dict(facts.fields),
        "touchpoints": [touch_json(number, touch) for number, touch in enumerate(record.touchpoints, 1)],
        "notes": [note._asdict() for note in record.notes],
        "moves": [move_json(move) for move in record.moves],
        "confirmations": [one._asdict() for one in record.confirmations],
        "answers": [one._asdict() for one in record.answers.values()],
    }  # fmt: skip
