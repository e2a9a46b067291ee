"""The touchpoints of a file, kept small and in the order of the file."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from datetime import datetime

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.phrases import quoted
from pipeline_cli.exchange.date_forms import from_milliseconds, to_milliseconds
from pipeline_cli.exchange.deal_index import DealIndex
from pipeline_cli.exchange.headers import header_key
from pipeline_cli.exchange.incoming import IncomingTouchpoint
from pipeline_cli.exchange.move_log import find_deal, refuse_future, refuse_no_instant
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet

_DIRECTIONS = (None, "out", "in")
_DIRECTION_WORDS = {
    **dict.fromkeys(("out", "outbound", "outgoing", "sent", "made", "placed"), 1),
    **dict.fromkeys(("in", "inbound", "incoming", "received"), 2),
}
_KEPT_INSTANTS = 20_000


class TouchLog:
    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.kinds = kinds
        self.deals = array("i")
        self.kind_numbers = array("B" if len(kinds) < 256 else "H")
        self.directions = array("b")
        self.instants = array("q")
        self.lines = array("I")
        self.inferred: set[int] = set()
        """Numbers of the touchpoints marked inferred: few, and only in our own exports."""
        self.outcomes: list[str | None] | None = None
        self.notes: list[str | None] | None = None

    def count_of(self, is_counted: bytearray) -> int:
        """How many touchpoints belong to the deals whose byte is 1."""
        return sum(is_counted[deal] for deal in self.deals)

    def earliest(self, deals: int) -> array[int]:
        """By position of the deal, in milliseconds; -1 where there is none."""
        found = array("q", [-1]) * deals
        for deal, instant in zip(self.deals, self.instants, strict=True):
            if found[deal] < 0 or instant < found[deal]:
                found[deal] = instant
        return found

    def latest(self, deals: int) -> array[int]:
        found = array("q", [-1]) * deals
        for deal, instant in zip(self.deals, self.instants, strict=True):
            found[deal] = max(found[deal], instant)
        return found

    def touchpoints(self, keys: list[str], is_bad: bytearray) -> Iterator[IncomingTouchpoint]:
        """Those of deals that are taken. `keys` by position of the deal."""
        known: dict[int, datetime] = {}
        outcomes, notes, inferred, kinds = self.outcomes, self.notes, self.inferred, self.kinds
        rows = zip(self.deals, self.kind_numbers, self.directions, self.instants, self.lines, strict=True)
        for number, (deal, kind, direction, milliseconds, line) in enumerate(rows):
            if is_bad[deal]:
                continue
            touched_at = known.get(milliseconds)
            if touched_at is None:
                if len(known) >= _KEPT_INSTANTS:
                    known.clear()
                touched_at = known[milliseconds] = from_milliseconds(milliseconds)
            yield IncomingTouchpoint(
                line,
                keys[deal],
                kinds[kind],
                _DIRECTIONS[direction],
                touched_at,
                outcomes[number] if outcomes is not None else None,
                notes[number] if notes is not None else None,
                number in inferred,
            )


def read_touchpoints(
    sheet: Sheet, index: DealIndex, kinds: tuple[str, ...], clock: Clock, find: Callable[[str], int | None]
) -> TouchLog:
    """Reads the whole file; unknown deals, kinds, directions, and unreadable or future instants are refused."""
    log = TouchLog(kinds)
    fields = sheet.columns.fields
    deal_at, at_field = fields["deal"], "touched_at"
    reader = sheet.date_reader(at_field, clock)
    kind_of, direction_of = _KindReader(sheet, kinds), _DirectionReader(sheet)
    log.outcomes = [] if "outcome" in fields else None
    log.notes = [] if "note" in fields else None
    has_inferred, has_done = "inferred" in fields, "done" in fields
    end_of_today = to_milliseconds(clock.end_of_today)
    positions = index.positions
    for row in sheet.rows():
        cells = row.cells
        if has_done and _is_planned(sheet, row):
            continue
        deal = positions.get(cells[deal_at])
        if deal is None:
            deal = find_deal(sheet, row, find)
        kind = kind_of.read(row)
        direction = direction_of.read(row)
        instant = sheet.milliseconds(reader, row, at_field)
        if instant is None:
            refuse_no_instant(sheet, row, at_field)
        elif instant >= end_of_today:
            refuse_future(sheet, row, at_field, clock)
        elif deal is not None and kind is not None and direction is not None:
            log.deals.append(deal)
            log.kind_numbers.append(kind)
            log.directions.append(direction)
            log.instants.append(instant)
            log.lines.append(row.line)
            if log.outcomes is not None:
                log.outcomes.append(sheet.text(cells, "outcome"))
            if log.notes is not None:
                log.notes.append(sheet.text(cells, "note"))
            if has_inferred and sheet.is_yes(cells, "inferred"):
                log.inferred.add(len(log.deals) - 1)
    return log


class _KindReader:
    """Kinds are few: each text is looked up once."""

    def __init__(self, sheet: Sheet, kinds: tuple[str, ...]) -> None:
        self._sheet = sheet
        self._index = sheet.columns.fields["kind"]
        self._kinds = kinds
        self._by_key = {header_key(kind): number for number, kind in enumerate(kinds)}
        self._known: dict[str, int | None] = {}

    def read(self, row: Row) -> int | None:
        raw = row.cells[self._index]
        number = self._known.get(raw)
        if number is not None:
            return number
        text = self._sheet.text(row.cells, "kind") or ""
        number = self._by_key.get(header_key(text))
        if number is None:
            message = f"{quoted(text)} is no kind of touchpoint: {', '.join(self._kinds)}. Name the one it is: "
            self._sheet.refuse_value(row, "kind", text, f'{message}--value-map "kind:{text}={self._kinds[-1]}"')
            return None
        self._known[raw] = number
        return number


class _DirectionReader:
    """`out`, `in` and their common names; no column or an empty cell: not known."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._index = sheet.columns.fields.get("direction")
        self._known: dict[str, int] = {"": 0}

    def read(self, row: Row) -> int | None:
        if self._index is None:
            return 0
        raw = row.cells[self._index]
        known = self._known.get(raw)
        if known is not None:
            return known
        text = self._sheet.text(row.cells, "direction")
        direction = 0 if text is None else _DIRECTION_WORDS.get(header_key(text))
        if direction is None:
            message = (
                f'{quoted(text or "")} is no direction: out, in. Name the one it is: --value-map "direction:{text}=out"'
            )
            self._sheet.refuse_value(row, "direction", text or "", message)
            return None
        self._known[raw] = direction
        return direction


def _is_planned(sheet: Sheet, row: Row) -> bool:
    text = (sheet.text(row.cells, "done") or "").strip().casefold()
    if text in {"1", "true", "yes", "done", "x"}:
        return False
    sheet.note(row, "not_done")
    return True
