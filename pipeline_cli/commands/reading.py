"""What every reading command does the same way: its options, and showing the report it returns."""

import inspect
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

from pipeline_cli.domain.errors import SetupError, UsageError
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.output.report import Report, called_as
from pipeline_cli.workspace import Workspace


class View(NamedTuple):
    """How a report is asked for."""

    format: str | None = None
    json: bool = False
    output: str | None = None
    force_output: bool = False
    as_of: str | None = None
    pipeline: str | None = None
    all_pipelines: bool = False
    explain: bool = False
    columns: str | None = None


_HINTS: dict[str, Any] = {
    "format": Annotated[
        str | None, typer.Option("--format", metavar="table|json|csv|tsv|markdown", help="The form of the answer.")
    ],
    "json": Annotated[bool, typer.Option("--json", help="Short for --format json.")],
    "output": Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Write it to a file.")],
    "force_output": Annotated[bool, typer.Option("--force", help="Replace the file of -o if it is there.")],
    "as_of": Annotated[str | None, typer.Option(metavar="DATE", help="What was known at the end of that day.")],
    "pipeline": Annotated[str | None, typer.Option(metavar="NAME", help="One pipeline; else the first.")],
    "all_pipelines": Annotated[bool, typer.Option("--all-pipelines", help="Every pipeline.")],
    "explain": Annotated[bool, typer.Option("--explain", help="Say what each column means.")],
    "columns": Annotated[str | None, typer.Option(metavar="A,B,C", help="These columns alone, in this order.")],
}
_EVERY: dict[str, Any] = {
    "pipeline": Annotated[str | None, typer.Option(metavar="NAME", help="One pipeline; else every one.")],
}


def _sharing(
    names: Sequence[str], *, every_pipeline: bool = False
) -> Callable[[Callable[..., Report | None]], Callable[..., None]]:
    """A decorator that gives a command the shared options of these names and shows the report it returns."""

    def decorate(function: Callable[..., Report | None]) -> Callable[..., None]:
        own = [
            parameter
            for name, parameter in inspect.signature(function).parameters.items()
            if name not in ("workspace", "view")
        ]

        @wraps(function)
        def command(context: typer.Context, **values: Any) -> None:
            view = View(**{name: values.pop(name) for name in names})
            view = over_every_pipeline(view) if every_pipeline else view
            report_name = function.__module__.rpartition(".")[2]
            if view.columns is not None and (report_name == "prune" or values.get("save")):
                _refuse_unknown_columns(view.columns, report_name)
            report = function(context.obj, view, **values)
            if report is not None:
                show(context.obj, view, report)

        hints = {**get_type_hints(function, include_extras=True), **_HINTS, "context": typer.Context}
        hints |= _EVERY if every_pipeline else {}
        keyword = inspect.Parameter.KEYWORD_ONLY
        first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        shared = [inspect.Parameter(name, keyword, default=View._field_defaults[name]) for name in names]
        # Typer reads the annotations of the signature: those of the function are strings, which it would not evaluate.
        parameters = [
            one.replace(annotation=hints[one.name])
            for one in (first, *(one.replace(kind=keyword) for one in own), *shared)
        ]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in parameters}
        return command

    return decorate


reading = _sharing(View._fields)
"""A command whose function takes (workspace, view, its own options) and returns a report to show."""

overseeing = _sharing(View._fields, every_pipeline=True)
"""The same for what one does each day or week: every pipeline is meant, unless one is named."""

answering = _sharing(("format", "json", "output", "force_output"))
"""The same for a command that changes the record and answers with a report."""

looking = _sharing(("format", "json", "output", "force_output", "as_of", "explain", "columns"))
"""The same for a report that no pipeline narrows down."""


def _refuse_unknown_columns(typed: str, report: str) -> None:
    """Before anything is changed; a report that only shows is looked at when it is made. Raises UsageError."""
    from pipeline_cli.domain.words.columns import COLUMNS, column_named, split_columns

    words = split_columns(typed)
    for word in words if report in COLUMNS else ():
        column_named(word, COLUMNS[report])


def clock_of(workspace: Workspace, view: View) -> Clock:
    return workspace.clock_as_of(view.as_of)


def over_every_pipeline(view: View) -> View:
    """Unless one is named."""
    return view if view.pipeline is not None else view._replace(all_pipelines=True)


def pipelines_of(workspace: Workspace, view: View) -> tuple[Pipeline, ...]:
    """The one that was named, every one, or the first."""
    if view.all_pipelines:
        if view.pipeline is not None:
            raise UsageError("--pipeline and --all-pipelines contradict each other: give one of them.")
        return workspace.playbook.pipelines
    return (workspace.pipeline(view.pipeline),)


def form_of(workspace: Workspace, view: View) -> str:
    """The form the answer takes. Raises UsageError for one there is none of."""
    from pipeline_cli.output.write import choose_format

    return choose_format(view.format, view.json, view.output, workspace.environ)


def screen_height(workspace: Workspace, view: View) -> int | None:
    """Lines of the terminal that a table is shown on; None: the answer goes elsewhere, and is never cut."""
    if form_of(workspace, view) != "table" or view.output is not None or not workspace.stdout.isatty():
        return None
    from pipeline_cli.output.write import terminal_height

    return terminal_height()


def show(workspace: Workspace, view: View, report: Report, *, excel: bool = False) -> None:
    """Writes a report to where it was asked for, in the form it was asked for; `excel` adds the BOM and CRLF."""
    report = called_as(report._replace(zone=workspace.clock.zone), workspace.command_name)
    form = form_of(workspace, view)
    report = _with_columns(workspace, view, report, form)
    if view.explain:
        from pipeline_cli.output.report import explain

        for line in explain(report):
            print(line)  # noqa: T201 - an answer
        return
    if view.output is not None:
        _show_in_file(workspace, view, report, form, excel=excel)
    else:
        _show_on_stdout(workspace, report, form, excel=excel)
    for note in report.notes:
        workspace.say(note)


def _with_columns(workspace: Workspace, view: View, report: Report, form: str) -> Report:
    """Those of --columns, else of the named view; people read those of pipeline.yaml, where it says which."""
    usual = workspace.playbook.columns.get(report.name) if "playbook" in vars(workspace) else None
    if view.columns is None and not report.chosen and not usual:
        return report
    from pipeline_cli.domain.words.columns import split_columns
    from pipeline_cli.output.choosing import choose_columns, usual_columns

    if view.columns is not None or report.chosen:
        return choose_columns(report, report.chosen if view.columns is None else split_columns(view.columns), form)
    return usual_columns(report, usual or (), form)


def _show_on_stdout(workspace: Workspace, report: Report, form: str, *, excel: bool) -> None:
    from pipeline_cli.output.write import decide_color, write_report

    stream = workspace.stdout
    is_terminal = stream.isatty()
    color = decide_color(workspace.options.color, workspace.environ, is_terminal)
    # What machines read is UTF-8 always; only a terminal may be unable to draw it.
    unicode = form in ("json", "csv", "tsv") or not is_terminal or locale_is_unicode(workspace)
    if form == "table" and is_terminal and workspace.is_interactive:
        notes = _show_on_screen(workspace, report, color=color, unicode=unicode)
    else:
        notes = write_report(report, form, stream, is_terminal=is_terminal, color=color, unicode=unicode, excel=excel)
    for note in notes:
        workspace.say(note)


def _show_on_screen(workspace: Workspace, report: Report, *, color: bool, unicode: bool) -> list[str]:
    """A table as it is, or through a pager when it is longer than the screen."""
    import io

    from pipeline_cli.output.terminal import find_pager, is_longer_than_the_screen, page
    from pipeline_cli.output.write import write_report

    text = io.StringIO()
    notes = write_report(report, "table", text, is_terminal=True, color=color, unicode=unicode)
    pager = find_pager(workspace.environ) if is_longer_than_the_screen(text.getvalue()) else None
    if pager is None:
        workspace.stdout.write(text.getvalue())
    else:
        page(text.getvalue(), pager, workspace.environ, workspace.stdout)
    return notes


def locale_is_unicode(workspace: Workspace) -> bool:
    """Whether the terminal draws more than ASCII; our own stream is always UTF-8."""
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = workspace.environ.get(variable)
        if value:
            return "utf" in value.lower()
    return True


def _show_in_file(workspace: Workspace, view: View, report: Report, form: str, *, excel: bool) -> None:
    """As CSV or TSV every table goes to a file of its own: `x.csv`, and `x.deals.csv`."""
    from pipeline_cli.output.files import look_before_writing

    named = view.output or ""
    reports = {named: report}
    if form in ("csv", "tsv") and report.tables and named != "-":
        from pipeline_cli.output.report import further_tables

        stem, dot, ending = named.rpartition(".")
        for key, table in further_tables(report):
            reports[f"{stem}.{key}.{ending}" if dot and "/" not in ending else f"{named}.{key}"] = table
    for name in reports:
        look_before_writing(_output_file(workspace, name), view.force_output)
    for name, one in reports.items():
        save(workspace, view._replace(output=name), _as_bytes(one, form, excel=excel))


def _as_bytes(report: Report, form: str, *, excel: bool) -> bytes:
    import io

    from pipeline_cli.output.write import write_report

    text = io.StringIO(newline="")
    write_report(report, form, text, is_terminal=False, color=False, unicode=True, excel=excel)
    return text.getvalue().encode("utf-8", "backslashreplace")


def refuse_bad_view(workspace: Workspace, view: View) -> None:
    """Before a command changes the record: a form there is none of, a file that is there already, columns of a page."""
    if form_of(workspace, view) == "table" and view.columns is not None:
        raise UsageError("--columns chooses those of a table, and this is a page: --format csv has its rows.")
    if view.output is not None:
        from pipeline_cli.output.files import look_before_writing

        look_before_writing(_output_file(workspace, view.output), view.force_output)


def save(workspace: Workspace, view: View, data: bytes) -> None:
    """Into the file of -o, for its owner alone, and never over another without --force."""
    from pipeline_cli.output.files import write_new_file

    path = _output_file(workspace, view.output or "")
    write_new_file(path, data, view.force_output)
    workspace.say(f"Wrote {workspace.short(path)}.")


def _output_file(workspace: Workspace, named: str) -> Path:
    """Raises UsageError for the record, its rules and what lies with it: those not even --force replaces."""
    from pipeline_cli.config.machine import path_named
    from pipeline_cli.storage.database import WITH_IT
    from pipeline_cli.storage.safekeeping.backups import key_of

    path, database = path_named(named, "-o", UsageError), workspace.database_path
    own = [database, key_of(database), *(database.with_name(database.name + ending) for ending in WITH_IT)]
    with suppress(SetupError):  # a database that was named needs no rules to be listed
        own.append(workspace.playbook_path)
    if path.resolve() in {one.resolve() for one in own}:
        raise UsageError(f"-o {named}: belongs to the record itself, and is never written over: name another file.")
    return path
