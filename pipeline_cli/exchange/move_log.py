"""The moves of a file, kept small: a million of them in a few machine words each, sorted by deal and instant."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.criteria_met import met_as_text, met_from_text
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.date_forms import to_milliseconds
from pipeline_cli.exchange.deal_index import DealIndex
from pipeline_cli.exchange.happenings import find_deal, happened_at, refuse_future
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet
from pipeline_cli.exchange.stored_instants import read_stored

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
            self._sheet.refuse_value(row, field, text, self._words.unknown_stage(text, pipelines[0]))
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
