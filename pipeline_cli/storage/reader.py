"""Reading the record: one consistent view of it, as known at the clock's day, closed before anything is printed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline_cli.domain.clock import Clock
from pipeline_cli.storage.database import connect, is_older
from pipeline_cli.storage.sqlite_errors import MAY_BE_DAMAGE, translated


class Reader:
    """A connection and the clock it is read by; the queries are functions of the modules beside this one."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self.is_past = False
        """The record is shown as it was known at the clock, not as it is."""


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
            if is_older(connection):
                connection = _brought_up_to_date(connection, path)
            if past:
                know_the_past(connection, clock.end_of_today)
            else:
                know_the_present(connection)
            connection.execute("PRAGMA query_only = 1")
            reader = Reader(connection, clock)
            reader.is_past = past
            yield reader
    except MAY_BE_DAMAGE as error:
        from pipeline_cli.storage.blame import blame_the_record  # only an error that nobody foresaw needs it

        damage = blame_the_record(connection, path, clock)
        if damage is None:
            raise
        raise damage from error
    finally:
        connection.close()


def _brought_up_to_date(older: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    from pipeline_cli.storage.upgrading import copied_and_migrated  # only an older file needs the whole schema

    try:
        return copied_and_migrated(older, path)
    finally:
        older.close()


@contextmanager
def read_earlier(reader: Reader, clock: Clock) -> Iterator[Reader]:
    """The same record in the same transaction as known at an earlier clock; meanwhile the reader itself is not read.

    A second connection could see a later record, and would wait for a writer that waits for the first.
    """
    from pipeline_cli.storage.known import know_the_past, know_the_present

    connection = reader.connection
    try:
        _know_again(connection, lambda: know_the_past(connection, clock.end_of_today))
        yield Reader(connection, clock)
    finally:
        if reader.is_past:
            _know_again(connection, lambda: know_the_past(connection, reader.clock.end_of_today))
        else:
            _know_again(connection, lambda: know_the_present(connection))


def _know_again(connection: sqlite3.Connection, know: Callable[[], None]) -> None:
    connection.execute("PRAGMA query_only = 0")
    known = connection.execute(
        "SELECT type, name FROM temp.sqlite_master WHERE name GLOB 'known_*' AND type <> 'index'"
    )
    for kind, name in known.fetchall():
        connection.execute(f"DROP {kind} temp.{name}")
    know()
    connection.execute("PRAGMA query_only = 1")
