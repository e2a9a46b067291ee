"""`pipeline` without a command: today's agenda when there is a pipeline, else how to begin."""

from pipeline_cli.domain.errors import SetupError
from pipeline_cli.workspace import Workspace

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
    from pipeline_cli.reports.elsewhere import telling_of_strays
    from pipeline_cli.reports.today import today_report

    view = View()
    with workspace.read() as reader:
        report = today_report(workspace, reader, workspace.playbook.pipelines, height=screen_height(workspace, view))
        report = telling_of_strays(report, reader, workspace.playbook)
    show(workspace, view, report)
