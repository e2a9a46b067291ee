"""`pipeline next`: the one thing to do next on a deal."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.accept import accept_filled
from pipeline_cli.domain.dates import parse_date
from pipeline_cli.domain.edits import SetNextStep
from pipeline_cli.storage.deals import find, read_record
from pipeline_cli.workspace import Workspace


def next(  # noqa: A001 - the word people type
    context: typer.Context,
    deal: Deal,
    due: Annotated[str, typer.Argument(metavar="DATE", help="When: tomorrow, friday, 3d, 2026-12-01.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to do.")],
) -> None:
    """Set the next step of a deal, open or closed, in place of the one it has."""
    workspace: Workspace = context.obj
    day, what = parse_date(due, workspace.clock.today), accept_filled(text, "The next step")
    with workspace.write("next") as change:
        facts = read_record(change, find(change, deal)).facts
        change.apply([SetNextStep(facts.id, what, day)], f"next step of {facts.title}: {what}, due {day}")
    late = f" (that day is past: today is {workspace.clock.today})" if day < workspace.clock.today else ""
    before = "" if facts.next_step is None else f" In place of: {facts.next_step}, due {facts.next_step_due}."
    closed = "" if facts.status == "open" else f", which is {facts.status}"
    workspace.confirm(f"Next on {facts.id}, {facts.title}{closed}: {what}, due {day}{late}.{before}")
