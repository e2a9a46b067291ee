"""`pipeline disqualify`: the deal was none for us; it counts in no win rate."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.options import Again, At
from pipeline_cli.commands.several import AllMatching, Deals, Named, Planned, Yes, change_deals, split_again
from pipeline_cli.domain.deal.closing import plan_closing, read_again
from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.deal.edits import Edit, SetNextStep
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.domain.words.text import accept_filled
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


def disqualify(
    context: typer.Context,
    deals: Deals,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is none for you.")],
    again: Again = None,
    at: At = None,
    all_matching: AllMatching = False,
    yes: Yes = False,
) -> None:
    """Close a deal that was none for you: apart from won and lost, and in no win rate."""
    workspace: Workspace = context.obj
    clock = workspace.clock
    why, when = accept_filled(reason, "The reason"), parse_at(at, clock)
    typed = split_again(deals, again, all_matching=all_matching)
    later = read_again(typed.day, typed.text, clock.today)
    planned = f" Next: {later.in_words}." if later else ""

    def plan(_: "Change", record: DealRecord) -> Planned:
        facts = record.facts
        edits: list[Edit] = plan_closing(record, "disqualified", why, when, clock)
        edits += [SetNextStep(facts.id, *later)] if later else []
        noted = f"; {later.in_words}" if later else ""
        summary = f"disqualified {facts.title}: {why}{noted}{dated(when, clock)}"
        return Planned(edits, summary, [f"Disqualified {facts.id}, {facts.title}: {why}.{planned}"])

    change_deals(workspace, "disqualify", Named(typed.names, all_matching, yes), plan)
