"""`pipeline advance`: on to a later stage, when the exit criteria hold."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import At, Deal, Reason
from pipeline_cli.domain.rules.advance import plan_advance
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.domain.words.text import accept_or_none
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def advance(
    context: typer.Context,
    deal: Deal,
    to: Annotated[str | None, typer.Option(metavar="STAGE", help="A stage further on, if not the next one.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Go on though criteria are missing; needs --reason.")] = False,
    reason: Reason = None,
    at: At = None,
) -> None:
    """Move a deal on; refused with the checklist while exit criteria are missing."""
    workspace: Workspace = context.obj
    clock = workspace.clock
    why, when = accept_or_none(reason, "The reason"), parse_at(at, clock)
    with workspace.write("advance") as change:
        record = read_record(change, find(change, deal))
        facts, pipeline = record.facts, workspace.pipeline(record.facts.pipeline)
        plan = plan_advance(record, pipeline, workspace.playbook, clock, to, force, why, when, workspace.command_name)
        arrived, move = plan.to_stage, plan.move
        forced = f", forced past {', '.join(move.criteria_missing)}" if move.forced else ""
        said = f"{facts.title}: {plan.from_stage.name} -> {arrived.name}{forced}"
        change.apply([move], f"{said}{dated(when, clock)}")
    workspace.confirm(f"{facts.id}, {said}.")
    if arrived.next_actions and facts.next_step is None:
        workspace.say(f"What to do in {arrived.name}: {'; '.join(arrived.next_actions)}.")
