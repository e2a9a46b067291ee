"""What Ctrl-C may truly say: which files had been given their names for good when it came."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_named: list[str] = []


def begin() -> None:
    """A new command has written nothing yet."""
    _named.clear()


@contextmanager
def remembered(path: Path) -> Iterator[None]:
    """Around the one step that gives a file its name: Ctrl-C waits for its end, so that it knows of the file."""
    can_wait = hasattr(signal, "pthread_sigmask")  # not on Windows
    try:
        if can_wait:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
        _named.append(str(path))
    finally:
        if can_wait:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def describe_interrupt() -> str:
    """The record is unchanged in any case: from its commit on Ctrl-C is ignored."""
    there = [name for name in _named if os.path.lexists(name)]
    if not there:
        return "Interrupted: nothing was changed."
    return (
        f"Interrupted: {' and '.join(there)} {'was' if len(there) == 1 else 'were'} written, nothing else was changed."
    )
