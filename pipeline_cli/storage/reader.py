"""A reader: one consistent view of the record, as known at its clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.as_of import Connection

if TYPE_CHECKING:
    from pipeline_cli.storage.remembered import Remembered


class Reader:
    """A connection and the clock it is read by; the queries are functions of the modules beside this one."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock
        self.remembered: Remembered | None = None
        """What was computed of this state of the record before; none within a change."""


@contextmanager
def read_earlier(reader: Reader, clock: Clock) -> Iterator[Reader]:
    """The same record in the same transaction as known at an earlier clock; meanwhile the reader itself is not read.

    A second connection could see a later record, and would wait for a writer that waits for the first.
    """
    with reader.connection.showing_as_of(clock.end_of_today):
        yield Reader(reader.connection, clock)
