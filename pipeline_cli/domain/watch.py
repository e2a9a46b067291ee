"""How long work tells whoever watches it how far it is."""

# No `from __future__ import annotations`: the alias below is a value.

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Watch = Callable[[str, int], None]
"""Called now and then with what is gone through, and how many rows of it were."""
EVERY = 4096
"""Rows between two calls."""
Row = TypeVar("Row")


def unwatched(what: str, rows: int) -> None:
    """Nobody looks."""


def watched_rows(rows: Iterable[Row], what: str, watch: Watch) -> Iterator[Row]:
    """The same rows, counted aloud."""
    for number, row in enumerate(rows):
        if not number % EVERY:
            watch(what, number)
        yield row
