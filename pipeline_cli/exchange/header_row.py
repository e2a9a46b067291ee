"""Which of the first rows of a table names its columns."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.words.presets import count_known, name_columns, repeated_names

LINES_ABOVE = 30
"""Rows among which the header is looked for."""
_MOST_LOOKED_AT = 300
"""Cells of a row that are compared with known headers."""


def find_header(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows names the columns: the first, unless a later one is plainly a header and that is not.

    A title or a date of the export above the header is short, and of none of its cells a column is known.
    """
    known = [count_known(name_columns(row[:_MOST_LOOKED_AT])) for row in rows]
    filled = [_count_filled(row) for row in rows]
    best = max(range(len(rows)), key=lambda place: (known[place], -place))
    is_poor = known[0] == 0 or (known[0] < filled[0] and 2 * known[0] < known[best])
    if known[best] > 1 and is_poor and filled[0] < filled[best]:
        return best
    if known[0] or filled[0] > 1:
        return 0
    widest = max(filled)
    like_header = (place for place, row in enumerate(rows) if filled[place] == widest > 2 and _names_columns(row))
    place = next(like_header, 0)
    return place if sum(filled[place + 1 :]) > place else 0


def _count_filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _names_columns(cells: Sequence[str]) -> bool:
    """No figure begins a cell of it, and no two are alike."""
    said = [cell.strip() for cell in cells if cell.strip()]
    return not any(cell[0].isdigit() for cell in said) and not repeated_names(said)
