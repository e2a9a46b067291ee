"""The moves of a file, kept small, and the stage history of one deal made of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from pipeline_cli.domain.deal.deal import met_as_text, met_from_text
from pipeline_cli.domain.deal.incoming import IncomingDeal, IncomingMove
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.exchange.deal_index import DealIndex
from pipeline_cli.exchange.event_fields import find_deal, happened_at, refuse_future
from pipeline_cli.exchange.forms import read_stored, to_milliseconds, write_stored
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet

_NONE = 0xFFFF
"""Stands for an empty cell of from_stage."""


RecordedMove = tuple[int, int, int, int, int]
"""Number of the move in the file, its line, the numbers of the two stage texts, milliseconds in UTC."""


class RecordedNote(NamedTuple):
    """What few moves have besides the stages."""

    reason: str | None
    forced: bool
    inferred: bool
    criteria_missing: tuple[str, ...]
    criteria_met: str | None
    pipeline: str | None
    """The one it was made in."""
    mistake: bool


class MoveLog:
    """Moves by position of their deal; those of one deal by instant, then in the order of the file."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._text_numbers: dict[str, int] = {}
        self._deals = array("i")
        self._from = array("H")
        self._to = array("H")
        self._instants = array("q")
        self._lines = array("I")
        self.notes: dict[int, RecordedNote] = {}
        """By number of the move in the file."""
        self._alike: dict[RecordedNote, RecordedNote] = {}
        """Reasons repeat: each note is kept once."""
        self._order: array[int] | range = range(0)
        self._is_sorted = True
        """So far each move came after the one before it, by deal and instant."""
        self._starts = array("I")

    def number_of(self, text: str) -> int:
        """A small number for a stage text; 65,534 different ones are the most."""
        number = self._text_numbers.get(text)
        if number is None:
            number = len(self._texts)
            if number >= _NONE:
                raise OverflowError
            self._text_numbers[text] = number
            self._texts.append(text)
        return number

    def add(self, deal: int, from_number: int, to_number: int, moved_at: int, line: int) -> None:
        """One more; stages by number, instants in milliseconds."""
        if self._is_sorted and self._deals:
            self._is_sorted = (self._deals[-1], self._instants[-1]) <= (deal, moved_at)
        self._deals.append(deal)
        self._from.append(from_number)
        self._to.append(to_number)
        self._instants.append(moved_at)
        self._lines.append(line)

    def note(self, note: RecordedNote) -> None:
        """Of the move added last."""
        self.notes[len(self._deals) - 1] = self._alike.setdefault(note, note)

    def sort(self, deals: int) -> None:
        """Two stable sorts, where the file is not sorted already."""
        numbers = range(len(self._deals))
        if not self._is_sorted:
            order = sorted(numbers, key=self._instants.__getitem__)
            order.sort(key=self._deals.__getitem__)
        self._order = numbers if self._is_sorted else array("I", order)
        counts = array("I", bytes(4 * (deals + 1)))
        for deal in self._deals:
            counts[deal + 1] += 1
        for position in range(deals):
            counts[position + 1] += counts[position]
        self._starts = counts

    def lines_of(self, is_wanted: bytearray) -> dict[int, int]:
        """Line -> position of the deal, of the moves of deals whose byte is 1."""
        return {line: deal for line, deal in zip(self._lines, self._deals, strict=True) if is_wanted[deal]}

    def of(self, deal: int) -> list[RecordedMove]:
        """The moves of one deal, oldest first."""
        if not self._starts:
            return []
        start, end = self._starts[deal], self._starts[deal + 1]
        from_, to, instants, lines = self._from, self._to, self._instants, self._lines
        return [
            (number, lines[number], from_[number], to[number], instants[number]) for number in self._order[start:end]
        ]

    def text(self, number: int) -> str | None:
        """The stage text of a number; None for an empty cell."""
        return None if number == _NONE else self._texts[number]


def read_moves(
    sheet: Sheet, index: DealIndex, words: Vocabulary, clock: Clock, find: Callable[[str], int | None]
) -> MoveLog:
    """Reads the whole file; unknown deals and stages, unreadable and future instants are refused."""
    log = MoveLog()
    names = ("deal", "to_stage", "moved_at", "from_stage")
    deal_at, to_at, at_at, from_at = (sheet.columns.fields.get(field, -1) for field in names)
    reader = sheet.date_reader("moved_at", clock)
    has_notes = sheet.presence(
        "reason", "forced", "inferred", "criteria_missing", "criteria_met", "pipeline", "mistake"
    )
    end_of_today = to_milliseconds(clock.end_of_today)
    numbers, deal_of = _StageNumbers(sheet, log, words), index.finder()
    known_numbers, from_numbers = numbers.known, numbers.known_from
    for line, cells in sheet.pairs():
        deal = deal_of(cells[deal_at])
        moved_at = read_stored(cells[at_at])
        to_number = known_numbers.get(cells[to_at])
        from_number = from_numbers.get(cells[from_at]) if from_at >= 0 else _NONE
        if deal is None or moved_at is None or to_number is None or from_number is None:
            row = Row(line, cells)
            deal = find_deal(sheet, row, find) if deal is None else deal
            moved_at = happened_at(sheet, reader, row, "moved_at") if moved_at is None else moved_at
            to_number = numbers.read(row, "to_stage") if to_number is None else to_number
            from_number = numbers.read(row, "from_stage") if from_number is None else from_number
            if deal is None or moved_at is None or to_number is None or from_number is None:
                continue
        if moved_at >= end_of_today:
            refuse_future(sheet, Row(line, cells), "moved_at", clock)
            continue
        log.add(deal, from_number, to_number, moved_at, line)
        if has_notes(cells):
            _add_note(log, sheet, Row(line, cells), words)
    log.sort(len(index))
    return log


class _StageNumbers:
    """Stages are few: each text is looked up once, in every pipeline, for the deal's own is not known yet."""

    def __init__(self, sheet: Sheet, log: MoveLog, words: Vocabulary) -> None:
        self._sheet = sheet
        self._log = log
        self._words = words
        self.known: dict[str, int] = {}
        """By the cell as it stands in the file, for to_stage."""
        self.known_from: dict[str, int] = {}

    def read(self, row: Row, field: str) -> int | None:
        raw = row.cells[self._sheet.columns.fields[field]]
        text = self._sheet.text(row.cells, field)
        if text is None:
            if field == "from_stage":
                return self.known_from.setdefault(raw, _NONE)
            self._sheet.refuse(row, field, "the move goes nowhere: name the stage, or won, lost or disqualified.")
            return None
        pipelines = [pipeline.id for pipeline in self._words.playbook.pipelines]
        if not any(self._words.stage(text, pipeline) for pipeline in pipelines):
            words = self._words.stages_and_outcomes(pipelines[0])
            message = self._words.unknown_stage(text, pipelines[0])
            self._sheet.refuse_word(row, field, text, message, words, asked="stage")
            return None
        known = self.known_from if field == "from_stage" else self.known
        known[raw] = self._log.number_of(text)
        return known[raw]


def _add_note(log: MoveLog, sheet: Sheet, row: Row, words: Vocabulary) -> None:
    cells = row.cells
    note = RecordedNote(
        sheet.text(cells, "reason"),
        sheet.is_yes(cells, "forced"),
        sheet.is_yes(cells, "inferred"),
        tuple((sheet.text(cells, "criteria_missing") or "").split()),
        _read_met(sheet, row),
        _read_pipeline(sheet, row, words),
        sheet.is_yes(cells, "mistake"),
    )
    if note != (None, False, False, (), None, None, False):
        log.note(note)


def _read_pipeline(sheet: Sheet, row: Row, words: Vocabulary) -> str | None:
    """Other programs write all sorts of names there: one that means nothing here says nothing."""
    text = sheet.text(row.cells, "pipeline")
    found = None if text is None else words.pipeline(text)
    if text is not None and found is None and sheet.is_exact:
        sheet.refuse_value(row, "pipeline", text, words.unknown_pipeline(text))
    return found


def _read_met(sheet: Sheet, row: Row) -> str | None:
    text = sheet.text(row.cells, "criteria_met")
    try:
        return met_as_text(met_from_text(text))
    except (ValueError, KeyError, TypeError):
        sheet.refuse(row, "criteria_met", "this is not what `export moves` writes there: leave the cell empty.")
        return None


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


def _noted(step: Step, note: RecordedNote) -> Step:
    """With what the file says of it beside its stages and its instant."""
    return step._replace(
        reason=note.reason or step.reason,
        forced=note.forced,
        inferred=note.inferred,
        criteria_missing=note.criteria_missing,
        criteria_met=note.criteria_met,
    )


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
                add(
                    Step(
                        line,
                        came_from,
                        stage,
                        moved_at,
                        said,
                        note.forced,
                        note.inferred,
                        note.criteria_missing,
                        note.criteria_met,
                    )
                )
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
        return _noted(Step(line, came_from, stage, moved_at, reason, False, False, (), None, left), note)

    def _read_mistake(self, note: RecordedNote, move: tuple[int, int, int, int], where: str) -> Step | None:
        """As it stands in the file; where it begins may be in any pipeline. None: its stage is unknown where it was made."""
        line, from_number, to_number, moved_at = move
        stage, reason = self._look_up(to_number, where)
        if stage is None:
            return None
        anywhere = [where, *(pipeline.id for pipeline in self._words.playbook.pipelines)]
        came_from = next((found for one in anywhere if (found := self._look_up(from_number, one)[0])), None)
        return _noted(Step(line, came_from, stage, moved_at, reason, False, False, (), mistake=True), note)

    def _look_up(self, number: int, pipeline: str) -> tuple[str | None, str | None]:
        text = self._log.text(number)
        word = self._words.stage(text, pipeline) if text else None
        target = (word.outcome or word.stage) if word else None
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
        yield IncomingMove(
            deal.line,
            deal.key,
            None,
            start,
            write_stored(at),
            None,
            forced=False,
            inferred=not known,
            criteria_missing=(),
            pipeline=first.pipeline,
        )
    for step in steps:
        if step.mistake:
            yield _move(deal, step, step.from_stage, step.moved_at)
            continue
        if is_creation and step is first:
            yield _move(deal, first, None, at)
            continue
        if step.from_stage not in {None, start, *OUTCOMES}:
            yield IncomingMove(
                step.line,
                deal.key,
                start,
                step.from_stage or start,
                write_stored(step.moved_at),
                None,
                forced=False,
                inferred=True,
                criteria_missing=(),
                pipeline=step.pipeline,
            )
            start = step.from_stage or start
        yield _move(deal, step, start, step.moved_at)
        start = step.to_stage
    if deal.status != "open" and start not in OUTCOMES:
        yield _outcome(deal, start)


def _has_stages(steps: Sequence[Step]) -> bool:
    return any(stage not in {None, *OUTCOMES} for step in steps for stage in (step.from_stage, step.to_stage))


def _inferred_history(deal: IncomingDeal, first_stage: str) -> Iterator[IncomingMove]:
    yield IncomingMove(
        deal.line,
        deal.key,
        None,
        first_stage,
        to_text(deal.created_at),
        None,
        forced=False,
        inferred=deal.created_inferred,
        criteria_missing=(),
    )
    if deal.stage != first_stage:
        yield IncomingMove(
            deal.line,
            deal.key,
            first_stage,
            deal.stage,
            to_text(_entered_at(deal)),
            None,
            forced=False,
            inferred=True,
            criteria_missing=(),
        )
    if deal.status != "open":
        yield _outcome(deal, deal.stage)


def _entered_at(deal: IncomingDeal) -> datetime:
    """When the file says the stage was entered, within the deal's life; else its creation."""
    at = deal.stage_changed_at
    if at is None or at < deal.created_at:
        return deal.created_at
    return min(at, deal.closed_at) if deal.closed_at else at


def _move(deal: IncomingDeal, step: Step, from_stage: str | None, at: int) -> IncomingMove:
    return IncomingMove(
        step.line,
        deal.key,
        from_stage,
        step.to_stage,
        write_stored(at),
        step.reason,
        step.forced,
        step.inferred,
        step.criteria_missing,
        step.criteria_met,
        step.pipeline,
        step.mistake,
    )


def _outcome(deal: IncomingDeal, from_stage: str) -> IncomingMove:
    return IncomingMove(
        deal.line,
        deal.key,
        from_stage,
        deal.status,
        to_text(deal.closed_at or deal.created_at),
        deal.lost_reason,
        forced=False,
        inferred=deal.closing_inferred,
        criteria_missing=(),
    )
