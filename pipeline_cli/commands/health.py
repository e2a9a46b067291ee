"""`pipeline health`: the stages now, the totals, the findings."""

from pipeline_cli.commands.reading import View, clock_of, pipelines_of, reading
from pipeline_cli.output.report import Report
from pipeline_cli.reports.elsewhere import telling_of_quota, telling_the_rest
from pipeline_cli.reports.health import health_report
from pipeline_cli.reports.snapshot import Snapshot
from pipeline_cli.workspace import Workspace


@reading
def health(workspace: Workspace, view: View) -> Report:
    """Show how the pipeline stands, and what to do about it."""
    playbook, pipelines = workspace.playbook, pipelines_of(workspace, view)
    with workspace.read(clock_of(workspace, view)) as reader:
        report = health_report(Snapshot(reader, workspace.playbook, pipelines), workspace.command_name)
        return telling_the_rest(telling_of_quota(report, playbook, pipelines), reader, playbook, pipelines)
