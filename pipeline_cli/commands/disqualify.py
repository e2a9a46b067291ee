"""`pipeline disqualify`: the deal was none for us; it counts in no win rate."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import Again, At, Deal, WhatToSay
from pipeline_cli.domain.deal.closing import plan_closing, read_again
from pipeline_cli.domain.deal.edits import Edit, SetNextStep
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.domain.words.text import accept_filled
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def disqualify(
    context: typer.Context,
    deal: Deal,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is none for you.")],
    text: WhatToSay = None,
    again: Again = None,
    at: At = None,
) -> None:
    """Close a deal that was none for you: apart from won and lost, and in no win rate."""
    workspace: Workspace = context.obj
    clock = workspace.clock
    why, when = accept_filled(reason, "The reason"), parse_at(at, clock)
    later = read_again(again, text, clock.today)
    with workspace.write("disqualify") as change:
        record = read_record(change, find(change, deal))
        facts = record.facts
        edits: list[Edit] = plan_closing(record, "disqualified", why, when, clock)
        edits += [SetNextStep(facts.id, *later)] if later else []
        planned = f"; {later.in_words}" if later else ""
        change.apply(edits, f"disqualified {facts.title}: {why}{planned}{dated(when, clock)}")
    planned = f" Next: {later.in_words}." if later else ""
    workspace.confirm(f"Disqualified {facts.id}, {facts.title}: {why}.{planned}")
