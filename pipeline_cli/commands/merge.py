"""`pipeline merge`: two records of one deal become one."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.deal.merge import plan_merge
from pipeline_cli.storage.merging import read_moves_of, store_merge
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def merge(
    context: typer.Context,
    deal: Deal,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The record that stays, named the same way.")],
) -> None:
    """Join two records of one deal, both histories kept; what INTO says goes before what DEAL says."""
    workspace: Workspace = context.obj
    with workspace.write("merge") as change:
        away, kept = (read_record(change, find(change, name)).facts for name in (deal, into))
        moves = read_moves_of(change, away.id, kept.id)
        plan = plan_merge(away, kept, moves, workspace.pipeline(kept.pipeline))
        store_merge(change, plan, f"merged deal {away.id}, {away.title}, into {kept.id}, {kept.title}")
    workspace.confirm(f"Merged {away.id}, {away.title}, into {kept.id}, {kept.title}: {kept.status}, in {plan.stage}.")
    workspace.say(f"`{workspace.command_name} undo` makes them two again.")
