"""Decisions that need the whole of a column: the form of its dates and amounts, and whether it holds dates at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.date_forms import DateEvidence
from pipeline_cli.exchange.number_forms import NumberEvidence, UnreadableNumberError
from pipeline_cli.exchange.problems import Problem, UnreadableFile
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet, is_missing, order_or_refuse

DATE_FIELDS = ("created_at", "expected_close", "close_date", "closed_at", "won_at", "lost_at", "next_step_due",
               "snoozed_until", "stage_changed_at", "last_activity")  # fmt: skip
NUMBER_FIELDS = ("value", "cost", "probability")


class ColumnForms(NamedTuple):
    """How the dates and amounts of a file are written, by field."""

    orders: Mapping[str, str | None]
    """dmy | mdy; None: no value needs one."""
    decimals: Mapping[str, str | None]
    """`.` or `,`; None: no value needs one."""
    is_percent: bool
    """The probabilities are 0 to 100."""
    has_blank_creation: bool
    """Some deal has no creation date of its own."""


class ColumnSurvey:
    """Looks at every value of the columns of dates and numbers of the deals."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        fields = sheet.columns.fields
        self._dates = [(fields[field], field, DateEvidence()) for field in DATE_FIELDS if field in fields]
        self._numbers = [(fields[field], field, NumberEvidence()) for field in NUMBER_FIELDS if field in fields]
        self._created = fields.get("created_at")
        self._has_blank_creation = self._created is None

    def add(self, row: Row) -> None:
        cells = row.cells
        if self._created is not None and not cells[self._created]:
            self._has_blank_creation = True
        for index, _, date_evidence in self._dates:
            text = cells[index]
            if text and (text[0].isdigit() or not is_missing(text)):
                date_evidence.add(row.line, text)
        for index, _, number_evidence in self._numbers:
            text = cells[index]
            if text and (text[0].isdigit() or not is_missing(text)):
                number_evidence.add(row.line, text)

    def decide(self, pinned: Collection[str], *, date_order: str | None, decimal: str | None) -> ColumnForms:
        """The forms; a column of words is made an extra field of the sheet, unless --map pinned it.

        Raises UnreadableFile with every column that can be read two ways.
        """
        problems: list[Problem] = []
        orders = {}
        for index, field, dates in self._dates:
            if dates.has_no_dates() and field not in pinned:
                self._keep_as_text(index, field, dates)
                continue
            try:
                orders[field] = date_order or order_or_refuse(self._sheet, field, dates)
            except UnreadableFile as error:
                problems.extend(error.problems)
        decimals = {}
        for index, field, numbers in self._numbers:
            try:
                decimals[field] = decimal or numbers.decimal()
            except UnreadableNumberError as error:
                problems.append(self._sheet.table.problem(numbers.open_line, index, str(error)))
        if problems:
            raise UnreadableFile(problems)
        above_one = any(numbers.above_one for _, field, numbers in self._numbers if field == "probability")
        return ColumnForms(orders, decimals, above_one and not self._sheet.columns.is_own_export,
                           self._has_blank_creation or "created_at" not in orders)  # fmt: skip

    def _keep_as_text(self, index: int, field: str, dates: DateEvidence) -> None:
        sheet = self._sheet
        name = sheet.table.header[index]
        line, _ = dates.first_word or (1, "")
        message = f'the column "{name}" looks like a date and holds words: kept as an extra field.'
        sheet.ledger.warn(f"words_in_{field}", message, line)
        sheet.columns = sheet.columns.without(field, sheet.table.header)
