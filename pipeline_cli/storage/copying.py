"""A copy of a database through SQLite's backup API: consistent while others write, checked before it gets its name."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline_cli.domain.errors import NothingSaved
from pipeline_cli.domain.watch import Watch, unwatched
from pipeline_cli.interrupt import remembered

UNNAMED = ".new"
"""How the passing name of a file ends that is not finished."""
WITH_IT = ("-journal", "-wal", "-shm")
"""What SQLite keeps beside a database, and would mix into another one of the same name."""
_PAGES_AT_ONCE = 2048
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


@contextmanager
def looking_on(path: Path) -> Iterator[sqlite3.Connection]:
    """A further connection to a database that this process has locked, with a read transaction open.

    Without `look`: it opens the file and closes it, and that would drop every lock the process holds on it.
    """
    connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield connection
    finally:
        connection.close()


def passing_name(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(6).hex()}{UNNAMED}")


def copy_pages(source: sqlite3.Connection, target: sqlite3.Connection, what: str, watch: Watch = unwatched) -> None:
    """Everything of one database into another. Raises NothingSaved when the target stays locked."""

    def tell(status: int, left: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):  # sqlite3 itself would go on trying for ever
            raise NothingSaved(
                "The database is held by another program. Nothing was changed: close it, then try again."
            )
        watch(what, total - left)

    source.backup(target, pages=_PAGES_AT_ONCE, progress=tell)


def write_copy(source: sqlite3.Connection, final: Path, watch: Watch = unwatched) -> tuple[Path, str | None]:
    """Writes and syncs a copy under a passing name beside `final`; with it, what is damaged in it, if anything is.

    Raises OSError or sqlite3.Error when it cannot be written; then nothing is left of it.
    """
    half = passing_name(final)
    try:
        os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        target = sqlite3.connect(f"{half.as_uri()}?mode=rw", uri=True, isolation_level=None)
        try:
            for pragma in ("synchronous = 0", "journal_mode = off"):  # a copy that was killed is thrown away
                target.execute(f"PRAGMA {pragma}").fetchall()
            copy_pages(source, target, "Copying the database", watch)
            target.execute("PRAGMA journal_mode = delete").fetchall()
            damage = find_damage(target)
        finally:
            target.close()
        _sync(half)
    except BaseException:
        with suppress(OSError):
            half.unlink()
        raise
    return half, damage


def find_damage(connection: sqlite3.Connection) -> str | None:
    """What makes a file unfit to be relied on. Rows that break a rule do not: they are in the record as well."""
    from pipeline_cli.domain.checkup import DAMAGED
    from pipeline_cli.storage.integrity import check_file

    return next((fault.message for fault in check_file(connection) if fault.code == DAMAGED), None)


def copy_bytes(source: Path, final: Path) -> None:
    """The bytes of a file as they are, under a new name, for its owner alone. Raises FileExistsError."""
    half = passing_name(final)
    try:
        with source.open("rb") as file, open(half, "xb", opener=_for_the_owner) as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        give_name(half, final)
    finally:
        with suppress(OSError):
            half.unlink()


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def give_name(half: Path, final: Path) -> None:
    """The name for good. Raises FileExistsError when something has it: nothing is ever replaced."""
    with remembered(final):
        try:
            os.link(half, final)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            if os.path.lexists(final):
                raise FileExistsError(errno.EEXIST, "File exists", str(final)) from None
            half.rename(final)
            return
    with suppress(OSError):  # `look` takes a second name of this kind away
        half.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def why_not(error: OSError | sqlite3.Error) -> str:
    """The reason, as the end of a sentence."""
    if isinstance(error, sqlite3.Error):
        full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        return "the disk is full" if full else str(error)
    reasons = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up"}
    return reasons.get(error.errno or 0) or (error.strerror or str(error)).lower()
