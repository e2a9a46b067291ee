"""What is said of a command line that cannot be understood, and of a defect of the program: never a value of the user's."""

from __future__ import annotations

import platform
import re
import sqlite3
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from pipeline_cli import __version__
from pipeline_cli.domain.words.text import nearest, quoted

BEFORE_THE_COMMAND = ("--config", "--db", "--color")
"""Options that stand before the command: they say where to work, not what to do."""


def describe_usage(error: typer.TyperException, command: str | None) -> str:
    """A sentence for Typer's own errors, whose classes are private: they are told apart by name.

    `command` is the one that was typed, for errors that do not know it.
    """
    if type(error).__name__ == "BadOptionUsage":
        return _option_without_value(error, f"`pipeline {command} --help`" if command else "`pipeline --help`")
    describe = _KINDS.get(type(error).__name__, _other)
    return describe(error)


def _missing(error: Any) -> str:
    words = (word for word in error.ctx.command.collect_usage_pieces(error.ctx) if word != "[OPTIONS]")
    usage = " ".join([error.ctx.command_path, *words])
    name = _name(error.param)
    needed = f" {name} {error.param.metavar or 'VALUE'}" if name.startswith("--") else ""
    return f"{name} is missing: type {usage}{needed}; {_see(error)} says more."


def _no_such_option(error: Any) -> str:
    option, command = error.option_name, error.ctx.command_path
    if option in BEFORE_THE_COMMAND and error.ctx.parent is not None:
        start, _, name = command.partition(" ")
        return f"{option} stands before the command: type {start} {option} … {name}."
    if error.ctx.parent is None and nearest(option, BEFORE_THE_COMMAND) is None:
        return (
            f"`{command}` has no option {quoted(option)}: all but {', '.join(BEFORE_THE_COMMAND)} stand after the command, "
            f"as in `{command} list {option}`."
        )
    if not option.startswith("--"):
        return (
            f"`{command}` has no option {quoted(option)}: a text that begins with - goes after --; "
            f"{_see(error)} lists the options."
        )
    known = [name for param in error.ctx.command.params for name in param.opts if name.startswith("--")]
    meant = nearest(option, known)
    guess = f"did you mean {meant}? " if meant else ""
    return f"`{command}` has no option {quoted(option)}: {guess}{_see(error)} lists them."


def _option_without_value(error: Any, see: str) -> str:
    if "does not take a value" in error.message:
        return f"{error.option_name} takes no value: leave away what follows the =."
    count = re.search(r"requires (\d+) arguments", error.message)
    return f"{error.option_name} needs {count[1] + ' values' if count else 'a value'} after it: {see} says which."


def _bad_value(error: Any) -> str:
    message = error.message.rstrip(".")
    message = re.sub(r"is not a valid (int|integer)( range)?$", "is not a whole number", message)
    message = re.sub(r"is not in the range x>=(\d+)$", r"is too little: it is at least \1", message)
    return f"{_name(error.param)}: {message}; {_see(error)} says more."


def _no_command(error: Any) -> str:
    return f"`{error.ctx.command_path}` needs a command after it: {_commands(error)}."


def _other(error: Any) -> str:
    message = str(error.format_message() if hasattr(error, "format_message") else error).rstrip(".")
    unknown = re.match(r"No such command '(.*?)'", message, re.DOTALL)
    if unknown and (instead := _MEANT.get(unknown[1].casefold())):
        return f"There is no command {quoted(unknown[1])}: {instead}."
    if unknown:
        meant = nearest(unknown[1], error.ctx.command.commands)
        guess = f"did you mean {meant}? " if meant else ""
        return f"There is no command {quoted(unknown[1])}: {guess}{_see(error)} lists them."
    extra = re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)$", message, re.DOTALL)
    if extra:
        return f"{quoted(extra[1])} is too much: put quotes around a text of several words; {_see(error)} says more."
    return f"{message}: see {_see(error)}."


_LIST, _SHOW, _ADD = (
    "`pipeline list` lists the deals",
    "`pipeline show DEAL` shows one",
    "`pipeline add TITLE` adds a deal",
)
_CLOSE = "a deal ends with `pipeline lose DEAL --reason price` or `pipeline disqualify DEAL`, and is never deleted"
_MOVE = "`pipeline advance DEAL` moves a deal on, `pipeline back DEAL STAGE` back"
_EDIT, _NEXT = "`pipeline edit DEAL` changes its fields", "`pipeline next DEAL DATE TEXT` plans what to do"
_SNOOZE, _DONE = "`pipeline snooze DEAL DATE` silences it until then", "`pipeline done DEAL` closes the next step"
_TODAY, _HEALTH = "`pipeline today` shows what to do now", "`pipeline health` shows how the pipeline stands"
_UNDO, _LOG = "`pipeline undo` takes back what was done", "`pipeline log DEAL {}` logs one"
_WORDS: Mapping[str, str] = {
    _LIST: "ls ll dir deals filter",
    "`pipeline search WORD` finds what was typed": "find grep",
    _SHOW: "cat view info get display details",
    _ADD: "new create insert lead deal",
    _CLOSE: "rm del delete remove drop kill close archive",
    _MOVE: "mv move stage forward promote progress",
    _EDIT: "set update change modify rename value",
    _NEXT: "task todo remind reminder plan schedule follow-up followup",
    _SNOOZE: "sleep pause postpone defer later wait",
    _DONE: "finish complete tick check-off",
    _TODAY: "agenda inbox now due tasks day",
    _HEALTH: "status stats stat report summary dashboard",
    _UNDO: "revert rollback restore-last oops",
    "`pipeline win DEAL` closes it as won": "won",
    "`pipeline lose DEAL --reason price` closes it as lost": "lost",
    "`pipeline note DEAL TEXT` keeps a note": "comment memo notes",
    "`pipeline contact` keeps the people": "contacts people person",
    **{_LOG.format(kind): kind for kind in ("call", "email", "meeting", "message", "letter")},
    _LOG.format("email"): "mail email",
    _LOG.format("meeting"): "meet meeting visit",
    "`pipeline history` lists what was done": "log-book journal changes",
    "`pipeline board` shows the stages side by side": "kanban stages",
}
"""What to type -> words of other programs that people try."""
_MEANT = {word: instead for instead, words in _WORDS.items() for word in words.split()}


def _see(error: Any) -> str:
    context = getattr(error, "ctx", None)
    return f"`{context.command_path if context else 'pipeline'} --help`"


def _commands(error: Any) -> str:
    return ", ".join(error.ctx.command.commands)


def _name(param: Any) -> str:
    """`--limit`, or an argument as the help writes it."""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name).split()[0].strip("[].").upper()


_KINDS: dict[str, Callable[[Any], str]] = {
    "MissingParameter": _missing,
    "NoSuchOption": _no_such_option,
    "BadParameter": _bad_value,
    "NoArgsIsHelpError": _no_command,
}


LONGEST_ECHO = 200
"""Characters of an argument that a message repeats: a path may be as long, a text pasted by mistake is cut."""


def cut_echo(message: str, arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    """The message with what was typed, or set in a variable of ours, cut where it is too long to read."""
    typed = [*arguments, *(value for name, value in environ.items() if name.startswith("PIPELINE_"))]
    for text in [*typed, *(part for one in typed for part in one.split("=", 1))]:
        for shown in (text, repr(text)[1:-1]):
            if len(shown) > LONGEST_ECHO:
                message = message.replace(shown, f"{shown[:60]}…")
    return message


def describe_crash(error: BaseException) -> str:
    """A report that holds no personal data: the kind of error, where it happened, and the versions."""
    folder = Path(__file__).parent
    lines = [
        f"pipeline has a defect ({type(error).__name__}). Nothing else is known to be wrong; "
        "`pipeline check` looks at the record. Please report these lines, they hold none of your data:",
        f"  pipeline {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{platform.system()}",
    ]
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(folder):
            lines.append(f"  {path.relative_to(folder.parent)}:{frame.lineno} in {frame.name}: {frame.line}")
    return "\n".join(lines)
