"""`pipeline done`: the next step is done, or of a won deal the check-in or renewal."""

import typer

from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.edits import CloseFollowUp, CloseNextStep
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.storage.deals import find, read_record
from pipeline_cli.workspace import Workspace


def done(context: typer.Context, deal: Deal) -> None:
    """Close the next step of a deal as done; of a won deal its next check-in or renewal."""
    workspace: Workspace = context.obj
    with workspace.write("done") as change:
        facts = read_record(change, find(change, deal)).facts
        if facts.status == "won":
            from pipeline_cli.domain.follow_ups import describe_done, plan_done
            from pipeline_cli.storage.follow_ups import read_follow_ups

            known = read_follow_ups(change, facts.id)
            first = plan_done(facts.id, known)
            change.apply([CloseFollowUp(facts.id, first.kind, done=True)], f"done on {facts.title}: {first.words}")
            lines = describe_done(facts.id, first, known, workspace.clock.today, workspace.command_name)
        elif facts.next_step is None:
            raise RuleError(f'Deal {facts.id} has no next step: `pipeline next {facts.id} 3d "Call"` sets one.')
        else:
            change.apply([CloseNextStep(facts.id, done=True)], f"done on {facts.title}: {facts.next_step}")
            again = f'{workspace.command_name} next {facts.id} 3d "Call"'
            lines = [f"Done: {facts.next_step}. Plan the next one: {again}"]
    for line in lines:
        workspace.confirm(line)
