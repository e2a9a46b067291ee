"""The record that commands are struck in, and what each of them leaves when nothing strikes."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Run
from tests.faults.strace import Attempt, strike
from tests.storage.record import TABLES

COMMANDS = {
    "add": ("add", "Gamma", "--contact", "Ann <ann@acme.example>", "--value", "1000"),
    "advance": ("advance", "3", "--force", "--reason", "in a hurry"),
    "prune": ("prune", "--yes", "--now"),
    "merge": ("merge", "2", "3"),
    "import": ("import", "more.csv"),
    "undo": ("undo",),
}
BACKED_UP = ("prune", "import")
"""Begin with a backup, whose pages are written like those of `test_kill_backup`: the last of them is the first struck."""
_AT_ONCE, _FEW_AT_ONCE = 25, 8
"""Pages are written by the dozen; of syncs, unlinks and the like a command makes a few."""
Rows = dict[str, list[Any]]


class Struck(NamedTuple):
    command: str
    number: int
    code: int
    folder: Path
    before: Rows
    after: Rows
    """What the record holds before the command, and after it when nothing strikes."""


def rows(folder: Path) -> Rows:
    """The record without the random ids, which no two runs share."""
    connection = sqlite3.connect(folder / "pipeline.db")
    connection.row_factory = sqlite3.Row
    try:
        return {
            table: [
                {key: row[key] for key in row.keys() if key != "public_id"}  # noqa: SIM118 - a Row iterates values
                for row in connection.execute(f"SELECT * FROM {table}")
            ]
            for table in (*TABLES, "operations", "operation_rows", "undone_rows")
        }
    finally:
        connection.close()


class Scene:
    def __init__(self, folder: Path, start: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.start = folder, start
        self.before = rows(start)
        self.after: dict[str, Rows] = {}
        for name, arguments in COMMANDS.items():
            monkeypatch.chdir(self._copy(f"whole-{name}"))
            result = run(*arguments)
            assert result.code == 0, result.err
            self.after[name] = rows(Path.cwd())
            assert self.after[name] != self.before

    def _copy(self, name: str) -> Path:
        shutil.copytree(self.start, self.folder / name)
        return self.folder / name

    def strike_everywhere(
        self, call: str, fault: str, names: Iterable[str] = COMMANDS, every: int = 1
    ) -> Iterator[Struck]:
        """Each command struck at its first call of that name, at its second, and so on until it makes no more.

        `every`: or at each so-manieth of its calls only.
        """
        going = {name: COMMANDS[name] for name in names}
        pages = (self.start / "pipeline.db").stat().st_size // 4096 - 1
        skipped = dict.fromkeys(BACKED_UP, pages) if call == "pwrite64" else {}
        span = (_AT_ONCE if call == "pwrite64" else _FEW_AT_ONCE) * every
        for first in range(1, 500, span):
            numbers = range(first, first + span, every)
            wanted = [(name, number + skipped.get(name, 0)) for name in going for number in numbers]
            attempts = [Attempt(self._copy(f"{name}-{number}"), going[name], number) for name, number in wanted]
            codes = strike(attempts, call, fault)
            for (name, number), attempt, code in zip(wanted, attempts, codes, strict=True):
                yield Struck(name, number, code, attempt.folder, self.before, self.after[name])
                shutil.rmtree(attempt.folder)
                if code == 0:
                    going.pop(name, None)
            if not going:
                return
        raise AssertionError(f"a command makes 500 calls of {call}")
