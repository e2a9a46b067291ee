"""One row of deals as values: amounts, days and instants read in the form their columns have, words recognised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.phrases import quoted
from pipeline_cli.domain.playbook import CATEGORIES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.columns import DATE_FIELDS, ColumnForms
from pipeline_cli.exchange.date_forms import DateReader
from pipeline_cli.exchange.headers import header_key
from pipeline_cli.exchange.number_forms import UnreadableNumberError, read_amount, read_probability
from pipeline_cli.exchange.outcomes import StageWord, Vocabulary
from pipeline_cli.exchange.people import Person, note_address, read_person
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet, says_yes


class DealRow(NamedTuple):
    """What one row says, before it is weighed against itself and against the moves. Instants are milliseconds in UTC."""

    row: Row
    texts: Mapping[str, str]
    """By field, the cells that are not empty."""
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
        self._instants = [
            (field, self._readers[field]) for field in DATE_FIELDS if field in self._readers and field not in days
        ]
        self._extras = sheet.columns.extras
        self._stages: dict[tuple[str, str], StageWord | None] = {}

    def read(self, row: Row) -> DealRow:
        """The row as values; what cannot be read is refused, and stands as missing."""
        sheet, texts = self._sheet, self._sheet.texts(row.cells)
        pipeline = self._pipeline(row, texts)
        value, currency = self._value(row, texts)
        cost = self._amount(row, texts, "cost")
        instants = {}
        for field, reader in self._instants:
            if field in texts:
                milliseconds = reader.known.get(texts[field])
                if milliseconds is None:
                    milliseconds = sheet.milliseconds(reader, row, field)
                if milliseconds is not None:
                    instants[field] = milliseconds
        cells, person = row.cells, read_person(texts, is_exact=sheet.is_exact)
        if person.email is not None:
            note_address(sheet, row, person.email)
        return DealRow(
            row=row,
            texts=texts,
            pipeline=pipeline,
            stage=self._stage(row, texts.get("stage"), pipeline),
            status=self._status(row, texts),
            value_cents=value,
            currency=currency,
            cost_cents=cost[0] if cost else None,
            probability=self._probability(row, texts) if "probability" in texts else None,
            category=self._category(row, texts["category"]) if "category" in texts else None,
            person=person,
            instants=instants,
            expected_close=self._day(row, "expected_close") if "expected_close" in texts else None,
            next_step_due=self._day(row, "next_step_due") if "next_step_due" in texts else None,
            snoozed_until=self._day(row, "snoozed_until") if "snoozed_until" in texts else None,
            fields={name: sheet.clean(cells[index]) for name, index in self._extras if cells[index]},
        )

    def _pipeline(self, row: Row, texts: Mapping[str, str]) -> str:
        default = self._playbook.pipelines[0].id
        text = texts.get("pipeline")
        if text is None:
            stage = texts.get("stage")
            if stage and len(self._playbook.pipelines) > 1 and self._words.stage(stage, default) is None:
                return self._words.pipeline_with(stage) or default
            return default
        found = self._words.pipeline(text)
        if found is None:
            self._sheet.refuse_value(row, "pipeline", text, self._words.unknown_pipeline(text))
        return found or default

    def _stage(self, row: Row, text: str | None, pipeline: str) -> StageWord | None:
        if text is None:
            return None
        key = (pipeline, text)
        if key not in self._stages:
            self._stages[key] = self._words.stage(text, pipeline)
        found = self._stages[key]
        if found is None:
            self._sheet.refuse_value(row, "stage", text, self._words.unknown_stage(text, pipeline))
        return found

    def _status(self, row: Row, texts: Mapping[str, str]) -> StageWord | None:
        text = texts.get("status")
        if text is None:
            return StageWord(outcome="won") if says_yes(texts.get("is_won")) else None
        found = self._words.status(text)
        if found is None:
            self._sheet.refuse_value(row, "status", text, self._words.unknown_status(text))
        return found

    def _value(self, row: Row, texts: Mapping[str, str]) -> tuple[int | None, str]:
        """Minor units and their currency: that of its column, else that beside the amount, else the file's own."""
        amount = self._amount(row, texts, "value")
        home = self._playbook.currency
        said = texts.get("currency")
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

    def _amount(self, row: Row, texts: Mapping[str, str], field: str) -> tuple[int, str | None] | None:
        text = self._sheet.known_of(row, texts.get(field))
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

    def _probability(self, row: Row, texts: Mapping[str, str]) -> float | None:
        text = self._sheet.known_of(row, texts["probability"])
        if text is None:
            return None
        try:
            return read_probability(text, is_percent=self._forms.is_percent)
        except UnreadableNumberError as error:
            self._sheet.refuse_value(row, "probability", text, str(error))
            return None

    def _category(self, row: Row, text: str) -> str | None:
        found = next((name for name in CATEGORIES if header_key(name) == header_key(text)), None)
        if found is None:
            message = f"{quoted(text)} is no forecast category: {', '.join(CATEGORIES)}."
            self._sheet.refuse_value(row, "category", text, message)
        return found

    def _day(self, row: Row, field: str) -> date | None:
        reader = self._readers.get(field)
        return self._sheet.day(reader, row, field) if reader else None


def _fixed(order: str | None) -> Callable[[], str | None]:
    return lambda: order
