"""The changes of fields in a file: which deal, which field, what it held before and after, kept small."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator
from typing import Any

from pipeline_cli.domain.deal.edits import ALWAYS_THERE, COLUMNS, FIELDS, MONEY, fields_in_text
from pipeline_cli.domain.deal.incoming import IncomingChange
from pipeline_cli.domain.playbook import CATEGORIES
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.presets import DEALS, header_key, names_of
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.deal_index import DealIndex
from pipeline_cli.exchange.event_fields import find_deal, happened_at, refuse_future
from pipeline_cli.exchange.forms import (
    DateEvidence,
    DateReader,
    UnreadableDateError,
    UnreadableNumberError,
    read_amount,
    read_probability,
    to_milliseconds,
    write_stored,
)
from pipeline_cli.exchange.mapping import Wanted, value_map_hint
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.problems import UnreadableFile
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet, look_only

_DAYS = frozenset({"expected_close", "snoozed_until"})
_MOST_PLAIN_DIGITS = 13
_CLOSE_DATE = {"close_date": "expected_close"}


Change = tuple[str, Any, Any]
"""What one row says, read: the column of the deal and its two values as the column holds them."""


class _UnreadableValueError(ValueError):
    """A value that cannot be read, with the reason as its message."""


class ChangeLog:
    """The changes of a file, kept small, in its order."""

    def __init__(self, sheet: Sheet, values: ChangeReader) -> None:
        self._sheet = sheet
        self._values = values
        self._deals = array("i")
        self._instants = array("q")
        self._lines = array("I")

    def add(self, deal: int, instant: int, line: int) -> None:
        """One more; deals by position, instants in milliseconds."""
        self._deals.append(deal)
        self._instants.append(instant)
        self._lines.append(line)

    def lines_of(self, is_wanted: bytearray) -> dict[int, int]:
        """Line -> position of the deal, of the changes of deals whose byte is 1."""
        return {line: deal for line, deal in zip(self._lines, self._deals, strict=True) if is_wanted[deal]}

    def changes(self, is_bad: bytearray) -> Iterator[IncomingChange]:
        """Those of deals that are taken, in the order of the file, which is read again: a million would not fit."""
        wanted = iter(zip(self._lines, self._deals, self._instants, strict=True))
        line, deal, instant = next(wanted, (0, 0, 0))
        for at, cells in self._sheet.table.rows(look_only):
            if at != line:
                continue
            change = None if is_bad[deal] else self._values.read(Row(at, cells))
            if change is not None:
                yield IncomingChange(line, deal, *change, write_stored(instant))
            line, deal, instant = next(wanted, (0, 0, 0))
        if line:
            message = "the file was changed while it was read: import it again."
            raise UnreadableFile([self._sheet.table.problem(line, None, message)])


class ChangeReader:
    """Reads the field and the two values of a row; what is wrong with them is refused in the ledger."""

    def __init__(self, sheet: Sheet, words: Vocabulary, clock: Clock, wanted: Wanted, index: DealIndex) -> None:
        self._sheet = sheet
        self._words = words
        self._wanted = wanted
        self._index = index
        self._days = DateReader(clock.zone, lambda: wanted.options.date_order or self._order_of_days())
        self._fields_named: dict[str, str | None] = {}
        """By text: each is looked up once."""
        self._readers: dict[str, Callable[[Row, str], Any]] = {
            "value_cents": self._amount,
            "cost_cents": self._amount,
            "expected_close": self._day,
            "snoozed_until": self._day,
            "probability": self._probability,
            "category": self._category,
            "currency": self._currency,
            "pipeline": self._pipeline,
            "from_deal_id": self._origin,
            "fields": self._fields,
        }
        """By column; the others hold words."""

    def read(self, row: Row) -> Change | None:
        """None: the row is refused, or says nothing that is kept."""
        sheet = self._sheet
        text = sheet.text(row.cells, "field")
        if text is None:
            sheet.refuse(row, "field", f"no field is named: give one of {', '.join(COLUMNS)}.")
            return None
        column = self._column(row, text)
        if column is None:
            return None
        values = []
        for field in ("before", "after"):
            try:
                values.append(self._value(row, column, sheet.text(row.cells, field)))
            except (_UnreadableValueError, UnreadableNumberError, UnreadableDateError) as error:
                sheet.refuse_value(row, field, sheet.text(row.cells, field) or "", str(error))
        if len(values) < 2:
            return None
        if values[0] == values[1]:
            sheet.note(row, "no_change")
            return None
        return column, values[0], values[1]

    def _column(self, row: Row, text: str) -> str | None:
        field = self._field(text)
        if field is None:
            message = f"{quoted(text)} is no field of a deal: {', '.join(COLUMNS)}. Name the one it is: "
            self._sheet.refuse_value(row, "field", text, message + value_map_hint("field", text, COLUMNS))
            return None
        column = COLUMNS.get(field)
        if column is None:
            self._sheet.note(row, "no_history_of_values")
        return column

    def _field(self, text: str) -> str | None:
        """The field of a deal that a text names, whether its earlier values are kept or not; None: it names none."""
        if text not in self._fields_named:
            key = header_key(text)
            field = next((name for name in COLUMNS if header_key(name) == key), None)
            field = field or names_of(self._sheet.columns.preset, DEALS).get(key)
            self._fields_named[text] = _CLOSE_DATE.get(field, field) if field else None
        return self._fields_named[text]

    def _value(self, row: Row, column: str, text: str | None) -> Any:
        """Raises _UnreadableValueError, UnreadableNumberError, UnreadableDateError."""
        if column in MONEY or column in _DAYS or column == "probability":
            text = self._sheet.known_of(row, text)
        if text is None:
            if column in ALWAYS_THERE:
                raise _UnreadableValueError(f"a deal always has a {FIELDS[column]}: say which it was.")
            return None
        reader = self._readers.get(column)
        return text if reader is None else reader(row, text)

    def _amount(self, row: Row, text: str) -> int:
        if text.isdigit() and text.isascii() and len(text) < _MOST_PLAIN_DIGITS:
            return int(text) * 100  # what nearly every amount is, in a tenth of the time
        amount = read_amount(text, self._wanted.options.decimal)
        if amount.rounded:
            self._sheet.note(row, "rounded")
        return amount.cents

    def _day(self, _: Row, text: str) -> str:
        return self._days.day(text).isoformat()

    def _probability(self, _: Row, text: str) -> float:
        """An own export says 0 to 1; elsewhere a number above 1 is percent."""
        number = text.strip().rstrip("%").replace(",", ".")
        is_percent = not self._sheet.is_exact and number.replace(".", "", 1).isdigit() and float(number) > 1
        return read_probability(text, is_percent=is_percent)

    def _category(self, _: Row, text: str) -> str:
        found = next((name for name in CATEGORIES if header_key(name) == header_key(text)), None)
        if found is None:
            raise _UnreadableValueError(f"{quoted(text)} is no forecast category: {', '.join(CATEGORIES)}.")
        return found

    def _currency(self, _: Row, text: str) -> str:
        playbook, currency = self._words.playbook, text.strip().upper()
        if currency != playbook.currency and currency not in playbook.exchange_rates:
            raise _UnreadableValueError(
                f"there is no exchange rate for {quoted(currency)}: add to pipeline.yaml what one is in "
                f"{playbook.currency}, as in exchange_rates: {{{currency}: 0.92}}."
            )
        return currency

    def _pipeline(self, _: Row, text: str) -> str:
        """What an own export names may be gone from pipeline.yaml: the deal was there all the same."""
        found = self._words.pipeline(text) or (text if self._sheet.is_exact else None)
        if found is None:
            raise _UnreadableValueError(self._words.unknown_pipeline(text))
        return found

    def _origin(self, row: Row, text: str) -> int | None:
        position = self._index.find_by_id(text)
        if position is None:
            self._sheet.note(row, "origin_not_there")
        return position

    def _fields(self, _: Row, text: str) -> str:
        try:
            found = json.loads(text)
        except ValueError:
            found = None
        if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
            raise _UnreadableValueError(f'{quoted(text)} are no fields: write them as {{"industry": "software"}}.')
        return fields_in_text(found)

    def _order_of_days(self) -> str | None:
        """Whether the day or the month goes first in the values of dates, by the evidence of all of them."""
        evidence, sheet = DateEvidence(), self._sheet
        for line, cells in sheet.table.rows(look_only):
            named = sheet.text(cells, "field")
            if named is not None and self._field(named) in _DAYS:
                for text in (sheet.text(cells, field) for field in ("before", "after")):
                    if text is not None:
                        evidence.add(line, text)
        return evidence.order()


def read_changes(
    sheet: Sheet, values: ChangeReader, index: DealIndex, clock: Clock, find: Callable[[str], int | None]
) -> ChangeLog:
    """Reads the whole file; unknown deals and fields, unreadable values, unreadable and future instants are refused."""
    log = ChangeLog(sheet, values)
    reader = sheet.date_reader("changed_at", clock)
    end_of_today = to_milliseconds(clock.end_of_today)
    deal_at, deal_of = sheet.columns.fields["deal"], index.finder()
    for row in sheet.rows():
        deal = deal_of(row.cells[deal_at])
        deal = find_deal(sheet, row, find) if deal is None else deal
        instant = happened_at(sheet, reader, row, "changed_at")
        change = values.read(row)
        if instant is not None and instant >= end_of_today:
            refuse_future(sheet, row, "changed_at", clock)
        elif deal is not None and instant is not None and change is not None:
            log.add(deal, instant, row.line)
    return log
