"""`pipeline show`: one deal with everything about it."""

from pipeline_cli.commands.options import Deal
from pipeline_cli.commands.reading import View, clock_of, reading
from pipeline_cli.output.report import Report
from pipeline_cli.workspace import Workspace


@reading
def show(workspace: Workspace, view: View, deal: Deal) -> Report:
    """Show one deal: its checklist, its people, its timeline."""
    from pipeline_cli.reports.show import show_report  # Tab after `pipeline show` needs the name of the deal alone
    from pipeline_cli.storage.record.deals import find

    with workspace.read(clock_of(workspace, view)) as reader:
        return show_report(workspace, reader, find(reader, deal))
