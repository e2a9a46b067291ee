"""Tables of the record as delimited text: raw numbers, ISO dates, text that no spreadsheet runs and import reads back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import TextIO

from pipeline_cli.domain.clock import to_text
from pipeline_cli.domain.formula_guard import guard_formula

BYTE_ORDER_MARK = "\ufeff"
Cell = str | int | float | date | datetime | bool | None


class Cents(int):
    """Minor units: written as a number with the decimals it has."""


def write_csv(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], stream: TextIO, *, excel: bool = False, delimiter: str = ","
) -> None:
    """A header and the rows, RFC 4180. `excel`: a byte-order mark and CRLF.

    Cells that are `str` are text and are guarded; numbers never are. The stream must not translate line endings.
    """
    if excel:
        stream.write(BYTE_ORDER_MARK)
    end = "\r\n" if excel else "\n"
    # With "\n" as its line ending, the csv module of Python 3.11 leaves a lone CR unquoted, and no reader takes that.
    lines = SimpleNamespace(write=lambda line: stream.write(line.removesuffix("\r\n") + end))
    writer = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guard_formula(column) for column in columns])
    writer.writerows(map(to_cells, rows))


def to_cells(row: Iterable[Cell]) -> list[str]:
    return [cell_text(cell) for cell in row]


def cell_text(cell: Cell) -> str:
    """Missing is empty, yes is 1, instants are UTC with milliseconds, amounts have at most two decimals."""
    if isinstance(cell, str):
        return guard_formula(cell)
    for kind, write in _WRITERS:
        if isinstance(cell, kind):
            return write(cell)
    return "" if cell is None else str(cell)


def amount_text(cents: int) -> str:
    """`1234.5` for 123,450 minor units: a plain number with the decimals it needs."""
    sign, units, rest = "-" if cents < 0 else "", *divmod(abs(cents), 100)
    return f"{sign}{units}" if not rest else f"{sign}{units}.{rest:02}".rstrip("0")


_WRITERS: tuple[tuple[type, Callable[..., str]], ...] = (
    (bool, lambda yes: "1" if yes else ""),
    (Cents, amount_text),
    (datetime, to_text),
    (date, date.isoformat),
)
"""From the special to the general: a bool is an int, an instant is a date."""
