"""`pipeline done`: the next step is done, or of a won deal the check-in or renewal that is due before it."""

import typer

from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.deal.closing import ASK_AGAIN
from pipeline_cli.domain.deal.edits import CloseFollowUp, CloseNextStep
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def done(context: typer.Context, deal: Deal) -> None:
    """Close the next step of a deal as done; of a won deal what is due first: step, check-in or renewal."""
    workspace: Workspace = context.obj
    with workspace.write("done") as change:
        facts = read_record(change, find(change, deal)).facts
        if facts.status == "won":
            from pipeline_cli.domain.deal.after_sale import describe_done, plan_done
            from pipeline_cli.storage.record.after_sale import read_follow_ups

            known = read_follow_ups(change, facts.id)
            first = plan_done(facts, known)
            edit = (
                CloseNextStep(facts.id, done=True) if first is None else CloseFollowUp(facts.id, first.kind, done=True)
            )
            change.apply([edit], f"done on {facts.title}: {facts.next_step if first is None else first.words}")
            lines = describe_done(facts, first, known, workspace.clock.today, workspace.command_name)
        else:
            again = 'next {} 3d "Call"' if facts.status == "open" else f'next {{}} 6m "{ASK_AGAIN}"'
            again = again.format(facts.id)
            if facts.next_step is None:
                said = (
                    f"Deal {facts.id} has" if facts.status == "open" else f"Deal {facts.id} is {facts.status} and has"
                )
                raise RuleError(f"{said} no next step: `pipeline {again}` sets one.")
            change.apply([CloseNextStep(facts.id, done=True)], f"done on {facts.title}: {facts.next_step}")
            what = "Plan the next one" if facts.status == "open" else "To ask once more"
            lines = [f"Done: {facts.next_step}. {what}: {workspace.command_name} {again}"]
    for line in lines:
        workspace.confirm(line)
