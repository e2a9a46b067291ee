"""`pipeline restore`: a backup becomes the record again, and what it replaces is kept."""

import os
from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.commands.recovery import do_without_rules
from pipeline_cli.domain.errors import DatabaseDamaged, NeedsTerminal, RuleError, UsageError
from pipeline_cli.domain.rules.checkup import FOREIGN
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted
from pipeline_cli.storage.database import is_missing
from pipeline_cli.storage.safekeeping.backups import DAMAGED, as_named, find_backups, folder_of, key_of
from pipeline_cli.storage.safekeeping.restoring import Content, look_into, put_in_place, staged
from pipeline_cli.workspace import Workspace


def restore(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A backup; `backup --list` names those there are.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also a backup with triggers, views or tables of other programs.")
    ] = False,
) -> None:
    """Put a backup in the place of the record; what it replaces is kept as a backup too."""
    workspace: Workspace = context.obj
    do_without_rules(workspace)
    database = workspace.database_path
    backup = _find(workspace, file)
    with workspace.row_count("pages") as watch, staged(backup, database, watch) as copy:
        plan = (
            f"{workspace.short(backup)} holds {_describe(workspace, look_into(copy))}. {_describe_present(workspace)}"
        )
        for line in _find_faults(workspace, backup, copy, takes_foreign=force):
            workspace.say(line)
        if not yes and not _agreed(workspace, backup, plan):
            workspace.say("Nothing was changed.")
            return
        kept = put_in_place(copy, key_of(backup), database, workspace.clock.now, workspace.say_waiting, watch)
        content = look_into(database)
    workspace.confirm(f"Restored {workspace.short(backup)}: {_describe(workspace, content)}.")
    _say_what_is_lost(workspace, backup)
    workspace.complete_second_copies()
    if kept is not None and DAMAGED in kept.name:
        workspace.say(f"The damaged file is kept as it was: {workspace.short(kept)}")
    elif kept is not None:
        back = command_line(workspace.command_name, "restore", as_named(kept, database))
        workspace.say(f"What was there is kept. `pipeline undo` does not take this back, but this does: {back}")


def _find(workspace: Workspace, file: str) -> Path:
    """A path, or the name of a backup beside the database."""
    from pipeline_cli.config.machine import path_named

    path = path_named(file, "FILE", UsageError)
    if is_missing(path) and path.name == file:
        path = next((backup.path for backup in find_backups(workspace.database_path) if backup.path.name == file), path)
    if is_missing(path):
        raise UsageError(
            f"{file}: there is no such file, nor a backup of that name: `pipeline backup --list` names them."
        )
    if not is_missing(workspace.database_path) and path.samefile(workspace.database_path):
        raise UsageError(f"{file}: is the database itself: name a backup, as `pipeline backup --list` does.")
    return path


def _describe(workspace: Workspace, content: Content) -> str:
    if content.last_at is None:
        return f"{counted(content.deals, 'deal')}, in which nothing was ever done"
    at = from_text(content.last_at).astimezone(workspace.clock.zone)
    return f"{counted(content.deals, 'deal')}, last changed {at:%Y-%m-%d %H:%M}"


def _describe_present(workspace: Workspace) -> str:
    """Raises DatabaseUnusable when what is there may not be replaced: a file of another program, or a newer one."""
    path = workspace.database_path
    shown, folder = workspace.short(path), workspace.short(folder_of(path)) + os.sep
    if is_missing(path):
        return f"{shown} is not there: it is made."
    try:
        now = _describe(workspace, look_into(path))
    except DatabaseDamaged:
        return f"{shown} cannot be read: it is replaced, and kept as it is in {folder}."
    return f"{shown} holds {now}: it is replaced, and kept as a backup in {folder}."


def _find_faults(workspace: Workspace, backup: Path, copy: Path, *, takes_foreign: bool) -> list[str]:
    """What `check` would say of it: no reason not to restore it, but one to know before.

    Raises RuleError for what no version of this program makes, unless it is taken all the same.
    """
    from pipeline_cli.domain.rules.checkup import problems_of
    from pipeline_cli.storage.safekeeping.integrity import check_database
    from pipeline_cli.storage.transactions import read

    with read(copy, workspace.clock, past=False) as reader:
        every = check_database(reader)
    found = problems_of(every)
    foreign = [fault.message for fault in every if fault.code == FOREIGN]
    if foreign and not takes_foreign:
        more = f" And {len(foreign) - 1} more." if len(foreign) > 1 else ""
        raise RuleError(
            f"{workspace.short(backup)}: {foreign[0]}{more} Nothing was changed: restore another backup, or add --force if "
            "you know where it comes from."
        )
    if not found:
        return []
    first = f"{found[0].message} " if len(found) == 1 else f"{found[0].message} And {len(found) - 1} more. "
    return [
        f"{workspace.short(backup)} can be restored, but its record is not in order: {first}`pipeline check` says "
        "more afterwards."
    ]


def _agreed(workspace: Workspace, backup: Path, plan: str) -> bool:
    if not workspace.is_interactive:
        again = command_line(workspace.command_name, "restore", as_named(backup, workspace.database_path), "--yes")
        raise NeedsTerminal(
            f"{plan} Restoring asks first, and there is no terminal. Nothing was changed: `{again}` does it."
        )
    workspace.say(plan)
    return workspace.agrees("Type yes to restore: ")


def _say_what_is_lost(workspace: Workspace, backup: Path) -> None:
    from pipeline_cli.storage.record.suppression import DoNotContact

    with workspace.read() as reader:
        lost = DoNotContact(reader.connection).lost
    if lost:
        workspace.say(
            f"{counted(lost, 'entry', 'entries')} of the do-not-contact list "
            f"{'matches' if lost == 1 else 'match'} nothing, because {'its' if lost == 1 else 'their'} key is not there: "
            f"put {key_of(backup).name} beside {backup.name} and restore it again."
        )
