"""`pipeline reopen`: a closed deal goes on, in the stage it had."""

import typer

from pipeline_cli.commands.options import At, Deal
from pipeline_cli.domain.deal.after_sale import WORDS
from pipeline_cli.domain.deal.closing import plan_reopening
from pipeline_cli.domain.deal.steps import first_in_words
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.storage.record.after_sale import read_follow_ups
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def reopen(context: typer.Context, deal: Deal, at: At = None) -> None:
    """Open a closed deal again, in the stage it had; its history and its next step stay."""
    workspace: Workspace = context.obj
    clock = workspace.clock
    when = parse_at(at, clock)
    with workspace.write("reopen") as change:
        record = read_record(change, find(change, deal, is_closed=True))
        facts = record.facts
        stage = workspace.pipeline(facts.pipeline).name_of(facts.stage)
        said = f"reopened {facts.title} in {stage}{dated(when, clock)}"
        dropped = [follow_up for follow_up in read_follow_ups(change, facts.id) if follow_up.is_open]
        change.apply([plan_reopening(record, when, clock)], said)
    planned = f" Next: {first_in_words(facts)}." if facts.next_step else ""
    workspace.confirm(f"Reopened {facts.id}, {facts.title}, in {stage}.{planned}")
    for one in dropped:
        workspace.say(f"Its {WORDS[one.kind]} on {one.due} is off, because it is not won any more.")
