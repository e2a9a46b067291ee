"""`pipeline sources`: where deals come from, and what becomes of them."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.output.report import Report
from pipeline_cli.workspace import Workspace


@reading
def sources(
    workspace: Workspace,
    view: View,
    from_: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Leads of that day or later.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Leads of that day or earlier.")] = None,
) -> Report:
    """Show what each source of leads brings, and what it costs."""
    from pipeline_cli.domain.words.grouping import Grouping, parse_scope
    from pipeline_cli.reports.elsewhere import telling_the_rest
    from pipeline_cli.reports.sources import sources_report

    clock = clock_of(workspace, view)
    scope = parse_scope(None, Grouping("column", "source"), "created", from_, to, clock)
    with workspace.read(clock) as reader:
        pipelines = pipelines_of(workspace, view)
        report = sources_report(workspace, reader, pipelines, scope)
        return telling_the_rest(report, reader, workspace.playbook, pipelines)
