"""Which character stands between the fields: the one that yields headers somebody knows, never the likeliest letter."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from itertools import islice

from pipeline_cli.exchange.presets import count_known

DELIMITERS = (",", ";", "\t", "|")
_SAMPLED_ROWS = 40


def find_delimiter(sample: str) -> str:
    """The one with the most known headers, then the most even rows, then the most columns."""
    lines = sample.splitlines(keepends=True)
    return max(DELIMITERS, key=lambda delimiter: _score(lines, delimiter))


def _score(lines: Sequence[str], delimiter: str) -> tuple[int, int, int]:
    rows = _sampled(lines, delimiter)
    if not rows:
        return (0, 0, 0)
    header = rows[0]
    if len(header) == 1 and delimiter in header[0]:
        header = next(csv.reader(header, delimiter=delimiter), header)
    width = len(header)
    even = sum(len(row) == width for row in rows[1:]) if width > 1 else 0
    return (count_known(header), even, width)


def _sampled(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in islice(reader, _SAMPLED_ROWS):
            if any(cell.strip() for cell in row) and not (len(rows) == 0 and row[0].lower().startswith("sep=")):
                rows.append(row)
    except csv.Error:
        # Beyond here the sample cannot be read this way; what was read still counts.
        return rows
    return rows


def split_cell(cells: Sequence[str], delimiter: str, width: int) -> list[str] | None:
    """The fields of a row that was quoted as one field; None when it is not such a row."""
    if len(cells) != 1 or delimiter not in cells[0]:
        return None
    try:
        inner = next(csv.reader(cells, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return inner if len(inner) == width else None
