"""`pipeline funnel`: what history says about each stage."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.output.report import Report
from pipeline_cli.workspace import Workspace


@reading
def funnel(
    workspace: Workspace,
    view: View,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="source|pipeline|owner|funnel|month|quarter|FIELD", help="A funnel for each group of deals."
        ),
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Deals created on that day or later.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Deals created on that day or earlier.")
    ] = None,
    cohort: Annotated[
        str, typer.Option(metavar="created|closed", help="The date that --from, --to, month and quarter mean.")
    ] = "created",
    plot: Annotated[bool, typer.Option("--plot", help="Draw how far deals get.")] = False,
) -> Report:
    """Show how far deals get, what becomes of them and how long they stay, stage by stage."""
    from pipeline_cli.domain.errors import UsageError
    from pipeline_cli.domain.words.grouping import BY_PIPELINE, UNGROUPED, parse_grouping, parse_scope
    from pipeline_cli.reports.elsewhere import telling_the_rest
    from pipeline_cli.reports.funnel import funnel_report
    from pipeline_cli.storage.record.in_use import read_field_names

    clock = clock_of(workspace, view)
    with workspace.read(clock) as reader:
        grouping = parse_grouping(by, read_field_names(reader) if by else ())
        if view.all_pipelines and grouping not in {UNGROUPED, BY_PIPELINE}:
            raise UsageError(
                f"--by {by} and --all-pipelines: stages of several pipelines have no common order. "
                f"Name one of them: `pipeline funnel --by {by} --pipeline NAME`."
            )
        if grouping == BY_PIPELINE and view.pipeline is None:
            view = view._replace(all_pipelines=True)
        if cohort == "closed" and not (from_ or to or grouping.kind == "period"):
            workspace.say(
                "--cohort closed says which date --from, --to, month and quarter mean: without them it is idle."
            )
        scope = parse_scope(None, BY_PIPELINE if view.all_pipelines else grouping, cohort, from_, to, clock)
        pipelines = pipelines_of(workspace, view)
        report = funnel_report(workspace, reader, pipelines, scope, plot=plot)
        return telling_the_rest(report, reader, workspace.playbook, pipelines)
