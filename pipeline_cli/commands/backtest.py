"""`pipeline backtest`: every way of forecasting replayed on the own record, beside what came."""

from collections.abc import Sequence
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.forecast.backtest import METHODS
from pipeline_cli.domain.words.dates import parse_date, parse_days
from pipeline_cli.domain.words.text import choice_of
from pipeline_cli.output.report import Report
from pipeline_cli.reports.backtest import Asked, backtest_report, replay_record
from pipeline_cli.reports.elsewhere import notes_on_the_rest
from pipeline_cli.storage.record.close_dates import read_close_dates
from pipeline_cli.storage.record.histories import read_histories
from pipeline_cli.storage.record.outcomes import read_undated
from pipeline_cli.workspace import Workspace


@reading
def backtest(
    workspace: Workspace,
    view: View,
    horizon: Annotated[str, typer.Option(metavar="DAYS", help="How far each forecast looks ahead.")] = "30d",
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first day to forecast from.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The last day to forecast from.")] = None,
    every: Annotated[str, typer.Option(metavar="DAYS", help="How far apart the days are.")] = "14d",
    method: Annotated[
        list[str] | None, typer.Option(metavar="timed|stage|configured", help="Only that one; may be repeated.")
    ] = None,
    calibration: Annotated[
        bool, typer.Option("--calibration", help="Of the deals given 10 to 20 %, how many were won? And so on.")
    ] = False,
    periods: Annotated[bool, typer.Option("--periods", help="Grade the rows by month too.")] = False,
    plot: Annotated[bool, typer.Option("--plot", help="Draw the forecast, its range and what came.")] = False,
) -> Report:
    """Show how right each way of forecasting would have been on your own record."""
    methods = _read_methods(method or METHODS)
    if view.all_pipelines:
        raise UsageError("backtest looks at one pipeline at a time: name it with --pipeline.")
    (pipeline,) = pipelines_of(workspace, view)
    clock, days = clock_of(workspace, view), parse_days(horizon)
    since = None if from_ is None else parse_date(from_, clock.today, past=True).toordinal()
    until = None if to is None else parse_date(to, clock.today, past=True).toordinal()
    if since is not None and until is not None and since > until:
        raise UsageError(f"--from {from_} is after --to {to}: turn them around.")
    apart = parse_days(every)
    with workspace.read(clock) as reader:
        history = read_histories(reader, workspace.playbook, pipeline)
        undated = read_undated(reader, [pipeline.id])
        rest = notes_on_the_rest(reader, workspace.playbook, [pipeline])
        dates = read_close_dates(reader, pipeline.id) if periods else {}
    made, dropped = replay_record(workspace, history, pipeline, clock.today, (days, apart), (since, until), methods)
    asked = Asked(days, calibration, plot, dropped, undated)
    report = backtest_report(pipeline, workspace.playbook.currency, clock.today, made, asked)
    if periods:
        from pipeline_cli.reports.backtest_periods import with_periods

        report = with_periods(report, workspace, pipeline, history, dates, made, days)
    return report._replace(notes=[*report.notes, *rest])


def _read_methods(named: Sequence[str]) -> list[str]:
    """In the order of the reports, each once."""
    for name in named:
        if name not in METHODS:
            raise UsageError(f"--method {name}: is no method: {choice_of(name, METHODS)}.")
    return [name for name in METHODS if name in named]
