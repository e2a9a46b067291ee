"""`pipeline sql`: one statement that reads the record, answered in every form that reports have."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, answering
from pipeline_cli.output.report import Report
from pipeline_cli.reports.sql import sql_report
from pipeline_cli.workspace import Workspace


@answering
def sql(
    workspace: Workspace,
    view: View,
    statement: Annotated[str, typer.Argument(metavar="SELECT", help="One statement that reads, in quotes.")],
    seconds: Annotated[float, typer.Option(metavar="N", min=0.1, max=3600, help="The longest it may take.")] = 10,
) -> Report:
    """Ask the record in SQL: one statement that reads, on the tables and views of the README."""
    return sql_report(workspace, statement, seconds)
