"""A reader: one consistent view of the record, as known at its clock."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline_cli.domain.words.clock import Clock


class Reader:
    """A connection and the clock it is read by; the queries are functions of the modules beside this one."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self.is_past = False
        """The record is shown as it was known at the clock, not as it is."""


@contextmanager
def read_earlier(reader: Reader, clock: Clock) -> Iterator[Reader]:
    """The same record in the same transaction as known at an earlier clock; meanwhile the reader itself is not read.

    A second connection could see a later record, and would wait for a writer that waits for the first.
    """
    from pipeline_cli.storage.as_of import show_as_is, show_as_of

    connection = reader.connection
    try:
        _know_again(connection, lambda: show_as_of(connection, clock.end_of_today))
        yield Reader(connection, clock)
    finally:
        if reader.is_past:
            _know_again(connection, lambda: show_as_of(connection, reader.clock.end_of_today))
        else:
            _know_again(connection, lambda: show_as_is(connection))


def _know_again(connection: sqlite3.Connection, know: Callable[[], None]) -> None:
    connection.execute("PRAGMA query_only = 0")
    known = connection.execute(
        "SELECT type, name FROM temp.sqlite_master WHERE name GLOB 'known_*' AND type <> 'index'"
    )
    for kind, name in known.fetchall():
        connection.execute(f"DROP {kind} temp.{name}")
    know()
    connection.execute("PRAGMA query_only = 1")
