"""The key of the do-not-contact list: a file of its own beside the database, made when it is first needed."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from pipeline_cli.domain.errors import DatabaseUnusable, NothingSaved
from pipeline_cli.storage.database import sync_folder

SUFFIX = ".key"
_BYTES = 32


def key_path(connection: sqlite3.Connection) -> Path:
    """`pipeline.db.key` beside `pipeline.db`."""
    (database,) = (row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main")
    return Path(f"{database}{SUFFIX}")


def read_key(path: Path) -> bytes | None:
    """None when there is none. Raises DatabaseUnusable when it cannot be read, or is no key."""
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DatabaseUnusable(f"{path}: cannot be read ({error.strerror}): check its permissions.") from None
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise DatabaseUnusable(
            f"{path}: is not the key of the do-not-contact list: put back the one that was kept with the database."
        )
    return key


def make_key(path: Path) -> bytes:
    """A new random key, on disk before it is used; another's that came first is used instead.

    Raises NothingSaved when it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.urandom(6).hex()}.new")
    try:
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(os.urandom(_BYTES).hex() + "\n")
            file.flush()
            os.fsync(descriptor)
        try:
            os.link(beside, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links; writers take turns, so that none is overwritten
            beside.rename(path)
    except OSError as error:
        why = "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error)).lower()
        raise NothingSaved(f"{path}: the key could not be written ({why}). Nothing was changed.") from None
    finally:
        with suppress(OSError):
            beside.unlink()
    sync_folder(path.parent)
    return read_key(path) or b""
