"""Reading the record: one consistent view of it, as known at the clock's day, closed before anything is printed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline_cli.domain.clock import Clock
from pipeline_cli.storage.database import connect
from pipeline_cli.storage.faults import translated


class Reader:
    """A connection and the clock it is read by; the queries are functions of the modules beside this one."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock


@contextmanager
def read(path: Path, clock: Clock, *, past: bool) -> Iterator[Reader]:
    """One read transaction over the record.

    `past`: the clock was set by hand, so that the record may hold what came later.
    """
    from pipeline_cli.storage.known import know_the_past, know_the_present

    connection = connect(path, for_writing=False)
    try:
        with translated(path):
            connection.execute("BEGIN")
            if past:
                know_the_past(connection, clock.end_of_today)
            else:
                know_the_present(connection)
            connection.execute("PRAGMA query_only = 1")
            yield Reader(connection, clock)
    finally:
        connection.close()
