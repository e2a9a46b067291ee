"""Moves that never should have been: which they are when a deal is said to have never left an earlier stage."""

from __future__ import annotations

from datetime import datetime

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.closing import find_earlier_stage
from pipeline_cli.domain.deal import DealRecord, Move
from pipeline_cli.domain.edits import InsteadMove, MarkMistake, WrongMove
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.domain.playbook import OUTCOMES, Pipeline, Stage
from pipeline_cli.domain.record import NamedTuple

_MOST_NAMED = 3


class MistakePlan(NamedTuple):
    """What `back --mistake` does to one deal."""

    edit: MarkMistake
    stage: Stage
    since: datetime | None
    """When the deal came to that stage; None: nobody knows."""
    wrong: tuple[Move, ...]


def plan_mistake(record: DealRecord, pipeline: Pipeline, to: str, reason: str | None, clock: Clock) -> MistakePlan:
    """Every move after the deal was last as early as `to`; if it had skipped that stage, it came there with the first.

    Raises UsageError for an unknown stage; RuleError for a closed deal, a stage that is not earlier, and where an
    outcome lies between.
    """
    facts = record.facts
    if facts.status != "open":
        raise RuleError(
            f"Deal {facts.id} is {facts.status}, and only the stages of an open deal can be a mistake: `pipeline history "
            f"{facts.id}` has the number of the closing, and `pipeline undo --only NUMBER` takes it back."
        )
    target = find_earlier_stage(facts, pipeline, to)
    arrival, wrong = _after_last_arrival(record, pipeline, target)
    _refuse_outcomes(record, wrong, target, clock)
    instead = None if arrival is not None and arrival.to_stage == target.id else _instead(wrong[0], pipeline, target)
    came = instead or arrival
    moves = tuple(WrongMove(move.id, _joined(move.reason, reason)) for move in wrong)
    return MistakePlan(
        MarkMistake(facts.id, moves, target.id, instead),
        target,
        None if came is None or came.inferred else came.moved_at,
        wrong,
    )


def mistakes_in_words(plan: MistakePlan, pipeline: Pipeline) -> str:
    """`that it came to Proposal and Commit was a mistake`"""
    names = list(dict.fromkeys(pipeline.name_of(move.to_stage) for move in plan.wrong))
    if len(names) > _MOST_NAMED:
        return f"its {len(plan.wrong):,} moves after that were a mistake"
    return f"that it came to {' and '.join(names)} was a mistake"


def _after_last_arrival(record: DealRecord, pipeline: Pipeline, target: Stage) -> tuple[Move | None, tuple[Move, ...]]:
    """The last move that led no further than the stage, and all that follow; what another pipeline saw stays as it is."""
    moves = [move for move in record.moves if not move.mistake]
    start = max((place for place, move in enumerate(moves, 1) if move.pipeline is not None), default=0)
    own, limit = moves[start:], pipeline.stages.index(target)
    if not own:
        raise RuleError(f"Deal {record.facts.id} has no stage history: `pipeline check` says how to mend that.")
    for place in range(len(own) - 1, -1, -1):
        position = pipeline.position(own[place].to_stage)
        if position is not None and position <= limit:
            return own[place], tuple(own[place + 1 :])
    return None, tuple(own)


def _refuse_outcomes(record: DealRecord, wrong: tuple[Move, ...], target: Stage, clock: Clock) -> None:
    number = record.facts.id
    for move in wrong:
        if move.to_stage in OUTCOMES:
            raise RuleError(
                f"Deal {number} was {move.to_stage} on {clock.day(move.moved_at)}, and a mistake of stages does not reach "
                f"behind that: `pipeline back {number} {target.id} --reason TEXT` moves it back as of now, and `pipeline "
                f"undo --only NUMBER`, with the number `pipeline history {number}` has, takes the closing back."
            )


def _instead(first: Move, pipeline: Pipeline, target: Stage) -> InsteadMove:
    """The first of the moves, had it ended in the stage that was skipped: with what it met, or lacked, up to there."""
    before = pipeline.stage_ids[: pipeline.stages.index(target)]
    missing = tuple(name for name in first.criteria_missing if name.partition(".")[0] in before)
    met = tuple(one for one in first.criteria_met if one.stage in before)
    return InsteadMove(
        first.from_stage, first.moved_at, first.reason if missing else None, missing, first.inferred, met
    )


def _joined(before: str | None, reason: str | None) -> str | None:
    return "; ".join(text for text in (before, reason) if text) or None
