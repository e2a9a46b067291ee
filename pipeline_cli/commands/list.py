"""`pipeline list`: deals, one a row."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.output.report import Report
from pipeline_cli.reports.list import list_report
from pipeline_cli.workspace import Workspace


@reading
def list_(
    workspace: Workspace,
    view: View,
    filters: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILTER]...", help="Words, or stage=proposal value>10k idle>14 flag=stuck."),
    ] = None,
    sort: Annotated[str | None, typer.Option(metavar="COLUMN", help="-value: by value, the highest first.")] = None,
) -> Report:
    """List open deals; status=won, status=all for the others."""
    with workspace.read(clock_of(workspace, view)) as reader:
        return list_report(workspace, reader, pipelines_of(workspace, view), filters or [], sort)
