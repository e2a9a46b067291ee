"""A file of the user's is written whole or not at all, for their eyes only, and never over another unasked."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from pipeline_cli.domain.errors import NothingSaved, RuleError, SavedWithComplaint, UsageError

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


def write_new_file(path: Path, data: bytes, force: bool) -> None:
    """Writes beside the place, syncs, moves it there, syncs the folder; mode 0600.

    A device or a pipe is written to as it is. Raises UsageError (no such folder, or it is one), RuleError (there
    already, without `force`), NothingSaved (full, read-only or not allowed: nothing changed), SavedWithComplaint (it
    is there, but the disk complained afterwards).
    """
    try:
        _look_before_writing(path, force)
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        _write_beside_and_move(path, data, force)
    except FileExistsError:
        raise _there_already(path) from None
    except OSError as problem:
        raise NothingSaved(f"{path}: {_reason(problem)}: nothing was written.") from problem
    _sync_folder(path)


def free_name(path: Path) -> Path:
    """The path, or `NAME-2.csv`, `NAME-3.csv`, … when it is taken."""
    number, candidate = 1, path
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def _look_before_writing(path: Path, force: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file in it.")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: the folder {path.parent} does not exist: make it first, or name another file.")
    if os.path.lexists(path) and not force and (path.is_file() or path.is_symlink()):
        raise _there_already(path)


def _there_already(path: Path) -> RuleError:
    return RuleError(f"{path} is there already and was left as it is: add --force to replace it, or name another file.")


def _write_beside_and_move(path: Path, data: bytes, force: bool) -> None:
    # Not `tempfile`: it loads `random`. A short name of its own, since the one asked for may be as long as names get.
    beside = path.parent / f".pipeline-{os.urandom(6).hex()}.tmp"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        if force or not _linked(beside, path):
            beside.replace(path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _linked(beside: Path, path: Path) -> bool:
    """A hard link fails where a file has appeared in the meantime, which a move would replace; some disks have none."""
    try:
        os.link(beside, path)
    except OSError as problem:
        if problem.errno not in _NO_HARD_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError from None
        return False
    return True


def _sync_folder(path: Path) -> None:
    if os.name == "nt":  # folders cannot be synced there
        return
    try:
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as problem:
        raise SavedWithComplaint(
            f"{path} was written, but its folder could not be synced: {_reason(problem)}."
        ) from None


def _reason(problem: OSError) -> str:
    reasons = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up"}
    return reasons.get(problem.errno or 0) or (problem.strerror or str(problem)).lower()
