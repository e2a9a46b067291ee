"""The first passes over the deals: the forms of whole columns, which deal is which, which rows say it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import starmap

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.number_table import NumberTable
from pipeline_cli.domain.words.outcome_words import plain_key
from pipeline_cli.exchange.forms import DateEvidence, NumberEvidence, UnreadableNumberError
from pipeline_cli.exchange.problems import Problem, UnreadableFile
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import RULES, Sheet, is_missing, look_only, order_or_refuse

DATE_FIELDS = (
    "created_at",
    "expected_close",
    "close_date",
    "closed_at",
    "won_at",
    "lost_at",
    "next_step_due",
    "snoozed_until",
    "stage_changed_at",
    "last_activity",
)
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


_KINDS_OF_CUSTOMERS = (
    "current new past existing former old prospect lead customer client returning yes no true false 0 1 unknown none "
    "bestandskunde neukunde altkunde ehemalig neu bestehend ja nein nouveau existant ancien actuel oui non "
    "nuevo actual anterior antiguo si novo atual antigo sim nao"
)
_NO_NAMES = frozenset(_KINDS_OF_CUSTOMERS.split())
"""What a column says that tells what kind of customer somebody is, and not who."""
_MOST_KINDS = 12


class ColumnSurvey:
    """Looks at every value of the columns of dates and numbers of the deals, and at what the organizations are called."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        fields = sheet.columns.fields
        self._dates = [(fields[field], field, DateEvidence()) for field in DATE_FIELDS if field in fields]
        self._numbers = [(fields[field], field, NumberEvidence()) for field in NUMBER_FIELDS if field in fields]
        self._organization = fields.get("organization")
        self._customers: set[str] = set()
        """What the column of organizations holds, while it may be no names."""
        self._created = fields.get("created_at")
        self._has_blank_creation = self._created is None

    def add(self, row: Row) -> None:
        """One more row of the evidence."""
        cells = row.cells
        if self._created is not None and not cells[self._created]:
            self._has_blank_creation = True
        if self._organization is not None and len(self._customers) < _MOST_KINDS:
            self._customers.add(cells[self._organization])
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
        self._keep_kinds_of_customers(pinned)
        problems: list[Problem] = []
        orders = {}
        for index, field, dates in self._dates:
            if dates.has_no_dates() and field not in pinned:
                self._keep_as_text(index, field, dates)
                continue
            if dates.first_serial is not None:
                self._sheet.ledger.warn("spreadsheet_days", RULES["spreadsheet_days"], dates.first_serial)
            try:
                orders[field] = date_order or order_or_refuse(self._sheet, field, dates)
            except UnreadableFile as error:
                problems.extend(error.problems)
        decimals = {}
        for index, field, numbers in self._numbers:
            try:
                decimals[field] = decimal or numbers.decimal()
            except UnreadableNumberError as error:
                if numbers.is_open:
                    self._sheet.ledger.open_forms.add("decimal")
                problems.append(self._sheet.table.problem(numbers.open_line, index, str(error)))
        if problems:
            raise UnreadableFile(problems)
        above_one = any(numbers.above_one for _, field, numbers in self._numbers if field == "probability")
        return ColumnForms(
            orders,
            decimals,
            above_one and not self._sheet.columns.is_own_export,
            self._has_blank_creation or "created_at" not in orders,
        )

    def _keep_kinds_of_customers(self, pinned: Collection[str]) -> None:
        """`Client: Current, New, Past` names no organization."""
        said = {plain_key(text) for text in self._customers} - {""}
        if self._organization is None or "organization" in pinned or not said or not said <= _NO_NAMES:
            return
        sheet, name = self._sheet, self._sheet.table.header[self._organization]
        if plain_key(name) == "organization":  # our own word for it is meant as it is
            return
        message = f'the column "{name}" says what kind of customer, and not who: kept as an extra field.'
        sheet.ledger.warn_of_many("kinds_of_customers", message, 1)
        sheet.columns = sheet.columns.without("organization", sheet.table.header)

    def _keep_as_text(self, index: int, field: str, dates: DateEvidence) -> None:
        sheet = self._sheet
        name = sheet.table.header[index]
        line, _ = dates.first_word or (1, "")
        message = f'the column "{name}" looks like a date and holds words: kept as an extra field.'
        sheet.ledger.warn(f"words_in_{field}", message, line)
        sheet.columns = sheet.columns.without(field, sheet.table.header)


REPEATED = 1 << 60
"""Instead of a position: several deals have this title."""


class DealIndex:
    """Key -> position of the deal, in the order of the file; small enough for a million deals."""

    def __init__(self) -> None:
        self._positions = NumberTable()
        self.position_of = self._positions.get
        """By the very key; None when no deal has it."""
        self.lines = array("I")
        """By position: the line of the deal."""
        self.is_bad = bytearray()
        """By position: 1 when the row of the deal was refused, so that its moves and touchpoints go with it."""
        self._digests = array("q")
        self._own_ids = NumberTable()
        self._titles: NumberTable | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def add(self, key: str, line: int, digest: int) -> int:
        """One more deal; returns its position."""
        position = len(self.lines)
        self._positions.set(key, position)
        self.lines.append(line)
        self._digests.append(digest)
        self.is_bad.append(0)
        return position

    def finder(self) -> Callable[[str], int | None]:
        """As `position_of`, and quicker where the rows of one deal stand together."""
        last, found, position_of = "", None, self.position_of

        def find_again(key: str) -> int | None:
            nonlocal last, found
            if key != last:
                last, found = key, position_of(key)
            return found

        return find_again

    def is_alike(self, position: int, digest: int) -> bool:
        """Whether the row at that position says the same."""
        return self._digests[position] == digest

    def add_name(self, name: str, position: int) -> None:
        """A second name of a deal, which gives way to a key."""
        if self._own_ids.get(name) is None:
            self._own_ids.set(name, position)

    def find_by_id(self, name: str) -> int | None:
        """A deal by its key, its number or its external id."""
        position = self.position_of(name)
        if position is None:
            position = self.position_of(f"#{name}")
        return self._own_ids.get(name) if position is None else position

    def find(self, name: str, titles: Callable[[], NumberTable]) -> int | None:
        """A deal by its key, its external id, or the one title that is exactly this."""
        position = self.find_by_id(name)
        if position is None:
            if self._titles is None:
                self._titles = titles()
            position = self._titles.get(name)
        return None if position == REPEATED else position


def index_deals(sheet: Sheet, survey: ColumnSurvey) -> DealIndex:
    """Refuses the second of two rows that share an id and differ, warns of those that are alike."""
    index = DealIndex()
    get_key = key_finder(sheet)
    alike: dict[str, int] = {}

    def refuse(problem: Problem, cells: Sequence[str]) -> None:
        sheet.read += 1
        sheet.ledger.refuse(problem, cells)
        key = get_key(cells, is_ragged=True)
        if key and index.position_of(key) is None:
            index.is_bad[index.add(key, problem.line, 0)] = 1

    for row in starmap(Row, sheet.table.rows(refuse)):
        sheet.read += 1
        survey.add(row)
        sheet.refuse_long(row.line, row.cells)
        digest = hash(tuple(row.cells))
        key = get_key(row.cells)
        if key is None:
            _add_without_id(sheet, index, row, digest, alike)
            continue
        known = index.position_of(key)
        if known is None:
            position = index.add(key, row.line, digest)
            if sheet.columns.is_own_export:
                index.add_name(sheet.text(row.cells, "external_id") or "", position)
        else:
            _note_repeated(sheet, index, row, known, digest)
    return index


def _note_repeated(sheet: Sheet, index: DealIndex, row: Row, known: int, digest: int) -> None:
    first = index.lines[known]
    if index.is_alike(known, digest):
        sheet.note(row, "repeated_row")
    else:
        field = "id" if sheet.columns.is_own_export else "external_id"
        sheet.refuse(row, field, f"line {first} has the same id and says something else: keep one of the two rows.")


def _add_without_id(sheet: Sheet, index: DealIndex, row: Row, digest: int, seen: dict[str, int]) -> None:
    key = content_key(row.cells)
    if index.position_of(key) is not None:
        seen[key] = seen.get(key, 1) + 1
        sheet.note(row, "duplicate_rows")
        key = f"{key}:{seen[key]}"
    index.add(key, row.line, digest)


def key_finder(sheet: Sheet) -> Callable[..., str | None]:
    """What names the deal of a row: `#12` in an own export, else its external id; None without one."""
    at = sheet.columns.fields.get("id" if sheet.columns.is_own_export else "external_id")
    mark = "#" if sheet.columns.is_own_export else ""

    def find_key(cells: Sequence[str], *, is_ragged: bool = False) -> str | None:
        if at is None or (is_ragged and at >= len(cells)):
            return None
        text = sheet.clean(cells[at])
        return mark + text if text else None

    return find_key


def content_key(cells: Sequence[str]) -> str:
    """An id made from the content: the same in this import and in the next."""
    content = "\x1f".join(cells).encode()
    return f"row:{blake2b(content, digest_size=12).hexdigest()}"


def rows_of_deals(sheet: Sheet, index: DealIndex) -> Iterator[tuple[int, str, Row]]:
    """The rows that stand for a deal, with its position and key: a later pass over the same file."""
    get_key, position, seen = key_finder(sheet), 0, dict[str, int]()
    lines, last = index.lines, len(index.lines)
    for row in starmap(Row, sheet.table.rows(look_only)):
        while position < last and lines[position] < row.line:
            position += 1
        if position == last or lines[position] != row.line:
            continue
        key = get_key(row.cells)
        if key is None:
            key = content_key(row.cells)
            if index.position_of(key) != position:
                seen[key] = seen.get(key, 1) + 1
                key = f"{key}:{seen[key]}"
        yield position, key, row


def titles_of(sheet: Sheet, index: DealIndex) -> NumberTable:
    """Title -> position, for files of activities that name their deal by its title."""
    found = NumberTable()
    for position, _, row in rows_of_deals(sheet, index):
        title = sheet.text(row.cells, "title")
        if title:
            found.set(title, position if found.get(title) is None else REPEATED)
    return found
