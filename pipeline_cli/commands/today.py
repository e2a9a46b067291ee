"""`pipeline today`: what to do now."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.output.report import Report
from pipeline_cli.reports.today import today_report
from pipeline_cli.workspace import Workspace


@reading
def today(
    workspace: Workspace,
    view: View,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the most urgent so many.")] = None,
) -> Report:
    """Show what to do now, the most urgent first."""
    with workspace.read(clock_of(workspace, view)) as reader:
        return today_report(workspace, reader, pipelines_of(workspace, view), limit)
