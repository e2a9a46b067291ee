"""The touchpoint that `add` and `win` log beside what they do: `--log KIND [NOTE]` and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from pipeline_cli.commands.options import KIND_AND_NOTE
from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.deal.edits import ChangeTouchpoint, Edit, LogTouchpoint
from pipeline_cli.domain.deal.typed import read_touch_kind
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.text import accept_or_none
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

Touch = Annotated[
    tuple[str, str] | None,
    typer.Option("--log", metavar=KIND_AND_NOTE, help="What was said: --log call they rang about a workshop"),
]
Inbound = Annotated[bool, typer.Option("--in", "-i", help="With --log: they contacted you.")]
Outcome = Annotated[str | None, typer.Option(metavar="TEXT", help="With --log: what came of it.")]
Confirm = Annotated[
    list[str] | None,
    typer.Option(metavar="CRITERION=TEXT", help="Vouch for an exit criterion, and how you know; may be repeated."),
]
Answers = Annotated[
    list[str] | None, typer.Option("--set", metavar="ITEM=yes|no|unknown", help="A qualification answer.")
]
NoAnswer = Annotated[bool, typer.Option("--no-answer", help="With --log: you tried and nobody was there.")]
Voicemail = Annotated[bool, typer.Option("--voicemail", help="With --log: you reached their voicemail.")]


def read_touch_beside(
    workspace: Workspace,
    log: tuple[str, str] | None,
    at: datetime,
    *,
    inbound: bool,
    outcome: str | None = None,
    flags: Sequence[str] = (),
) -> LogTouchpoint | None:
    """Of a deal whose number is not known yet. `flags`: as `log` names them. Raises UsageError."""
    if log is None:
        given = ["--in"] * inbound + ["--outcome"] * (outcome is not None) + list(flags)
        if given:
            raise UsageError(
                f"{given[0]} says how a touchpoint was: give --log with it, as in --log email they asked for a price."
            )
        return None
    from pipeline_cli.domain.deal.touch_sense import outcome_of, refuse_flags_of_kind, sense_of

    playbook, direction = workspace.playbook, "in" if inbound else "out"
    kind = read_touch_kind(log[0], playbook)
    refuse_flags_of_kind(flags, kind, playbook.conversations)
    came_of_it = outcome_of(flags, accept_or_none(outcome, "The outcome"), inbound=inbound)
    sense = sense_of(kind, direction, came_of_it, playbook.conversations)
    note = accept_or_none(workspace.read_piped("The note") if log[1] == "-" else log[1], "The note")
    return LogTouchpoint(0, kind, direction, at, came_of_it, note, *sense)


def as_captured(
    workspace: Workspace, reader: Reader, record: DealRecord, touch: LogTouchpoint
) -> tuple[DealRecord, LogTouchpoint, Edit, list[str]]:
    """Where something is told of a touchpoint that was captured that day: the deal without it, what was typed as of that
    one, what is changed, and how that is said. Elsewhere deal and touchpoint as they are."""
    if not any(one.source == "captured" for one in record.touchpoints):
        return record, touch, touch, []
    from pipeline_cli.domain.capture.by_hand import captured_as, told_of, without
    from pipeline_cli.storage.record.captured import read_untold

    found = captured_as(touch, record, read_untold(reader, record.facts.id), workspace.clock)
    if found is None:
        return record, touch, touch, []
    told = told_of(found, touch, workspace.playbook.conversations)
    same = touch._replace(
        direction=told.direction or touch.direction,
        touched_at=told.touched_at,
        outcome=told.outcome,
        sense=told.sense,
        awaits_answer=told.awaits_answer,
    )
    said = f"It is that of {told.touched_at.astimezone(workspace.clock.zone):%H:%M}, which was captured."
    return without(record, found), same, ChangeTouchpoint(record.facts.id, told), [said]
