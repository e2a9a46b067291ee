"""A transaction over the record: one view to read, or one change to keep; and the truth about its commit.

A file that is older is brought up to date, and a damaged one is told apart from a defect, by modules that only such a
file needs.
"""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline_cli.domain.errors import (
    DatabaseDamaged,
    NothingSaved,
    OutcomeUnknown,
    PipelineError,
    RuleError,
    SavedWithComplaint,
)
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.as_of import Connection
from pipeline_cli.storage.database import (
    MAY_BE_DAMAGE,
    as_pipeline_error,
    connect,
    is_busy,
    is_older,
    patiently,
    translated,
)
from pipeline_cli.storage.patience import Patience
from pipeline_cli.storage.reader import Reader

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


_STEPS = 2_000_000
"""Of SQLite between two looks at the clock: some ten milliseconds."""
_LONGEST = 1800
"""Seconds: no report of millions of rows takes them, what a strange file would have SQLite do may take for ever."""


@contextmanager
def read(path: Path, clock: Clock, *, past: bool, on_wait: Callable[[], None] = lambda: None) -> Iterator[Reader]:
    """One read transaction over the record.

    `past`: the clock was set by hand, so that the record may hold what came later.
    `on_wait` is called once when another program has held the lock for a second.
    """
    # A deferred BEGIN takes no lock: looking at the schema does, so that a wait happens here and not in mid-report.
    begin = ("BEGIN", "SELECT count(*) FROM main.sqlite_master")
    connection = connect(path, for_writing=False, begin=begin, on_wait=on_wait)
    patience = Patience(_LONGEST)
    try:
        with translated(path):
            if is_older(connection):
                connection = _brought_up_to_date(connection, path)
            if past:
                connection.show_as_of(clock.end_of_today)
            connection.execute("PRAGMA query_only = 1")
            connection.set_progress_handler(patience.is_over, _STEPS)
            yield Reader(connection, clock)
    except MAY_BE_DAMAGE as error:
        connection.set_progress_handler(None, 0)
        if patience.is_interrupted:
            raise KeyboardInterrupt from None
        if patience.is_lost:
            raise RuleError(f"{path}: was read for {_LONGEST // 60} minutes without an end, and given up.") from error
        damage = diagnose_error(connection, path, clock)
        if damage is None:
            raise
        raise damage from error
    finally:
        connection.close()


def _brought_up_to_date(older: Connection, path: Path) -> Connection:
    from pipeline_cli.storage.safekeeping.upgrading import (
        copied_and_migrated,  # only an older file needs the whole schema
    )

    try:
        return copied_and_migrated(older, path)
    finally:
        older.close()


@contextmanager
def write(
    path: Path,
    clock: Clock,
    command: str,
    on_wait: Callable[[], None],
    *,
    say: Callable[[str], None] = lambda _: None,
    dry_run: bool = False,
    beside_triggers: bool = False,
) -> Iterator[Change]:
    """A transaction that holds the write lock from its first read to its commit.

    `beside_triggers` as in `connect`.

    A file of an older version is brought up to date first, of which `say` is told; a dry run keeps nothing at all.
    `on_wait` is called once when another program has held the lock for a second.

    Raises NothingSaved (6), SavedWithComplaint (7), OutcomeUnknown (8), DatabaseUnusable (3).
    """
    from pipeline_cli.storage.change import Change  # no reading command needs it

    begin = ("BEGIN IMMEDIATE",)
    connection = connect(path, for_writing=True, begin=begin, on_wait=on_wait, beside_triggers=beside_triggers)
    try:
        if is_older(connection):
            _bring_up_to_date(connection, path, clock, on_wait, say, dry_run=dry_run)
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
    connection: Connection,
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
        from pipeline_cli.storage.safekeeping.upgrading import bring_up_to_date

        while is_older(connection):  # in between, another program may have restored an old backup
            bring_up_to_date(connection, path, clock, on_wait, say)
            patiently(connection, lambda: connection.execute("BEGIN IMMEDIATE").close(), on_wait)


def _explain(error: Exception, connection: Connection, path: Path, clock: Clock) -> PipelineError | None:
    """What an error of SQLite's means, or what is wrong with the record; None for a defect of the program."""
    better = as_pipeline_error(error, path) if isinstance(error, sqlite3.Error) else None
    if better is None:
        better = diagnose_error(connection, path, clock)
    return better


def _roll_back(connection: Connection) -> None:
    try:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    except sqlite3.Error:
        # The journal stays hot and the next connection rolls back: nothing was committed either way.
        return


def _commit(connection: Connection, path: Path, change: Change, on_wait: Callable[[], None]) -> None:
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


def diagnose_error(connection: Connection, path: Path, clock: Clock) -> DatabaseDamaged | None:
    """What is wrong with the record, when anything is; None when the program must be at fault.

    The transaction that failed has been rolled back. What lies in the future is sound, whatever the clock says.
    """
    from pipeline_cli.domain.rules.checkup import problems_of
    from pipeline_cli.storage.safekeeping.integrity import check_database

    try:
        faults = problems_of(check_database(Reader(connection, clock)))
        found = [fault.message for fault in faults if fault.code != "future"]
    except (sqlite3.Error, ValueError) as error:
        found = [f"The database is damaged: {error}."]
    if not found:
        return None
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return DatabaseDamaged(
        f"{path}: the record is damaged. {found[0]}{more} Nothing was changed: `pipeline check` lists what is wrong."
    )
