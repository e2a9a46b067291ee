"""`pipeline back`: to an earlier stage, or out of a later one that it never should have come to."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import At, Deal
from pipeline_cli.domain.deal.closing import plan_going_back
from pipeline_cli.domain.deal.corrections import mistakes_in_words, plan_mistake
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.domain.words.text import accept_filled, short_day
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def back(
    context: typer.Context,
    deal: Deal,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="The earlier stage.")],
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why; needed unless it was a mistake.")] = None,
    mistake: Annotated[
        bool, typer.Option("--mistake", help="It never should have left that stage: the moves since count nowhere.")
    ] = False,
    at: At = None,
) -> None:
    """Move a deal back; that it reached the later stage stays in its history, unless it was a --mistake."""
    workspace: Workspace = context.obj
    why = None if reason is None else accept_filled(reason, "The reason")
    if mistake and at is not None:
        raise UsageError("--at says when the deal went back, and --mistake that it never went: give one of the two.")
    if mistake:
        _mistake(workspace, deal, stage, why)
    elif why is None:
        raise UsageError(
            "--reason is missing: type pipeline back DEAL STAGE --reason TEXT, or --mistake if it never should have gone on."
        )
    else:
        _back(workspace, deal, stage, why, at)


def _back(workspace: Workspace, deal: str, stage: str, why: str, at: str | None) -> None:
    clock = workspace.clock
    when = parse_at(at, clock)
    with workspace.write("back") as change:
        record = read_record(change, find(change, deal))
        facts, pipeline = record.facts, workspace.pipeline(record.facts.pipeline)
        move = plan_going_back(record, pipeline, stage, why, when, clock)
        left, arrived = pipeline.name_of(move.from_stage), pipeline.name_of(move.to_stage)
        change.apply([move], f"{facts.title}: back from {left} to {arrived}: {why}{dated(when, clock)}")
    workspace.confirm(f"{facts.id}, {facts.title}: back to {arrived}.")


def _mistake(workspace: Workspace, deal: str, stage: str, why: str | None) -> None:
    clock = workspace.clock
    with workspace.write("back") as change:
        record = read_record(change, find(change, deal))
        facts, pipeline = record.facts, workspace.pipeline(record.facts.pipeline)
        plan = plan_mistake(record, pipeline, stage, why, clock)
        told = mistakes_in_words(plan, pipeline)
        because = f": {why}" if why else ""
        change.apply([plan.edit], f"{facts.title}: in {plan.stage.name} again, {told}{because}")
    since = "" if plan.since is None else f" since {short_day(clock.day(plan.since), clock.today)}"
    workspace.confirm(f"{facts.id}, {facts.title}: in {plan.stage.name}{since}; {told}.")
