"""How far long work is, on one line of stderr that goes away again; on a terminal alone, and only after a second."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TextIO, TypeVar

Step = TypeVar("Step")
_PATIENCE = 1.0
_WIDTH = 30


def watched(steps: Sequence[Step], what: str, stream: TextIO) -> Iterator[Step]:
    """Hands on the steps, and says after each how many are done."""
    begun = time.monotonic()
    shows = stream.isatty()
    drawn = False
    try:
        for done, step in enumerate(steps):
            if shows and time.monotonic() - begun >= _PATIENCE:
                bar = ("#" * (done * _WIDTH // len(steps))).ljust(_WIDTH, ".")
                stream.write(f"\r{what} [{bar}] {done} of {len(steps)}")
                stream.flush()
                drawn = True
            yield step
    finally:
        if drawn:
            stream.write("\r\033[K")
            stream.flush()
