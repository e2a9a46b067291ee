"""`pipeline undo`: takes the last operations back, each whole."""

from typing import Annotated

import typer

from pipeline_cli.domain.errors import Irreversible, RuleError
from pipeline_cli.output.drafts import drafts_folder, names_in
from pipeline_cli.reports.undone import describe_changes
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.operations import Operation
from pipeline_cli.storage.pruned import read_last_chances
from pipeline_cli.storage.undo import RowChange, undo_last
from pipeline_cli.workspace import Workspace

_MOST_NAMED = 8


def undo(
    context: typer.Context, count: Annotated[int, typer.Argument(metavar="[N]", min=1, help="How many operations.")] = 1
) -> None:
    """Take back the last operation, or the last N, history rows and all."""
    workspace: Workspace = context.obj
    with workspace.write("undo") as change:
        taken_back = [_take_back(change, done, count) for done in range(count)]
        is_prune = any(operation.command == "prune" for operation, _ in taken_back)
        given = read_last_chances(change) if is_prune else set()
    for operation, changes in taken_back:
        for line in describe_changes(operation, changes):
            workspace.answer(line)
    if is_prune:
        _name_needless_drafts(workspace, given)
    again = "does it again" if count == 1 else f"does them again, one at a time: {count} times for all"
    workspace.say(f"`{workspace.command_name} redo` {again}.")


def _name_needless_drafts(workspace: Workspace, given: set[tuple[int, str]]) -> None:
    """Drafts that belong to no last chance: they stay where they are, since `redo` needs them again."""
    folder = drafts_folder(workspace.database_path)
    needed = {f"{deal_id}-{deadline}.eml" for deal_id, deadline in given}
    needless = [name for name in names_in(folder) if name not in needed]
    if needless:
        more = f" and {len(needless) - _MOST_NAMED} more" if len(needless) > _MOST_NAMED else ""
        named = ", ".join(needless[:_MOST_NAMED])
        workspace.say(f"Drafts in {workspace.short(folder)} that are no longer to be sent: {named}{more}.")


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
