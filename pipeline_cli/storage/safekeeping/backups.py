"""Backups: made on request and before large changes, what their files are called, which are kept.

The key of the do-not-contact list is written first, so that no backup is ever there without it.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pipeline_cli.domain.deal.incoming import Watch, unwatched
from pipeline_cli.domain.errors import (
    DatabaseDamaged,
    NothingSaved,
    OutcomeUnknown,
    PipelineError,
    RuleError,
    SavedWithComplaint,
    UsageError,
)
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.on_disk import UNNAMED, give_name, reason_of, sync_folder, sync_name, unfinished_elsewhere
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.database import WITH_IT, connect, why_not
from pipeline_cli.storage.record.suppression import SUFFIX
from pipeline_cli.storage.safekeeping.copying import copy_bytes, looking_on, write_copy

FOLDER = "backups"
MOST = 10
"""How many automatic backups are kept."""
BY_HAND, DAMAGED, AUTOMATIC, DAILY = "backup", "damaged", "before-", "daily"
_NAME = re.compile(r"-(\d{8}T\d{9}Z)-(backup|damaged|daily|before-[a-z]+)(?:-(\d+))?\.db")
_LONG_DEAD = 86_400.0
"""Seconds."""
_UNFINISHED = re.compile(rf"\.(.+)\.[0-9a-f]{{12}}{re.escape(UNNAMED)}")


class Backup(NamedTuple):
    """A copy beside the database."""

    path: Path
    made_at: datetime
    why: str
    """`before-import`, `before-prune`, `before-undo` and the like; `daily`: in the second place, after the first change of
    a day; `backup`: by hand; `damaged`: set aside."""
    number: int
    """Of those made in the same millisecond."""

    @property
    def is_automatic(self) -> bool:
        """Made unasked, and thinned out later."""
        return self.why.startswith(AUTOMATIC) or self.why == DAILY


def folder_of(database: Path) -> Path:
    """Where the backups of a database lie."""
    return database.resolve().parent / FOLDER


def find_backups(database: Path, folder: Path | None = None) -> list[Backup]:
    """Those of this database in the folder beside it or another, the newest first."""
    folder = folder or folder_of(database)
    found = [_read_name(path, path.name, database) for path in (folder.iterdir() if folder.is_dir() else ())]
    return sorted((one for one in found if one), key=lambda one: (one.made_at, one.number), reverse=True)


def as_named(path: Path, database: Path) -> str:
    """What `restore` takes for it from every folder: its name alone where it lies among the backups of the database."""
    return path.name if path.resolve().parent == folder_of(database) else str(path)


def _read_name(path: Path, name: str, database: Path) -> Backup | None:
    """None for a file that is no backup of this database."""
    stem = database.resolve().stem
    match = _NAME.fullmatch(name.removeprefix(stem)) if name.startswith(stem) else None
    if match is None:
        return None
    stamp, why, number = match.groups()
    try:
        return Backup(path, from_text(f"{stamp[:15]}.{stamp[15:]}"), why, int(number or 1))
    except ValueError:  # a day that there is not
        return None


def name_backup(database: Path, instant: datetime, why: str) -> Path:
    """A name that nothing has yet, in the folder beside the database, which is made when it is not there.

    Raises NothingSaved when it cannot be made.
    """
    folder = folder_of(database)
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            sync_folder(folder.parent)
    except OSError as error:
        raise NothingSaved(
            f"{folder}: the folder of backups could not be made ({reason_of(error)}). Nothing was changed: check the place "
            "and its permissions, or make a backup elsewhere with `pipeline backup FILE`."
        ) from error
    stamp = "".join(sign for sign in to_text(instant) if sign not in "-:.")
    name = f"{database.resolve().stem}-{stamp}-{why}"
    # Above every number of that instant, not the first that is free: the oldest ones are the first to go.
    number = 1 + max((backup.number for backup in find_backups(database) if backup.made_at == instant), default=0)
    while True:
        path = folder / (f"{name}.db" if number == 1 else f"{name}-{number}.db")
        if not path.exists() and not key_of(path).exists():  # a key alone is what a kill left
            return path
        number += 1


def key_of(database: Path) -> Path:
    """The file of the do-not-contact key beside a database."""
    return database.with_name(database.name + SUFFIX)


def remove_unfinished(database: Path) -> None:
    """What a kill left of automatic ones: there is but one at a time, since each holds the write lock."""
    for unfinished_backup in find_unfinished_backups(database):
        if unfinished_backup.is_automatic:
            unfinished_backup.path.unlink(missing_ok=True)


def find_unfinished_backups(database: Path) -> list[Backup]:
    """Copies that never got the names they were to have."""
    folder = folder_of(database)
    found = [(path, _UNFINISHED.fullmatch(path.name)) for path in (folder.iterdir() if folder.is_dir() else ())]
    backups = [_read_name(path, match[1], database) for path, match in found if match]
    return [backup for backup in backups if backup]


def find_unfinished_databases(database: Path) -> list[Path]:
    """What `create` and `restore` left beside the database when they were killed."""
    found = [(path, _UNFINISHED.fullmatch(path.name)) for path in database.parent.iterdir()]
    return [path for path, match in found if match and match[1] == database.name]


def find_dead_databases(database: Path, but: Path | None = None) -> list[Path]:
    """Those whose makers are dead. The living note what they work on; without notes, a day is longer than any restore."""
    living = {one.name for one in unfinished_elsewhere()} | ({but.name} if but else set())
    found = [path for path in find_unfinished_databases(database) if path.name not in living]
    return [path for path in found if time.time() - _changed_at(path) > _LONG_DEAD]


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def remove_old_backups(database: Path) -> None:
    """All automatic ones but the newest; others are never removed without being asked."""
    with suppress(OSError):  # they cost room, and nothing else
        for old in [backup for backup in find_backups(database) if backup.is_automatic][MOST:]:
            remove_backup(old.path)


def remove_backup(path: Path) -> None:
    """The copy before its key, so that none is ever without."""
    for beside in (path, *(path.with_name(path.name + suffix) for suffix in WITH_IT), key_of(path)):
        beside.unlink(missing_ok=True)


def remove_with_the_person(database: Path, *, everything: bool, second: Path | None = None) -> tuple[int, list[Path]]:
    """Takes away the backups in which somebody who was forgotten may be; returns how many, and those that stay.

    All that were made unasked, and what was left of unfinished ones; `everything`: those made by hand too. To look
    for the person in them would be to trust that every spelling is found. `second`: the folder of second copies, in
    which it is the same. Raises SavedWithComplaint.
    """
    found = find_backups(database) + (find_backups(database, second) if second else [])
    gone = [one.path for one in found if everything or one.why != BY_HAND]
    try:
        for path in gone:
            remove_backup(path)
        database = database.resolve()
        living = {one.name for one in unfinished_elsewhere()}
        left = [
            unfinished_backup.path for unfinished_backup in find_unfinished_backups(database)
        ] + find_unfinished_databases(database)
        left = [path for path in left if path.name not in living]
        for path in left:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise SavedWithComplaint(
            f"{folder_of(database)}: the person is forgotten, but not every backup could be deleted ({reason_of(error)}): "
            "check the permissions and run the command again."
        ) from error
    return len(gone), [one.path for one in found if one.path not in gone]


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
