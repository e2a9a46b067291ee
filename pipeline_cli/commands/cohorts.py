"""`pipeline cohorts`: deals by when they were created."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.output.report import Report
from pipeline_cli.workspace import Workspace


@reading
def cohorts(
    workspace: Workspace,
    view: View,
    by: Annotated[str, typer.Option(metavar="month|quarter", help="What a cohort is.")] = "month",
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Created on that day or later.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Created on that day or earlier.")] = None,
) -> Report:
    """Show how many deals of each month were won, and how soon."""
    from pipeline_cli.domain.errors import UsageError
    from pipeline_cli.domain.words.grouping import GROUP_PERIODS, Grouping, parse_scope
    from pipeline_cli.reports.cohorts import cohorts_report
    from pipeline_cli.reports.elsewhere import telling_the_rest

    if by not in GROUP_PERIODS:
        from pipeline_cli.domain.words.text import choice_of

        raise UsageError(f"--by {by}: is no period of cohorts: {choice_of(by, GROUP_PERIODS)}.")
    clock = clock_of(workspace, view)
    scope = parse_scope(None, Grouping("period", by), "created", from_, to, clock)
    with workspace.read(clock) as reader:
        pipelines = pipelines_of(workspace, view)
        report = cohorts_report(workspace, reader, pipelines, scope)
        return telling_the_rest(report, reader, workspace.playbook, pipelines)
