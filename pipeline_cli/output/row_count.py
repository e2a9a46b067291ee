"""How many rows long work has gone through, on one line of stderr that goes away again; on a terminal, after a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

_PATIENCE = 1.0
_PAUSE = 0.1


class RowCount:
    """Told now and then how far the work is; use it as a context manager, so that its line goes away."""

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
            self._stream.write("\r\033[K")
            self._stream.flush()

    def __call__(self, what: str, rows: int) -> None:
        """So many rows of something were read or saved."""
        now = self._seconds()
        if what != self._what:
            self._what, self._since = what, now
        if not self._shows or now - self._begun < _PATIENCE or (self._drawn and now - self._said < _PAUSE):
            return
        rate = f", {rows / (now - self._since):,.0f} a second" if now > self._since else ""
        self._stream.write(f"\r\033[K{what}: {rows:,} {self._noun}{rate}")
        self._stream.flush()
        self._drawn, self._said = True, now
