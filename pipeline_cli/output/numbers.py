"""Numbers and days as people read them, and as programs do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from pipeline_cli.domain.words.clock import to_text
from pipeline_cli.output.report import MONEY, Cents, Column, read_row

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(cents: int, *, decimals: bool | None = None) -> str:
    """`12,345` or `12,345.67`; the decimals are shown when asked for, else when there are any."""
    units, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    if decimals if decimals is not None else rest:
        return f"{sign}{units:,}.{rest:02}"
    return f"{sign}{units:,}"


def whole_money(cents: float) -> str:
    """`12,345`: minor units to the nearest whole unit, as sentences and scales say it."""
    return money(round(cents / 100) * 100)


def have_cents(amounts: Iterable[int]) -> bool:
    """Some of these minor units are no whole units, so that a column of them needs decimals."""
    return any(cents % 100 for cents in amounts)


def json_number(cents: int) -> int | float:
    """Minor units as a JSON number with at most two decimals; exact up to 10^15 minor units."""
    return cents / 100 if cents % 100 else cents // 100


def decimal_text(cents: int) -> str:
    """Minor units as a raw number for CSV: `12345` or `12345.60`."""
    return money(cents).replace(",", "")


def percent(share: float) -> str:
    """A share of 0 to 1 as a whole percentage; never 0% or 100% when it is not exactly that."""
    text = f"{share:.0%}"
    if text == "0%" and share > 0:
        return "<1%"
    if text == "100%" and share < 1:
        return ">99%"
    return "0%" if text == "-0%" else text


def number(value: float, places: int = 0) -> str:
    """With thousands separators."""
    text = f"{value:,.{places}f}"
    return text.removeprefix("-") if value < 0 and not text.strip("-0.") else text


def places_of_days(values: Iterable[float]) -> int:
    """1 when some are not whole days, to a tenth of a day."""
    return int(any(round(value, 1) % 1 for value in values))


def places_of_numbers(values: Iterable[float]) -> int:
    """Decimals a column of numbers needs: none when all are whole, three when all are below one, else one."""
    sizes = [abs(value) for value in values]
    if all(size % 1 == 0 for size in sizes):
        return 0
    return 3 if max(sizes) < 1 else 1


def day(value: date, today: date) -> str:
    """`yesterday`, `today`, `tomorrow`, `21 Nov`, and with the year when it is not this one."""
    near = {today - timedelta(days=1): "yesterday", today: "today", today + timedelta(days=1): "tomorrow"}
    return near.get(value) or calendar_day(value, today)


def calendar_day(value: date, today: date) -> str:
    """`21 Nov`, and with the year when it is not this one."""
    text = f"{value.day} {MONTHS[value.month - 1]}"
    return text if value.year == today.year else f"{text} {value.year}"


def moment(value: datetime, today: date, zone: tzinfo | None = None) -> str:
    """`21 Nov 09:30` in the zone, or in the zone of the instant itself."""
    local = value.astimezone(zone) if zone else value
    return f"{calendar_day(local.date(), today)} {local:%H:%M}"


def json_value(value: Any) -> Any:
    """A value in JSON form, all the way down: `Cents` become numbers, dates become text, records become mappings."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, Cents):
        return json_number(int(value))
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (date, datetime)):
        return iso_text(value)
    if hasattr(value, "as_integer_ratio"):  # a Decimal or a Fraction: loading both to ask takes 5 ms
        return int(value) if value == int(value) else float(value)
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if hasattr(value, "_asdict"):
        return json_value(value._asdict())
    return [json_value(item) for item in value]


def json_cell(value: Any, column: Column) -> Any:
    """The cell of a row in JSON form."""
    if column.kind == MONEY and isinstance(value, int):
        return json_number(int(value))
    return json_value(value)


def json_row(columns: Sequence[Column], record: Any) -> dict[str, Any]:
    """A record in JSON form, by the columns that are for programs."""
    row = read_row(columns, record)
    return {column.key: json_cell(row[column.key], column) for column in columns if column.machine}


def json_rows(columns: Sequence[Column], records: Iterable[Any]) -> list[dict[str, Any]]:
    """Each of them."""
    return [json_row(columns, record) for record in records]


def iso_text(value: date | datetime) -> str:
    """`2026-11-21`, or for an instant `2026-11-21T09:30:00.000Z`."""
    if isinstance(value, datetime):
        return to_text(value)
    return value.isoformat()
