"""`pipeline undo`: takes the last operations back, each whole."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline_cli.reports.undone import describe_changes
from pipeline_cli.storage.operations import undo_last
from pipeline_cli.workspace import Workspace


def undo(
    context: typer.Context, count: Annotated[int, typer.Argument(metavar="[N]", min=1, help="How many operations.")] = 1
) -> None:
    """Take back the last operation, or the last N, history rows and all."""
    workspace: Workspace = context.obj
    with workspace.write("undo") as change:
        taken_back = [undo_last(change) for _ in range(count)]
    for operation, changes in taken_back:
        for line in describe_changes(operation, changes):
            workspace.answer(line)
    workspace.say("`pipeline redo` does it again.")
