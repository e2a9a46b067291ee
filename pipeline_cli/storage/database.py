"""Opening the one SQLite file: looked at before it is touched; what SQLite says when something goes wrong, as errors."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline_cli.domain.errors import DatabaseDamaged, DatabaseUnusable, NothingSaved, PipelineError, UsageError
from pipeline_cli.storage.as_of import Connection
from pipeline_cli.storage.schema import APPLICATION_ID, OWN_TABLES, SCHEMA_VERSION, TRIGGERS

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_DAMAGED_WORDS = ("no such table: ", "Could not decode to UTF-8 ")
"""How errors begin that have no code of their own: each file of this version has each table, and text alone."""
MAY_BE_DAMAGE = (sqlite3.Error, ValueError, LookupError, TypeError, ArithmeticError, AttributeError)
"""Errors that sound code ends in when it meets a damaged record: `blame` tells whether it did."""
_UNREACHABLE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY}


def is_busy(error: sqlite3.Error) -> bool:
    """Another connection holds the lock: nothing was done, and the statement may be tried again."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def as_pipeline_error(error: sqlite3.Error, path: Path) -> PipelineError | None:
    """The error to raise instead, when nothing has been committed; None for a defect of the program."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if is_busy(error):
        return NothingSaved(
            f"{path}: another command or program has held the database for over 10 seconds. Nothing was changed. If an "
            "import or a restore is at work, let it finish; else close the program that has the file open. Then run the "
            "command again."
        )
    if code == sqlite3.SQLITE_FULL:
        return NothingSaved(f"{path}: the disk is full. Nothing was changed: free some space, then run it again.")
    if code in _DAMAGED or str(error).startswith(_DAMAGED_WORDS):
        return _damaged(path, str(error))
    if code == sqlite3.SQLITE_READONLY:
        return DatabaseUnusable(
            f"{path}: the database cannot be written to. Nothing was changed: check the permissions of the "
            "file and of its folder."
        )
    if code in _UNREACHABLE:
        return DatabaseUnusable(f"{path}: the database cannot be opened: check that file and folder may be read.")
    if code == sqlite3.SQLITE_IOERR:
        return NothingSaved(f"{path}: the disk reported an error ({error}). Nothing was changed: check the disk.")
    return None


def why_not(error: OSError | sqlite3.Error) -> str:
    """The reason, as the end of a sentence."""
    if isinstance(error, sqlite3.Error):
        full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        return "the disk is full" if full else str(error)
    from pipeline_cli.on_disk import reason_of

    return reason_of(error)


def _damaged(path: Path, why: str) -> DatabaseDamaged:
    return DatabaseDamaged(
        f"{path}: the database is damaged ({why}). Nothing was changed: `pipeline backup --list` names the copies there "
        "are, and `pipeline restore FILE` puts one in its place and keeps this one."
    )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into those of the program, for work that commits nothing."""
    try:
        yield
    except sqlite3.Error as error:
        better = as_pipeline_error(error, path)
        if better is None:
            raise
        raise better from error
    except UnicodeDecodeError as error:  # sqlite3 cannot even read what SQLite says of a damaged schema
        raise _damaged(path, "what it holds is no text") from error


_MAGIC = b"SQLite format 3\x00"
WITH_IT = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a database, and would mix into another one of the same name."""

QUIET_WAIT_MS = 1_000
"""How long a lock is waited for without a word."""
LONG_WAIT_MS = 9_000
"""How much longer, once the user has been told."""


def is_missing(path: Path) -> bool:
    """Of a file that cannot be looked at it is not known, so that it is not missing: `look` says what is wrong."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def look(path: Path) -> None:
    """Refuses what is not a database of this program, without connecting to it and without a changed byte.

    Raises DatabaseUnusable for a missing, empty, foreign, newer or twice-linked file, a folder, a pipe.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise DatabaseUnusable(
            f"{path}: there is no such database: check the path, or make one with `pipeline --db FILE init`."
        ) from None
    except OSError as error:
        raise DatabaseUnusable(
            f"{path}: cannot be looked at ({error.strerror}): check the path and its permissions."
        ) from None
    if stat.S_ISDIR(status.st_mode):
        raise DatabaseUnusable(f"{path}: is a folder, not a database: name the file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise DatabaseUnusable(f"{path}: is not a regular file: name a database made by `pipeline init`.")
    if status.st_size == 0:
        raise DatabaseDamaged(f"{path}: is empty, so it is no database: remove it, or name another file.")
    for suffix in WITH_IT:
        _look_beside(path.with_name(path.name + suffix))
    _look_at_header(path)
    if status.st_nlink > 1 and not _is_linked_once(path):
        raise DatabaseUnusable(
            f"{path}: has a second name (a hard link), and SQLite loses changes through one: "
            "copy it to a file of its own and name that."
        )


def _look_beside(companion: Path) -> None:
    """SQLite would open a pipe of that name and wait for ever."""
    with suppress(OSError):
        if not stat.S_ISREG(companion.lstat().st_mode):
            raise DatabaseUnusable(
                f"{companion}: is not a regular file, and stands where SQLite keeps its own: move it away."
            )


def _look_at_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise DatabaseUnusable(f"{path}: cannot be read ({error.strerror}): check its permissions.") from None
    if not header.startswith(_MAGIC) or len(header) < 100:
        raise DatabaseDamaged(
            f"{path}: is not a SQLite database, and was left as it is: name a file made by `pipeline init`."
        )
    _refuse_strangers(path, int.from_bytes(header[68:72], "big"), int.from_bytes(header[60:64], "big"))


def _refuse_strangers(path: Path, application: int, version: int) -> None:
    if application != APPLICATION_ID:
        raise DatabaseUnusable(
            f"{path}: is a database of another program, and was left as it is: name a file made by `pipeline init`."
        )
    if version > SCHEMA_VERSION:
        raise DatabaseUnusable(
            f"{path}: was written by a newer pipeline (version {version} of the file; this one knows "
            f"{SCHEMA_VERSION}), and was left as it is: update this program."
        )


def _is_linked_once(path: Path) -> bool:
    """True once no half-made sibling of `create` shares the file; one that a kill left behind is removed."""
    for _ in range(25):
        if path.stat().st_nlink == 1:
            return True
        time.sleep(0.02)
    from pipeline_cli.on_disk import UNNAMED

    for sibling in path.parent.iterdir():
        if sibling.name.startswith(f".{path.name}.") and sibling.name.endswith(UNNAMED):
            with suppress(FileNotFoundError):  # its maker was only slow
                if sibling.samefile(path):
                    sibling.unlink()
    return path.stat().st_nlink == 1


def connect(
    path: Path,
    *,
    for_writing: bool,
    begin: tuple[str, ...] = (),
    on_wait: Callable[[], None] = lambda: None,
    beside_triggers: bool = False,
) -> Connection:
    """A connection in autocommit mode, with the statements of `begin` done; `on_wait` as in `patiently`.

    `beside_triggers`: for work that no trigger sees, or that takes away those which are not of this program.

    `mode=rw` for readers too: `mode=ro` fails beside the journal of a killed writer, `immutable=1` reads wrong data.
    """
    path = _resolved(path)
    look(path)
    with translated(path):
        connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, factory=Connection)

        def start() -> None:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            _configure(connection, path, for_writing=for_writing)
            for statement in begin:
                connection.execute(statement).fetchall()
            _refuse_what_runs(connection, path, for_writing=for_writing and not beside_triggers)

        try:
            patiently(connection, start, on_wait)
        except BaseException:
            connection.close()
            raise
    return connection


def version_of(connection: sqlite3.Connection) -> int:
    """How many steps of `migrations` the file has behind it."""
    return int(connection.execute("PRAGMA main.user_version").fetchone()[0])


def is_older(connection: sqlite3.Connection) -> bool:
    """Whether the file has an older schema."""
    return version_of(connection) < SCHEMA_VERSION


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # RuntimeError: links that lead round in a circle, up to Python 3.12
        raise DatabaseUnusable(f"{path}: its links lead nowhere: check the path.") from None


def patiently(connection: sqlite3.Connection, step: Callable[[], None], on_wait: Callable[[], None]) -> None:
    """Does a step that may meet a lock: a second in silence, then `on_wait` once, then the rest of ten seconds."""
    connection.execute(f"PRAGMA busy_timeout = {QUIET_WAIT_MS}")
    try:
        step()
    except sqlite3.Error as error:
        if not is_busy(error):
            raise
        on_wait()
        connection.execute(f"PRAGMA busy_timeout = {LONG_WAIT_MS}")
        step()


def _configure(connection: sqlite3.Connection, path: Path, *, for_writing: bool) -> None:
    application, version = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("application_id", "user_version")
    )
    _refuse_strangers(path, application, version)
    pragmas: dict[str, int | str] = {"foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1, "temp_store": 2}
    if for_writing:
        pragmas |= {"journal_mode": "delete", "synchronous": 3, "secure_delete": 1}
        if sys.platform == "darwin":
            pragmas["fullfsync"] = 1
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name} = {value}")
        found = connection.execute(f"PRAGMA {name}").fetchone()[0]
        if found != value:
            raise DatabaseUnusable(
                f"{path}: SQLite refused {name} = {value} (it is {found}): the file cannot be used safely."
            )


def _refuse_what_runs(connection: sqlite3.Connection, path: Path, *, for_writing: bool) -> None:
    """A trigger of somebody else's would act at each change, and a view in the place of a table at each look.

    Other views and tables that are not ours are never asked anything. Raises DatabaseUnusable, DatabaseDamaged.
    """
    query = (
        "SELECT type, name, sql FROM main.sqlite_master WHERE type IN ('trigger', 'view') "
        "OR sql LIKE 'create virtual table%'"
    )
    found = connection.execute(query).fetchall()
    for name in (name.lower() for kind, name, _ in found if kind == "table"):
        if name in OWN_TABLES:
            raise _damaged(path, f"{name} is a virtual table, where a table belongs")
    for name in (name.lower() for kind, name, _ in found if kind == "view"):
        if name in OWN_TABLES:
            raise _damaged(path, f"{name} is a view, where a table belongs")
    foreign = [name for kind, name, sql in found if kind == "trigger" and sql not in TRIGGERS]
    if foreign and for_writing:
        raise DatabaseUnusable(
            f"{path}: holds the trigger {foreign[0]}, which is none of this program's and would act at each change. Nothing "
            "was changed: `pipeline check` shows it, `pipeline check --fix` takes it away."
        )


def create(path: Path) -> None:
    """A new empty database: built beside, then given its name in one step, so that none is ever half there.

    Raises UsageError when the folder is missing, DatabaseUnusable when the name is taken meanwhile by something else
    or the folder takes no file, NothingSaved when the disk is full.
    """
    from pipeline_cli.on_disk import give_name, passing_name, sync_folder  # which a file that is there does not need

    refuse_dangling(path)
    path = _resolved(path)
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: there is no such folder: make it, or name another place for the database.")
    left = [name for suffix in WITH_IT if os.path.lexists(name := f"{path}{suffix}")]
    if left and is_missing(path):
        raise DatabaseUnusable(
            f"{left[0]}: belongs to a database that was here, and would be played back into a new one: put that database "
            "back beside it, `pipeline restore FILE` a backup, or move it away."
        )
    half = passing_name(path)
    try:
        _build(half)
        try:
            give_name(half, path)
        except FileExistsError:
            look(path)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise NothingSaved(
                f"{path}: the disk is full. Nothing was made: free some space, then run it again."
            ) from None
        raise DatabaseUnusable(
            f"{path}: cannot be made ({error.strerror}): check the folder and its permissions."
        ) from None
    finally:
        with suppress(OSError):
            half.unlink()
    sync_folder(path.parent)


def refuse_dangling(path: Path) -> None:
    """Raises DatabaseUnusable for a link to a file that is not there: what is made there, somebody else may have chosen."""
    if os.path.islink(path) and is_missing(path):  # noqa: PTH114 - pathlib raises where a name is too long
        raise DatabaseUnusable(
            f"{path}: is a link to {path.readlink()}, which is not there, and no database is made through a link: take "
            "the link away, or put the file back that it leads to."
        )


def _build(half: Path) -> None:
    from pipeline_cli.on_disk import open_own_file
    from pipeline_cli.storage.migrations import migrate  # only a new or old file needs the whole schema

    open_own_file(half).close()
    with translated(half):
        connection = sqlite3.connect(half, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = 3")
            connection.execute("BEGIN IMMEDIATE")
            migrate(connection)
            connection.execute("COMMIT")
        finally:
            connection.close()
