"""Files of one kind among the paths that somebody named: as they are, or in folders of folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

Complain = Callable[[str, str], None]
"""Told the file, and in a few words what is wrong with it: the rest goes on."""


def find_files(sources: Iterable[Path], suffixes: tuple[str, ...], problem: Complain) -> Iterator[Path]:
    """A named file whatever it is called; of a folder, and of those in it, the files with one of the suffixes, by name.

    What begins with a dot is passed over: programs that keep a folder write there first and rename then. Each file once.
    """
    seen: set[str] = set()
    for source in sources:
        for folder, names in _below(source, suffixes, problem):
            real = os.path.realpath(folder)  # once for all its files: each of ten thousand would take its time
            for name in names:
                if (key := os.path.join(real, name)) not in seen:  # noqa: PTH118  a Path for each takes twice as long
                    seen.add(key)
                    yield Path(folder, name)


def _below(source: Path, suffixes: tuple[str, ...], problem: Complain) -> Iterator[tuple[Path | str, list[str]]]:
    """Folders, each with names of files in it."""
    if source.is_file():
        yield source.parent, [source.name]
    elif source.is_dir():
        for folder, folders, names in os.walk(source, onerror=lambda error: _cannot_be_read(error, problem)):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            wanted = sorted(name for name in names if name.lower().endswith(suffixes) and not name.startswith("."))
            yield folder, [name for name in wanted if Path(folder, name).is_file()]
    elif source.exists():
        problem(str(source), "is neither a file nor a folder")
    else:
        problem(str(source), "is not there")


def _cannot_be_read(error: OSError, problem: Complain) -> None:
    problem(str(error.filename), why_unreadable(error))


def why_unreadable(error: OSError) -> str:
    """`cannot be read: Permission denied`."""
    return f"cannot be read: {error.strerror or type(error).__name__}"


LONGEST_LINE = 1_000_000
"""Bytes of a line: a longer one is no date, name or address."""


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Without their ends; UTF-16, which its mark tells, as UTF-8. A longer line comes in pieces."""
    first = file.read(4)
    file.seek(0)
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield from file.read().decode("utf-16", "replace").encode("utf-8").splitlines()
        return
    if first[:3] == b"\xef\xbb\xbf":
        file.seek(3)
    while line := file.readline(LONGEST_LINE):
        yield line.rstrip(b"\r\n")
