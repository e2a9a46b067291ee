"""`pipeline redo`: does undone operations again, the last undone first."""

from typing import Annotated

import typer

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.reports.undone import describe_changes
from pipeline_cli.storage.undo.undo import do_again, plan_redo
from pipeline_cli.workspace import Workspace


def redo(
    context: typer.Context,
    count: Annotated[int | None, typer.Argument(metavar="[N]", min=1, help="How many operations.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were undone.")] = False,
) -> None:
    """Do the last undone operation again, the last N, or all."""
    workspace: Workspace = context.obj
    if everything and count is not None:
        raise UsageError(f"--all and {count} contradict each other: give one of them.")
    with workspace.write("redo") as change:
        done = do_again(change, plan_redo(change, None if everything else count or 1))
    for operation, changes in done:
        for line in describe_changes(operation, changes, workspace.clock.zone, verb="Done again"):
            workspace.answer(line)
