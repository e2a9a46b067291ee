"""One row of deals as values, with the person it names and the columns only an export of this program has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from pipeline_cli.domain.deal.after_sale import FOLLOW_UPS
from pipeline_cli.domain.deal.edits import ContactDetails
from pipeline_cli.domain.deal.incoming import Evidence, IncomingContact, IncomingStep
from pipeline_cli.domain.deal.labels import is_link, is_tag, links_in_text, tags_in_text
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import CATEGORIES, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import (
    EMAIL,
    PHONE,
    KeptAddress,
    digits_of,
    is_email,
    normalise_email,
    read_kept,
    read_mailboxes,
)
from pipeline_cli.domain.words.clock import Clock, from_text
from pipeline_cli.domain.words.number_table import NumberTable
from pipeline_cli.domain.words.presets import header_key
from pipeline_cli.domain.words.text import accept_filled, quoted
from pipeline_cli.exchange.deal_index import DATE_FIELDS, ColumnForms
from pipeline_cli.exchange.forms import DateReader, UnreadableNumberError, read_amount, read_probability
from pipeline_cli.exchange.outcomes import STATUSES, StageWord, Vocabulary
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet, says_yes


class Person(NamedTuple):
    """A person as a row names them."""

    name: str | None
    email: str | None
    phone: str | None


NOBODY = Person(None, None, None)


def read_people_of(texts: Mapping[str, str], *, is_exact: bool) -> tuple[Person, tuple[ContactDetails, ...]]:
    """The contact of a row of deals, and whoever else has an address in the cell; exact: a name is not taken apart."""
    name, email, phone = texts.get("contact"), texts.get("email"), texts.get("phone")
    if name is None and email is None and phone is None:
        return NOBODY, ()
    found = () if email is None or is_email(email) else read_mailboxes(email)
    if name and email is None and not is_exact:
        found = read_mailboxes(name) if "@" in name else ()
        name, email = (found[0].name, found[0].email) if found else split_address(name)
    elif found:
        name, email = name or found[0].name, found[0].email
    return Person(name, email, phone), tuple(ContactDetails(*one, None) for one in found[1:])


def split_address(text: str) -> tuple[str | None, str | None]:
    """`Ann Lee <ann@acme.example>` as name and address; an address alone is no name."""
    name, bracket, rest = text.rpartition("<")
    if bracket and rest.endswith(">") and "@" in rest:
        return name.strip().strip('"') or None, rest[:-1].strip()
    if "@" in text and " " not in text:
        return None, text
    return text, None


def read_contacts(sheet: Sheet) -> Iterator[IncomingContact]:
    """The people of a file of contacts; a row that names nobody is refused."""
    seen = NumberTable()
    for row in sheet.rows():
        text = sheet.text
        cells = row.cells
        name = text(cells, "name") or " ".join(filter(None, (text(cells, "first_name"), text(cells, "last_name"))))
        email, further = _addresses_in(text(cells, "email"))
        contact = IncomingContact(
            row.line,
            name or None,
            email,
            text(cells, "phone"),
            text(cells, "organization"),
            text(cells, "role"),
            text(cells, "source"),
            sheet.is_yes(cells, "opted_out"),
            (*(KeptAddress(EMAIL, other) for other in further), *_more_addresses(sheet, cells)),
            _formerly(text(cells, "formerly")),
        )
        if not (contact.name or contact.email or contact.phone):
            sheet.refuse(row, None, "the row names nobody: give a name, an e-mail address or a phone number.")
            continue
        _note_oddities(sheet, row, contact, seen)
        yield contact


def _more_addresses(sheet: Sheet, cells: Sequence[str]) -> Iterator[KeptAddress]:
    """Of the columns that hold others; what is no address there is left out, as it is in a cell with several."""
    for mailbox in read_mailboxes(sheet.text(cells, "more_emails") or ""):
        yield KeptAddress(EMAIL, mailbox.email)
    for number in re.split(r"[;\n]", sheet.text(cells, "more_phones") or ""):
        if len(digits_of(number)) >= _FEWEST_DIGITS:
            yield KeptAddress(PHONE, number.strip())
    yield from (one for one in read_kept(None, None, sheet.text(cells, "addresses")))


_FEWEST_DIGITS = 5


def _formerly(text: str | None) -> str | None:
    """What is no such list is left out."""
    try:
        places = json.loads(text or "[]")
    except ValueError:
        return None
    kept = [
        {name: str(place[name]) if place.get(name) else None for name in ("organization", "role", "until")}
        for place in (places if isinstance(places, list) else ())
        if isinstance(place, dict)
    ]
    return json.dumps(kept, ensure_ascii=False) if kept else None


def _addresses_in(cell: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The first address, or what is none, as it stands; and the others."""
    found = () if cell is None or is_email(cell) else read_mailboxes(cell)
    return (found[0].email, tuple(one.email for one in found[1:])) if found else (cell, ())


def note_address(sheet: Sheet, row: Row, email: str | None) -> None:
    """Another program's column of addresses holds what people typed; `add` would refuse it."""
    if email is not None and not is_email(email):
        sheet.note(row, "odd_address")


def _note_oddities(sheet: Sheet, row: Row, contact: IncomingContact, seen: NumberTable) -> None:
    note_address(sheet, row, contact.email)
    if any(one.kind == EMAIL for one in contact.more):
        sheet.note(row, "several_addresses")
    key = normalise_email(contact.email) if contact.email else (contact.name, contact.organization)
    if seen.get(key) is None:
        seen.set(key, row.line)
    else:
        sheet.note(row, "repeated_person")


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
    others: tuple[ContactDetails, ...]
    """Whoever else has an address in the cell of the person."""
    instants: Mapping[str, int]
    """By field, those that are there: created_at, closed_at, close_date, won_at, lost_at, stage_changed_at, last_activity."""
    expected_close: date | None
    next_step_due: date | None
    snoozed_until: date | None
    fields: dict[str, str]


class DealRowReader:
    """Reads the values of a row of deals."""

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
        cells, (person, others) = row.cells, read_people_of(texts, is_exact=sheet.is_exact)
        if others:
            sheet.note(row, "several_addresses")
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
            others=others,
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
            known = [pipeline.id for pipeline in self._playbook.pipelines]
            self._sheet.refuse_word(row, "pipeline", text, self._words.unknown_pipeline(text), known)
        return found or default

    def _stage(self, row: Row, text: str | None, pipeline: str) -> StageWord | None:
        if text is None:
            return None
        key = (pipeline, text)
        if key not in self._stages:
            self._stages[key] = self._words.stage(text, pipeline)
        found = self._stages[key]
        if found is None:
            message, known = self._words.unknown_stage(text, pipeline), self._words.stages_and_outcomes(pipeline)
            self._sheet.refuse_word(row, "stage", text, message, known)
        elif found.by_part:
            self._sheet.note(row, "outcome_in_words")
        return found

    def _status(self, row: Row, texts: Mapping[str, str]) -> StageWord | None:
        text = texts.get("status")
        if text is None:
            return StageWord(outcome="won") if says_yes(texts.get("is_won")) else None
        found = self._words.status(text)
        if found is None:
            self._sheet.refuse_word(row, "status", text, self._words.unknown_status(text), STATUSES)
        elif found.by_part:
            self._sheet.note(row, "outcome_in_words")
        return found

    def _value(self, row: Row, texts: Mapping[str, str]) -> tuple[int | None, str]:
        """Minor units and their currency: that of its column, that beside the amount, that of the header, else the file's."""
        amount = self._amount(row, texts, "value")
        home = self._playbook.currency
        said = texts.get("currency")
        beside = (amount[1] if amount else None) or self._sheet.columns.currency
        if said and beside and header_key(said).upper() != beside:
            self._sheet.note(row, "two_currencies")
        currency = said.strip().upper() if said else beside or home
        if currency != home and currency not in self._playbook.exchange_rates:
            message = (
                f"there is no exchange rate for {quoted(currency)}: add to pipeline.yaml what one is in {home}, as in "
            )
            self._sheet.refuse(row, "currency" if said else "value", f"{message}exchange_rates: {{{currency}: RATE}}.")
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


_ANSWERS = frozenset({"yes", "no", "unknown"})


class OwnColumns(NamedTuple):
    """What only an export of this program has."""

    more_contacts: tuple[ContactDetails, ...] = ()
    answers: Mapping[str, str] = {}
    confirmed: tuple[str, ...] = ()
    """`stage.criterion` of each."""
    origin: int | None = None
    """Position in the file of the won deal that it grew out of."""
    check_in: date | None = None
    renewal: date | None = None
    evidence: Mapping[str, Evidence] = {}
    """By question, and by `stage.criterion`: what was said to it and when."""
    open_steps: tuple[IncomingStep, ...] = ()
    """The earliest first."""
    tags: str | None = None
    """Here and in `links`, as the column holds them."""
    links: str | None = None


NOTHING = OwnColumns()
_EVIDENCE = ("qualification_evidence", "confirmed_evidence")
_LABELS = ("tags", "links")
_FIELDS = (
    "more_contacts",
    "qualification",
    "confirmed",
    "from_deal",
    "check_in",
    "renewal",
    *_EVIDENCE,
    "open_steps",
    *_LABELS,
)


def read_own_columns(
    sheet: Sheet, said: DealRow, status: str, playbook: Playbook, find: Callable[[str], int | None]
) -> OwnColumns:
    """What the row says in them; a cell that is not ours goes to the extra fields.

    `find` says at which position of the file a deal of that number or external id stands.
    """
    texts = said.texts
    if not any(field in texts for field in _FIELDS):
        return NOTHING
    people = _read_people(texts.get("more_contacts", "[]"))
    answers = _read_answers(texts.get("qualification", ""), playbook)
    confirmed = _read_confirmed(texts.get("confirmed", ""), playbook)
    for field, found in zip(_FIELDS, (people, answers, confirmed), strict=False):
        if found is None:
            sheet.keep_as_extra(said.row, field, said.fields)
    origin = find(texts["from_deal"]) if "from_deal" in texts else None
    due = [_read_day(texts.get(field, "")) if status == "won" else None for field in FOLLOW_UPS]
    for field, value in zip(("from_deal", *FOLLOW_UPS), (origin, *due), strict=True):
        if field in texts and value is None:
            sheet.keep_as_extra(said.row, field, said.fields)
    evidence: dict[str, Evidence] = {}
    for field in _EVIDENCE:
        read = _read_evidence(texts.get(field, "{}"))
        if read is None:
            sheet.keep_as_extra(said.row, field, said.fields)
        evidence |= read or {}
    labels = (_read_tags(texts.get("tags")), _read_links(texts.get("links")))
    for field, label in zip(_LABELS, labels, strict=True):
        if field in texts and label is None:
            sheet.keep_as_extra(said.row, field, said.fields)
    steps = _read_steps(texts.get("open_steps", "[]"))
    if steps is None:
        sheet.keep_as_extra(said.row, "open_steps", said.fields)
    return OwnColumns(
        people or (), answers or {}, confirmed or (), origin, due[0], due[1], evidence, steps or (), *labels
    )


def _read_steps(text: str) -> tuple[IncomingStep, ...] | None:
    """`[{"text": "Demo", "due": "2026-12-04", "time": "14:30", "minutes": 45}]`"""
    try:
        read = tuple(_read_step(**one) for one in json.loads(text))
    except (ValueError, TypeError, AttributeError, UsageError):
        return None
    return read


def _read_step(
    text: str, due: str, time: str | None = None, minutes: int | None = None, remind_minutes: int | None = None
) -> IncomingStep:
    """Raises ValueError, TypeError, AttributeError or UsageError for what no export writes."""
    day = _read_day(due)
    if day is None or (time is not None and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time, re.ASCII)):
        raise ValueError(due)
    lowest = ((minutes, 1), (remind_minutes, 0))
    if any(value is not None and (type(value) is not int or not low <= value < 2**31) for value, low in lowest):
        raise ValueError(minutes)
    return IncomingStep(accept_filled(text, "The next step"), day, time, minutes, remind_minutes)


def _read_tags(text: str | None) -> str | None:
    """Words with spaces between; with commas or semicolons as other programs have them, when each tag becomes one word.

    None: some of it is no tag.
    """
    parts = re.split("[,;]", text or "")
    words = parts[0].split() if len(parts) == 1 else ["-".join(part.split()) for part in parts if part.strip()]
    return tags_in_text(words) if all(map(is_tag, words)) else None


def _read_links(text: str | None) -> str | None:
    """One a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] if text else []
    return links_in_text(lines) if all(map(is_link, lines)) else None


def _read_people(text: str) -> tuple[ContactDetails, ...] | None:
    """`[["Ann Lee", "ann@acme.example", null]]`: name, address and number of each."""
    try:
        people = json.loads(text)
        found = tuple(ContactDetails(*person) for person in people)
    except (ValueError, TypeError):
        return None
    if not all(part is None or isinstance(part, str) for person in found for part in person):
        return None
    return tuple(apart for one in found for apart in _taken_apart(one))


def _taken_apart(person: ContactDetails) -> Iterator[ContactDetails]:
    email, further = _addresses_in(person.email)
    yield person._replace(email=email)
    for other in further:
        yield ContactDetails(None, other, None)


def _read_evidence(text: str) -> dict[str, Evidence] | None:
    """`{"budget": {"evidence": "CFO said 20k", "at": "2026-11-03T11:00:00.000Z"}}`"""
    try:
        read = {
            name: Evidence(one["evidence"], None if one["at"] is None else from_text(one["at"]))
            for name, one in json.loads(text).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return read if all(one.text is None or isinstance(one.text, str) for one in read.values()) else None


def _read_answers(text: str, playbook: Playbook) -> dict[str, str] | None:
    """`budget=yes need=no`, of questions that pipeline.yaml asks in whatever pipeline."""
    known = playbook.every_question
    answers = {}
    for pair in text.split():
        item, _, answer = pair.partition("=")
        if item not in known or answer not in _ANSWERS:
            return None
        answers[item] = answer
    return answers


def _read_confirmed(text: str, playbook: Playbook) -> tuple[str, ...] | None:
    """`prospecting.problem`, of criteria that a person vouches for in whatever pipeline: a deal may have moved across."""
    stages = [stage for pipeline in playbook.pipelines for stage in pipeline.stages]
    known = {f"{stage.id}.{one.id}" for stage in stages for one in stage.exit_criteria if one.kind == "confirm"}
    names = tuple(text.split())
    return names if set(names) <= known else None


def _read_day(text: str) -> date | None:
    """A day as an export writes it."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[12]\d{3}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None
