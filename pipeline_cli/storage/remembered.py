"""What was computed of a record, kept in the cache folder until the record, the day or the rules are others.

It is derived and holds numbers of deals and chances alone: to delete it loses nothing, and it never answers for another
record. What tells two states of a file apart is its change counter, which SQLite raises with every transaction, with its
length, time and inode.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline_cli.on_disk import make_own_folder

_COUNTER = slice(24, 28)
_VALID_FOR = slice(92, 96)
_HEADER = 100
_MOST_KEPT = 16
"""Answers of one state of a record, and records in the folder."""


class Remembered:
    """The answers of one record as one reader sees it: made before the record is opened, asked within its transaction."""

    def __init__(self, database: Path, folder: Path, *known: object) -> None:
        """`known`: what else an answer depends on, such as the day."""
        self._database, self._folder = database, folder / "computed"
        self._known = (*known, _program())
        self._opened = _state_of(database)
        """Another record may take the place of this one, or a change be committed, before it is opened or while it is."""
        self._place = self._folder / f"{zlib.crc32(os.fsencode(database)):08x}.json"
        self._state: str | None = None
        self._answers: dict[str, Any] | None = None

    def recall(self, asked: object, make: Callable[[], dict[int, float]]) -> dict[int, float]:
        """The answer that was kept, or else the one that is made now, and kept. `asked` says all it depends on."""
        try:
            answers = self._load()
        except (OSError, ValueError):
            return make()
        key = repr(asked)
        kept = answers.get(key)
        if isinstance(kept, list):
            return {int(number): float(value) for number, value in kept}
        made = make()
        if len(answers) < _MOST_KEPT:
            answers[key] = list(made.items())
            self._keep(answers)
        return made

    def recall_past(self, asked: object, make: Callable[[], dict[int, float]]) -> dict[int, float]:
        """The same of what is over, and stays when the record goes on: `asked` says all it depends on, the past too."""
        place = self._place.with_name(f"past-{self._place.name}")
        answers: dict[str, Any] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):
            written = json.loads(place.read_bytes())
            if written["state"] == repr(_program()) and written["checksum"] == _checksum(written["answers"]):
                answers = dict(written["answers"])
        key = repr(asked)
        if isinstance(answers.get(key), list):
            return {int(number): float(value) for number, value in answers[key]}
        made = make()
        kept = dict(list(answers.items())[1 - _MOST_KEPT :]) | {key: list(made.items())}
        self._write(place, {"state": repr(_program()), "answers": kept, "checksum": _checksum(kept)})
        return made

    def _load(self) -> dict[str, Any]:
        """Raises ValueError where the file is not, or no more, the one that was opened."""
        if self._answers is None:
            if self._opened is None or _state_of(self._database) != self._opened:
                raise ValueError
            self._state = repr((str(self._database), self._opened, *self._known))
            self._answers = {}
            with suppress(OSError, ValueError, KeyError, TypeError):
                written = json.loads(self._place.read_bytes())
                answers = written["answers"]
                is_whole = written["checksum"] == _checksum(answers)
                if written["state"] == self._state and is_whole and isinstance(answers, dict):
                    self._answers = answers
        return self._answers

    def _keep(self, answers: dict[str, Any]) -> None:
        self._write(self._place, {"state": self._state, "answers": answers, "checksum": _checksum(answers)})

    def _write(self, place: Path, content: dict[str, Any]) -> None:
        """Failing to is no loss."""
        half = place.with_suffix(f".{os.getpid()}.tmp")
        with suppress(OSError):
            make_own_folder(self._folder)
            try:
                with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(json.dumps(content).encode())
                half.replace(place)
            except OSError:
                half.unlink(missing_ok=True)
                raise
            _drop_oldest(self._folder)


def _state_of(database: Path) -> tuple[object, ...] | None:
    try:
        if not database.is_file():  # a pipe would never open
            return None
        with database.open("rb") as file:
            header = file.read(_HEADER)
            status = os.fstat(file.fileno())
    except OSError:
        return None
    if len(header) < _HEADER:
        return None
    return header[_COUNTER].hex(), header[_VALID_FOR].hex(), status.st_size, status.st_mtime_ns, status.st_ino


def _program() -> tuple[tuple[str, int, int], ...]:
    """What computes: another version of it may answer otherwise."""
    package = Path(__file__).parent.parent
    found = []
    for folder in ("domain/forecast", "storage/record"):
        with os.scandir(package / folder) as entries:
            found += [
                (one.name, one.stat().st_size, one.stat().st_mtime_ns) for one in entries if one.name.endswith(".py")
            ]
    return tuple(sorted(found))


def _checksum(answers: object) -> int:
    return zlib.crc32(json.dumps(answers).encode())


def _drop_oldest(folder: Path) -> None:
    with os.scandir(folder) as found:
        kept = sorted(
            (entry.stat().st_mtime_ns, entry.path) for entry in found if entry.name.endswith((".json", ".tmp"))
        )
    for _, path in kept[:-_MOST_KEPT]:
        Path(path).unlink(missing_ok=True)
