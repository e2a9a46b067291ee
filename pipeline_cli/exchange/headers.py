"""Header cells as people and programs write them: what is shown, and what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache


def clean_header(cell: str) -> str:
    """The header as it is kept: without byte-order mark, outer spaces and the trailing `*` of a required column."""
    return " ".join(cell.replace("\ufeff", "").split()).rstrip("*").rstrip()


@lru_cache(maxsize=4096)  # the words of a column of stages or outcomes are few, and asked for in every row
def header_key(header: str) -> str:
    """The letters and digits alone, in lower case: `Deal - ID`, `deal_id` and `DEAL ID*` are one name."""
    return "".join(filter(str.isalnum, header.casefold()))


def name_columns(cells: Sequence[str]) -> list[str]:
    """The names of the columns; one without a name gets its number."""
    cleaned = [clean_header(cell) for cell in cells]
    return [name or f"column {number}" for number, name in enumerate(cleaned, 1)]


def repeated_names(names: Sequence[str]) -> list[str]:
    """Names that stand there twice, in whatever case."""
    folded = [name.casefold() for name in names]
    return [name for number, name in enumerate(names) if name.casefold() in folded[:number]]
