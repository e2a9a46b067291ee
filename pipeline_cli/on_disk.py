"""How files and folders of the program come to be: for their owner alone, and under their names whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows: what a kill left there is found by its name alone
    fcntl = None  # type: ignore[assignment]

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
    return noted(path.with_name(f".{path.name}.{os.urandom(6).hex()}{UNNAMED}"))


# What is not finished is noted before it is made, so that the next command takes away what a kill, a closed terminal or
# a power cut left of it, wherever it lies. The note is locked for as long as its maker lives: nobody takes the file of
# one who is still at work.

_OURS = re.compile(r"\..+\.[0-9a-f]{12}\.new|\.pipeline-[0-9a-f]{12}\.tmp|pipeline-edit-[^/]+")
EDITED = "pipeline-edit-"
"""How the folder of a text begins that is open in an editor."""
_YOUNG = 60.0
"""Seconds in which a note without words may still be written."""
_noted: dict[Path, int] = {}
"""Note -> the descriptor that holds its lock."""


def own_cache() -> Path | None:
    """The folder of the program for what may be lost; None where nobody has a home."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if base.startswith("/"):
        return Path(base) / "pipeline"
    home = os.environ.get("HOME", "")
    return Path(home) / ".cache" / "pipeline" if home.startswith("/") else None


def noted(path: Path) -> Path:
    """The same path. Where no note can be kept, the file is found by its name alone, beside the database."""
    cache = own_cache()
    if fcntl is None or cache is None:
        return path
    with suppress(OSError):
        folder = cache / "unfinished"
        if not folder.is_dir():
            make_own_folder(folder)
        note = folder / os.urandom(8).hex()
        descriptor = os.open(note, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        _noted[note] = descriptor
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(descriptor, os.fsencode(path.absolute()))
    return path


def drop_notes() -> None:
    """At the end of a command: its notes go, but for those whose file could not be taken away."""
    for note, descriptor in _noted.items():
        with suppress(OSError):
            if not os.path.lexists(os.fsdecode(os.pread(descriptor, 1 << 16, 0))):
                note.unlink()
        with suppress(OSError):
            os.close(descriptor)
    _noted.clear()


def clear_dead() -> None:
    """Takes away what commands that are dead left unfinished. Never fails, and never touches what is not ours."""
    for note, path, is_alive in _notes():
        if is_alive:
            continue
        with suppress(OSError):
            if path is not None and _OURS.fullmatch(path.name) and path.name == os.path.basename(path):  # noqa: PTH119
                _take_away(path)
            note.unlink()


def unfinished_elsewhere() -> list[Path]:
    """The files that other commands are at work on now."""
    mine = set(_noted)
    return [path for note, path, is_alive in _notes() if is_alive and path is not None and note not in mine]


def _notes() -> Iterator[tuple[Path, Path | None, bool]]:
    """(Note, the file it speaks of, whether its maker lives)."""
    cache = own_cache()
    if fcntl is None or cache is None:
        return
    try:
        notes = list((cache / "unfinished").iterdir())
    except OSError:
        return
    for note in notes:
        with suppress(OSError):
            descriptor = os.open(note, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                said = os.read(descriptor, 1 << 16)
                is_alive = note in _noted or not _can_lock(descriptor)
                is_young = time.time() - os.fstat(descriptor).st_mtime < _YOUNG
                yield note, Path(os.fsdecode(said)) if said else None, is_alive or (not said and is_young)
            finally:
                os.close(descriptor)


def _can_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _take_away(path: Path) -> None:
    """A file of the user's own, or the folder that an editor was given; what is not there is fine. Raises OSError."""
    with suppress(FileNotFoundError):
        found = path.lstat()
        if found.st_uid != os.getuid():
            return
        if stat.S_ISREG(found.st_mode):
            path.unlink()
        elif stat.S_ISDIR(found.st_mode) and path.name.startswith(EDITED):
            import shutil

            shutil.rmtree(path)


def read_regular(path: Path) -> bytes:
    """The bytes of a file. Raises OSError, also for a pipe or a device, which would never come to an end."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        return file.read()


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
