"""Files of older versions: brought up to date by the first command that writes, read through a copy until then."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.as_of import Connection
from pipeline_cli.storage.database import is_busy, patiently, version_of
from pipeline_cli.storage.migrations import migrate
from pipeline_cli.storage.safekeeping.backups import back_up_first, remove_backup, remove_old_backups
from pipeline_cli.storage.safekeeping.copying import copy_pages

LARGE_MEGABYTES = 30
"""Of a file that takes longer than a second to copy and to bring up to date."""


def bring_up_to_date(
    connection: sqlite3.Connection,
    path: Path,
    clock: Clock,
    on_wait: Callable[[], None],
    say: Callable[[str], None],
) -> None:
    """Ends the write transaction that was just begun with the migration, after a backup; says so in one line.

    Raises NothingSaved or DatabaseDamaged when there can be no backup: then the file stays as it is.
    """
    before = version_of(connection)
    megabytes = path.stat().st_size // 1_000_000
    if megabytes >= LARGE_MEGABYTES:
        say(f"Bringing {path.name} up to date, after a backup: this once it takes a while, for {megabytes:,} MB …")
    backup = back_up_first(path, clock.now, "migration")
    try:
        migrate(connection)
        after = version_of(connection)
        patiently(connection, lambda: connection.execute("COMMIT").close(), on_wait)
    except sqlite3.Error as error:
        if is_busy(error):
            remove_backup(backup)  # the next attempt makes its own
        raise
    remove_old_backups(path)
    say(f"Brought {path.name} from version {before} to {after}; backup: {backup.parent.name}/{backup.name}.")


def copied_and_migrated(connection: sqlite3.Connection, path: Path) -> Connection:
    """What a file of an older version holds, in memory and up to date; it knows whose copy it is."""
    copy = sqlite3.connect(":memory:", isolation_level=None, factory=Connection)
    try:
        copy_pages(connection, copy, "Reading an older file")
        copy.execute("BEGIN")
        migrate(copy)
        copy.execute("COMMIT")
        copy.execute("CREATE TEMP TABLE copied_from (path TEXT NOT NULL)")
        copy.execute("INSERT INTO temp.copied_from VALUES (?)", (str(path.resolve()),))
    except BaseException:
        copy.close()
        raise
    return copy
