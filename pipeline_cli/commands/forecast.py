"""`pipeline forecast`: what will come in, with a range."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.domain.dates import parse_days
from pipeline_cli.output.report import Report
from pipeline_cli.reports.forecast import forecast_report
from pipeline_cli.workspace import Workspace


@reading
def forecast(
    workspace: Workspace,
    view: View,
    by: Annotated[str, typer.Option(metavar="week|month|quarter|year", help="The periods.")] = "month",
    horizon: Annotated[
        str, typer.Option(metavar="DAYS", help="How far all open deals together are looked at.")
    ] = "30d",
    method: Annotated[str, typer.Option(metavar="stage|configured", help="Where the chances come from.")] = "stage",
    deals: Annotated[bool, typer.Option("--deals", help="Show each deal's chance too.")] = False,
) -> Report:
    """Show what will come in, by period, and the chance of the quota."""
    with workspace.read(clock_of(workspace, view)) as reader:
        pipelines = pipelines_of(workspace, view)
        return forecast_report(workspace, reader, pipelines, by, parse_days(horizon), method, deals)
