"""`pipeline back`: to an earlier stage."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import At, Deal
from pipeline_cli.domain.accept import accept_filled
from pipeline_cli.domain.closing import plan_going_back
from pipeline_cli.domain.dates import dated, parse_at
from pipeline_cli.storage.deals import find, read_record
from pipeline_cli.workspace import Workspace


def back(
    context: typer.Context,
    deal: Deal,
    stage: Annotated[str, typer.Argument(metavar="STAGE", help="The earlier stage.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    at: At = None,
) -> None:
    """Move a deal back; that it reached the later stage stays in its history."""
    workspace: Workspace = context.obj
    clock = workspace.clock
    why, when = accept_filled(reason, "The reason"), parse_at(at, clock)
    with workspace.write("back") as change:
        record = read_record(change, find(change, deal))
        facts, pipeline = record.facts, workspace.pipeline(record.facts.pipeline)
        move = plan_going_back(record, pipeline, stage, why, when, clock)
        left, arrived = pipeline.name_of(move.from_stage), pipeline.name_of(move.to_stage)
        change.apply([move], f"{facts.title}: back from {left} to {arrived}: {why}{dated(when, clock)}")
    workspace.confirm(f"{facts.id}, {facts.title}: back to {arrived}.")
