"""Reading the record: one consistent view of it, as known at the clock's day, closed before anything is printed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
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
def read(path: Path, clock: Clock, *, past: bool, on_wait: Callable[[], None] = lambda: None) -> Iterator[Reader]:
    """One read transaction over the record.

    `past`: the clock was set by hand, so that the record may hold what came later.
    `on_wait` is called once when another program has held the lock for a second.
    """
    from pipeline_cli.storage.known import know_the_past, know_the_present

    # A deferred BEGIN takes no lock: looking at the schema does, so that a wait happens here and not in mid-report.
    begin = ("BEGIN", "SELECT count(*) FROM main.sqlite_master")
    connection = connect(path, for_writing=False, begin=begin, on_wait=on_wait)
    try:
        with translated(path):
            if past:
                know_the_past(connection, clock.end_of_today)
            else:
                know_the_present(connection)
            connection.execute("PRAGMA query_only = 1")
            yield Reader(connection, clock)
    finally:
        connection.close()
