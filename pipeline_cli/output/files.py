"""A file of the user's is written whole or not at all, for their eyes only; and a path as a person reads it."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from pipeline_cli.domain.errors import NothingSaved, RuleError, UsageError
from pipeline_cli.interrupt import remembered
from pipeline_cli.on_disk import give_name, noted, open_own_file, reason_of, sync_folder, sync_name, write_own_file

_BESIDE = ".pipeline-"


def write_new_file(path: Path, data: bytes, force: bool) -> None:
    """Writes beside the place, syncs, moves it there, syncs the folder; mode 0600.

    A device or a pipe is written to as it is. Raises UsageError (no such folder, or it is one), RuleError (there
    already, without `force`), NothingSaved (full, read-only or not allowed: nothing changed), SavedWithComplaint (it
    is there, but the disk complained afterwards).
    """
    try:
        look_before_writing(path, force)
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        _write_beside_and_move(path, data, force)
    except FileExistsError:
        raise _there_already(path) from None
    except OSError as problem:
        raise NothingSaved(f"{path}: {reason_of(problem)}: nothing was written.") from problem
    sync_name(path)


def replace_file(path: Path, data: bytes) -> None:
    """Another content for a file that is there, whole or not at all; who may read it stays as it is.

    Raises NothingSaved, SavedWithComplaint.
    """
    try:
        mode = path.stat().st_mode & 0o7777
        _write_beside_and_move(path, data, force=True, mode=mode)
    except OSError as problem:
        raise NothingSaved(f"{path}: {reason_of(problem)}: nothing was written.") from problem
    sync_name(path)


def write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Each file whole (0600), in place of one of that name, in a folder (0700) that is made when there is none.

    Raises NothingSaved, and then those it had written are gone again.
    """
    written: list[Path] = []
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            sync_folder(folder.parent)
        for name, data in files.items():
            written.append(folder / name)
            _write_beside_and_move(folder / name, data, force=True)
        sync_folder(folder)
    except BaseException as problem:
        remove_all(written)
        if isinstance(problem, OSError):
            place = written[-1] if written else folder
            raise NothingSaved(f"{place}: {reason_of(problem)}: nothing was changed.") from problem
        raise


class NewFiles:
    """Files of one answer that are written piece by piece, each beside its place; all get their names at the end, or none.

    Used as a context. Raises NothingSaved (full, read-only or not allowed), SavedWithComplaint.
    """

    def __init__(self, force: bool) -> None:
        self._force = force
        self._besides: dict[Path, Path] = {}

    def __enter__(self) -> Self:
        return self

    @contextlib.contextmanager
    def open(self, path: Path) -> Iterator[TextIO]:
        """For one file, as UTF-8 with its line ends as they are written; mode 0600."""
        beside = self._besides[path] = noted(path.parent / f"{_BESIDE}{os.urandom(6).hex()}.tmp")
        try:
            with (
                open_own_file(beside) as file,
                io.TextIOWrapper(file, "utf-8", "backslashreplace", newline="") as stream,
            ):
                yield stream
                stream.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            raise NothingSaved(f"{path}: {reason_of(problem)}: nothing was written.") from problem

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        path = None
        try:
            if error is None:
                for path, beside in self._besides.items():
                    if self._force:
                        with remembered(path):
                            beside.replace(path)
                    else:
                        give_name(beside, path)
        except FileExistsError:
            raise _there_already(path or Path()) from None
        except OSError as problem:
            raise NothingSaved(f"{path}: {reason_of(problem)}: it was not written.") from problem
        finally:
            remove_all(self._besides.values())
        if path is not None:
            sync_name(path)


def remove_all(paths: Iterable[Path]) -> None:
    """As far as they are there and can be removed."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


def free_name(path: Path) -> Path:
    """The path, or `NAME-2.csv`, `NAME-3.csv`, … when it is taken."""
    number, candidate = 1, path
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def look_before_writing(path: Path, force: bool) -> None:
    """Raises UsageError (no such folder, or it is one) or RuleError (there already, without `force`)."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file in it.")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: the folder {path.parent} does not exist: make it first, or name another file.")
    if os.path.lexists(path) and not force and (path.is_file() or path.is_symlink()):
        raise _there_already(path)


def _there_already(path: Path) -> RuleError:
    return RuleError(f"{path} is there already and was left as it is: add --force to replace it, or name another file.")


def _write_beside_and_move(path: Path, data: bytes, force: bool, mode: int = 0o600) -> None:
    # A short name of its own, since the one asked for may be as long as names get.
    beside = noted(path.parent / f"{_BESIDE}{os.urandom(6).hex()}.tmp")
    try:
        write_own_file(beside, data)
        if mode != 0o600:
            beside.chmod(mode)
        if force:
            with remembered(path):
                beside.replace(path)
        else:
            give_name(beside, path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def short_path(path: Path, folder: Path, environ: Mapping[str, str]) -> str:
    """To be read, not pasted: a shell does not look into the `~` of a quoted word."""
    home = environ.get("HOME", "")
    whole = Path(folder, path)
    if whole.is_relative_to(folder):
        return str(whole.relative_to(folder))
    if home.startswith("/") and home != "/" and whole.is_relative_to(home):
        return str(Path("~", whole.relative_to(home)))
    return str(whole)
