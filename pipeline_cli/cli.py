"""The table of contents: which commands there are, where each is, and what an error becomes.

Only the command that was typed is imported; `--help` imports none. (No `from __future__ import annotations`: see
`commands`.)
"""

import errno
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Annotated, Any

import typer

from pipeline_cli import interrupt
from pipeline_cli.commands.options import SETTINGS, Command
from pipeline_cli.domain.errors import PipelineError, UsageError
from pipeline_cli.domain.words.shell import as_called
from pipeline_cli.on_disk import clear_dead, drop_notes
from pipeline_cli.output.conversation import unsaid
from pipeline_cli.workspace import GlobalOptions, Workspace

SECTIONS = {
    "Changing the record": {
        "add": "Add a deal; with --from it is an upsell or a cross-sell of a won one.",
        "edit": "Change fields of a deal, without an option in your EDITOR; stages are changed by `advance` and `back`.",
        "log": "Log a touchpoint: a call, an e-mail, a meeting.",
        "note": "Keep a private note on a deal.",
        "next": "Plan one more next step of a deal, open or closed; the earliest is the next step everywhere.",
        "done": "Close the earliest next step of a deal as done; of a won deal what is due first: step, check-in or renewal.",
        "confirm": "Vouch for an exit criterion, or take it back.",
        "qualify": "Answer the qualification questions; without --set they are asked, one at a time.",
        "advance": "Move a deal on; refused with the checklist while exit criteria are missing, and what else was said is "
        "kept.",
        "back": "Move a deal back; that it reached the later stage stays in its history, unless it was a --mistake.",
        "win": "Close a deal as won. Exit criteria of its stage that do not hold are named, not enforced: the buyer has "
        "decided.",
        "lose": "Close a deal as lost, with a reason from the list in pipeline.yaml.",
        "disqualify": "Close a deal that was none for you: apart from won and lost, and in no win rate.",
        "reopen": "Open a closed deal again, in the stage it had; its history and its next step stay.",
        "snooze": "Silence a deal until a day: out of idle, prune and work-in-progress counts; then it comes back by "
        "itself.",
        "prune": "Propose the open deals that are dead by your rules, and close those you agree to.",
        "merge": "Join two records of one deal, both histories kept; what INTO says goes before what DEAL says.",
        "split": "Make two deals of one, both with the whole history; DEAL is worth less by the value of the new one.",
        "capture": "Read mail, calendars and address books on this machine: touchpoints, next steps and addresses.",
        "import": "Import deals with their history, as one operation: all of it or nothing, the same file twice only once.",
        "contact": "Keep the people: add, edit, merge, show, list, export, opt-out, forget.",
        "undo": "Take back the last operation, the last N, all down to one ('#12'), or one alone; history rows and all.",
        "redo": "Do the last undone operation again, the last N, or all.",
    },
    "Reading it": {
        "today": "Show what to do now, the most urgent first.",
        "board": "Show the open deals as cards under their stages; --watch keeps it up to date.",
        "list": "List open deals; status=won, status=all for the others.",
        "show": "Show one deal: its checklist, its people, its timeline.",
        "open": "Open a link of a deal: an address in the browser, a file in its program.",
        "brief": "Show the page before a call: who they are, what was said and promised, what is missing, what to ask.",
        "search": "Find words in titles, people, notes, touchpoints, evidence, next steps and fields, the best first.",
        "health": "Show how the pipeline stands, and what to do about it.",
        "funnel": "Show how far deals get, what becomes of them and how long they stay, stage by stage.",
        "sources": "Show what each source of leads brings, and what it costs.",
        "cohorts": "Show how many deals of each month were won, and how soon.",
        "lessons": "Show what tells won deals from lost ones, why deals were lost, and where the effort went.",
        "forecast": "Show what will come in, by period, and the chance of the quota.",
        "review": "Show the week: what changed since the last review, what to decide, and what matters most.",
        "backtest": "Show how right each way of forecasting would have been on your own record.",
        "history": "List the operations, each of which `pipeline undo` reverses whole.",
        "sql": "Ask the record in SQL: one statement that reads, on the tables and views of the README.",
    },
    "Files and settings": {
        "init": "Write pipeline.yaml and an empty database, or both from an export; nothing is ever overwritten.",
        "demo": "Show health, forecast and the prune plan of a year of sample deals, and say where the files are.",
        "export": "Write a table of the record, or a report; CSV unless told otherwise.",
        "check": "Check pipeline.yaml, the database and the record; silent when all is well.",
        "backup": "Copy the record to a file of its own, or list the copies there are.",
        "restore": "Put a backup in the place of the record; what it replaces is kept as a backup too.",
        "config": "Show the pipeline.yaml in force, or where it is; edit it, checked before it is saved.",
        "help": "Explain a topic on one page, or a command.",
    },
}
"""Section of the help -> command -> the first line of its own help, so that listing them imports none."""

COMMANDS = {name: line for commands in SECTIONS.values() for name, line in commands.items()}
"""`commands/NAME.py` holds each; `import` stands in `import_.py`."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNWRITABLE = {*_NO_ROOM, errno.EIO, errno.EBADF, errno.ENXIO}
_OPTIONS_WITH_VALUE = ("--config", "--db", "--color")


class _Contents(typer.core.TyperGroup):
    """The commands by name and line of help; the one that was typed is imported when it is run."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name, line in COMMANDS.items():
            self.add_command(typer.core.TyperCommand(name, help=line, short_help=line))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, _, rest = super().resolve_command(ctx, args)
        return name, name and load_command(name), rest

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - Typer's own signature
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))


@cache
def load_command(name: str) -> Any:
    """The command of that name, imported; built once, however often `main` is called."""
    module = import_module(f"pipeline_cli.commands.{name if name != 'import' else 'import_'}")
    if name in ("capture", "config", "contact"):
        return typer.main.get_command(module.app)
    app = typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)
    function = getattr(module, f"{name}_" if name in ("import", "list", "open") else name)
    app.command(name, cls=Command, context_settings=SETTINGS)(function)
    return typer.main.get_command(app)


@cache
def build_app() -> Any:
    """The program, before any of its commands is imported."""
    app = typer.Typer(
        name="pipeline",
        cls=_Contents,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    app.callback(invoke_without_command=True)(_start)
    return typer.main.get_command(app)


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
        from pipeline_cli.domain.words.text import choice_of

        raise UsageError(f"--color {color}: is no choice: {choice_of(color, ('auto', 'always', 'never'))}.")
    context.obj = Workspace(GlobalOptions(config, db, color), os.environ, datetime.now(UTC))
    if context.invoked_subcommand is None:
        from pipeline_cli.commands.today import bare

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


def main(arguments: Sequence[str], *, is_last: bool = False) -> int:
    """Runs one command and returns its exit code (section 'exit codes' of the README).

    `is_last`: the process ends with it, and a Ctrl-C that comes after the answer no longer changes the exit code.
    """
    make_streams_safe()
    interrupt.begin()
    at_interrupt = signal.SIG_IGN if is_last else signal.getsignal(signal.SIGINT)
    try:
        if _tells_a_shell(arguments):
            return 0
    except UsageError as error:
        complain(str(error))
        return error.exit_code
    clear_dead()
    try:
        code = _run(arguments)
        # The change is there, or there was none; what had to be said of it was not.
        return 8 if unsaid and not code else code
    finally:
        with suppress(ValueError, TypeError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the answer has been given; what is left is to tidy up
        unsaid.clear()
        drop_notes()
        with suppress(ValueError, TypeError):  # not the main thread, or a program around this one that is not Python
            signal.signal(signal.SIGINT, at_interrupt)  # which a commit ignores from its start


def _tells_a_shell(arguments: Sequence[str]) -> bool:
    """Whether a shell asked, at Tab, what may be typed, and was told; it asks by scripts of our own.

    Raises UsageError when what it asks by is mistyped.
    """
    shell = os.environ.get("_PIPELINE_COMPLETE")
    if shell and not re.fullmatch(r"((source|complete)_)?(bash|zsh|fish|powershell|pwsh)", shell):
        raise UsageError(f"_PIPELINE_COMPLETE={shell}: is no shell that is known: bash, zsh or fish.")
    if shell in ("bash", "zsh", "fish"):
        from pipeline_cli.completion.complete import answer_shell

        sys.stdout.write(answer_shell(shell, build_app(), os.environ))
        return True
    if arguments and arguments[0] in ("--install-completion", "--show-completion"):
        from pipeline_cli.completion.scripts import install_ours

        install_ours()
    return False


def _run(arguments: Sequence[str]) -> int:
    name = find_command(arguments)
    try:
        code = build_app().main(list(arguments), prog_name="pipeline", standalone_mode=False)
        sys.stdout.flush()
    except PipelineError as error:
        said = as_called(str(error), _program(arguments))
        complain(_cut(said, arguments) if isinstance(error, UsageError) else said)
        return error.exit_code
    except typer.Abort:
        complain_of_interrupt(interrupt.describe_interrupt())
        return 130
    except typer.TyperException as error:
        from pipeline_cli.complaints import describe_usage

        complain(_cut(describe_usage(error, name if name in COMMANDS else None), arguments))
        return int(getattr(error, "exit_code", 2))
    except BrokenPipeError:
        return end_quietly()
    except SystemExit as end:
        if end.code != 1:  # as completion does
            raise
        return end_quietly()  # Typer's own way to end when a pipe is closed
    except KeyboardInterrupt:
        complain_of_interrupt(interrupt.describe_interrupt())
        return 130
    except Exception as error:  # noqa: BLE001 - the last door: a report without a value of the user's in it
        if isinstance(error, OSError) and error.errno in _UNWRITABLE and error.filename is None:
            return end_untold(error.errno in _NO_ROOM)
        from pipeline_cli.complaints import describe_crash

        complain(describe_crash(error))
        return 1
    if code == 130:
        complain_of_interrupt(interrupt.describe_interrupt())
    return int(code or 0)


def make_streams_safe() -> None:
    """UTF-8 that cannot fail: printing must not raise after a save, nor when a stream was closed (`>&-`)."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def complain(text: str) -> None:
    """One message on stderr, made safe for the terminal."""
    from pipeline_cli.output.conversation import say

    say(text, sys.stderr)


def complain_of_interrupt(truth: str) -> None:
    """On a line of its own: a terminal still stands behind the question, and the ^C it shows."""
    complain(f"\n{truth}" if sys.stderr.isatty() else truth)


def end_untold(no_room: bool) -> int:
    """The answer goes to a full disk, or to a terminal that was closed: whether something was changed by then, only the
    record knows."""
    end_quietly()
    why = ": its disk is full" if no_room else ""
    complain(f"The answer could not be written{why}. What was to change is saved if `pipeline history` lists it.")
    return 8


def end_quietly() -> int:
    """Whoever read the pipe has had enough."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _program(arguments: Sequence[str]) -> str:
    """How the program was called, as `Workspace.command_name` has it, which an error may have come before."""
    if not arguments or not arguments[0].startswith("-"):
        return "pipeline"
    import shlex

    parts, rest = ["pipeline"], list(arguments)
    while rest and rest[0].startswith("-"):
        option, sign, value = rest.pop(0).partition("=")
        if option in _OPTIONS_WITH_VALUE and not sign:
            value = rest.pop(0) if rest else ""
        if option in ("--config", "--db") and value:
            parts += [option, shlex.quote(value)]
    return " ".join(parts)


def _cut(message: str, arguments: Sequence[str]) -> str:
    from pipeline_cli.complaints import cut_echo

    return cut_echo(message, arguments, os.environ)
