"""`pipeline board`: the pipeline as columns, once or while one looks."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, overseeing, pipelines_of
from pipeline_cli.output.report import Report
from pipeline_cli.reports.board import board_report
from pipeline_cli.reports.elsewhere import telling_of_strays
from pipeline_cli.workspace import Workspace


@overseeing
def board(
    workspace: Workspace,
    view: View,
    watch: Annotated[bool, typer.Option("--watch", help="Draw it again whenever the record changes.")] = False,
) -> Report | None:
    """Show the open deals as cards under their stages; --watch keeps it up to date."""
    if watch:
        from pipeline_cli.commands.watching import watch_report

        watch_report(workspace, view, _report, "board")
        return None
    return _report(workspace, view)


def _report(workspace: Workspace, view: View) -> Report:
    with workspace.read(clock_of(workspace, view)) as reader:
        report = board_report(workspace, reader, pipelines_of(workspace, view))
        return telling_of_strays(report, reader, workspace.playbook)
