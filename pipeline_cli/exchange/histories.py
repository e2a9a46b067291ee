"""The stage history of one deal: what the moves of a file say, made a chain, or what can be inferred without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from pipeline_cli.domain.clock import to_text
from pipeline_cli.domain.incoming import IncomingDeal, IncomingMove
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.date_forms import to_milliseconds
from pipeline_cli.exchange.move_log import MoveLog, RecordedNote
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.stored_instants import write_stored

_MOMENTS = 60_000
"""Milliseconds between two clocks that mean the same event."""


class Step(NamedTuple):
    """A recorded move in the words of the playbook."""

    line: int
    from_stage: str | None
    to_stage: str
    """A stage of the deal's pipeline, or an outcome."""
    moved_at: int
    """Milliseconds in UTC."""
    reason: str | None
    forced: bool
    inferred: bool
    criteria_missing: tuple[str, ...]
    criteria_met: str | None = None
    pipeline: str | None = None
    """Where it was made, if the deal has left that since; its stage is one of there."""
    mistake: bool = False
    """No part of the chain: it never should have been."""


class StepReader:
    """Turns recorded moves into steps; each text of a pipeline is looked up once."""

    def __init__(self, words: Vocabulary, log: MoveLog) -> None:
        self._words = words
        self._log = log
        self._known: dict[str, dict[int, tuple[str | None, str | None]]] = {}
        """Pipeline -> number of the text -> stage or outcome, and lost reason; (None, None): not there."""

    def read(self, deal: int, pipeline: str) -> list[Step] | str:
        """The steps of the deal at a position, oldest first; or the text of a stage that its pipeline does not have."""
        steps: list[Step] = []
        known = self._known.setdefault(pipeline, {})
        notes = self._log.notes
        add = steps.append
        before: str | None = None
        for number, line, from_number, to_number, moved_at in self._log.of(deal):
            note = notes.get(number)
            left = note.pipeline if note is not None and note.pipeline != pipeline else None
            if note is not None and note.mistake:
                wrong = self._read_mistake(note, (line, from_number, to_number, moved_at), left or pipeline)
                if wrong is None:
                    return self._log.text(to_number) or ""
                add(wrong._replace(pipeline=left))
                continue
            if left is not None or before is not None:
                step = self._read_left(before, left, number, (line, from_number, to_number, moved_at), pipeline)
                if step is None:
                    return self._log.text(to_number) or ""
                add(step)
                before = left
                continue
            stage, reason = known.get(to_number) or self._look_up(to_number, pipeline)
            came_from, _ = known.get(from_number) or self._look_up(from_number, pipeline)
            if stage is None:
                return self._log.text(to_number) or ""
            if note is None:
                add(Step(line, came_from, stage, moved_at, reason, False, False, ()))
            else:
                said = note.reason or reason
                add(Step(line, came_from, stage, moved_at, said, note.forced, note.inferred, note.criteria_missing,
                         note.criteria_met))  # fmt: skip
        return steps

    def _read_left(
        self, before: str | None, left: str | None, number: int, move: tuple[int, int, int, int], pipeline: str
    ) -> Step | None:
        """A move made in another pipeline, or the one that led from there; None: its stage is unknown where it was made.

        Where it begins is where the one before it ended, whose pipeline may call its stages otherwise.
        """
        line, from_number, to_number, moved_at = move
        where = left or pipeline
        known = self._known.setdefault(where, {})
        stage, reason = known.get(to_number) or self._look_up(to_number, where)
        if stage is None:
            return None
        came_from = None
        if before == left:
            came_from, _ = known.get(from_number) or self._look_up(from_number, where)
        note = self._log.notes.get(number)
        if note is None:
            return Step(line, came_from, stage, moved_at, reason, False, False, (), None, left)
        return Step(line, came_from, stage, moved_at, note.reason or reason, note.forced, note.inferred,
                    note.criteria_missing, note.criteria_met, left)  # fmt: skip

    def _read_mistake(self, note: RecordedNote, move: tuple[int, int, int, int], where: str) -> Step | None:
        """As it stands in the file; where it begins may be in any pipeline. None: its stage is unknown where it was made."""
        line, from_number, to_number, moved_at = move
        stage, reason = self._look_up(to_number, where)
        if stage is None:
            return None
        anywhere = [where, *(one.id for one in self._words.playbook.pipelines)]
        came_from = next((found for one in anywhere if (found := self._look_up(from_number, one)[0])), None)
        return Step(line, came_from, stage, moved_at, note.reason or reason, note.forced, note.inferred,
                    note.criteria_missing, note.criteria_met, mistake=True)  # fmt: skip

    def _look_up(self, number: int, pipeline: str) -> tuple[str | None, str | None]:
        text = self._log.text(number)
        word = self._words.stage(text, pipeline) if text else None
        target = (word.stage or word.outcome) if word else None
        found = (None, None) if word is None or target == "open" else (target, word.reason)
        self._known.setdefault(pipeline, {})[number] = found
        return found


def without_mistakes(steps: Sequence[Step]) -> Sequence[Step]:
    """What the deal really went through."""
    return [step for step in steps if not step.mistake] if any(step.mistake for step in steps) else steps


def count_gaps(steps: Sequence[Step], warn: Callable[[int], None]) -> None:
    """Calls `warn` with the line of each move that does not start where the one before it ended."""
    before = None
    for step in steps:
        if step.from_stage is not None and before is not None and step.from_stage != before:
            warn(step.line)
        before = step.to_stage


def history_of(deal: IncomingDeal, steps: Sequence[Step], first_stage: str) -> Iterator[IncomingMove]:
    """The whole chain of a deal: its creation, its moves, its outcome.

    The first recorded move is the creation when it comes from nowhere; it then happens when the deal was created. Where
    a move does not start where the one before it ended, an inferred one stands between them. Without moves: creation in
    the first stage, one inferred move to the stage the deal is in, and the outcome at its closing. Mistakes stand among
    them as they are.
    """
    counted = without_mistakes(steps)
    if not counted:
        yield from _inferred_history(deal, first_stage)
        for step in steps:
            yield _move(deal, step, step.from_stage, step.moved_at)
        return
    first = counted[0]
    created = to_milliseconds(deal.created_at)
    # A move recorded moments after the creation keeps its own instant; one of another day began with the deal.
    at = first.moved_at if 0 <= first.moved_at - created < _MOMENTS else min(created, first.moved_at)
    start = first.to_stage if first.from_stage is None else first.from_stage
    is_creation = first.from_stage is None and start not in OUTCOMES
    if not is_creation:
        known = start == first_stage and not deal.created_inferred
        if start in OUTCOMES:
            start = first_stage if _has_stages(counted) else deal.stage
        yield IncomingMove(deal.line, deal.key, None, start, write_stored(at), None, forced=False,
                           inferred=not known, criteria_missing=(), pipeline=first.pipeline)  # fmt: skip
    for step in steps:
        if step.mistake:
            yield _move(deal, step, step.from_stage, step.moved_at)
            continue
        if is_creation and step is first:
            yield _move(deal, first, None, at)
            continue
        if step.from_stage not in {None, start, *OUTCOMES}:
            yield IncomingMove(step.line, deal.key, start, step.from_stage or start, write_stored(step.moved_at),
                               None, forced=False, inferred=True, criteria_missing=(),
                               pipeline=step.pipeline)  # fmt: skip
            start = step.from_stage or start
        yield _move(deal, step, start, step.moved_at)
        start = step.to_stage
    if deal.status != "open" and start not in OUTCOMES:
        yield _outcome(deal, start)


def _has_stages(steps: Sequence[Step]) -> bool:
    return any(stage not in {None, *OUTCOMES} for step in steps for stage in (step.from_stage, step.to_stage))


def _inferred_history(deal: IncomingDeal, first_stage: str) -> Iterator[IncomingMove]:
    yield IncomingMove(deal.line, deal.key, None, first_stage, to_text(deal.created_at), None, forced=False,
                       inferred=deal.created_inferred, criteria_missing=())  # fmt: skip
    if deal.stage != first_stage:
        yield IncomingMove(deal.line, deal.key, first_stage, deal.stage, to_text(_entered_at(deal)), None, forced=False,
                           inferred=True, criteria_missing=())  # fmt: skip
    if deal.status != "open":
        yield _outcome(deal, deal.stage)


def _entered_at(deal: IncomingDeal) -> datetime:
    """When the file says the stage was entered, within the deal's life; else its creation."""
    at = deal.stage_changed_at
    if at is None or at < deal.created_at:
        return deal.created_at
    return min(at, deal.closed_at) if deal.closed_at else at


def _move(deal: IncomingDeal, step: Step, from_stage: str | None, at: int) -> IncomingMove:
    return IncomingMove(step.line, deal.key, from_stage, step.to_stage, write_stored(at), step.reason, step.forced,
                        step.inferred, step.criteria_missing, step.criteria_met, step.pipeline, step.mistake)  # fmt: skip


def _outcome(deal: IncomingDeal, from_stage: str) -> IncomingMove:
    return IncomingMove(deal.line, deal.key, from_stage, deal.status, to_text(deal.closed_at or deal.created_at),
                        deal.lost_reason, forced=False, inferred=deal.closing_inferred, criteria_missing=())  # fmt: skip
