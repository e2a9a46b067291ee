"""`pipeline brief`: the page before a call."""

from pipeline_cli.commands.options import Deal
from pipeline_cli.commands.reading import View, clock_of, form_of, looking, screen_height
from pipeline_cli.output.report import Report
from pipeline_cli.workspace import Workspace


@looking
def brief(workspace: Workspace, view: View, deal: Deal) -> Report:
    """Show the page before a call: who they are, what was said and promised, what is missing, what to ask."""
    from pipeline_cli.reports.brief import Sheet, brief_report  # Tab needs the name of the deal alone
    from pipeline_cli.storage.record.deals import find

    sheet = Sheet(screen_height(workspace, view), in_headings=form_of(workspace, view) == "markdown")
    with workspace.read(clock_of(workspace, view)) as reader:
        return brief_report(workspace, reader, find(reader, deal), sheet)
