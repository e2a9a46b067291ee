"""A deal goes from one pipeline to another: by hand, without exit criteria, and its history goes with it."""

from __future__ import annotations

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.closing import moment_of_move, refuse_closed
from pipeline_cli.domain.deal import DealRecord
from pipeline_cli.domain.edits import MoveAcross
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.names import find_pipeline
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.typed import read_stage


def plan_crossing(
    record: DealRecord, pipeline: str | None, stage: str | None, playbook: Playbook, clock: Clock
) -> MoveAcross:
    """`pipeline` and `stage` as typed. Raises UsageError, and RuleError for a closed deal or one that is there already."""
    facts = record.facts
    if pipeline is None:
        raise UsageError(
            "--stage says where in another pipeline: name that with --pipeline. Within its own, `pipeline advance` and "
            "`pipeline back` move a deal."
        )
    target = find_pipeline(playbook, pipeline)
    if target.id == facts.pipeline:
        raise RuleError(
            f"Deal {facts.id} is in {target.id} already: `pipeline advance {facts.id}` and `pipeline back {facts.id}` move "
            "it there."
        )
    refuse_closed(record, "It cannot go to another pipeline")
    if stage is None:
        raise UsageError(
            f"--pipeline {target.id}: name the stage it goes to with --stage: {', '.join(target.stage_ids)}."
        )
    return MoveAcross(
        facts.id,
        facts.pipeline,
        facts.stage,
        target.id,
        read_stage(stage, target).id,
        moment_of_move(record, clock, None),
    )


def crossing_in_words(move: MoveAcross, playbook: Playbook) -> str:
    """`Services, Proposal -> Renewals, Due`"""
    return " -> ".join(
        f"{playbook.pipeline_name(pipeline)}, {playbook.stage_name(pipeline, stage)}"
        for pipeline, stage in ((move.from_pipeline, move.from_stage), (move.to_pipeline, move.to_stage))
    )
