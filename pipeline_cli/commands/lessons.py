"""`pipeline lessons`: what one's own closed deals teach."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.output.report import Report
from pipeline_cli.workspace import Workspace


@reading
def lessons(
    workspace: Workspace,
    view: View,
    by: Annotated[
        str | None, typer.Option(metavar="source|owner|FIELD", help="One thing alone, every value of it.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Deals closed, or touchpoints made, on that day or later.")
    ] = None,
    effort: Annotated[
        bool, typer.Option("--effort", help="Touchpoints of yours, by kind, source, stage, weekday and hour.")
    ] = False,
    capacity: Annotated[
        bool, typer.Option("--capacity", help="How many open deals your touchpoints a week can carry.")
    ] = False,
) -> Report:
    """Show what tells won deals from lost ones, why deals were lost, and where the effort went."""
    from pipeline_cli.domain.errors import UsageError
    from pipeline_cli.domain.words.grouping import UNGROUPED, parse_grouping, parse_scope
    from pipeline_cli.reports.effort import capacity_report, effort_report
    from pipeline_cli.reports.elsewhere import telling_the_rest
    from pipeline_cli.reports.lessons import lessons_report
    from pipeline_cli.storage.record.in_use import read_field_names

    _refuse_together(by=by is not None, effort=effort, capacity=capacity, since=since is not None)
    clock = clock_of(workspace, view)
    with workspace.read(clock) as reader:
        fields = read_field_names(reader) if by else ()
        grouping = parse_grouping(by, fields)
        if grouping.kind != "field" and grouping != UNGROUPED and grouping.name not in ("source", "owner"):
            known = ", ".join(("source", "owner", *sorted(fields)))
            raise UsageError(f"--by {by}: lessons are compared by source, owner or a field of your own: {known}.")
        scope = parse_scope(None, UNGROUPED, "closed", since, None, clock)
        pipelines = pipelines_of(workspace, view)
        if capacity:
            if len(pipelines) > 1:
                raise UsageError("--capacity is of one pipeline, whose stages it counts: name it with --pipeline.")
            return telling_the_rest(
                capacity_report(workspace, reader, pipelines[0]), reader, workspace.playbook, pipelines
            )
        if effort:
            report = effort_report(workspace, reader, pipelines, scope)
            return telling_the_rest(report, reader, workspace.playbook, pipelines)
        report = lessons_report(workspace, reader, pipelines, scope, by=grouping)
        return telling_the_rest(report, reader, workspace.playbook, pipelines)


def _refuse_together(**given: bool) -> None:
    """Raises UsageError for options that are of different reports."""
    from pipeline_cli.domain.errors import UsageError

    clashing = (("effort", "capacity"), ("by", "effort"), ("by", "capacity"), ("since", "capacity"))
    for first, second in clashing:
        if given[first] and given[second]:
            raise UsageError(f"--{first} and --{second} do not go together: give one of them.")
