"""Forgetting is done whole or not at all, and a rewriting of the file that was killed is repeated by the same command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.faults.scene import rows
from tests.faults.strike import KILLED, Attempt, need_strikes, strike
from tests.large import LARGE

FORGET = ("contact", "forget", "c1", "--yes")
NAME = b"Zebulonia"


@pytest.fixture
def start(pipeline: Run, folder: Path) -> Path:
    """A folder with one person, who opted out and is spoken of."""
    need_strikes()
    pipeline("add", "Acme", "--contact", "Zebulonia Quorl <zeb@acme.example>", "--phone", "030 1234567")
    pipeline("note", "1", "Zebulonia Quorl likes tea. " * 200)
    pipeline("contact", "opt-out", "c1")
    start = folder / "start"
    start.mkdir()
    for name in ("pipeline.yaml", "pipeline.db", "pipeline.db.key"):
        (folder / name).rename(start / name)
    return start


def names_her(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if NAME in path.read_bytes()]


# The rewriting makes a few hundred writes, one like the other: every fifth of them is struck.
PLACES = {"pwrite64": range(1, 400, 1 if LARGE else 11), "fdatasync": range(1, 17), "unlink": range(1, 7)}


@pytest.mark.parametrize("call", PLACES)
def test_a_killed_forget_is_done_whole_or_not_at_all(
    call: str, start: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = folder / "whole"
    shutil.copytree(start, whole)
    monkeypatch.chdir(whole)
    assert run(*FORGET).code == 0
    before, after = rows(start), rows(whole)
    attempts = [Attempt(Path(shutil.copytree(start, folder / f"{call}-{n}")), FORGET, n) for n in PLACES[call]]
    codes = strike(attempts, call, "signal=KILL")
    assert set(codes) == {0, KILLED}
    struck = set()
    for attempt, code in zip(attempts, codes, strict=True):
        monkeypatch.chdir(attempt.folder)
        assert run("check").code == 0
        left = rows(attempt.folder)
        assert left in (before, after), attempt.number
        struck |= {left == after} if code == KILLED else set()
        assert run(*FORGET).code == 0
        assert rows(attempt.folder) == after
        assert [name for name in names_her(attempt.folder) if name not in ("out", "err")] == [], attempt.number
    assert struck == {False, True}, "it was struck before its commit and after it"


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_a_full_disk_is_told_as_it_is(
    call: str, start: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(start)
    places = [*PLACES[call]][:24]
    attempts = [Attempt(Path(shutil.copytree(start, folder / f"{call}-{n}")), FORGET, n) for n in places]
    codes = strike(attempts, call, "error=ENOSPC")
    for attempt, code in zip(attempts, codes, strict=True):
        monkeypatch.chdir(attempt.folder)
        said = (attempt.folder / "err").read_text()
        assert code in (0, 6, 7), (attempt.number, said)
        assert (rows(attempt.folder) == before) == (code == 6), (attempt.number, said)
        assert ("is forgotten, but the file could not be rewritten" in said) <= (code == 7), said
        assert run(*FORGET).code == 0
        assert [name for name in names_her(attempt.folder) if name not in ("out", "err")] == [], attempt.number
