"""The key of the do-not-contact list: a file of its own beside the database, made when it is first needed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline_cli.domain.errors import DatabaseUnusable, NothingSaved
from pipeline_cli.on_disk import give_name, passing_name, reason_of, sync_folder, write_own_file

SUFFIX = ".key"
_BYTES = 32


def key_path(connection: sqlite3.Connection) -> Path:
    """`pipeline.db.key` beside `pipeline.db`; of a copy in memory, beside what it was copied from."""
    (database,) = (row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main")
    if not database:
        (database,) = connection.execute("SELECT path FROM temp.copied_from").fetchone()
    return Path(f"{database}{SUFFIX}")


def read_keys(path: Path) -> tuple[bytes, ...]:
    """One a line: that of the record first, then those of records it took the place of. None when there is no file.

    Raises DatabaseUnusable when it cannot be read, or holds something else.
    """
    try:
        keys = tuple(bytes.fromhex(line) for line in path.read_text("ascii").split())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise DatabaseUnusable(f"{path}: cannot be read ({error.strerror}): check its permissions.") from None
    except ValueError:
        keys = ()
    if not keys or any(len(key) != _BYTES for key in keys):
        raise DatabaseUnusable(
            f"{path}: is not the key of the do-not-contact list: put back the one that was kept with the database."
        )
    return keys


def make_key(path: Path) -> bytes:
    """A new random key, on disk before it is used; another's that came first is used instead.

    Raises NothingSaved when it cannot be written.
    """
    beside = passing_name(path)
    try:
        write_own_file(beside, _to_bytes((os.urandom(_BYTES),)))
        with suppress(FileExistsError):
            give_name(beside, path)
    except OSError as error:
        raise NothingSaved(f"{path}: the key could not be written ({reason_of(error)}). Nothing was changed.") from None
    finally:
        with suppress(OSError):
            beside.unlink()
    sync_folder(path.parent)
    return read_keys(path)[0]


def join_keys(new: Path, mine: Path) -> None:
    """Puts the keys of a backup, if it has any, before those in use, which stay: so the record and whatever takes its
    place find their own, whichever of the two is there. Raises OSError, DatabaseUnusable."""
    wanted, have = read_keys(new), read_keys(mine)
    if set(wanted) <= set(have):
        return
    beside = passing_name(mine)
    try:
        write_own_file(beside, _to_bytes(dict.fromkeys((*wanted, *have))))
        beside.replace(mine)
    finally:
        with suppress(OSError):
            beside.unlink()
    sync_folder(mine.parent)


def _to_bytes(keys: Iterable[bytes]) -> bytes:
    return "".join(key.hex() + "\n" for key in keys).encode("ascii")
