"""`pipeline undo`: takes operations back, each whole: the last ones, all down to one, or one alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.domain.deal.corrections import MOST_WITHOUT_BACKUP, Wanted, read_wanted
from pipeline_cli.domain.errors import Irreversible, NeedsTerminal, RuleError
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.output.drafts import drafts_folder, names_in
from pipeline_cli.reports.undone import describe_both_ways, describe_changes
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.operations import Operation, read_last_chances
from pipeline_cli.storage.undo.undo import Replayed, find_standing, plan_down_to, plan_last, plan_only, take_back
from pipeline_cli.workspace import Workspace

_MOST_NAMED = 8


def undo(
    context: typer.Context,
    count: Annotated[
        str | None, typer.Argument(metavar="[N]", help="How many operations; '#12': all down to operation 12.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="OPERATION", help="Everything from the newest down to this one, and it too.")
    ] = None,
    only: Annotated[
        str | None, typer.Option(metavar="OPERATION", help="This one alone, if nothing later rests on it.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask what a number larger than 5 means.")] = False,
) -> None:
    """Take back the last operation, the last N, all down to one ('#12'), or one alone; history rows and all."""
    workspace: Workspace = context.obj
    wanted = read_wanted(count, to, only)
    asked = None
    if wanted.is_ambiguous and not yes:
        asked = _asked(workspace, wanted)
        if asked is None:
            workspace.say("Nothing was changed.")
            return
    is_many = wanted.down_to is not None or (wanted.last or 0) > MOST_WITHOUT_BACKUP
    with workspace.write("undo", backup=is_many) as change:
        operations = _plan(change, wanted)
        if asked is not None and operations != asked:
            raise RuleError("Something was done while you were asked, so nothing was undone: run it again.")
        backup = change.back_up() if len(operations) > MOST_WITHOUT_BACKUP else None
        taken_back = (
            take_back(change, operations)
            if wanted.only is None
            else [_take_back_alone(workspace, change, operations[0])]
        )
        typed = _typed_before(change, operations) if wanted.only is None else None
        is_prune = any(operation.command == "prune" for operation in operations)
        given = read_last_chances(change) if is_prune else set()
    for operation, changes in taken_back:
        for line in describe_changes(operation, changes, workspace.clock.zone):
            workspace.answer(line)
    if is_prune:
        _name_needless_drafts(workspace, given)
    _say_what_brings_it_back(workspace, operations, backup)
    if typed is not None:
        again = command_line(workspace.command_name, "undo")
        workspace.say(
            f"Before the capture came #{typed.id} ({typed.command}): {typed.summary}. `{again}` takes that back."
        )


def _plan(reader: Reader, wanted: Wanted) -> list[Operation]:
    if wanted.only is not None:
        return [plan_only(reader, wanted.only)]
    if wanted.down_to is not None:
        return plan_down_to(reader, wanted.down_to)
    return plan_last(reader, wanted.last or 1)


def _asked(workspace: Workspace, wanted: Wanted) -> list[Operation] | None:
    """What the count means, once whoever typed it has said so; None: it is not what was meant."""
    number = wanted.last or 0
    with workspace.read() as reader:
        last = _plan(reader, wanted)
        try:
            down_to = plan_down_to(reader, number) if find_standing(reader, number) else None
        except Irreversible:
            down_to = None
    both = describe_both_ways(number, last, down_to, workspace.command_name)
    if not workspace.is_interactive:
        again = command_line(workspace.command_name, "undo", str(number), "--yes")
        raise NeedsTerminal(f"{both}\nThere is no terminal to ask at; nothing was changed. The last {number}: {again}")
    workspace.say(both)
    return last if workspace.agrees(f"Type yes to undo the last {number}: ") else None


def _typed_before(reader: Reader, operations: Sequence[Operation]) -> Operation | None:
    """Where cron captured in between: what whoever typed `undo` may have meant."""
    if len(operations) != 1 or operations[0].command != "capture":
        return None
    try:
        return plan_last(reader, 1)[0]
    except RuleError:
        return None


def _take_back_alone(workspace: Workspace, change: Change, operation: Operation) -> Replayed:
    """Raises RuleError when a later one rests on it, or the record would not be in order without it."""
    from pipeline_cli.storage.undo.resting import Obstacles, take_back_alone

    found = take_back_alone(change, operation)
    if isinstance(found, Obstacles):
        from pipeline_cli.reports.undone import describe_obstacles

        raise RuleError(describe_obstacles(operation, found, workspace.command_name))
    return found


def _name_needless_drafts(workspace: Workspace, given: set[tuple[int, str]]) -> None:
    """Drafts that belong to no last chance: they stay where they are, since `redo` needs them again."""
    folder = drafts_folder(workspace.database_path)
    needed = {f"{deal_id}-{deadline}.eml" for deal_id, deadline in given}
    needless = [name for name in names_in(folder) if name not in needed]
    if needless:
        more = f" and {len(needless) - _MOST_NAMED} more" if len(needless) > _MOST_NAMED else ""
        named = ", ".join(needless[:_MOST_NAMED])
        workspace.say(f"Drafts in {workspace.short(folder)} that are no longer to be sent: {named}{more}.")


def _say_what_brings_it_back(workspace: Workspace, operations: Sequence[Operation], backup: Path | None) -> None:
    name, count = workspace.command_name, len(operations)
    if backup is not None:
        from pipeline_cli.storage.safekeeping.backups import as_named

        workspace.say(
            f"Took back {count} operations, #{operations[0].id} down to #{operations[-1].id}. The record as it was is "
            f"kept: {command_line(name, 'restore', as_named(backup, workspace.database_path))}"
        )
    workspace.say(f"`{name} redo` does it again." if count == 1 else f"`{name} redo {count}` does them again.")
