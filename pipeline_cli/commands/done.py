"""`pipeline done`: the next step is done, or of a won deal the check-in or renewal that is due before it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.several import AllMatching, Named, Planned, Yes, change_deals
from pipeline_cli.commands.stepping import StepsByDeal
from pipeline_cli.domain.deal.closing import ASK_AGAIN
from pipeline_cli.domain.deal.deal import DealRecord, PlannedStep
from pipeline_cli.domain.deal.edits import CloseFollowUp, CloseNextStep
from pipeline_cli.domain.deal.steps import find_step, step_in_words
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


def done(
    context: typer.Context,
    deals: Annotated[
        list[str],
        typer.Argument(
            metavar="DEAL...",
            help="One or several, 12.2 for its second step; with --all-matching a filter, as `list` has it.",
        ),
    ],
    all_matching: AllMatching = False,
    yes: Yes = False,
) -> None:
    """Close the earliest next step of a deal as done; of a won deal what is due first: step, check-in or renewal."""
    workspace: Workspace = context.obj
    named = StepsByDeal(deals, all_matching=all_matching)

    def plan(change: "Change", record: DealRecord) -> Planned:
        numbers = named.numbers(change, record.facts.id)
        if record.facts.status == "won" and not numbers:
            return _after_the_sale(workspace, change, record)
        return _steps(
            workspace, record, [step for number in (numbers or [None]) if (step := find_step(record, number))]
        )

    change_deals(workspace, "done", Named(named.names, all_matching, yes), plan)


def _after_the_sale(workspace: Workspace, change: "Change", record: DealRecord) -> Planned:
    from pipeline_cli.domain.deal.after_sale import describe_done, plan_done
    from pipeline_cli.storage.record.after_sale import read_follow_ups

    facts, steps = record.facts, record.steps
    known = read_follow_ups(change, facts.id)
    first = plan_done(facts, known)
    edit = (
        CloseNextStep(facts.id, done=True, step=steps[0].id)
        if first is None
        else CloseFollowUp(facts.id, first.kind, done=True)
    )
    left = steps[1:] if first is None else steps
    said = describe_done(facts, first, known, workspace.clock.today, workspace.command_name, left)
    return Planned([edit], f"done on {facts.title}: {facts.next_step if first is None else first.words}", said)


def _steps(workspace: Workspace, record: DealRecord, steps: Sequence[PlannedStep]) -> Planned:
    """Raises RuleError where there is none."""
    facts = record.facts
    again = 'next {} 3d "Call"' if facts.status == "open" else f'next {{}} 6m "{ASK_AGAIN}"'
    again = again.format(facts.id)
    if not steps:
        said = f"Deal {facts.id} has" if facts.status == "open" else f"Deal {facts.id} is {facts.status} and has"
        raise RuleError(f"{said} no next step: `pipeline {again}` sets one.")
    what = "; ".join(f"{step.text}" for step in steps)
    left = [step for step in record.steps if step not in steps]
    if left:
        more = f"; {len(left) - 1} more" if len(left) > 1 else ""
        then = f"Still to come: {step_in_words(left[0])}{more}."
    else:
        plan = "Plan the next one" if facts.status == "open" else "To ask once more"
        then = f"{plan}: {workspace.command_name} {again}"
    edits = [CloseNextStep(facts.id, done=True, step=step.id) for step in steps]
    return Planned(edits, f"done on {facts.title}: {what}", [f"Done: {what}. {then}"])
