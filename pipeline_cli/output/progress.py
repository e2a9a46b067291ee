"""How far long work is, on one line of stderr that goes away again; on a terminal alone, and only after a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO, TypeVar

Step = TypeVar("Step")
_PATIENCE = 1.0
_PAUSE = 0.1
_WIDTH = 30
_WIPE = "\r\033[K"


def watched(
    steps: Sequence[Step], what: str, stream: TextIO, seconds: Callable[[], float] = time.monotonic
) -> Iterator[Step]:
    """Hands on the steps, and says after each how many are done."""
    begun = seconds()
    shows = stream.isatty()
    drawn = False
    try:
        for done, step in enumerate(steps):
            if shows and seconds() - begun >= _PATIENCE:
                bar = ("#" * (done * _WIDTH // len(steps))).ljust(_WIDTH, ".")
                _write(stream, f"\r{what} [{bar}] {done} of {len(steps)}")
                drawn = True
            yield step
    finally:
        if drawn:
            _write(stream, _WIPE)


class RowCount:
    """How many rows the work is through, told now and then; a context manager, so that its line goes away."""

    def __init__(self, stream: TextIO, seconds: Callable[[], float] = time.monotonic, noun: str = "rows") -> None:
        self._stream, self._noun = stream, noun
        self._seconds = seconds
        self._shows = stream.isatty()
        self._begun = self._said = seconds()
        self._what, self._since = "", self._begun
        self._drawn = False

    def __enter__(self) -> RowCount:
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            _write(self._stream, _WIPE)

    def __call__(self, what: str, rows: int) -> None:
        """So many rows of something were read or saved."""
        now = self._seconds()
        if what != self._what:
            self._what, self._since = what, now
        if not self._shows or now - self._begun < _PATIENCE or (self._drawn and now - self._said < _PAUSE):
            return
        rate = f", {rows / (now - self._since):,.0f} a second" if now > self._since else ""
        _write(self._stream, f"{_WIPE}{what}: {rows:,} {self._noun}{rate}")
        self._drawn, self._said = True, now


def _write(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()
