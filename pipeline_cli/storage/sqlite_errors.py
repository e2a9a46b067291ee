"""What SQLite says when something goes wrong, as errors that say whether anything was saved and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline_cli.domain.errors import DatabaseDamaged, DatabaseUnusable, NothingSaved, PipelineError
from pipeline_cli.on_disk import reason_of

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
