"""`pipeline undo`: takes the last operations back, each whole."""

from typing import Annotated

import typer

from pipeline_cli.domain.errors import Irreversible, RuleError
from pipeline_cli.reports.undone import describe_changes
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.operations import Operation, RowChange, undo_last
from pipeline_cli.workspace import Workspace


def undo(
    context: typer.Context, count: Annotated[int, typer.Argument(metavar="[N]", min=1, help="How many operations.")] = 1
) -> None:
    """Take back the last operation, or the last N, history rows and all."""
    workspace: Workspace = context.obj
    with workspace.write("undo") as change:
        taken_back = [_take_back(change, done, count) for done in range(count)]
    for operation, changes in taken_back:
        for line in describe_changes(operation, changes):
            workspace.answer(line)
    again = "does it again" if count == 1 else f"does them again, one at a time: {count} times for all"
    workspace.say(f"`{workspace.command_name} redo` {again}.")


def _take_back(change: Change, done: int, count: int) -> tuple[Operation, list[RowChange]]:
    """The next one. Raises RuleError when fewer stand than were asked for, and then none is taken back."""
    try:
        return undo_last(change)
    except Irreversible:
        raise
    except RuleError:
        if not done:
            raise
        noun = "operation stands" if done == 1 else "operations stand"
        raise RuleError(
            f"Only {done} {noun}, not {count}; nothing was undone: `pipeline history` lists them."
        ) from None
