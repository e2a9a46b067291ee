"""Putting a backup in the place of the database: checked as a copy first, then all at once, and what was there is kept.

Into a sound database it goes through SQLite's backup API, under a lock that nobody else can write past: whoever has the
file open sees the old record or the new one. Only what is missing or damaged is replaced by giving the copy its name.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pipeline_cli.domain.deal.incoming import Watch
from pipeline_cli.domain.errors import (
    DatabaseDamaged,
    DatabaseUnusable,
    NothingSaved,
    OutcomeUnknown,
    SavedWithComplaint,
)
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.interrupt import remembered
from pipeline_cli.on_disk import give_name, reason_of, sync_folder, sync_name
from pipeline_cli.storage.database import (
    WITH_IT,
    as_pipeline_error,
    connect,
    is_busy,
    is_missing,
    refuse_dangling,
    translated,
    version_of,
)
from pipeline_cli.storage.record.suppression import join_keys
from pipeline_cli.storage.safekeeping import backups
from pipeline_cli.storage.safekeeping import backups as backup_files
from pipeline_cli.storage.safekeeping.copying import copy_bytes, copy_pages, write_copy


class Content(NamedTuple):
    """What a database holds, in short."""

    version: int
    deals: int
    operations: int
    last_at: str | None
    """When the last operation was done; None: none ever was."""


@contextmanager
def staged(file: Path, database: Path, watch: Watch) -> Iterator[Path]:
    """A checked copy of a backup beside the database, which goes away again unless it was given the name.

    Raises DatabaseUnusable (no file of this program, or a newer one), DatabaseDamaged, NothingSaved (no room).
    """
    source = connect(file, for_writing=False, begin=("BEGIN", "SELECT count(*) FROM main.sqlite_master"))
    try:
        with translated(file):
            copy, damage = write_copy(source, database.resolve(), watch)
    except OSError as error:
        raise NothingSaved(
            f"{database}: no copy could be written beside it ({reason_of(error)}). Nothing was changed: free some space or "
            "check the folder and its permissions, then run it again."
        ) from error
    finally:
        source.close()
    try:
        if damage:
            raise DatabaseDamaged(f"{file}: cannot be restored. {damage} Nothing was changed: restore another backup.")
        yield copy
    finally:
        with suppress(OSError):
            copy.unlink()


def look_into(path: Path) -> Content:
    """Raises DatabaseUnusable, DatabaseDamaged."""
    connection = connect(path, for_writing=False, begin=("BEGIN", "SELECT count(*) FROM main.sqlite_master"))
    try:
        with translated(path):
            (deals,) = connection.execute("SELECT count(*) FROM deals").fetchone()
            operations, last_at = connection.execute("SELECT count(*), max(at) FROM operations").fetchone()
            return Content(version_of(connection), deals, operations, last_at)
    finally:
        connection.close()


def put_in_place(
    copy: Path, key: Path, database: Path, instant: datetime, on_wait: Callable[[], None], watch: Watch
) -> Path | None:
    """The staged copy becomes the database. Returns where what was there is kept; None when nothing was.

    `key`: that of the backup's do-not-contact list, which need not exist.

    Raises NothingSaved (6), SavedWithComplaint (7), OutcomeUnknown (8), DatabaseUnusable (3).
    """
    refuse_dangling(database)
    database = database.resolve()
    try:
        join_keys(key, backup_files.key_of(database))
        if is_missing(database):
            if _companions(database):
                _set_companions_aside(database, backup_files.name_backup(database, instant, backup_files.DAMAGED))
            give_name(copy, database)
            kept = None
        else:
            try:
                return _write_over(copy, database, instant, on_wait, watch)
            except DatabaseDamaged:
                kept = _replace(copy, database, instant)
    except FileExistsError:
        raise NothingSaved(f"{database}: was made meanwhile. Nothing was changed: run the command again.") from None
    except OSError as error:
        raise NothingSaved(
            f"{database}: could not be replaced ({reason_of(error)}). Nothing was changed: check the folder and the disk, "
            "then run it again."
        ) from error
    sync_name(database, ": the backup is restored")
    return kept


def _write_over(copy: Path, database: Path, instant: datetime, on_wait: Callable[[], None], watch: Watch) -> Path:
    # Of this mode, a connection keeps the lock between the copy of what was there and the writing over it.
    begin = ("PRAGMA locking_mode = exclusive", "BEGIN EXCLUSIVE", "COMMIT")
    live = connect(database, for_writing=True, begin=begin, on_wait=on_wait, beside_triggers=True)
    try:
        kept = backups.back_up_first(database, instant, "restore", watch, live)
        for left in backup_files.find_dead_databases(database, but=copy):
            left.unlink(missing_ok=True)
        _write_pages(copy, live, database, watch)
    finally:
        live.close()
    backup_files.remove_old_backups(database)
    return kept


def _write_pages(copy: Path, live: sqlite3.Connection, database: Path, watch: Watch) -> None:
    with translated(copy):
        source = sqlite3.connect(f"{copy.as_uri()}?mode=rw", uri=True, isolation_level=None)
        wanted, before = _trace(source), _trace(live)
    with suppress(ValueError):  # as of a commit: from here on Ctrl-C comes too late
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        copy_pages(source, live, "Restoring", watch)
    except sqlite3.Error as error:
        live.close()
        better = as_pipeline_error(error, database)
        if is_busy(error) or _found(database) == before != wanted:
            raise better or NothingSaved(f"{database}: was not replaced ({error}). Nothing was changed.") from error
        if _found(database) == wanted:
            raise SavedWithComplaint(
                f"{database}: the backup is restored, but the disk complained ({error}): run `pipeline check`."
            ) from error
        raise OutcomeUnknown(
            f"{database}: it is not known whether the backup was restored ({error}): `pipeline check` and `pipeline "
            "history` tell."
        ) from error
    finally:
        source.close()


def _trace(connection: sqlite3.Connection) -> object:
    """What tells one state of a record from another: every change leaves its mark on an operation."""
    return connection.execute(
        "SELECT count(*), max(id), group_concat(public_id || state) FROM (SELECT * FROM operations ORDER BY id)"
    ).fetchone()


def _found(database: Path) -> object:
    try:
        connection = connect(database, for_writing=False)
        try:
            return _trace(connection)
        finally:
            connection.close()
    except (sqlite3.Error, DatabaseUnusable, NothingSaved):
        return None


def _replace(copy: Path, database: Path, instant: datetime) -> Path:
    """What is no database any more is kept as it is, byte for byte, and the copy takes its name in one step."""
    aside = backup_files.name_backup(database, instant, backup_files.DAMAGED)
    copy_bytes(database, aside)
    backups.copy_key(database, aside)
    _set_companions_aside(database, aside)
    sync_folder(aside.parent)
    with remembered(database):
        copy.replace(database)
    return aside


def _set_companions_aside(database: Path, aside: Path) -> None:
    """The journal of what was there would be played back into what comes in its place."""
    for beside in _companions(database):
        beside.rename(aside.with_name(aside.name + beside.name.removeprefix(database.name)))


def _companions(database: Path) -> list[Path]:
    names = (database.with_name(database.name + suffix) for suffix in WITH_IT)
    return [path for path in names if os.path.lexists(path)]
