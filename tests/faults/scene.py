"""The record that commands are struck in, and what each of them leaves when nothing strikes."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Run
from tests.faults.strike import Attempt, strike_each
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
        pages = (self.start / "pipeline.db").stat().st_size // 4096 - 1
        for name in names:
            first = 1 + (pages if call == "pwrite64" and name in BACKED_UP else 0)
            for number in range(first, first + 500, every):
                folder = self._copy(f"{name}-{number}")
                [(code, was_struck)] = strike_each([Attempt(folder, COMMANDS[name], number)], call, fault)
                yield Struck(name, number, code, folder, self.before, self.after[name])
                shutil.rmtree(folder)
                if not was_struck:
                    break
            else:
                raise AssertionError(f"{name} makes 500 calls of {call}")
