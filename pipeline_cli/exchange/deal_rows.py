"""One row of deals as values: amounts, days and instants read in the form their columns have, words recognised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.phrases import quoted
from pipeline_cli.domain.playbook import CATEGORIES
from pipeline_cli.exchange.columns import DATE_FIELDS, ColumnForms
from pipeline_cli.exchange.date_forms import DateReader
from pipeline_cli.exchange.headers import header_key
from pipeline_cli.exchange.number_forms import UnreadableNumberError, read_amount, read_probability
from pipeline_cli.exchange.outcomes import StageWord, Vocabulary
from pipeline_cli.exchange.people import Person, read_person
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet


class DealRow(NamedTuple):
    """What one row says, before it is weighed against itself and against the moves. Instants are milliseconds in UTC."""

    row: Row
    pipeline: str
    stage: StageWord | None
    status: StageWord | None
    value_cents: int | None
    currency: str
    cost_cents: int | None
    probability: float | None
    category: str | None
    person: Person
    instants: Mapping[str, int]
    """By field, those that are there: created_at, closed_at, close_date, won_at, lost_at, stage_changed_at, last_activity."""
    expected_close: date | None
    next_step_due: date | None
    snoozed_until: date | None
    fields: dict[str, str]


class DealRowReader:
    def __init__(self, sheet: Sheet, forms: ColumnForms, vocabulary: Vocabulary, clock: Clock) -> None:
        self._sheet = sheet
        self._forms = forms
        self._words = vocabulary
        self._playbook = vocabulary.playbook
        self._readers = {field: DateReader(clock.zone, _fixed(forms.orders[field])) for field in forms.orders}
        days = ("expected_close", "next_step_due", "snoozed_until")
        self._instants = [field for field in DATE_FIELDS if field in self._readers and field not in days]
        self._extras = sheet.columns.extras
        self._stages: dict[tuple[str, str], StageWord | None] = {}

    def read(self, row: Row) -> DealRow:
        """The row as values; what cannot be read is refused, and stands as missing."""
        sheet = self._sheet
        pipeline = self._pipeline(row)
        value, currency = self._value(row)
        cost = self._amount(row, "cost")
        instants = {}
        for field in self._instants:
            milliseconds = sheet.milliseconds(self._readers[field], row, field)
            if milliseconds is not None:
                instants[field] = milliseconds
        return DealRow(
            row=row,
            pipeline=pipeline,
            stage=self._stage(row, pipeline),
            status=self._status(row),
            value_cents=value,
            currency=currency,
            cost_cents=cost[0] if cost else None,
            probability=self._probability(row),
            category=self._category(row),
            person=read_person(sheet, row.cells),
            instants=instants,
            expected_close=self._day(row, "expected_close"),
            next_step_due=self._day(row, "next_step_due"),
            snoozed_until=self._day(row, "snoozed_until"),
            fields=self._extra_fields(row),
        )

    def _pipeline(self, row: Row) -> str:
        default = self._playbook.default_pipeline.id
        text = self._sheet.text(row.cells, "pipeline")
        if text is None:
            stage = self._sheet.text(row.cells, "stage")
            if stage and len(self._playbook.pipelines) > 1 and self._words.stage(stage, default) is None:
                return self._words.pipeline_with(stage) or default
            return default
        found = self._words.pipeline(text)
        if found is None:
            self._sheet.refuse_value(row, "pipeline", text, self._words.unknown_pipeline(text))
        return found or default

    def _stage(self, row: Row, pipeline: str) -> StageWord | None:
        text = self._sheet.text(row.cells, "stage")
        if text is None:
            return None
        key = (pipeline, text)
        if key not in self._stages:
            self._stages[key] = self._words.stage(text, pipeline)
        found = self._stages[key]
        if found is None:
            self._sheet.refuse_value(row, "stage", text, self._words.unknown_stage(text, pipeline))
        return found

    def _status(self, row: Row) -> StageWord | None:
        text = self._sheet.text(row.cells, "status")
        if text is None:
            return StageWord(outcome="won") if self._sheet.is_yes(row.cells, "is_won") else None
        found = self._words.status(text)
        if found is None:
            self._sheet.refuse_value(row, "status", text, self._words.unknown_status(text))
        return found

    def _value(self, row: Row) -> tuple[int | None, str]:
        """Minor units and their currency: that of its column, else that beside the amount, else the file's own."""
        amount = self._amount(row, "value")
        home = self._playbook.currency
        said = self._sheet.text(row.cells, "currency")
        beside = amount[1] if amount else None
        if said and beside and header_key(said).upper() != beside:
            self._sheet.note(row, "two_currencies")
        currency = said.strip().upper() if said else beside or home
        if currency != home and currency not in self._playbook.exchange_rates:
            message = (
                f"there is no exchange rate for {quoted(currency)}: add to pipeline.yaml what one is in {home}, as in "
            )
            self._sheet.refuse(row, "currency" if said else "value", f"{message}exchange_rates: {{{currency}: 0.92}}.")
        return (amount[0] if amount else None), currency

    def _amount(self, row: Row, field: str) -> tuple[int, str | None] | None:
        text = self._sheet.known(row, field)
        if text is None:
            return None
        try:
            amount = read_amount(text, self._forms.decimals.get(field))
        except UnreadableNumberError as error:
            self._sheet.refuse_value(row, field, text, str(error))
            return None
        if amount.rounded:
            self._sheet.note(row, "rounded")
        return amount.cents, amount.currency

    def _probability(self, row: Row) -> float | None:
        text = self._sheet.known(row, "probability")
        if text is None:
            return None
        try:
            return read_probability(text, is_percent=self._forms.is_percent)
        except UnreadableNumberError as error:
            self._sheet.refuse_value(row, "probability", text, str(error))
            return None

    def _category(self, row: Row) -> str | None:
        text = self._sheet.text(row.cells, "category")
        if text is None:
            return None
        found = next((name for name in CATEGORIES if header_key(name) == header_key(text)), None)
        if found is None:
            message = f"{quoted(text)} is no forecast category: {', '.join(CATEGORIES)}."
            self._sheet.refuse_value(row, "category", text, message)
        return found

    def _day(self, row: Row, field: str) -> date | None:
        reader = self._readers.get(field)
        return self._sheet.day(reader, row, field) if reader else None

    def _extra_fields(self, row: Row) -> dict[str, str]:
        cells, clean = row.cells, self._sheet.clean
        return {name: clean(cells[index]) for name, index in self._extras if cells[index]}


def _fixed(order: str | None) -> Callable[[], str | None]:
    return lambda: order
