"""`pipeline note`: a private note; it is no touchpoint and resets no clock."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import Deal, joined, written_note
from pipeline_cli.domain.deal.edits import AddNote
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.text import accept_filled
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def note(
    context: typer.Context,
    deal: Deal,
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help="The note; - reads it from a pipe.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write it in your EDITOR.")] = False,
) -> None:
    """Keep a private note on a deal."""
    workspace: Workspace = context.obj
    if not text and not write:
        name = workspace.command_name
        raise UsageError(f"TEXT is missing: type {name} note DEAL TEXT; `{name} note --help` says more.")
    with written_note(workspace, joined(text), in_editor=write) as typed:
        kept = accept_filled(typed or "", "The note")
        with workspace.write("note") as change:
            facts = read_record(change, find(change, deal)).facts
            change.apply([AddNote(facts.id, kept)], f"noted on {facts.title}")
    workspace.confirm(f"Noted on {facts.id}, {facts.title}.")
