"""Opening the one SQLite file: looked at before it is touched, with every pragma set and read back."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import time
from pathlib import Path

from pipeline_cli.domain.errors import DatabaseUnusable, UsageError
from pipeline_cli.storage.faults import translated
from pipeline_cli.storage.schema import APPLICATION_ID, SCHEMA_VERSION

_MAGIC = b"SQLite format 3\x00"
_NEW_SUFFIX = ".new"


def look(path: Path) -> None:
    """Refuses what is not a database of this program, without connecting to it and without a changed byte.

    Raises DatabaseUnusable for a missing, empty, foreign or twice-linked file, a folder, a pipe.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise DatabaseUnusable(
            f"{path}: there is no such database: check the path, or make one with `pipeline init`."
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
        raise DatabaseUnusable(f"{path}: is empty, so it is no database: remove it, or name another file.")
    _look_at_header(path)
    if status.st_nlink > 1 and not _is_linked_once(path):
        raise DatabaseUnusable(
            f"{path}: has a second name (a hard link), and SQLite loses changes through one: "
            "copy it to a file of its own and name that."
        )


def _look_at_header(path: Path) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise DatabaseUnusable(f"{path}: cannot be read ({error.strerror}): check its permissions.") from None
    if not header.startswith(_MAGIC) or len(header) < 100:
        raise DatabaseUnusable(
            f"{path}: is not a SQLite database, and was left as it is: name a file made by `pipeline init`."
        )
    has_journal = path.with_name(path.name + "-journal").exists()
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID and not has_journal:
        raise DatabaseUnusable(
            f"{path}: is a database of another program, and was left as it is: name a file made by `pipeline init`."
        )


def _is_linked_once(path: Path) -> bool:
    """True once no half-made sibling of `create` shares the file; one that a kill left behind is removed."""
    for _ in range(25):
        if path.stat().st_nlink == 1:
            return True
        time.sleep(0.02)
    inode = path.stat().st_ino
    for sibling in path.parent.glob(f".{path.name}.*{_NEW_SUFFIX}"):
        if sibling.stat().st_ino == inode:
            sibling.unlink()
    return path.stat().st_nlink == 1


def connect(path: Path, *, for_writing: bool) -> sqlite3.Connection:
    """A connection in autocommit mode; transactions are begun by hand.

    `mode=rw` for readers too: `mode=ro` fails beside the journal of a killed writer, `immutable=1` reads wrong data.
    """
    path = path.resolve()
    look(path)
    with translated(path):
        connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=10)
        try:
            _configure(connection, path, for_writing=for_writing)
        except BaseException:
            connection.close()
            raise
    return connection


def _configure(connection: sqlite3.Connection, path: Path, *, for_writing: bool) -> None:
    application, version = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("application_id", "user_version")
    )
    if application != APPLICATION_ID:
        raise DatabaseUnusable(
            f"{path}: is a database of another program, and was left as it is: name a file made by `pipeline init`."
        )
    if version > SCHEMA_VERSION:
        raise DatabaseUnusable(
            f"{path}: was written by a newer pipeline (version {version} of the file; this one knows "
            f"{SCHEMA_VERSION}), and was left as it is: update this program."
        )
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


def create(path: Path) -> None:
    """A new empty database: built beside, then given its name in one step, so that none is ever half there.

    Raises UsageError when the folder is missing, DatabaseUnusable when the name is taken meanwhile by something else.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent}: there is no such folder: make it, or name another place for the database.")
    half = path.with_name(f".{path.name}.{os.urandom(6).hex()}{_NEW_SUFFIX}")
    try:
        _build(half)
        try:
            os.link(half, path)
        except FileExistsError:
            look(path)
        except OSError:  # a file system without hard links
            if not path.exists():
                half.rename(path)
    except PermissionError:
        raise DatabaseUnusable(f"{path}: cannot be made: the folder may not be written to.") from None
    finally:
        half.unlink(missing_ok=True)
    sync_folder(path.parent)


def _build(half: Path) -> None:
    from pipeline_cli.storage.migrations import migrate  # only a new or old file needs the whole schema

    os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with translated(half):
        connection = sqlite3.connect(half, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = 3")
            connection.execute("BEGIN IMMEDIATE")
            migrate(connection)
            connection.execute("COMMIT")
        finally:
            connection.close()


def sync_folder(folder: Path) -> None:
    """Makes a new name in a folder survive a power cut, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
