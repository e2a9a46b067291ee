"""`pipeline export`: the record and the reports as files."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, over_every_pipeline, pipelines_of, reading, save, show
from pipeline_cli.config.machine import path_named
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.grouping import BY_PIPELINE, UNGROUPED, Grouping, Scope, parse_scope
from pipeline_cli.domain.words.text import unknown_word
from pipeline_cli.output.files import NewFiles
from pipeline_cli.output.report import Report, called_as, further_tables
from pipeline_cli.output.write import ENDINGS, write_report
from pipeline_cli.reports.cohorts import cohorts_report
from pipeline_cli.reports.forecast import make_forecast
from pipeline_cli.reports.funnel import funnel_report
from pipeline_cli.reports.health import health_report
from pipeline_cli.reports.lessons import lessons_report
from pipeline_cli.reports.prune import make_plan, prune_report
from pipeline_cli.reports.record import PROFILES, TABLES, profile_report, record_report, wanted_deals
from pipeline_cli.reports.review_page import review_of
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.reports.sources import sources_report
from pipeline_cli.reports.today import today_report
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

_NO_FILTER = "{} takes no filter: export deals, or use `pipeline list`."
Build = Callable[[Workspace, Reader, Sequence[Pipeline]], Report]


def _whole_scope(reader: Reader, pipelines: Sequence[Pipeline]) -> Scope:
    """Every deal; the stages of several pipelines have no common order, and stay apart."""
    return parse_scope(None, UNGROUPED if len(pipelines) == 1 else BY_PIPELINE, "created", None, None, reader.clock)


def _grouped(reader: Reader, by: Grouping) -> Scope:
    return parse_scope(None, by, "created", None, None, reader.clock)


REPORTS: dict[str, Build] = {
    "health": lambda workspace, reader, pipelines: health_report(
        Snapshot(reader, workspace.playbook, pipelines), workspace.command_name
    ),
    "funnel": lambda workspace, reader, pipelines: funnel_report(
        workspace, reader, pipelines, _whole_scope(reader, pipelines)
    ),
    "forecast": lambda workspace, reader, pipelines: (
        make_forecast(Snapshot(reader, workspace.playbook, pipelines), "month", 30, None).report
    ),
    "prune": lambda workspace, reader, pipelines: prune_report(
        make_plan(Snapshot(reader, workspace.playbook, pipelines))
    ),
    "today": today_report,
    "review": review_of,
    "sources": lambda workspace, reader, pipelines: sources_report(
        workspace, reader, pipelines, _grouped(reader, Grouping("column", "source"))
    ),
    "cohorts": lambda workspace, reader, pipelines: cohorts_report(
        workspace, reader, pipelines, _grouped(reader, Grouping("period", "month"))
    ),
    "lessons": lambda workspace, reader, pipelines: lessons_report(
        workspace, reader, pipelines, _whole_scope(reader, pipelines)
    ),
}
"""As their commands show them without an option."""
_OF_EVERY_PIPELINE = ("prune", "today", "review")
WHAT = (*TABLES, *REPORTS, "backtest", "calendar", "all")


@reading
def export(
    workspace: Workspace,
    view: View,
    what: Annotated[str, typer.Argument(metavar="WHAT", help=", ".join(WHAT))],
    filters: Annotated[list[str] | None, typer.Argument(metavar="FILTER", help="Only deals that match.")] = None,
    excel: Annotated[bool, typer.Option("--excel", help="With the BOM and line ends that Excel wants.")] = False,
    profile: Annotated[
        str | None,
        typer.Option(metavar="|".join(PROFILES), help="Deals, with the headers of that program's importer."),
    ] = None,
) -> Report | None:
    """Write a table of the record, or a report; CSV unless told otherwise."""
    if what not in WHAT:
        raise unknown_word("export", what, WHAT)
    if profile is not None and what != "deals":
        raise UsageError(f"--profile {profile}: is for deals: `pipeline export deals --profile {profile}`.")
    clock = clock_of(workspace, view)
    if what == "calendar":
        _export_calendar(workspace, view, clock, filters or [])
        return None
    if what == "all":
        _export_all(workspace, view, clock, filters or [], excel=excel)
        return None
    if view.format is None and not view.json and view.output is None and not workspace.environ.get("PIPELINE_FORMAT"):
        view = view._replace(format="csv")
    if what == "backtest":
        show(workspace, view, _backtest(workspace, view, clock, filters or []), excel=excel)
        return None
    with workspace.read(clock) as reader:
        report = _build(workspace, view, reader, what, filters or [])
        if what in TABLES:
            report = report._replace(rows=list(report.rows))
    if profile is not None:
        report = profile_report(workspace, report, profile)
    show(workspace, view, report, excel=excel)
    return None


def _build(workspace: Workspace, view: View, reader: Reader, what: str, words: list[str]) -> Report:
    if what in TABLES:
        chosen = pipelines_of(workspace, view) if view.pipeline is not None else None
        return record_report(workspace, reader, what, chosen, words)
    if words:
        raise UsageError(_NO_FILTER.format(what))
    view = over_every_pipeline(view) if what in _OF_EVERY_PIPELINE else view
    return REPORTS[what](workspace, reader, pipelines_of(workspace, view))


def _backtest(workspace: Workspace, view: View, clock: Clock, words: list[str]) -> Report:
    """The replay takes long, and begins when the record has been read: nobody who writes has to wait for it."""
    from pipeline_cli.reports.backtest import USUAL_DAYS, Asked, backtest_report, replay_record
    from pipeline_cli.storage.record.histories import read_histories
    from pipeline_cli.storage.record.outcomes import read_undated

    if words:
        raise UsageError(_NO_FILTER.format("backtest"))
    if view.all_pipelines:
        raise UsageError("backtest looks at one pipeline at a time: name it with --pipeline.")
    (pipeline,) = pipelines_of(workspace, view)
    with workspace.read(clock) as reader:
        history = read_histories(reader, workspace.playbook, pipeline)
        undated = read_undated(reader, [pipeline.id])
    made, dropped = replay_record(workspace, history, pipeline, clock.today)
    asked = Asked(USUAL_DAYS[0], calibration=False, plot=False, dropped=dropped, undated=undated)
    return backtest_report(pipeline, workspace.playbook.currency, clock.today, made, asked)


def _export_all(workspace: Workspace, view: View, clock: Clock, words: list[str], *, excel: bool) -> None:
    """Every table and every report, each a file of its own in one folder."""
    if view.output is None and words and not set("=<>") & set(words[0]):
        view, words = view._replace(output=words[0]), words[1:]
    if view.output is None:
        raise UsageError("`export all` writes a folder: name it, as in `pipeline export all backup`.")
    if view.columns is not None:
        raise UsageError("`export all` writes every column: leave --columns out, or export one table.")
    if view.output == "-":
        raise UsageError("-o -: several files go into no stream: name a folder, as in `pipeline export all backup`.")
    folder, form = path_named(view.output, "-o", UsageError), view.format or "csv"
    if view.json:
        form = "json"
    ending = next(ending for ending, named in ENDINGS.items() if named == form)
    names = [*TABLES, *REPORTS, *([] if view.all_pipelines else ["backtest"])]  # a backtest is of one
    files = {name: folder / f"{name}{ending}" for name in names}
    there = [path for path in files.values() if path.exists()]
    if there and not view.force_output:
        raise RuleError(f"{there[0]} is there already and nothing was written: name a new folder, or add --force.")
    with workspace.read(clock) as reader:
        if words:  # before a folder is made for nothing
            wanted_deals(workspace, reader, pipelines_of(workspace, view), words)
        _make_folder(folder)
        written: list[Path] = []
        with NewFiles(view.force_output) as new:
            for name in (*TABLES, *REPORTS):
                report = _build(workspace, view, reader, name, words if name in TABLES else [])
                written += _write(workspace, report, form, new, files[name], excel=excel)
            if "backtest" in files:
                report = _backtest(workspace, view, clock, [])
                written += _write(workspace, report, form, new, files["backtest"], excel=excel)
    for path in written:
        workspace.say(f"Wrote {workspace.short(path)}.")


def _write(workspace: Workspace, report: Report, form: str, new: NewFiles, path: Path, *, excel: bool) -> list[Path]:
    """One report after the other, so that none is kept in memory beside the next; its further tables beside it."""
    if form not in ("csv", "tsv"):
        report = report._replace(rows=list(report.rows))
    report = called_as(report._replace(zone=workspace.clock.zone), workspace.command_name)
    files = {path: report}
    for key, table in further_tables(report) if form in ("csv", "tsv") else ():
        files[path.with_name(f"{path.stem}.{key}{path.suffix}")] = table
    for place, one in files.items():
        with new.open(place) as stream:
            write_report(one, form, stream, is_terminal=False, color=False, unicode=True, excel=excel)
    return list(files)


def _export_calendar(workspace: Workspace, view: View, clock: Clock, words: list[str]) -> None:
    """iCalendar has one form, and takes no table's format."""
    if view.json or view.format is not None or view.columns is not None:
        raise UsageError("A calendar has a form of its own: leave --format, --json and --columns out.")
    from pipeline_cli.exchange.calendar import write_calendar
    from pipeline_cli.reports.record import next_step_entries

    chosen = pipelines_of(workspace, view) if view.pipeline is not None else None
    with workspace.read(clock) as reader:
        entries = next_step_entries(workspace, reader, chosen, words)
    if not entries:
        # A calendar without an entry is none (RFC 5545, 3.6), and programs refuse it.
        workspace.say("No next step, so no calendar: `pipeline next DEAL DATE TEXT` sets one. Nothing was written.")
        return
    data = write_calendar(entries, "Next steps")
    if view.output is not None:
        save(workspace, view, data)
    elif workspace.stdout.isatty():
        from pipeline_cli.output.text import visible

        workspace.stdout.writelines(f"{visible(line)}\n" for line in data.decode().removesuffix("\r\n").split("\r\n"))
    else:
        workspace.stdout.write(data.decode())


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made ({error.strerror}): name another folder.") from None
