"""`pipeline snooze`: a deal is silent until a day."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import Deal, Reason
from pipeline_cli.domain.deal.closing import refuse_closed
from pipeline_cli.domain.deal.edits import AddNote, Edit, SetFields
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import parse_date
from pipeline_cli.domain.words.text import accept_or_none
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def snooze(
    context: typer.Context,
    deal: Deal,
    until: Annotated[str, typer.Argument(metavar="DATE", help="The day it comes back; today wakes it.")],
    reason: Reason = None,
) -> None:
    """Silence a deal until a day: out of idle, prune and work-in-progress counts; then it comes back by itself."""
    workspace: Workspace = context.obj
    today = workspace.clock.today
    day = parse_date(until, today)
    if day < today:
        raise UsageError(f"A deal cannot sleep until {day}, which is past (today is {today}): give a later day.")
    why = accept_or_none(reason, "The reason")
    with workspace.write("snooze") as change:
        record = read_record(change, find(change, deal))
        refuse_closed(record, "It is silent anyway")
        facts = record.facts
        wakes = day == today
        if wakes and (facts.snoozed_until is None or facts.snoozed_until <= today):
            workspace.confirm(f"{facts.id}, {facts.title}: is awake as it is.")
            return
        said = {} if wakes else {"snooze_reason": why}
        edits: list[Edit] = [SetFields(facts.id, {"snoozed_until": day, **said})]
        edits += [AddNote(facts.id, f"snoozed until {day}: {why}")] if why else []
        change.apply(edits, f"woke {facts.title}" if wakes else f"snoozed {facts.title} until {day}")
    workspace.confirm(f"{facts.id}, {facts.title}: " + ("awake again." if day == today else f"silent until {day}."))
