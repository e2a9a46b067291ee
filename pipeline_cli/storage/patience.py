"""How long SQLite may work on one thing; meanwhile Ctrl-C is heeded all the same."""

from __future__ import annotations

import time


class Patience:
    """To be asked in the midst of a statement, as a progress handler: SQLite swallows what is raised there."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self.is_interrupted = False
        self.is_lost = False
        """The time is over."""

    def is_over(self) -> int:
        """1 stops the statement."""
        try:
            self.is_lost = time.monotonic() > self._end
        except KeyboardInterrupt:
            self.is_interrupted = True
        return int(self.is_lost or self.is_interrupted)
