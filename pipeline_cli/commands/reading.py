"""What every reading command does the same way: its options, and showing the report it returns."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.output.report import Report
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
}


def reading(function: Callable[..., Report | None]) -> Callable[..., None]:
    """A command whose function takes (workspace, view, its own options) and returns a report to show."""
    own = [parameter for name, parameter in inspect.signature(function).parameters.items()
           if name not in ("workspace", "view")]  # fmt: skip

    @wraps(function)
    def command(context: typer.Context, **values: Any) -> None:
        view = View(**{name: values.pop(name) for name in View._fields})
        report = function(context.obj, view, **values)
        if report is not None:
            show(context.obj, view, report)

    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [inspect.Parameter(name, keyword, default=View._field_defaults[name]) for name in View._fields]
    first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [first, *(one.replace(kind=keyword) for one in own), *shared]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    hints = get_type_hints(function, include_extras=True)
    command.__annotations__ = {**{one.name: hints[one.name] for one in own}, **_HINTS, "context": typer.Context}
    return command


def clock_of(workspace: Workspace, view: View) -> Clock:
    return workspace.clock_as_of(view.as_of)


def pipelines_of(workspace: Workspace, view: View) -> tuple[Pipeline, ...]:
    """The one that was named, every one, or the first."""
    if view.all_pipelines:
        if view.pipeline is not None:
            raise UsageError("--pipeline and --all-pipelines contradict each other: give one of them.")
        return workspace.playbook.pipelines
    return (workspace.pipeline(view.pipeline),)


def show(workspace: Workspace, view: View, report: Report) -> None:
    """Writes a report to where it was asked for, in the form it was asked for."""
    from pipeline_cli.output.choose import choose_format

    report = report._replace(zone=workspace.clock.zone)
    form = choose_format(view.format, view.json, view.output, workspace.environ)
    if view.explain:
        from pipeline_cli.output.explain import explain

        for line in explain(report):
            print(line)  # noqa: T201 - an answer
        return
    if view.output is not None:
        _show_in_file(workspace, view, report, form)
    else:
        _show_on_stdout(workspace, report, form)
    for note in report.notes:
        workspace.say(note)


def _show_on_stdout(workspace: Workspace, report: Report, form: str) -> None:
    from pipeline_cli.output.choose import decide_color
    from pipeline_cli.output.write import write_report

    stream = workspace.stdout
    is_terminal = stream.isatty()
    color = decide_color(workspace.options.color, workspace.environ, is_terminal)
    unicode = (stream.encoding or "utf-8").lower().replace("-", "") == "utf8" and _locale_is_unicode(workspace)
    for note in write_report(report, form, stream, is_terminal=is_terminal, color=color, unicode=unicode):
        workspace.say(note)


def _locale_is_unicode(workspace: Workspace) -> bool:
    """Whether the terminal draws more than ASCII; our own stream is always UTF-8."""
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = workspace.environ.get(variable)
        if value:
            return "utf" in value.lower()
    return True


def _show_in_file(workspace: Workspace, view: View, report: Report, form: str) -> None:
    import io

    from pipeline_cli.output.files import write_new_file
    from pipeline_cli.output.write import write_report

    text = io.StringIO(newline="")
    write_report(report, form, text, is_terminal=False, color=False, unicode=True)
    path = Path(view.output or "").expanduser()
    write_new_file(path, text.getvalue().encode("utf-8", "backslashreplace"), view.force_output)
    workspace.say(f"Wrote {path}.")
