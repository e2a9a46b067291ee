"""A backup that goes through a program of the user's, such as one that encrypts; unencrypted it has no name on any disk."""

from __future__ import annotations

import os
import shlex
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pipeline_cli.domain.deal.incoming import Watch, unwatched
from pipeline_cli.domain.errors import DatabaseDamaged, NothingSaved, RuleError, UsageError
from pipeline_cli.on_disk import give_name, open_own_file, passing_name, reason_of, sync_name
from pipeline_cli.storage.database import connect, why_not
from pipeline_cli.storage.safekeeping.backups import key_of
from pipeline_cli.storage.safekeeping.copying import copy_pages, find_damage

_AT_ONCE = 1 << 20


def stream_through(
    database: Path, command: str, final: Path | None, on_wait: Callable[[], None], watch: Watch = unwatched
) -> tuple[int, bool]:
    """Hands a checked copy to the program, on its standard input; what it prints becomes `final`, or goes where ours goes.

    Returns the bytes of the copy, and whether the record has a key that is not in it. The program is started as it is
    named, by no shell. Raises UsageError for what is no program, RuleError for a name that is taken, DatabaseDamaged,
    NothingSaved when the program fails: then there is no file.
    """
    words = _words_of(command)
    if final is not None:
        if not final.parent.is_dir():
            raise UsageError(f"{final}: the folder {final.parent} does not exist: make it first, or name another file.")
        if os.path.lexists(final):
            raise RuleError(f"{final} is there already and was left as it is: name another file.")
    begin = ("BEGIN", "SELECT count(*) FROM main.sqlite_master")
    source = connect(database, for_writing=False, begin=begin, on_wait=on_wait)
    try:
        with _nameless_copy(source, database.resolve(), watch) as copy:
            size = os.fstat(copy.fileno()).st_size
            _run(words, copy, final)
    except (OSError, sqlite3.Error) as error:
        raise NothingSaved(
            f"The backup could not be made ({why_not(error)}). Nothing was changed: check the disk, then run it again."
        ) from error
    finally:
        source.close()
    return size, key_of(database.resolve()).is_file()


def _words_of(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--to-command {command}: a quote is not closed ({error}).") from None
    if not words:
        raise UsageError("--to-command: names no program: write one, such as --to-command 'age -r KEY'.")
    return words


@contextmanager
def _nameless_copy(source: sqlite3.Connection, database: Path, watch: Watch) -> Iterator[BinaryIO]:
    """Beside the database, where what protects that protects it too; its name is gone before anything is in it."""
    half = passing_name(database)
    open_own_file(half).close()
    try:
        target = sqlite3.connect(f"{half.as_uri()}?mode=rw", uri=True, isolation_level=None)
        copy = half.open("rb")
        for pragma in ("synchronous = 0", "journal_mode = off"):
            target.execute(f"PRAGMA {pragma}").fetchall()
    finally:
        with suppress(OSError):
            half.unlink()
    try:
        copy_pages(source, target, "Copying the database", watch)
        damage = find_damage(target)
        target.close()
        if damage:
            raise DatabaseDamaged(
                f"{database}: no backup of it was made, because it is no good. {damage} Nothing was changed: "
                "`pipeline backup --list` names the copies there are, `pipeline restore FILE` puts one in its place."
            )
        yield copy
    finally:
        target.close()
        copy.close()


def _run(words: list[str], copy: BinaryIO, final: Path | None) -> None:
    if final is None:
        _feed(words, copy, None)
        return
    half = passing_name(final)
    try:
        with open_own_file(half) as output:
            _feed(words, copy, output)
            output.flush()
            os.fsync(output.fileno())
        if half.stat().st_size == 0:
            raise NothingSaved(
                f"{words[0]} printed nothing, so that there is no backup: omit FILE if it writes one itself."
            )
        try:
            give_name(half, final)
        except FileExistsError:
            raise RuleError(f"{final} is there already and was left as it is: name another file.") from None
    finally:
        with suppress(OSError):
            half.unlink()
    sync_name(final)


def _feed(words: list[str], copy: BinaryIO, output: BinaryIO | None) -> None:
    try:
        running = subprocess.Popen(words, stdin=copy, stdout=output)  # noqa: S603 - the user's own, by no shell
    except OSError as error:
        raise UsageError(f"--to-command {words[0]}: cannot be started ({reason_of(error)}): check its name.") from None
    try:
        code = running.wait()
    except BaseException:
        running.kill()
        running.wait()
        raise
    if code:
        raise NothingSaved(f"{words[0]} ended with {code}, so that no backup was made. The record is as it was.")
