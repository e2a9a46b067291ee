"""Wrong entries corrected: touchpoints, moves that never should have been, and which operations an undo means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline_cli.domain.deal.closing import find_earlier_stage
from pipeline_cli.domain.deal.deal import DealRecord, Move, Touchpoint
from pipeline_cli.domain.deal.edits import InsteadMove, MarkMistake, WrongMove
from pipeline_cli.domain.deal.touch_sense import sense_of
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.playbook import OUTCOMES, Pipeline, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import counted, quoted


def find_touchpoint(record: DealRecord, typed: str) -> tuple[int, Touchpoint]:
    """The touchpoint of that number, as `show` counts them. Raises UsageError when there is none."""
    facts, digits = record.facts, typed.strip().removeprefix("#")
    see = f"`pipeline show {facts.id}` numbers them."
    if not (digits.isascii() and digits.isdigit()):
        raise UsageError(f"{quoted(typed)} is not the number of a touchpoint: {see}")
    many = len(record.touchpoints)
    if many == 0:
        raise UsageError(f"Deal {facts.id}, {facts.title}, has no touchpoint, so there is none to correct.")
    number = int(digits) if len(digits) < 10 else 0
    if not 1 <= number <= many:
        raise UsageError(
            f"Deal {facts.id}, {facts.title}, has {counted(many, 'touchpoint')} and no number {digits}: {see}"
        )
    return number, record.touchpoints[number - 1]


def corrected(touch: Touchpoint, given: Mapping[str, Any], declared: Mapping[str, bool] | None = None) -> Touchpoint:
    """The touchpoint with what was given for kind, direction, touched_at, outcome and note, judged anew.

    `declared`: kinds of which pipeline.yaml says whether they are conversations. One whose time was given by hand is
    not inferred any more.
    """
    new = touch._replace(**given)
    sense = sense_of(new.kind, new.direction, new.outcome, declared)
    inferred = touch.inferred and "touched_at" not in given
    return new._replace(sense=sense.sense, awaits_answer=sense.awaits_answer, inferred=inferred)


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


MOST_UNASKED = 5
"""A larger count may be meant as the number of an operation, so that it is asked about."""
MOST_WITHOUT_BACKUP = 3
"""Of operations taken back at once."""
_MOST_DIGITS = 18
"""Of a number that SQLite can hold."""


class Wanted(NamedTuple):
    """One of the three, and the others None."""

    last: int | None = None
    """So many of the last operations."""
    down_to: int | None = None
    """Everything from the newest down to this operation, and it too."""
    only: int | None = None
    """This operation alone."""

    @property
    def is_ambiguous(self) -> bool:
        """The number is so large that the id of an operation may be meant."""
        return self.last is not None and self.last > MOST_UNASKED


def read_wanted(word: str | None, to: str | None, only: str | None) -> Wanted:
    """`3` or `#550` as typed after the command, and the options. Raises UsageError: none of these, or several."""
    if to is not None and only is not None:
        raise UsageError("--to and --only contradict each other: give one of them.")
    for option, given in (("--to", to), ("--only", only)):
        if given is not None and word is not None:
            raise UsageError(f"{option} {given} says which operations already: leave {quoted(word)} away.")
    if to is not None:
        return Wanted(down_to=_operation("--to", to))
    if only is not None:
        return Wanted(only=_operation("--only", only))
    if word is not None and word.startswith("#"):
        return Wanted(down_to=_operation("N", word))
    return Wanted(last=1 if word is None else _count(word))


def _operation(name: str, text: str) -> int:
    digits = text.removeprefix("#")
    if not _is_whole(digits) or not digits.strip("0") or len(digits) > _MOST_DIGITS:
        raise UsageError(f"{name}: {quoted(text)} is no operation: give its number, as `pipeline history` shows it.")
    return int(digits)


def _count(text: str) -> int:
    if not _is_whole(text.removeprefix("-")):
        raise UsageError(
            f"N: {quoted(text)} is not a whole number; give how many operations, or '#12' for all down to operation 12."
        )
    if len(text) > _MOST_DIGITS:
        raise UsageError(f"N: {quoted(text)} is more operations than a record can hold.")
    if int(text) < 1:
        raise UsageError(f"N: {text} is too little: it is at least 1; `pipeline undo --help` says more.")
    return int(text)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()
