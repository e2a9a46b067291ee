"""How files and folders of the program come to be: for their owner alone, and under their names whole or not at all."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pipeline_cli.domain.errors import SavedWithComplaint
from pipeline_cli.interrupt import remembered

UNNAMED = ".new"
"""How the passing name of a file ends that is not finished."""
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


def make_own_folder(folder: Path) -> None:
    """Makes it and what is missing above it, 0700 whatever the umask; `mkdir(parents=True)` opens those above to all.

    Raises OSError.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)


def passing_name(path: Path) -> Path:
    """For a file that is not finished. Not through `tempfile`, which loads `random`."""
    return path.with_name(f".{path.name}.{os.urandom(6).hex()}{UNNAMED}")


def open_own_file(path: Path) -> BinaryIO:
    """A new one, mode 0600. Raises OSError, FileExistsError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def write_own_file(path: Path, data: bytes) -> None:
    """A new one, mode 0600, its bytes on the disk. Raises OSError, FileExistsError."""
    with open_own_file(path) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def give_name(half: Path, final: Path) -> None:
    """The name for good. Raises FileExistsError when something has it: nothing is ever replaced. Raises OSError.

    A hard link fails where a file has appeared in the meantime, which a move would replace; some disks have none.
    """
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
    with suppress(OSError):  # then it has two names, and the one for good is there
        half.unlink()


def sync_folder(folder: Path) -> None:
    """Makes a new name in a folder survive a power cut, where the system can. Raises OSError."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that may be written to and not read cannot be synced
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_name(path: Path, said: str = " was written") -> None:
    """The folder of a file that has its name for good. Raises SavedWithComplaint, which begins with what is `said`."""
    try:
        sync_folder(path.parent)
    except OSError as problem:
        raise SavedWithComplaint(f"{path}{said}, but its folder could not be synced ({reason_of(problem)}).") from None


def reason_of(problem: OSError) -> str:
    """Why a file could not be written, as the end of a sentence."""
    reasons = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up"}
    return reasons.get(problem.errno or 0) or (problem.strerror or str(problem)).lower()
