"""One command's change: one `BEGIN IMMEDIATE` transaction, one operation, and the truth about its commit."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline_cli.domain.clock import Clock, to_text
from pipeline_cli.domain.edits import Edit
from pipeline_cli.domain.errors import NothingSaved, OutcomeUnknown, PipelineError, SavedWithComplaint
from pipeline_cli.storage.database import connect, is_older, patiently
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.known import know_the_present
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.sqlite_errors import MAY_BE_DAMAGE, as_pipeline_error, is_busy, translated

if TYPE_CHECKING:
    from pipeline_cli.domain.life import EndedLastChance


class Change(Reader):
    """Reads inside the write transaction, and writes; nothing is kept until the command has ended well."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock, command: str) -> None:
        super().__init__(connection, clock)
        self.command = command
        self.public_id: str | None = None
        self.state = "done"
        self.before_first_write: Callable[[Change], Path | None] | None = None
        self._journal: Journal | None = None

    def begin_operation(self, summary: str) -> Journal:
        """Opens the operation that `history` lists; a new one ends what could be redone."""
        self.public_id = os.urandom(8).hex()
        self.back_up()
        self.connection.execute("UPDATE operations SET state = 'discarded' WHERE state = 'undone'")
        cursor = self.connection.execute(
            "INSERT INTO operations (public_id, at, command, summary) VALUES (?, ?, ?, ?)",
            (self.public_id, to_text(self.clock.now), self.command, summary),
        )
        self._journal = Journal(self.connection, int(cursor.lastrowid or 0))
        return self._journal

    def back_up(self) -> Path | None:
        """Makes the backup that the command comes with, before the first write; None: it comes with none."""
        return None if self.before_first_write is None else self.before_first_write(self)

    def apply(self, edits: Sequence[Edit], summary: str) -> list[int]:
        """Does all the edits as one operation and returns the ids of the deals they concern, in their order."""
        from pipeline_cli.storage.apply import apply_edit

        if self._journal is None:
            self.begin_operation(summary)
        assert self._journal is not None  # noqa: S101 - for the type checker
        return [apply_edit(self._journal, self.clock, edit) for edit in edits]

    @property
    def ended_last_chances(self) -> list[EndedLastChance]:
        return [] if self._journal is None or self.public_id is None else self._journal.ended

    @property
    def journal(self) -> Journal:
        """That of the operation; `begin_operation` comes first."""
        assert self._journal is not None  # noqa: S101 - an order that the code of a command keeps
        return self._journal

    def discard(self) -> None:
        """Has the transaction rolled back at its end though all went well: it came to nothing."""
        self.public_id = None

    def keep(self, public_id: str, state: str) -> None:
        """Has the transaction committed though no new operation was begun: an older one was undone or redone."""
        self.public_id, self.state = public_id, state


@contextmanager
def write(
    path: Path,
    clock: Clock,
    command: str,
    on_wait: Callable[[], None],
    *,
    say: Callable[[str], None] = lambda _: None,
    dry_run: bool = False,
) -> Iterator[Change]:
    """A transaction that holds the write lock from its first read to its commit.

    A file of an older version is brought up to date first, of which `say` is told; a dry run keeps nothing at all.
    `on_wait` is called once when another program has held the lock for a second.

    Raises NothingSaved (6), SavedWithComplaint (7), OutcomeUnknown (8), DatabaseUnusable (3).
    """
    connection = connect(path, for_writing=True, begin=("BEGIN IMMEDIATE",), on_wait=on_wait)
    try:
        if is_older(connection):
            _bring_up_to_date(connection, path, clock, on_wait, say, dry_run=dry_run)
        know_the_present(connection)
        change = Change(connection, clock, command)
        try:
            yield change
        except MAY_BE_DAMAGE as error:
            _roll_back(connection)
            better = _explain(error, connection, path, clock)
            if better is None:
                raise
            raise better from error
        except BaseException:
            _roll_back(connection)
            raise
        if change.public_id is None or dry_run:
            _roll_back(connection)
        else:
            _commit(connection, path, change, on_wait)
    finally:
        connection.close()


def _bring_up_to_date(
    connection: sqlite3.Connection,
    path: Path,
    clock: Clock,
    on_wait: Callable[[], None],
    say: Callable[[str], None],
    *,
    dry_run: bool,
) -> None:
    """A transaction of its own, and then a new one for the command; a dry run has but one, which it throws away."""
    from pipeline_cli.storage.migrations import migrate  # only an older file needs the whole schema

    with translated(path):
        if dry_run:
            migrate(connection)
            return
        from pipeline_cli.storage.upgrading import bring_up_to_date

        while is_older(connection):  # in between, another program may have restored an old backup
            bring_up_to_date(connection, path, clock, on_wait, say)
            patiently(connection, lambda: connection.execute("BEGIN IMMEDIATE").close(), on_wait)


def _explain(error: Exception, connection: sqlite3.Connection, path: Path, clock: Clock) -> PipelineError | None:
    """What an error of SQLite's means, or what is wrong with the record; None for a defect of the program."""
    better = as_pipeline_error(error, path) if isinstance(error, sqlite3.Error) else None
    if better is None:
        from pipeline_cli.storage.blame import blame_the_record  # only an error that nobody foresaw needs it

        better = blame_the_record(connection, path, clock)
    return better


def _roll_back(connection: sqlite3.Connection) -> None:
    try:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    except sqlite3.Error:
        # The journal stays hot and the next connection rolls back: nothing was committed either way.
        return


def _commit(connection: sqlite3.Connection, path: Path, change: Change, on_wait: Callable[[], None]) -> None:
    def commit() -> None:
        connection.execute("COMMIT")  # waits until those who are reading have finished

    # From here on Ctrl-C comes too late: obeyed in or after the commit, it would be said that nothing was changed.
    with suppress(ValueError):  # only the main thread may, and only it is interrupted
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        patiently(connection, commit, on_wait)
    except sqlite3.Error as error:
        _roll_back(connection)
        # A reference is looked at in the end, and may lead nowhere because the record is damaged.
        damage = _explain(error, connection, path, change.clock) if isinstance(error, sqlite3.IntegrityError) else None
        if damage is not None:
            raise damage from error
        connection.close()
        if not is_busy(error) and _is_saved(path, change):
            raise SavedWithComplaint(
                f"{path}: the change was saved, but the disk complained ({error}): run `pipeline check`."
            ) from error
        raise as_pipeline_error(error, path) or NothingSaved(
            f"{path}: the change was not saved ({error}): run the command again."
        ) from error


def _is_saved(path: Path, change: Change) -> bool:
    try:
        connection = connect(path, for_writing=False)
        try:
            found = connection.execute(
                "SELECT 1 FROM operations WHERE public_id = ? AND state = ?", (change.public_id, change.state)
            ).fetchone()
        finally:
            connection.close()
    except Exception as error:
        raise OutcomeUnknown(
            f"{path}: it is not known whether the change was saved ({error.__cause__ or error}): `pipeline check` tells."
        ) from error
    return found is not None
