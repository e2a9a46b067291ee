"""The value of a cell as programs read it: numbers as numbers, days and instants in ISO form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pipeline_cli.domain.clock import to_text
from pipeline_cli.output.numbers import json_number
from pipeline_cli.output.report import MONEY, Cents, Column


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


def iso_text(value: date | datetime) -> str:
    """`2026-11-21`, or for an instant `2026-11-21T09:30:00.000Z`."""
    if isinstance(value, datetime):
        return to_text(value)
    return value.isoformat()
