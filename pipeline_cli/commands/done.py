"""`pipeline done`: the next step is done, or of a won deal the check-in or renewal that is due before it."""

from typing import TYPE_CHECKING

import typer

from pipeline_cli.commands.several import AllMatching, Deals, Named, Planned, Yes, change_deals
from pipeline_cli.domain.deal.closing import ASK_AGAIN
from pipeline_cli.domain.deal.deal import DealFacts, DealRecord
from pipeline_cli.domain.deal.edits import CloseFollowUp, CloseNextStep
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


def done(context: typer.Context, deals: Deals, all_matching: AllMatching = False, yes: Yes = False) -> None:
    """Close the next step of a deal as done; of a won deal what is due first: step, check-in or renewal."""
    workspace: Workspace = context.obj

    def plan(change: "Change", record: DealRecord) -> Planned:
        facts = record.facts
        return _after_the_sale(workspace, change, facts) if facts.status == "won" else _next_step(workspace, facts)

    change_deals(workspace, "done", Named(deals, all_matching, yes), plan)


def _after_the_sale(workspace: Workspace, change: "Change", facts: DealFacts) -> Planned:
    from pipeline_cli.domain.deal.after_sale import describe_done, plan_done
    from pipeline_cli.storage.record.after_sale import read_follow_ups

    known = read_follow_ups(change, facts.id)
    first = plan_done(facts, known)
    edit = CloseNextStep(facts.id, done=True) if first is None else CloseFollowUp(facts.id, first.kind, done=True)
    said = describe_done(facts, first, known, workspace.clock.today, workspace.command_name)
    return Planned([edit], f"done on {facts.title}: {facts.next_step if first is None else first.words}", said)


def _next_step(workspace: Workspace, facts: DealFacts) -> Planned:
    """Raises RuleError where there is none."""
    again = 'next {} 3d "Call"' if facts.status == "open" else f'next {{}} 6m "{ASK_AGAIN}"'
    again = again.format(facts.id)
    if facts.next_step is None:
        said = f"Deal {facts.id} has" if facts.status == "open" else f"Deal {facts.id} is {facts.status} and has"
        raise RuleError(f"{said} no next step: `pipeline {again}` sets one.")
    what = "Plan the next one" if facts.status == "open" else "To ask once more"
    line = f"Done: {facts.next_step}. {what}: {workspace.command_name} {again}"
    return Planned([CloseNextStep(facts.id, done=True)], f"done on {facts.title}: {facts.next_step}", [line])
