"""A file of ours appears whole or not at all, for its owner's eyes only, and never over another one unasked."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline_cli.domain.errors import NothingSaved, RuleError, SavedWithComplaint


def write_file_atomically(path: Path, content: bytes | Iterable[bytes], *, force: bool = False) -> None:
    """Writes beside the place, syncs, renames, syncs the folder; mode 0600.

    Raises RuleError when the file is there already and `force` is not given, NothingSaved when it cannot be written,
    SavedWithComplaint when it is there but its folder could not be synced.
    """
    if os.path.lexists(path) and not force:
        raise _there_already(path)
    beside = path.parent / f".pipeline-{os.urandom(6).hex()}.tmp"
    try:
        _write_synced(beside, [content] if isinstance(content, bytes) else content)
        _move_into_place(beside, path, force=force)
    except FileExistsError:
        raise _there_already(path) from None
    except OSError as error:
        raise NothingSaved(f"{path}: cannot be written ({error.strerror or error}): nothing was written.") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    _sync_folder(path)


def free_name(path: Path) -> Path:
    """The path, or `NAME-2.csv`, `NAME-3.csv`, … when it is taken."""
    number, candidate = 1, path
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def _there_already(path: Path) -> RuleError:
    return RuleError(f"{path} is there already and was left as it is: add --force to replace it, or name another file.")


def _write_synced(path: Path, chunks: Iterable[bytes]) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as stream:
        for chunk in chunks:
            stream.write(chunk)
        stream.flush()
        os.fsync(stream.fileno())


def _move_into_place(beside: Path, path: Path, *, force: bool) -> None:
    """A link fails where a file has appeared in the meantime; a rename would replace it. Some disks have no links."""
    if not force:
        try:
            os.link(beside, path)
        except FileExistsError:
            raise
        except OSError:
            if os.path.lexists(path):
                raise FileExistsError from None
        else:
            return
    beside.replace(path)


def _sync_folder(path: Path) -> None:
    if os.name == "nt":  # folders cannot be synced there
        return
    try:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise SavedWithComplaint(f"{path} was written, but its folder could not be synced ({error}).") from None
