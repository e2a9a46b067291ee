"""The touchpoints of a file, kept small and in the order of the file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import repeat

from pipeline_cli.domain.deal.incoming import IncomingTouchpoint
from pipeline_cli.domain.deal.touch_sense import CONVERSATION, SENSES
from pipeline_cli.domain.deal.touch_sense import sense_of as read_sense
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.presets import header_key
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.deal_index import DealIndex
from pipeline_cli.exchange.event_fields import find_deal, happened_at, refuse_future
from pipeline_cli.exchange.forms import read_stored, to_milliseconds, write_stored
from pipeline_cli.exchange.mapping import value_map_hint
from pipeline_cli.exchange.problems import UnreadableFile
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet, look_only

_SENSE_NUMBERS = {sense: number for number, sense in enumerate(SENSES, 1)}
_ALIKE = 8192
"""Outcomes whose sense is remembered: kinds and outcomes repeat."""
_DIRECTIONS = (None, "out", "in")
_DIRECTION_WORDS = {
    **dict.fromkeys(("out", "outbound", "outgoing", "sent", "made", "placed"), 1),
    **dict.fromkeys(("in", "inbound", "incoming", "received"), 2),
}


class TouchLog:
    """The touchpoints of a file, kept small, in its order."""

    def __init__(self, kinds: tuple[str, ...], declared: Mapping[str, bool]) -> None:
        self._kinds = kinds
        self._declared = declared
        self._deals = array("i")
        self._kind_numbers = array("B" if len(kinds) < 256 else "H")
        self._directions = array("b")
        self._instants = array("q")
        self._lines = array("I")
        self._inferred: set[int] = set()
        """Numbers of the touchpoints marked inferred: few, and only in our own exports."""
        self._senses = array("b")
        """What each was, where the file has a column of it; 0: an empty cell, so that kind and outcome say it."""
        self.has_texts = False
        """Some touchpoint has an outcome or a note, for which the file is read again: a million would not fit."""

    def add(self, deal: int, kind: int, direction: int, instant: int, line: int) -> None:
        """One more; deals by position, instants in milliseconds."""
        self._deals.append(deal)
        self._kind_numbers.append(kind)
        self._directions.append(direction)
        self._instants.append(instant)
        self._lines.append(line)

    def add_texts(self, sheet: Sheet, cells: Sequence[str]) -> None:
        """Of the touchpoint added last."""
        self.has_texts = True
        if sheet.is_yes(cells, "inferred"):
            self._inferred.add(len(self._deals) - 1)

    def add_sense(self, text: str) -> None:
        """Of the touchpoint added last; a word that is not ours says nothing."""
        self._senses.append(_SENSE_NUMBERS.get(text.strip().casefold(), 0))

    def lines_of(self, is_wanted: bytearray) -> dict[int, int]:
        """Line -> position of the deal, of the touchpoints of deals whose byte is 1."""
        return {line: deal for line, deal in zip(self._lines, self._deals, strict=True) if is_wanted[deal]}

    def earliest(self, deals: int) -> array[int]:
        """By position of the deal, in milliseconds; -1 where there is none."""
        found = array("q", [-1]) * deals
        for deal, instant in zip(self._deals, self._instants, strict=True):
            if found[deal] < 0 or instant < found[deal]:
                found[deal] = instant
        return found

    def latest(self, deals: int) -> array[int]:
        """The instant of each deal's last one, -1 where there is none."""
        found = array("q", [-1]) * deals
        for deal, instant in zip(self._deals, self._instants, strict=True):
            found[deal] = max(found[deal], instant)
        return found

    def touchpoints(self, sheet: Sheet, is_bad: bytearray) -> Iterator[IncomingTouchpoint]:
        """Those of deals that are taken, in the order of the file."""
        inferred, kinds, senses = self._inferred, self._kinds, self._senses
        sense_of = lru_cache(_ALIKE)(partial(read_sense, declared=self._declared))
        texts = self._texts(sheet) if self.has_texts else repeat((None, None))
        rows = zip(self._deals, self._kind_numbers, self._directions, self._instants, self._lines, texts, strict=False)
        for number, (deal, kind, direction, milliseconds, line, (outcome, note)) in enumerate(rows):
            if not is_bad[deal]:
                sense, awaits = sense_of(kinds[kind], _DIRECTIONS[direction], outcome)
                told = SENSES[senses[number] - 1] if senses and senses[number] else sense
                yield IncomingTouchpoint(
                    line,
                    deal,
                    kinds[kind],
                    _DIRECTIONS[direction],
                    write_stored(milliseconds),
                    outcome,
                    note,
                    number in inferred,
                    told,
                    awaits and told in (sense, CONVERSATION),
                )

    def _texts(self, sheet: Sheet) -> Iterator[tuple[str | None, str | None]]:
        """Outcome and note of each touchpoint of the log, out of the file once more."""
        lines = iter(self._lines)
        wanted = next(lines, None)
        for line, cells in sheet.table.rows(look_only):
            if line == wanted:
                yield sheet.text(cells, "outcome"), sheet.text(cells, "note")
                wanted = next(lines, None)
        if wanted is not None:
            message = "the file was changed while it was read: import it again."
            raise UnreadableFile([sheet.table.problem(wanted, None, message)])


def read_touchpoints(
    sheet: Sheet,
    index: DealIndex,
    playbook: Playbook,
    clock: Clock,
    find: Callable[[str], int | None],
) -> TouchLog:
    """Reads the whole file; unknown deals, kinds, directions, and unreadable or future instants are refused."""
    fields = sheet.columns.fields
    kinds = playbook.touchpoint_kinds
    log = TouchLog(kinds, playbook.conversations)
    names = ("deal", "kind", "touched_at", "direction")
    deal_at, kind_at, at_at, direction_at = (fields.get(field, -1) for field in names)
    reader = sheet.date_reader("touched_at", clock)
    kind_of, direction_of = _KindReader(sheet, kinds, playbook.kind_names), _DirectionReader(sheet)
    known_kinds, known_directions = kind_of.known, direction_of.known
    has_done, has_texts = "done" in fields, sheet.presence("outcome", "note", "inferred")
    sense_at = fields.get("sense", -1)
    end_of_today = to_milliseconds(clock.end_of_today)
    deal_of = index.finder()
    for line, cells in sheet.pairs():
        if has_done and _is_planned(sheet, Row(line, cells)):
            continue
        deal = deal_of(cells[deal_at])
        kind = known_kinds.get(cells[kind_at])
        direction = known_directions.get(cells[direction_at]) if direction_at >= 0 else 0
        instant = read_stored(cells[at_at])
        if deal is None or kind is None or direction is None or instant is None:
            row = Row(line, cells)
            deal = find_deal(sheet, row, find) if deal is None else deal
            kind = kind_of.read(row) if kind is None else kind
            direction = direction_of.read(row) if direction is None else direction
            instant = happened_at(sheet, reader, row, "touched_at") if instant is None else instant
            if deal is None or kind is None or direction is None or instant is None:
                continue
        if instant >= end_of_today:
            refuse_future(sheet, Row(line, cells), "touched_at", clock)
            continue
        log.add(deal, kind, direction, instant, line)
        if sense_at >= 0:
            log.add_sense(cells[sense_at])
        if has_texts(cells):
            log.add_texts(sheet, cells)
    return log


class _KindReader:
    """Kinds are few: each text is looked up once."""

    def __init__(self, sheet: Sheet, kinds: tuple[str, ...], names: Mapping[str, str]) -> None:
        self._sheet = sheet
        self._index = sheet.columns.fields["kind"]
        self._kinds = kinds
        named = {header_key(names[kind]): number for number, kind in enumerate(kinds) if kind in names}
        self._by_key = named | {header_key(kind): number for number, kind in enumerate(kinds)}
        self.known: dict[str, int] = {}
        """By the cell as it stands in the file."""

    def read(self, row: Row) -> int | None:
        text = self._sheet.text(row.cells, "kind") or ""
        number = self._by_key.get(header_key(text))
        if number is None:
            message = f"{quoted(text)} is no kind of touchpoint: {', '.join(self._kinds)}. Name the one it is: "
            hint = value_map_hint("kind", text, self._kinds)
            self._sheet.refuse_word(row, "kind", text, message + hint, self._kinds)
            return None
        self.known[row.cells[self._index]] = number
        return number


class _DirectionReader:
    """`out`, `in` and their common names; no column or an empty cell: not known."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._index = sheet.columns.fields.get("direction", -1)
        self.known: dict[str, int] = {"": 0}

    def read(self, row: Row) -> int | None:
        text = self._sheet.text(row.cells, "direction")
        direction = 0 if text is None else _DIRECTION_WORDS.get(header_key(text))
        if direction is None:
            hint = value_map_hint("direction", text or "")
            message = f"{quoted(text or '')} is no direction: out, in. Name the one it is: {hint}"
            self._sheet.refuse_word(row, "direction", text or "", message, ("out", "in"))
            return None
        self.known[row.cells[self._index]] = direction
        return direction


def _is_planned(sheet: Sheet, row: Row) -> bool:
    text = (sheet.text(row.cells, "done") or "").strip().casefold()
    if text in {"1", "true", "yes", "done", "x"}:
        return False
    sheet.note(row, "not_done")
    return True
