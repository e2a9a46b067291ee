"""`pipeline today`: what to do now; `pipeline` without a command shows the same when there is a pipeline."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, overseeing, pipelines_of, screen_height
from pipeline_cli.domain.errors import SetupError, UsageError
from pipeline_cli.output.report import Report
from pipeline_cli.reports.elsewhere import telling_of_removed_stages
from pipeline_cli.reports.today import plan_tasks, today_report
from pipeline_cli.workspace import Workspace


@overseeing
def today(
    workspace: Workspace,
    view: View,
    stage: Annotated[str | None, typer.Option(metavar="STAGE", help="Only the deals in that stage.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the most urgent so many.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, more than the terminal holds too.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Only how many there are, for a prompt.")] = False,
    notify: Annotated[
        bool, typer.Option("--notify", help="For cron: tell each step that is due, once, as a notification.")
    ] = False,
) -> Report | None:
    """Show what to do now, the most urgent first."""
    if limit is not None and every:
        raise UsageError("--limit and --all contradict each other: give one of them.")
    if notify:
        from pipeline_cli.commands.notify import notify_due

        if view._replace(all_pipelines=False) != View() or stage is not None or limit is not None or every or count:
            raise UsageError("--notify tells every step that is due and prints nothing: leave the other options away.")
        notify_due(workspace)
        return None
    if count:
        if limit is not None or every or view.explain or view.json or view.format or view.output:
            raise UsageError("--count is one number on stdout: leave --limit, --all and the forms away.")
        _count(workspace, view, stage)
        return None
    height = None if limit is not None or every else screen_height(workspace, view)
    with workspace.read(clock_of(workspace, view)) as reader:
        report = today_report(workspace, reader, pipelines_of(workspace, view), limit, stage, height)
        return telling_of_removed_stages(report, reader, workspace.playbook)


def _count(workspace: Workspace, view: View, stage: str | None) -> None:
    """Nothing at all where there is no pipeline: a prompt stands in every folder."""
    try:
        _ = workspace.playbook_path
    except SetupError:
        if workspace.options.config or workspace.environ.get("PIPELINE_CONFIG"):
            raise
        return
    if workspace.has_no_record:
        workspace.answer("0")
        return
    with workspace.read(clock_of(workspace, view)) as reader:
        tasks = plan_tasks(workspace, reader, pipelines_of(workspace, view), stage).tasks
    workspace.answer(str(len(tasks)))


BEGIN = """Your sales pipeline in two files: your rules in pipeline.yaml, your deals in a database beside it.

  pipeline demo                     see it work on sample data
  pipeline init                     begin in this folder
  pipeline import deals.csv         bring your deals from a CRM or a spreadsheet
  pipeline --help                   every command"""


def bare(workspace: Workspace) -> None:
    """Shows the agenda, or how to begin."""
    try:
        path = workspace.playbook_path
    except SetupError:
        if workspace.options.config or workspace.environ.get("PIPELINE_CONFIG"):
            raise
        for line in BEGIN.split("\n"):
            workspace.answer(line)
        return
    if workspace.has_no_record:
        workspace.answer(f'{path} is there, the record is empty. Begin: pipeline add "Acme: workshop" --value 12k')
        return
    from pipeline_cli.commands.reading import View, screen_height, show
    from pipeline_cli.reports.elsewhere import telling_of_removed_stages
    from pipeline_cli.reports.today import today_report

    view = View()
    with workspace.read() as reader:
        report = today_report(workspace, reader, workspace.playbook.pipelines, height=screen_height(workspace, view))
        report = telling_of_removed_stages(report, reader, workspace.playbook)
    show(workspace, view, report)
