"""`pipeline backup`: a copy of the record, consistent while others write."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, answering
from pipeline_cli.commands.recovery import do_without_rules
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.report import Report
from pipeline_cli.workspace import Workspace


@answering
def backup(
    workspace: Workspace,
    view: View,
    file: Annotated[
        str | None, typer.Argument(metavar="[FILE]", help="The copy; else a new one in the folder backups.")
    ] = None,
    to_command: Annotated[
        str | None,
        typer.Option("--to-command", metavar="COMMAND", help="A program that takes the copy, as 'age -r KEY' does."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Name the backups beside the database.")] = False,
) -> Report | None:
    """Copy the record to a file of its own, or list the copies there are."""
    do_without_rules(workspace)
    if list_:
        if file is not None or to_command is not None:
            raise UsageError("--list names what is there, FILE and --to-command make a new one: give one of them.")
        from pipeline_cli.reports.backups import backups_report

        return backups_report(workspace)
    if view != View():
        raise UsageError("-o, --force and --format belong to --list: `pipeline backup FILE` names the copy.")
    if to_command is not None:
        _back_up_through(workspace, to_command, file)
        return None
    made = _back_up(workspace, file)
    workspace.complete_second_copies()
    if not workspace.stdout.isatty():
        workspace.answer(str(made))
    return None


def _back_up(workspace: Workspace, file: str | None) -> Path:
    from pipeline_cli.config.machine import path_named
    from pipeline_cli.storage.safekeeping.backups import BY_HAND, as_named, back_up, key_of, name_backup
    from pipeline_cli.storage.safekeeping.restoring import look_into

    if file == "-":
        raise UsageError(
            "FILE -: a copy is a file, not a stream: `pipeline backup copy.db` names one, and without FILE it "
            "gets a name of its own."
        )
    workspace.refuse_no_record()
    database = workspace.database_path
    final = (
        name_backup(database, workspace.clock.now, BY_HAND) if file is None else path_named(file, "FILE", UsageError)
    )
    with workspace.row_count("pages") as watch:
        back_up(database, final.absolute(), workspace.say_waiting, watch)
    beside = f", and the key of the do-not-contact list to {key_of(final).name} beside it" * key_of(final).is_file()
    workspace.say(
        f"Backed up {counted(look_into(final).deals, 'deal')} to {workspace.short(final)}{beside}. "
        f"This puts it back: {command_line(workspace.command_name, 'restore', as_named(final, database))}"
    )
    return final


def _back_up_through(workspace: Workspace, command: str, file: str | None) -> None:
    """The copy goes through a program of the user's, and lies nowhere as it is."""
    from pipeline_cli.config.machine import path_named
    from pipeline_cli.storage.safekeeping.streaming import stream_through

    workspace.refuse_no_record()
    final = None if file is None else path_named(file, "FILE", UsageError).absolute()
    with workspace.row_count("pages") as watch:
        size, has_key = stream_through(workspace.database_path, command, final, workspace.say_waiting, watch)
    where = f" to {workspace.short(final)}" if final else ""
    key = f" The key of the do-not-contact list is not in it: keep {workspace.database_path.name}.key as well."
    workspace.say(f"Backed up {size:,} bytes through {command.split(maxsplit=1)[0]}{where}.{key * has_key}")
