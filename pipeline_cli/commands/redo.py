"""`pipeline redo`: does the last undone operation again."""

import typer

from pipeline_cli.reports.undone import describe_changes
from pipeline_cli.storage.undo import redo_last
from pipeline_cli.workspace import Workspace


def redo(context: typer.Context) -> None:
    """Do the last undone operation again."""
    workspace: Workspace = context.obj
    with workspace.write("redo") as change:
        operation, changes = redo_last(change)
    for line in describe_changes(operation, changes, verb="Done again"):
        workspace.answer(line)
