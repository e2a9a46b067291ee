"""The table of contents: which commands there are, where each is, and what an error becomes.

Only the command that was typed is imported; `--help` and completion import all of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Annotated

import typer

from pipeline_cli.domain.errors import PipelineError
from pipeline_cli.workspace import GlobalOptions, Workspace

CHANGING = "Changing the record"
READING = "Reading it"
FILES = "Files and settings"

COMMANDS = {
    "init": FILES,
    "demo": FILES,
    "add": CHANGING,
    "edit": CHANGING,
    "log": CHANGING,
    "note": CHANGING,
    "next": CHANGING,
    "done": CHANGING,
    "confirm": CHANGING,
    "qualify": CHANGING,
    "advance": CHANGING,
    "back": CHANGING,
    "win": CHANGING,
    "lose": CHANGING,
    "disqualify": CHANGING,
    "reopen": CHANGING,
    "snooze": CHANGING,
    "prune": CHANGING,
    "import": CHANGING,
    "undo": CHANGING,
    "redo": CHANGING,
    "today": READING,
    "list": READING,
    "show": READING,
    "health": READING,
    "forecast": READING,
    "history": READING,
    "export": FILES,
    "check": FILES,
    "config": FILES,
}
"""Command -> its place in the help. `commands/NAME.py` holds it (`import` stands in `import_.py`)."""

_GROUPS = {"config"}
_SETTINGS = {"help_option_names": ["-h", "--help"]}
_OPTIONS_WITH_VALUE = ("--config", "--db", "--color")


def build_app(commands: Sequence[str]) -> typer.Typer:
    """The program with some of its commands."""
    app = typer.Typer(
        name="pipeline",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=_SETTINGS,
        add_completion=len(commands) > 1,
    )
    app.callback(invoke_without_command=True)(_start)
    for name in commands:
        module = import_module(f"pipeline_cli.commands.{name if name != 'import' else 'import_'}")
        if name in _GROUPS:
            app.add_typer(module.app, name=name, rich_help_panel=COMMANDS[name])
        else:
            function = getattr(module, f"{name}_" if name in ("import", "list") else name)
            app.command(name, context_settings=_SETTINGS, rich_help_panel=COMMANDS[name])(function)
    return app


def _start(
    context: typer.Context,
    config: Annotated[str | None, typer.Option(metavar="FILE", help="The pipeline.yaml to work with.")] = None,
    db: Annotated[str | None, typer.Option(metavar="FILE", help="The database to work with.")] = None,
    color: Annotated[str, typer.Option(metavar="auto|always|never", help="When to colour.")] = "auto",
    version: Annotated[bool, typer.Option("--version", help="Show the version and end.")] = False,
) -> None:
    """A sales pipeline in two files: rules in pipeline.yaml, deals in SQLite."""
    if version:
        from pipeline_cli import __version__

        typer.echo(f"pipeline {__version__}")
        raise typer.Exit
    if color not in ("auto", "always", "never"):
        raise typer.BadParameter(f"{color}: choose auto, always or never.", param_hint="--color")
    context.obj = Workspace(GlobalOptions(config, db, color), os.environ, datetime.now(UTC))
    if context.invoked_subcommand is None:
        from pipeline_cli.commands.bare import bare

        bare(context.obj)


def find_command(arguments: Sequence[str]) -> str | None:
    """The command that was typed, past the options that stand before it."""
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in _OPTIONS_WITH_VALUE:
            skip = True
        elif not argument.startswith("-"):
            return argument
    return None


def main(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code (section 'exit codes' of the README)."""
    _make_streams_safe()
    name = find_command(arguments)
    only = [name] if name in COMMANDS and "_PIPELINE_COMPLETE" not in os.environ else list(COMMANDS)
    if name is None and not arguments:
        only = ["today"]
    try:
        code = typer.main.get_command(build_app(only)).main(
            list(arguments), prog_name="pipeline", standalone_mode=False
        )
        sys.stdout.flush()
    except PipelineError as error:
        _complain(str(error))
        return error.exit_code
    except typer.Abort:
        _complain("Interrupted: nothing was changed.")
        return 130
    except typer.TyperException as error:
        return _complain_of_usage(error, name)
    except BrokenPipeError:
        return _end_quietly()
    except KeyboardInterrupt:
        _complain("Interrupted: nothing was changed.")
        return 130
    except Exception as error:  # noqa: BLE001 - the last door: a report without a value of the user's in it
        from pipeline_cli.crash import describe_crash

        _complain(describe_crash(error))
        return 1
    if code == 130:
        _complain("Interrupted: nothing was changed.")
    return int(code or 0)


def _make_streams_safe() -> None:
    """UTF-8 that cannot fail: printing must not raise after a save."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _complain(text: str) -> None:
    from pipeline_cli.output.text import visible

    for line in text.split("\n"):
        print(visible(line), file=sys.stderr)  # noqa: T201 - errors end here


def _complain_of_usage(error: typer.TyperException, name: str | None) -> int:
    format_message = getattr(error, "format_message", None)
    message = format_message() if format_message else str(error)
    help_command = f"pipeline {name} --help" if name in COMMANDS else "pipeline --help"
    _complain(f"{message.rstrip('.')}: see `{help_command}`.")
    return int(getattr(error, "exit_code", 2))


def _end_quietly() -> int:
    """Whoever read the pipe has had enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
