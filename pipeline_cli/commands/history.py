"""`pipeline history`: what was done, newest first."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, reading
from pipeline_cli.domain.errors import NoSuchDeal
from pipeline_cli.output.report import Report
from pipeline_cli.reports.history import history_report
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.deals import find
from pipeline_cli.storage.record.operations import read_history
from pipeline_cli.workspace import Workspace


@reading
def history(
    workspace: Workspace,
    view: View,
    deal: Annotated[str | None, typer.Argument(metavar="DEAL", help="Only what concerned this deal.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the newest so many.")] = None,
) -> Report:
    """List the operations, each of which `pipeline undo` reverses whole."""
    with workspace.read(clock_of(workspace, view)) as reader:
        return history_report(workspace, reader, _number_of(reader, deal) if deal else None, limit)


def _number_of(reader: Reader, deal: str) -> int:
    """Also of a deal that was merged into another, or whose adding was undone: its operations say so."""
    try:
        return find(reader, deal)
    except NoSuchDeal:
        number = deal.removeprefix("#")
        if number.isascii() and number.isdigit() and len(number) < 19 and read_history(reader, int(number), 1):
            return int(number)
        raise
