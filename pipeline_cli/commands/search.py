"""`pipeline search`: where a word was said, whatever it was typed into."""

from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, clock_of, looking, screen_height
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import parse_date
from pipeline_cli.output.report import Report
from pipeline_cli.reports.search import Asked, search_report
from pipeline_cli.workspace import Workspace


@looking
def search(
    workspace: Workspace,
    view: View,
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="Words, or how they begin; a deal has each.")],
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="Only in notes, touchpoints, calls, evidence, people, titles …")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only what is of that day or later.")] = None,
    deal: Annotated[str | None, typer.Option(metavar="DEAL", help="Only in this deal.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the best so many.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, however long the list.")] = False,
) -> Report:
    """Find words in titles, people, notes, touchpoints, evidence, next steps and fields, the best first."""
    from pipeline_cli.storage.record.deals import find

    if limit is not None and every:
        raise UsageError("--limit and --all contradict each other: give one of them.")
    clock = clock_of(workspace, view)
    first_day = None if since is None else parse_date(since, clock.today, past=True)
    height = None if limit is not None or every else screen_height(workspace, view)
    with workspace.read(clock) as reader:
        asked = Asked(words, kind, first_day, None if deal is None else find(reader, deal))
        return search_report(workspace, reader, asked, limit, height)
