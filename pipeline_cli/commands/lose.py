"""`pipeline lose`: the deal is lost, for a reason of the list."""

from collections.abc import Sequence
from typing import Annotated

import typer

from pipeline_cli.commands.options import Again, At, Deal, Reason, WhatToSay
from pipeline_cli.domain.deal.closing import plan_closing, read_again
from pipeline_cli.domain.deal.edits import AddNote, Edit, SetNextStep
from pipeline_cli.domain.deal.typed import read_lost_reason
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.domain.words.text import accept_or_none
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def lose(
    context: typer.Context,
    deal: Deal,
    text: WhatToSay = None,
    reason: Reason = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="What happened, in your words.")] = None,
    again: Again = None,
    at: At = None,
) -> None:
    """Close a deal as lost, with a reason from the list in pipeline.yaml."""
    workspace: Workspace = context.obj
    clock, playbook = workspace.clock, workspace.playbook
    when = parse_at(at, clock)
    later = read_again(again, text, clock.today)
    with workspace.write("lose") as change:
        record = read_record(change, find(change, deal))
        facts = record.facts
        why = _read_reason(reason, playbook.lost_reasons_in(playbook.pipeline_of(facts.pipeline)))
        edits: list[Edit] = plan_closing(record, "lost", why, when, clock)
        kept = accept_or_none(note, "The note")
        edits += [AddNote(facts.id, kept)] if kept else []
        edits += [SetNextStep(facts.id, *later)] if later else []
        planned = f"; {later.in_words}" if later else ""
        change.apply(edits, f"lost {facts.title}: {why}{planned}{dated(when, clock)}")
    planned = f" Next: {later.in_words}." if later else ""
    workspace.confirm(f"Lost {facts.id}, {facts.title}: {why}.{planned}")


def _read_reason(reason: str | None, known: Sequence[str]) -> str:
    """Raises UsageError with the reasons of the deal's pipeline."""
    if reason is None:
        raise UsageError(f"Losing a deal needs --reason: one of {', '.join(known)}.")
    return read_lost_reason(reason, known)
