"""A copy of a database through SQLite's backup API: consistent while others write, checked before it gets its name."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline_cli.domain.deal.incoming import Watch, unwatched
from pipeline_cli.domain.errors import NothingSaved
from pipeline_cli.on_disk import give_name, open_own_file, passing_name

_PAGES_AT_ONCE = 2048


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
        open_own_file(half).close()
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
    from pipeline_cli.domain.rules.checkup import DAMAGED
    from pipeline_cli.storage.safekeeping.integrity import check_file

    return next((fault.message for fault in check_file(connection) if fault.code == DAMAGED), None)


def copy_bytes(source: Path, final: Path) -> None:
    """The bytes of a file as they are, under a new name, for its owner alone. Raises FileExistsError."""
    half = passing_name(final)
    try:
        with source.open("rb") as file, open_own_file(half) as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        give_name(half, final)
    finally:
        with suppress(OSError):
            half.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
