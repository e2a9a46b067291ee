"""`pipeline note`: a private note; it is no touchpoint and resets no clock."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.deal.edits import AddNote
from pipeline_cli.domain.words.text import accept_filled
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def note(
    context: typer.Context, deal: Deal, text: Annotated[str, typer.Argument(metavar="TEXT", help="The note.")]
) -> None:
    """Keep a private note on a deal."""
    workspace: Workspace = context.obj
    kept = accept_filled(text, "The note")
    with workspace.write("note") as change:
        facts = read_record(change, find(change, deal)).facts
        change.apply([AddNote(facts.id, kept)], f"noted on {facts.title}")
    workspace.confirm(f"Noted on {facts.id}, {facts.title}.")
