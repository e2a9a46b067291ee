"""Another program that holds a lock on the database, until it is told to let go.

A process of its own: locks of one process do not stop each other, and closing a file drops them all.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
print("held", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
connection.close()
"""

READING = ("BEGIN", "SELECT * FROM deals")
WRITING = ("BEGIN IMMEDIATE",)
ALONE = ("BEGIN EXCLUSIVE",)


class Holder:
    def __init__(self, path: Path, statements: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(path), *statements],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "held\n"

    def let_go(self) -> None:
        """Returns once the lock is gone."""
        if self._process.returncode is None:
            self._process.communicate("\n")


@contextmanager
def held(path: Path, statements: tuple[str, ...]) -> Iterator[Holder]:
    holder = Holder(path, statements)
    try:
        yield holder
    finally:
        holder.let_go()
