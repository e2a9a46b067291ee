"""One file with its mapping: what a field of a row says, where to note what is odd, and the rules for taking it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice, starmap
from operator import itemgetter
from typing import TypeVar

from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.presets import DEALS
from pipeline_cli.domain.words.text import LONGEST, unguard_formula
from pipeline_cli.exchange.forms import DateEvidence, DateReader, UnreadableDateError
from pipeline_cli.exchange.mapping import ColumnMap, ColumnUse, ValueMap, describe, value_key
from pipeline_cli.exchange.problems import Ledger, Problem, UnreadableFile
from pipeline_cli.exchange.reading import Row, Table

RULES = {
    "missing_value": "cells such as N/A and #REF! in a column of numbers or dates: taken as missing.",
    "rounded": "amounts with more than two decimals: rounded half to even.",
    "two_currencies": "amounts with another currency beside them than in their column of currencies: the column is taken.",
    "repeated_row": "rows that repeat an earlier one, id and all: taken once.",
    "duplicate_rows": "rows alike in every column and without an id: taken as deals of their own, not merged.",
    "row_in_quotes": "rows quoted as one field: taken apart.",
    "blank_rows": "blank rows: skipped.",
    "spreadsheet_days": "columns of dates with a spreadsheet's numbers of days, as 45905: taken as those days.",
    "preamble": "lines above the header: skipped.",
    "footnotes": "lines of one cell below a blank one, under the table: skipped.",
    "outcome_in_words": "stages or statuses with an outcome among other words, as in G. Project Won: taken for that outcome "
    "(--value-map says otherwise).",
    "status_and_stage": "status and stage name different outcomes: the status is taken.",
    "moves_differ": "the moves end otherwise than the status says: the moves are taken.",
    "stage_differs": "the moves end in another stage than the deal's: the moves are taken.",
    "moves_without_outcome": "closed deals whose moves name no outcome: the closing is added to the moves.",
    "broken_chain": "moves that do not start where the one before ended: a move between them is added, marked "
    "inferred.",
    "moves_before_creation": "moves before the creation date: the first move is taken for the creation.",
    "closed_before_created": "closed before created: the closing is taken for the creation, marked inferred; the date that "
    "was there is kept as an extra field.",
    "closing_differs": "the closing date is not that of the outcome in the moves: the moves are taken.",
    "closed_without_date": "closed deals without a closing date: the last thing known of them is taken for it, marked "
    "inferred.",
    "closed_ahead": "closed deals whose close date is still ahead: it is kept as the expected close, and the last thing "
    "known of them is taken for the closing, marked inferred.",
    "open_with_closing_date": "open deals with a closing date: they stay open, the date is kept as an extra field.",
    "closed_without_stage": "won or lost deals whose last stage the file does not say: taken to have been in the last one, "
    "reached by a move marked inferred.",
    "odd_address": "e-mail addresses that are none: kept as they are, and nobody is written to there.",
    "several_addresses": "people with several e-mail addresses in one cell: the first is theirs, each other one becomes a "
    "person of its own without a name.",
    "repeated_person": "people whose e-mail address, or name and organization, an earlier line has: taken as that person.",
    "lost_without_reason": "lost deals without a reason: left without one.",
    "unknown_lost_reason": "lost reasons that are not in lost_reasons of pipeline.yaml: kept as they are.",
    "reason_without_loss": "lost reasons of deals that are not lost: kept as an extra field.",
    "created_inferred": "deals without a creation date: the first thing known of them is taken for it, marked inferred and "
    "left out of cycle and age.",
    "next_step_incomplete": "next steps without a text or a date, or of closed deals and past: kept as extra fields.",
    "title_made_up": "deals without a title: called by their organization, their contact or their id.",
    "title_of_cells": "deals of a file that has no column of titles, organizations, people or ids: called by the first "
    "texts of their rows (--map title=COLUMN names a better column).",
    "not_done": "activities that are not done yet: left out, for a touchpoint has happened.",
    "moves_of_skipped_deals": "moves of deals that were left out: left out with them.",
    "changes_of_skipped_deals": "changes of deals that were left out: left out with them.",
    "no_history_of_values": "changes of the stage, the outcome and other fields whose earlier values are not kept: left out "
    "(the stages are the business of --moves).",
    "no_change": "changes from a value to the same one: left out.",
    "origin_not_there": "changes of the deal it grew out of, which is not in the file of deals: taken as missing.",
    "touchpoints_of_skipped_deals": "touchpoints of deals that were left out: left out with them.",
}


Dated = TypeVar("Dated")
_MISSING = frozenset(
    {
        "n/a",
        "na",
        "n.a.",
        "null",
        "none",
        "nil",
        "-",
        "–",
        "—",
        "--",
        "#n/a",
        "#ref!",
        "#value!",
        "#name?",
        "#div/0!",
        "#null!",
        "#num!",
    }
)
"""In a column of numbers or dates these say that nothing is known; in a column of text they are text."""
_YES = frozenset({"1", "true", "yes", "y", "x", "t"})
_SAMPLES = 3


class Sheet:
    """A table with its mapping."""

    def __init__(
        self,
        table: Table,
        columns: ColumnMap,
        values: ValueMap,
        ledger: Ledger,
        *,
        is_exact: bool,
        date_order: str | None,
    ) -> None:
        self.table = table
        self.columns = columns
        self.ledger = ledger
        self.is_exact = is_exact
        """Texts are taken to the letter, outer spaces included: the file is an export of this program."""
        self._values = {field: values[field] for field in values if field in columns.fields}
        self._date_order = date_order
        self.read = 0
        """Rows below the header, blank ones left out; bad ones are among them."""
        self._ragged = 0

    def rows(self) -> Iterator[Row]:
        """Every row, as a stream."""
        return starmap(Row, self.pairs())

    def pairs(self) -> Iterator[tuple[int, list[str]]]:
        """Line and cells of every row not refused yet; while the plan is being made, ragged ones are refused here."""
        if self.ledger.is_open:
            count = self._ragged = 0
            for pair in self.table.rows(self._refuse_and_count):
                count += 1
                if not self.refuse_long(pair[0], pair[1]):
                    yield pair
            self.read = count + self._ragged
            return
        refused = self.ledger.rejected.get(self.table.file, {})
        for pair in self.table.rows(look_only):
            if pair[0] not in refused:
                yield pair

    def refuse_long(self, line: int, cells: Sequence[str]) -> bool:
        """Refuses a row with a text that is longer than those that can be typed; columns that are not kept do not matter."""
        if sum(map(len, cells)) <= LONGEST:
            return False
        extras = [index for _, index in self.columns.extras] if self.columns.kind == DEALS else []
        kept = [index for index in (*self.columns.fields.values(), *extras) if len(cells[index]) > LONGEST]
        for index in kept:
            message = f"{len(cells[index]):,} characters, more than {LONGEST:,}: keep the text in a file of its own."
            self.ledger.refuse(self.table.problem(line, index, message), cells)
        return bool(kept)

    def _refuse_and_count(self, problem: Problem, cells: Sequence[str]) -> None:
        self._ragged += 1
        self.ledger.refuse(problem, cells)

    def has(self, field: str) -> bool:
        """Whether a column is mapped to the field."""
        return field in self.columns.fields

    def text(self, cells: Sequence[str], field: str) -> str | None:
        """What a cell says; None when it is empty or the file has no such column."""
        index = self.columns.fields.get(field)
        if index is None:
            return None
        raw = cells[index]
        if field in self._values:
            raw = self.clean(raw)
            return self._values[field].get(value_key(raw), raw) or None
        return (self.clean(raw) or None) if raw else None

    def texts(self, cells: Sequence[str]) -> dict[str, str]:
        """What a row says, by field; empty cells are left out."""
        clean, found = self.clean, {}
        for field, index in self.columns.fields.items():
            raw = cells[index]
            if raw:
                text = clean(raw)
                if text:
                    found[field] = text
        for field, values in self._values.items():
            text = found.get(field, "")
            found[field] = values.get(value_key(text), text)
            if not found[field]:
                del found[field]
        return found

    def clean(self, raw: str) -> str:
        """A cell without the spaces and the guard of a spreadsheet."""
        if not self.is_exact:
            raw = raw.strip()
        return unguard_formula(raw) if raw[:1] == "'" else raw

    def known(self, row: Row, field: str) -> str | None:
        """The text of a number or date; `#REF!`, `N/A` and the like are missing, which is warned of."""
        return self.known_of(row, self.text(row.cells, field))

    def known_of(self, row: Row, text: str | None) -> str | None:
        if text is None or (text.isalnum() and text[0].isdigit()):
            return text
        text = text.strip()
        if text.casefold() in _MISSING:
            self.note(row, "missing_value")
            return None
        return text or None

    def presence(self, *fields: str) -> Callable[[Sequence[str]], bool]:
        """Says of the cells of a row whether any of these fields may have a text, so that most rows are passed over."""
        places = [self.columns.fields[field] for field in fields if field in self.columns.fields]
        if any(field in self._values for field in fields):  # even an empty cell may stand for something
            return lambda _: True
        if not places:
            return lambda _: False
        if len(places) == 1:
            return itemgetter(places[0])
        texts = itemgetter(*places)
        return lambda cells: any(texts(cells))

    def is_yes(self, cells: Sequence[str], field: str) -> bool:
        """Whether the cell says yes."""
        return says_yes(self.text(cells, field))

    def note(self, row: Row, code: str) -> None:
        """Counts a row as taken by one of the stated rules."""
        self.ledger.warn(code, RULES[code], row.line, self.table.file)

    def keep_as_extra(self, row: Row, field: str, fields: dict[str, str]) -> None:
        """Keeps a cell that could not become its field, under the name of its column."""
        index = self.columns.fields.get(field)
        if index is not None and row.cells[index].strip():
            fields[self.table.header[index]] = self.clean(row.cells[index])

    def refuse(self, row: Row, field: str | None, message: str) -> None:
        """Notes that the row cannot be taken, and why."""
        index = self.columns.fields.get(field) if field else None
        self.ledger.refuse(self.table.problem(row.line, index, message), row.cells)

    def refuse_value(self, row: Row, field: str, text: str, message: str) -> None:
        """A cell that repeats its own header is named for what it is."""
        index = self.columns.fields.get(field)
        if index is not None and value_key(text) == value_key(self.table.header[index]):
            message = f'"{text}" looks like a repeated header row: delete the line.'
        self.refuse(row, field, message)

    def refuse_word(
        self, row: Row, field: str, text: str, message: str, known: Sequence[str], *, asked: str | None = None
    ) -> None:
        """The same for a word that --value-map could give a meaning; `asked`: of another field than the column's."""
        self.ledger.note_unknown(asked or field, text, known)
        self.refuse_value(row, field, text, message)

    def milliseconds(self, reader: DateReader, row: Row, field: str) -> int | None:
        """The instant of a cell; None when it is empty or refused."""
        raw = row.cells[self.columns.fields[field]]
        if raw[4:5] == "-" and field not in self._values:
            try:
                return reader.milliseconds(raw)
            except UnreadableDateError:
                pass  # most are plain ISO; the way below says what is wrong with the others
        return self._dated(row, field, reader.milliseconds)

    def day(self, reader: DateReader, row: Row, field: str) -> date | None:
        """The day of a cell; None when it is empty or refused."""
        return self._dated(row, field, reader.day)

    def _dated(self, row: Row, field: str, read: Callable[[str], Dated]) -> Dated | None:
        text = self.known(row, field)
        try:
            return None if text is None else read(text)
        except UnreadableDateError as error:
            self.refuse_value(row, field, text or "", str(error))
            return None

    def date_reader(self, field: str, clock: Clock) -> DateReader:
        """Reads one column of dates; the first that is not ISO has the whole column looked at."""
        return DateReader(clock.zone, lambda: self._date_order or self._order_of(field))

    def _order_of(self, field: str) -> str | None:
        evidence = DateEvidence()
        index = self.columns.fields[field]
        for line, cells in self.table.rows(look_only):
            text = cells[index].strip()
            if text and text.casefold() not in _MISSING:
                evidence.add(line, text)
        return order_or_refuse(self, field, evidence)

    def describe(self) -> list[ColumnUse]:
        """What each column became, with a sample."""
        return describe(self.columns, self.table.header, first_values(self.table))


def first_values(table: Table) -> list[list[str]]:
    """The first three different values of each column, from the first thousand rows."""
    samples: list[list[str]] = [[] for _ in table.header]
    try:
        for _, cells in islice(table.rows(look_only), 1000):
            for seen, raw in zip(samples, cells, strict=True):
                if len(seen) < _SAMPLES and raw.strip() and raw not in seen:
                    seen.append(raw)
    except UnreadableFile:
        return samples  # what is wrong with the file is among the problems already
    return samples


def order_or_refuse(sheet: Sheet, field: str, evidence: DateEvidence) -> str | None:
    """The order of day and month. Raises UnreadableFile, naming the column, when it stays open."""
    try:
        return evidence.order()
    except UnreadableDateError as error:
        if not (evidence.day_first and evidence.month_first):
            sheet.ledger.open_forms.add("date_order")
        line = (evidence.open or evidence.month_first or (1, ""))[0]
        raise UnreadableFile([sheet.table.problem(line, sheet.columns.fields[field], str(error))]) from None


def says_yes(text: str | None) -> bool:
    """Whether a word means yes."""
    return text is not None and text.strip().casefold() in _YES


def is_missing(text: str) -> bool:
    """Also for a cell of spaces alone."""
    stripped = text.strip()
    return not stripped or stripped.casefold() in _MISSING


def look_only(*_: object) -> None:
    """A pass that only looks: what is wrong with a row is said by the pass that takes it."""
