"""`pipeline log`: a touchpoint, a contact with the buyer."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import At, Deal
from pipeline_cli.domain.accept import accept_filled, accept_or_none
from pipeline_cli.domain.closing import refuse_closed
from pipeline_cli.domain.dates import dated, parse_date, parse_when, refuse_future
from pipeline_cli.domain.edits import Edit, LogTouchpoint, SetNextStep
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.permission import refuse_do_not_contact
from pipeline_cli.domain.typed import read_touch_kind
from pipeline_cli.storage.deals import find, read_record
from pipeline_cli.workspace import Workspace


def log(
    context: typer.Context,
    deal: Deal,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="call, email, meeting … as pipeline.yaml lists them.")],
    note: Annotated[str | None, typer.Argument(metavar="NOTE", help="What was said.")] = None,
    inbound: Annotated[bool, typer.Option("--in", help="They contacted you.")] = False,
    outbound: Annotated[bool, typer.Option("--out", help="You contacted them; so it is without --in.")] = False,
    outcome: Annotated[str | None, typer.Option(metavar="TEXT", help="What came of it, such as 'no answer'.")] = None,
    at: At = None,
    next_step: Annotated[
        tuple[str, str] | None, typer.Option("--next", metavar="DATE TEXT", help="Set the next step too.")
    ] = None,
) -> None:
    """Log a touchpoint: a call, an e-mail, a meeting."""
    workspace: Workspace = context.obj
    playbook, clock = workspace.playbook, workspace.clock
    if inbound and outbound:
        raise UsageError("--in and --out contradict each other: give the one that says who contacted whom.")
    touched_at = clock.now if at is None else parse_when(at, clock)
    refuse_future(touched_at, clock, "A touchpoint")
    with workspace.write("log") as change:
        record = read_record(change, find(change, deal))
        facts = record.facts
        if not inbound:
            refuse_do_not_contact(record)
        touch = LogTouchpoint(
            facts.id, read_touch_kind(kind, playbook), "in" if inbound else "out", touched_at,
            accept_or_none(outcome, "The outcome"), accept_or_none(note, "The note"),
        )  # fmt: skip
        edits: list[Edit] = [touch]
        if next_step is not None:
            refuse_closed(record, "It needs no next step")
            due, what = next_step
            step = SetNextStep(facts.id, accept_filled(what, "The next step"), parse_date(due, clock.today))
            edits.append(step)
        when = dated(None if at is None else touched_at, clock)
        change.apply(edits, f"logged {touch.kind} {touch.direction} on {facts.title}{when}")
    planned = "" if next_step is None else f" Next: {step.text}, due {step.due}."
    workspace.confirm(f"Logged {touch.kind} ({touch.direction}) on {facts.id}, {facts.title}.{planned}")
