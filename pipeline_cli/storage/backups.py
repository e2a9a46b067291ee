"""Making backups: one that was asked for, and those that come before a command which changes much.

The key of the do-not-contact list is written first, so that no backup is ever there without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pipeline_cli.domain.errors import (
    DatabaseDamaged,
    NothingSaved,
    OutcomeUnknown,
    PipelineError,
    RuleError,
    SavedWithComplaint,
    UsageError,
)
from pipeline_cli.domain.watch import Watch, unwatched
from pipeline_cli.on_disk import give_name, sync_name
from pipeline_cli.storage.backup_files import (
    AUTOMATIC,
    folder_of,
    key_of,
    name_backup,
    remove_backup,
    remove_old_backups,
    remove_unfinished,
)
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.copying import copy_bytes, looking_on, write_copy
from pipeline_cli.storage.database import WITH_IT, connect
from pipeline_cli.storage.sqlite_errors import why_not
from pipeline_cli.storage.suppression_key import SUFFIX


def back_up(database: Path, final: Path, on_wait: Callable[[], None], watch: Watch = unwatched) -> Path:
    """A backup somebody asked for, of what the database holds now. Raises as `write_backup` does, and UsageError."""
    if not final.parent.is_dir():
        raise UsageError(f"{final}: the folder {final.parent} does not exist: make it first, or name another file.")
    if final.is_dir():
        raise UsageError(f"{final} is a folder: name a file in it.")
    if final.name.endswith((*WITH_IT, SUFFIX)):
        raise UsageError(
            f"{final.name}: is what a file beside a database is called, and would be taken for one: name another file."
        )
    begin = ("BEGIN", "SELECT count(*) FROM main.sqlite_master")
    source = connect(database, for_writing=False, begin=begin, on_wait=on_wait)
    try:
        return write_backup(source, database, final, watch)
    finally:
        source.close()


def write_backup(source: sqlite3.Connection, database: Path, final: Path, watch: Watch = unwatched) -> Path:
    """A checked copy of the database, and of its key, under a name that nothing has. Returns the name.

    Raises RuleError (the name is taken), DatabaseDamaged (what was copied is), NothingSaved (it cannot be written),
    SavedWithComplaint (it is there, but its folder could not be synced).
    """
    try:
        half, damage = write_copy(source, final, watch)
        try:
            if damage:
                raise DatabaseDamaged(
                    f"{database}: no backup of it was made, because it is no good. {damage} Nothing was changed: "
                    "`pipeline backup --list` names the copies there are, `pipeline restore FILE` puts one in its place."
                )
            copy_key(database, final)
            try:
                give_name(half, final)
            except OSError:
                _forget_key(final)
                raise
        finally:
            with suppress(OSError):
                half.unlink()
    except FileExistsError:
        raise RuleError(f"{final} is there already and was left as it is: name another file.") from None
    except (OSError, sqlite3.Error) as error:
        raise NothingSaved(
            f"{final}: the backup could not be made ({why_not(error)}). Nothing was changed: free some space or check "
            "the folder and its permissions, then run it again."
        ) from error
    sync_name(final)
    return final


def copy_key(database: Path, final: Path) -> None:
    """Raises FileExistsError when another key has the name; the same one may have been left there by a kill."""
    key, copy = key_of(database.resolve()), key_of(final)
    if key.is_file() and not (copy.is_file() and copy.read_bytes() == key.read_bytes()):
        copy_bytes(key, copy)


def _forget_key(final: Path) -> None:
    if not final.exists():
        with suppress(OSError):
            key_of(final).unlink()


def back_up_first(
    database: Path, instant: datetime, why: str, watch: Watch = unwatched, source: sqlite3.Connection | None = None
) -> Path:
    """An automatic backup, made while this process holds the write lock and has written nothing yet.

    `source`: a connection outside a transaction, if the lock is its own.
    Raises NothingSaved or DatabaseDamaged when there can be none: then nothing may be changed.
    """
    database = database.resolve()
    try:
        final = name_backup(database, instant, AUTOMATIC + why)
        remove_unfinished(database)
        if source is not None:
            return write_backup(source, database, final, watch)
        with looking_on(database) as other:
            return write_backup(other, database, final, watch)
    except SavedWithComplaint as complaint:
        _drop(final)
        raise NothingSaved(f"{complaint} Nothing was changed: check the disk, then run it again.") from None
    except (OSError, sqlite3.Error) as error:
        raise NothingSaved(
            f"{folder_of(database)}: a backup comes before this, and could not be made ({why_not(error)}). Nothing was "
            "changed: check the folder and its permissions, then run it again."
        ) from error


@contextmanager
def backup_before(
    database: Path, instant: datetime, why: str, watch: Watch
) -> Iterator[Callable[[Change], Path | None]]:
    """Hands out what makes the backup, to be called before the first write of a change that is committed inside.

    A change that comes to nothing leaves no backup.
    """
    made: list[tuple[Path, Change]] = []

    def make(change: Change) -> Path | None:
        if change.connection.execute("SELECT 1 FROM operations LIMIT 1").fetchone() is None:
            return None  # a record in which nothing was ever done is quickly had again
        path = back_up_first(database, instant, why, watch)
        made.append((path, change))
        return path

    try:
        yield make
    except BaseException as error:
        if not isinstance(error, (SavedWithComplaint, OutcomeUnknown)):
            for path, _ in made:
                _drop(path)
        raise
    for path, change in made:
        if change.public_id is None:
            _drop(path)
        else:
            remove_old_backups(database)


def _drop(path: Path) -> None:
    with suppress(OSError, PipelineError):
        remove_backup(path)
