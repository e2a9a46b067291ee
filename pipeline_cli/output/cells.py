"""The cells of a column as people read them, each on one line and all in one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeline_cli.output import numbers
from pipeline_cli.output.numbers import json_value
from pipeline_cli.output.report import (
    COUNT,
    DATE,
    DAYS,
    FLAGS,
    ID,
    INSTANT,
    LINES,
    MONEY,
    NUMBER,
    PERCENT,
    TEXT,
    WORDS,
    YES_NO,
    Cents,
    Column,
    Report,
    ThinRate,
)
from pipeline_cli.output.text import visible

NUMERIC = frozenset({COUNT, MONEY, PERCENT, DAYS, NUMBER})
RIGHT_ALIGNED = NUMERIC | {ID}
MAY_BE_SHORTENED = frozenset({TEXT, FLAGS, WORDS, LINES})
NOTHING = "-"
"""In place of a number that is missing, which is not zero."""

Show = Callable[[Any], str]


def shown_cells(column: Column, rows: Sequence[Mapping[str, Any]], report: Report) -> list[str]:
    """The column of these rows. An amount in another currency than the report's makes the whole column name its own."""
    key = column.said_key if column.said else column.key
    values = [row.get(key, row.get(column.key)) for row in rows]
    show = _show(column, values, report)
    missing = NOTHING if column.kind in NUMERIC else ""
    cells = [
        missing if value is None else visible(value) if isinstance(value, str) else show(value) for value in values
    ]
    currencies = [row.get("currency") or report.currency for row in rows]
    if column.kind != MONEY or set(currencies) <= {report.currency}:
        return cells
    return [
        cell if value is None else f"{cell} {visible(currency)}"
        for cell, value, currency in zip(cells, values, currencies, strict=True)
    ]


def _show(column: Column, values: Sequence[Any], report: Report) -> Show:
    kind = column.kind
    amounts = [value for value in values if value is not None and not isinstance(value, str)]
    if kind == MONEY and column.whole:
        return lambda value: numbers.money(round(value / 100) * 100, decimals=False)
    if kind == MONEY:
        decimals = numbers.have_cents(amounts)
        return lambda value: numbers.money(value, decimals=decimals)
    if kind in (DAYS, NUMBER, COUNT) and amounts:
        places = numbers.places_of_days(amounts) if kind == DAYS else numbers.places_of_numbers(amounts)
        return lambda value: numbers.number(value, places)
    if kind == DATE:
        return lambda value: _day(value, report)
    shows: dict[str, Show] = {PERCENT: _percent, FLAGS: flags_in_words, YES_NO: _yes_no}
    if kind == INSTANT:
        return lambda value: numbers.moment(value, report.as_of, report.zone)
    return shows.get(kind, _text)


def _percent(value: float) -> str:
    text = numbers.percent(value)
    return f"{text} (n {value.n})" if isinstance(value, ThinRate) else text


def _day(value: date | datetime, report: Report) -> str:
    local = value.astimezone(report.zone).date() if isinstance(value, datetime) else value
    return numbers.day(local, report.as_of)


def flags_in_words(value: Sequence[Any]) -> str:
    """Flags, each with the number that set it off; a share as percent."""
    return ", ".join(_flag(json_value(flag)) for flag in value)


def _flag(flag: Mapping[str, Any]) -> str:
    name, figure = visible(str(flag["flag"])), flag.get("number")
    if not figure or isinstance(figure, bool):
        return name
    if isinstance(figure, str):
        return f"{name} {visible(figure)}"
    is_share = isinstance(figure, float) and 0 < figure <= 1
    return f"{name} {numbers.percent(figure) if is_share else numbers.number(figure, numbers.places_of_days([figure]))}"


def _yes_no(value: object) -> str:
    return "yes" if value else "no"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _yes_no(value)
    if isinstance(value, Cents):
        return numbers.money(value)
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)) and all(isinstance(item, (str, int)) for item in value):
        return ", ".join(visible(str(item)) for item in value)
    plain = json_value(value)
    if isinstance(plain, str):
        return visible(plain)
    import json  # for the rare cell that holds a record

    return visible(json.dumps(plain, ensure_ascii=False))
