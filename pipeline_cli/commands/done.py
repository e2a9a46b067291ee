"""`pipeline done`: the next step is done."""

import typer

from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.edits import CloseNextStep
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.storage.deals import find, read_record
from pipeline_cli.workspace import Workspace


def done(context: typer.Context, deal: Deal) -> None:
    """Close the next step of a deal as done."""
    workspace: Workspace = context.obj
    with workspace.write("done") as change:
        facts = read_record(change, find(change, deal)).facts
        if facts.next_step is None:
            raise RuleError(f'Deal {facts.id} has no next step: `pipeline next {facts.id} 3d "Call"` sets one.')
        change.apply([CloseNextStep(facts.id, done=True)], f"done on {facts.title}: {facts.next_step}")
    workspace.confirm(f'Done: {facts.next_step}. Plan the next one: {workspace.command_name} next {facts.id} 3d "Call"')
