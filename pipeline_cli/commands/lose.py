"""`pipeline lose`: the deal is lost, for a reason of the list."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.options import Again, At, Reason
from pipeline_cli.commands.several import AllMatching, Deals, Named, Planned, Yes, change_deals, split_again
from pipeline_cli.domain.deal.closing import plan_closing, read_again
from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.deal.edits import AddNote, Edit, SetNextStep
from pipeline_cli.domain.deal.typed import read_lost_reason
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.domain.words.text import accept_or_none
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


def lose(
    context: typer.Context,
    deals: Deals,
    reason: Reason = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="What happened, in your words.")] = None,
    again: Again = None,
    at: At = None,
    all_matching: AllMatching = False,
    yes: Yes = False,
) -> None:
    """Close a deal as lost, with a reason from the list in pipeline.yaml."""
    workspace: Workspace = context.obj
    clock, playbook = workspace.clock, workspace.playbook
    when = parse_at(at, clock)
    typed = split_again(deals, again, all_matching=all_matching)
    later = read_again(typed.day, typed.text, clock.today)
    planned = f" Next: {later.in_words}." if later else ""
    kept = accept_or_none(note, "The note")

    def plan(_: "Change", record: DealRecord) -> Planned:
        facts = record.facts
        why = _read_reason(reason, playbook.lost_reasons_in(playbook.pipeline_of(facts.pipeline)))
        edits: list[Edit] = plan_closing(record, "lost", why, when, clock)
        edits += [AddNote(facts.id, kept)] if kept else []
        edits += [SetNextStep(facts.id, *later)] if later else []
        noted = f"; {later.in_words}" if later else ""
        summary = f"lost {facts.title}: {why}{noted}{dated(when, clock)}"
        return Planned(edits, summary, [f"Lost {facts.id}, {facts.title}: {why}.{planned}"])

    change_deals(workspace, "lose", Named(typed.names, all_matching, yes), plan)


def _read_reason(reason: str | None, known: Sequence[str]) -> str:
    """Raises UsageError with the reasons of the deal's pipeline."""
    if reason is None:
        raise UsageError(f"Losing a deal needs --reason: one of {', '.join(known)}.")
    return read_lost_reason(reason, known)
