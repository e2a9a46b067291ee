"""A report before it has a form: columns, rows and what stands around them; its definitions; its commands as called.

One result is computed once, becomes one `Report`, and `write.py` turns it into
a table, JSON, CSV, TSV or Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, tzinfo
from operator import attrgetter
from typing import Any, cast

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.shell import as_called

TEXT = "text"
ID = "id"
COUNT = "count"
MONEY = "money"
"""Minor units, rounded in the row; shown with thousands separators, in JSON a number with at most two decimals."""
PERCENT = "percent"
"""0 to 1 in the row and in JSON; shown as a whole percentage."""
DAYS = "days"
NUMBER = "number"
DATE = "date"
INSTANT = "instant"
FLAGS = "flags"
"""Records or mappings of flag, number, limit in the row; shown as words with their numbers."""
YES_NO = "yes_no"
WORDS = "words"
"""Texts without spaces; in CSV with a space between."""
LINES = "lines"
"""Texts of any form; in CSV one a line."""
CODE = "code"
"""Text that is typed as it stands: never cut."""


class Column(NamedTuple):
    """One key of a row: what it is called, what it means, how it looks, and where its value comes from."""

    key: str
    heading: str = ""
    kind: str = TEXT
    priority: int = 1
    """0 is never dropped from a narrow table; the highest number goes first."""
    meaning: str = ""
    """The definition, in one line, for --explain."""
    shown: bool = True
    """False: for machines only, never in a table."""
    machine: bool = True
    """False: for people only, never in JSON or CSV: a name beside the id that is promised."""
    whole: bool = False
    """MONEY that is an estimate: people see whole units, machines the exact figure."""
    bar: bool = False
    """PERCENT drawn as a bar too, where the table leaves room for one."""
    span: tuple[str, str, str] | None = None
    """Keys of a low, an expected and a high amount: after this column they are drawn as a range, where there is room."""
    is_short: bool = False
    """TEXT that is cut to 12 cells rather than a column of priority 2 left out, but not for one of a higher number."""
    least: int = 0
    """TEXT says nothing in fewer cells than this: before it gets less, columns that may go are gone."""
    value: str | Callable[[Any], Any] = ""
    """The attribute of the record, dotted where it is one of a record in it, or a function of the record.

    Empty: the attribute of the same name; of MONEY the same name with `_cents`.
    """
    currency: str = ""
    """MONEY: the attribute with its currency; empty: the report's own."""
    said: Callable[[Any], Any] | None = None
    """What people read in its place, of the record: the name of a stage, where programs have its id."""
    beside: str = ""
    """The column that makes `said` enough: without it the value itself is shown."""

    @property
    def said_key(self) -> str:
        """Of a row, where that stands; no column has such a key."""
        return f"{self.key} in words"

    @property
    def read(self) -> Callable[[Any], Any]:
        """What reads its value out of a record."""
        value = self.value or (f"{self.key}_cents" if self.kind == MONEY else self.key)
        read = attrgetter(value) if isinstance(value, str) else value
        return (lambda record: _whole_cents(read(record))) if self.kind == MONEY else read


def _whole_cents(cents: float | None) -> int | None:
    return None if cents is None else round(cents)


def amounts(*keys: str, ending: str = "_cents") -> tuple[Column, ...]:
    """Columns of MONEY for programs alone, each of the attribute of its name with that ending."""
    return tuple([Column(key, kind=MONEY, value=f"{key}{ending}") for key in keys])


def figures(*keys: str) -> tuple[Column, ...]:
    """Columns for programs alone, each of the attribute of its name."""
    return tuple([Column(key) for key in keys])


def under(name: str, columns: Iterable[Column]) -> tuple[Column, ...]:
    """The same columns for records that have those they read as an attribute."""
    whole = attrgetter(name)

    def inner(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda record: read(whole(record))

    return tuple([column._replace(value=inner(column.read)) for column in columns])


def reading(columns: Iterable[Column], values: Mapping[str, str | Callable[[Any], Any]]) -> tuple[Column, ...]:
    """The same columns, those of these keys with another place where their value comes from."""
    return tuple([column._replace(value=values.get(column.key, column.value)) for column in columns])


def read_row(columns: Sequence[Column], record: Any) -> dict[str, Any]:
    """The values of one record by the keys of the columns, money in minor units."""
    return next(read_rows(columns, [record]))


def read_rows(columns: Sequence[Column], records: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The values of each record by the keys of the columns; what is a row already stays one."""
    readers = [(column.key, column.read) for column in columns]
    readers += [("currency", attrgetter(column.currency)) for column in columns if column.currency]
    readers += [(column.said_key, column.said) for column in columns if column.said]
    for record in records:
        yield record if isinstance(record, dict) else {key: read(record) for key, read in readers}


class Mark(NamedTuple):
    """One line of a plot: a range, what was expected in it, and what came. Minor units, or any other whole numbers."""

    label: str
    low: int
    expected: int
    high: int
    actual: int | None = None
    """None: it has not come yet."""
    target: int | None = None
    """What was aimed at, such as a quota."""


class Bar(NamedTuple):
    """One line of a plot of counts; without a number it is a heading."""

    label: str
    share: float = 0.0
    """Of the full length, 0 to 1."""
    number: int | None = None
    rate: float | None = None
    """0 to 1, written beside the number."""


class Section(NamedTuple):
    """A second table of a report, for people: the totals, the findings, the stages of a forecast."""

    title: str
    columns: Sequence[Column] = ()
    rows: Sequence[Any] = ()
    """Records that the columns read, or mappings by their keys."""
    lines: Sequence[str] = ()
    """Sentences under the title, or under the table when there are rows."""
    marks: Sequence[Mark] = ()
    """Drawn as a plot, under the lines."""
    bars: Sequence[Bar] = ()
    """Drawn under the lines too."""


class Group(NamedTuple):
    """Rows of a table that stand together under a line of their own; several groups are one table, with one set of widths."""

    title: str
    rows: int
    """So many of those that no earlier group has."""


class Card(NamedTuple):
    """One deal on the board."""

    id: int
    title: str
    value_cents: int | None
    """In its own currency."""
    currency: str
    home_cents: int
    """In the file's currency; 0 without a value."""
    days: int | None
    """In the stage; None: not known."""
    marks: Sequence[str] = ()
    """What is to be said about it, the fullest wording first: the first that fits is shown."""
    is_snoozed: bool = False


class Lane(NamedTuple):
    """One column of the board: a stage."""

    name: str
    deals: int
    value_cents: int
    notices: Sequence[str] = ()
    """Short lines under its head."""
    cards: Sequence[Card] = ()
    group: str = ""
    """A line over it and the columns beside it that have the same."""


class Report(NamedTuple):
    """What a command answers, before it has a form."""

    name: str
    as_of: date
    pipeline: str | None
    """The id of the pipeline; None when the report covers every one."""
    currency: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    """Records that the columns read, or mappings by their keys; of a whole table that goes to a file, what is read once."""
    title: str = ""
    extra: Mapping[str, Any] = {}
    """Further top-level keys of the JSON form, already in their JSON form (money as `Cents`)."""
    sections: Sequence[Section] = ()
    empty: str = ""
    """What to say instead of an empty table: what it means and what to type next."""
    notes: Sequence[str] = ()
    """Sentences about the answer, on stderr."""
    has_rows: bool = True
    """False: JSON has no `rows` (show)."""
    rows_drawn: bool = True
    """False: the rows are for machines, and people read what the sections make of them."""
    definitions: Mapping[str, str] = {}
    """Words of the report that are no columns (findings, flags, rules) -> what they mean, for --explain."""
    zone: tzinfo | None = None
    """The zone in which people see instants; None: the zone each instant carries."""
    groups: Sequence[Group] = ()
    """Of the rows, in their order; empty: they are one."""
    headed: bool = True
    """False: the table is drawn without its headings, where room is short."""
    chosen: Sequence[str] = ()
    """The columns alone that are wanted, as typed, of those it has."""
    lanes: Sequence[Lane] = ()
    """Drawn as a board of cards, where there would be a table of the rows."""
    tables: Sequence[str] = ()
    """Keys of `extra` that are tables too: as CSV in a file, each has one of its own beside that of the rows."""


class Cents(int):
    """Minor units inside `extra`, so that the writer turns them into a JSON number."""


def further_tables(report: Report) -> Iterator[tuple[str, Report]]:
    """Each of its `tables` that has a row, by its key, as a report of its own."""
    for key in report.tables:
        value = report.extra[key]
        rows = [value] if isinstance(value, Mapping) else list(value)
        if rows:
            columns = [Column(name) for name in dict.fromkeys(name for row in rows for name in row)]
            yield key, report._replace(columns=columns, rows=rows, tables=(), sections=(), groups=(), chosen=())


class ThinRate(float):
    """A share that rests on too few deals: people see it greyed, with its n."""

    n: int

    def __new__(cls, share: float, n: int) -> ThinRate:
        rate = super().__new__(cls, share)
        rate.n = n
        return rate


class Strong(str):
    """A sentence or a cell that people see in bold: where to look first."""

    __slots__ = ()


class Marked(str):
    """Text in which words are marked: in bold on a terminal with colours, else between asterisks."""

    __slots__ = ("spans",)
    spans: Sequence[tuple[int, int]]
    """Where they begin and end, in order."""

    def __new__(cls, text: str, spans: Sequence[tuple[int, int]]) -> Marked:
        marked = super().__new__(cls, text)
        marked.spans = spans
        return marked

    @property
    def pieces(self) -> list[tuple[str, bool]]:
        """The text in parts, each with whether it is marked."""
        parts, end = [], 0
        for start, stop in self.spans:
            parts += [(self[end:start], False), (self[start:stop], True)]
            end = stop
        return [(text, marked) for text, marked in (*parts, (self[end:], False)) if text]


def called_as(report: Report, program: str) -> Report:
    """Ready to be written: its rows read, its commands as the program was called; what machines read names them itself."""
    rows = read_rows(report.columns, report.rows)
    report = report._replace(
        rows=list(rows) if isinstance(report.rows, Sequence) else cast("Sequence[Any]", rows),
        sections=[one._replace(rows=list(read_rows(one.columns, one.rows))) for one in report.sections],
    )
    if program == "pipeline":
        return report
    return report._replace(
        sections=[_section(section, program) for section in report.sections],
        empty=as_called(report.empty, program),
        notes=[as_called(note, program) for note in report.notes],
        definitions={word: as_called(meaning, program) for word, meaning in report.definitions.items()},
    )


def _section(section: Section, program: str) -> Section:
    typed = [column.key for column in section.columns if column.kind == CODE]
    return section._replace(
        lines=[_line(line, program) for line in section.lines],
        rows=[_row(row, typed, program) for row in section.rows],
    )


def _line(line: str, program: str) -> str:
    said = as_called(line, program)
    return Strong(said) if isinstance(line, Strong) else said


def _row(row: Mapping[str, Any], typed: list[str], program: str) -> Mapping[str, Any]:
    """A cell that is typed as it stands begins with the name of the program, where its heading does not name it."""
    whole = {
        key: f"{program} {row[key].removeprefix('pipeline ')}"
        for key in typed
        if str(row.get(key) or "").startswith("pipeline ")
    }
    return {**row, **whole}


def explain(report: Report) -> list[str]:
    """One line for each column, those of the sections included, then one for each other word the report defines."""
    columns = [*report.columns, *(column for section in report.sections for column in section.columns)]
    return [*_each_once(columns), *(f"{word}: {meaning}" for word, meaning in report.definitions.items())]


def _each_once(columns: list[Column]) -> Iterator[str]:
    told = set()
    for column in columns:
        if (column.key, column.meaning) not in told:
            told.add((column.key, column.meaning))
            yield f"{column.heading} ({column.key})".lstrip() + (f": {column.meaning}" if column.meaning else "")
