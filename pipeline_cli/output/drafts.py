"""The folder of last-chance drafts beside the database: what is in it, and what is put there and taken away.

The drafts are on disk before the record says that a last chance was given. So a kill in between leaves a draft that
nobody asked for, which the next prune replaces, and never a last chance without its message.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline_cli.domain.errors import NothingSaved, OutcomeUnknown, SavedWithComplaint, SetupError
from pipeline_cli.on_disk import read_regular, sync_folder
from pipeline_cli.output.files import free_name, remove_all, write_all

FOLDER = "last-chances"
_ENDINGS = (".eml", ".tmp")
"""Of ours: drafts, and what a kill left of one."""


def drafts_folder(database: Path) -> Path:
    """Where last-chance drafts lie, beside the database."""
    return database.parent / FOLDER


def names_in(folder: Path) -> list[str]:
    """The drafts there, those of one deal together."""
    if not folder.is_dir():
        return []
    return sorted((path.name for path in folder.iterdir() if path.suffix == ".eml"), key=lambda name: (len(name), name))


@contextmanager
def kept_if_saved(folder: Path) -> Iterator[dict[str, bytes]]:
    """Around the transaction, which calls `write_drafts` before its commit: they go again when nothing was saved, and
    those whose places they took come back."""
    written: dict[str, bytes] = {}
    before = {path.name: path.read_bytes() for path in _ours(folder) if path.is_file() and os.access(path, os.R_OK)}
    try:
        yield written
    except (SavedWithComplaint, OutcomeUnknown):
        raise  # then they are needed, or may be
    except BaseException:
        remove_all(folder / name for name in written)
        with suppress(NothingSaved):  # what went wrong first is what is told
            write_drafts(folder, {name: before[name] for name in written if name in before})
        raise


def edited_drafts(folder: Path, drafts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those there under the same names that say something else, under the free names they are to be kept by.

    Raises NothingSaved when one cannot be read, or when the folder is a link: letters would end up where nobody looks.
    """
    if drafts and folder.is_symlink():
        raise NothingSaved(
            f"{folder} is a link to another place, and drafts are written beside the database alone. Nothing was changed: "
            "take the link away and run the command again."
        )
    there = read_drafts(folder) if drafts else {}
    return {
        free_name(folder / name).name: there[name]
        for name, mail in drafts.items()
        if name in there and _undated(there[name]) != _undated(mail)
    }


def _undated(mail: bytes) -> list[bytes]:
    return [line for line in mail.splitlines() if not line.startswith(b"Date: ")]


def write_drafts(folder: Path, drafts: Mapping[str, bytes]) -> None:
    """Raises NothingSaved, and then none of them is there."""
    if drafts:
        remove_all(path for path in _ours(folder) if path.suffix == ".tmp")
        write_all(folder, drafts)


def read_drafts(folder: Path) -> dict[str, bytes]:
    """What this program put there, by name. Raises NothingSaved when one cannot be read, SetupError for a pipe."""
    try:
        return {path.name: read_regular(path) for path in sorted(_ours(folder))}
    except OSError as problem:
        if problem.errno == errno.EINVAL:
            raise SetupError(f"{problem.filename}: is not a regular file, and drafts are: move it away.") from None
        raise NothingSaved(f"{folder}: cannot be read ({problem.strerror}): nothing was changed.") from problem


@contextmanager
def put_back_unless_saved(folder: Path) -> Iterator[dict[str, bytes]]:
    """Around the transaction, which calls `remove_drafts` before its commit, so that none outlives it."""
    taken: dict[str, bytes] = {}
    try:
        yield taken
    except (SavedWithComplaint, OutcomeUnknown):
        raise
    except BaseException:
        write_drafts(folder, taken)
        raise


def remove_drafts(folder: Path, names: Iterable[str]) -> None:
    """Raises NothingSaved when one cannot be removed."""
    try:
        for name in names:
            (folder / name).unlink()
        if folder.is_dir():
            sync_folder(folder)
    except OSError as problem:
        raise NothingSaved(
            f"{folder}: a draft cannot be removed ({problem.strerror}): nothing was changed."
        ) from problem


def _ours(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix in _ENDINGS] if folder.is_dir() else []
