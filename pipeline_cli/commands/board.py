"""`pipeline board`: the pipeline as columns, once or, with `--watch`, whenever the record changes."""

import io
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, locale_is_unicode, overseeing, pipelines_of
from pipeline_cli.domain.errors import PipelineError, RuleError, UsageError
from pipeline_cli.output.report import Report, called_as
from pipeline_cli.reports.board import board_report
from pipeline_cli.reports.elsewhere import telling_of_removed_stages
from pipeline_cli.workspace import Workspace


@overseeing
def board(
    workspace: Workspace,
    view: View,
    watch: Annotated[bool, typer.Option("--watch", help="Draw it again whenever the record changes.")] = False,
) -> Report | None:
    """Show the open deals as cards under their stages; --watch keeps it up to date."""
    if watch:
        watch_report(workspace, view, _report, "board")
        return None
    return _report(workspace, view)


def _report(workspace: Workspace, view: View) -> Report:
    with workspace.read(clock_of(workspace, view)) as reader:
        report = board_report(workspace, reader, pipelines_of(workspace, view))
        return telling_of_removed_stages(report, reader, workspace.playbook)


_PAUSE_SECONDS = 0.5
Make = Callable[[Workspace, View], Report]


def watch_report(workspace: Workspace, view: View, make: Make, name: str) -> None:
    """Until Ctrl-C, which is how a watch ends. Raises UsageError for a form that is no table; RuleError off a terminal."""
    if view.json or view.format not in (None, "table") or view.output or view.explain or view.as_of:
        raise UsageError("--watch draws on the terminal: leave --format, --json, -o, --as-of and --explain away.")
    if not workspace.stdout.isatty():
        raise RuleError(f"--watch draws on a terminal, and this is none: `pipeline {name}` shows it once.")
    from pipeline_cli.output.terminal import Screen
    from pipeline_cli.output.text import visible

    make(workspace, view)  # what is wrong from the start is said as everywhere
    last = f"Watching {visible(workspace.database_path.name)}. Ctrl-C ends."
    with suppress(KeyboardInterrupt), Screen(workspace.stdout, is_plain=_is_plain(workspace)) as screen:
        with suppress(ValueError):  # only the main thread may
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # or the terminal stayed on this page
        begun, seen = time.monotonic(), None
        while True:
            now = workspace.started_at + timedelta(seconds=int(time.monotonic() - begun))
            state = (_states(workspace), size := _size(), now.astimezone(workspace.clock.zone).date())
            if state != seen:
                # Afresh, so that the rules are read again too.
                looking = Workspace(workspace.options, workspace.environ, now, workspace.folder)
                screen.draw([*_page(looking, view, make, *size), "", last], size[1])
                seen = state
            time.sleep(_PAUSE_SECONDS)


def _page(workspace: Workspace, view: View, make: Make, width: int, height: int) -> list[str]:
    """The report as lines; an error while it is watched is shown in its place, for the next change may mend it."""
    from pipeline_cli.output.text import visible, wrap
    from pipeline_cli.output.write import decide_color, write_report

    try:
        report = called_as(make(workspace, view), workspace.command_name)
        text = io.StringIO()
        write_report(
            report._replace(zone=workspace.clock.zone),
            "table",
            text,
            width=width,
            height=height - 2,
            is_terminal=True,
            color=decide_color(workspace.options.color, workspace.environ, True),
            unicode=locale_is_unicode(workspace),
        )
        lines, said = text.getvalue().split("\n")[:-1], report.notes
    except PipelineError as error:
        lines, said = [], str(error).split("\n")
    lines += [piece for line in said for piece in wrap(visible(line), width)]
    return lines[: max(1, height - 3)]


def _states(workspace: Workspace) -> tuple[tuple[int, int] | None, ...]:
    """When the files were written last and how long they are: what a change of the record cannot leave as it was."""
    database = workspace.database_path
    files = (database, database.with_name(f"{database.name}-journal"), workspace.playbook_path)
    return tuple(_state(str(path)) for path in files)


def _state(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - twice a second
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _size() -> tuple[int, int]:
    import shutil

    size = shutil.get_terminal_size((80, 24))
    return size.columns, size.lines


def _is_plain(workspace: Workspace) -> bool:
    return workspace.environ.get("TERM", "dumb") == "dumb"
