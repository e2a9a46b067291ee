"""A prune that is killed, or whose disk is full: the whole of it or nothing, and no last chance without its message."""

from __future__ import annotations

import shutil
import sqlite3
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.faults.scene import rows
from tests.faults.strike import KILLED, Attempt, need_strikes, strike
from tests.large import LARGE

PRUNE = ("prune", "--yes")
# Every call of each kind that the command makes, and some beyond, where nothing strikes any more. Of the pages, which
# test_kill.py strikes one by one, every eighth, unless the large suite is asked for.
PLACES = {
    "pwrite64": range(1, 150, 1 if LARGE else 16),
    "fdatasync": range(1, 8, 1 if LARGE else 2),
    "fsync": range(1, 16, 1 if LARGE else 3),
    "unlink": range(1, 17, 1 if LARGE else 3),
    "rename": range(1, 5),
    "write": range(1, 12, 1 if LARGE else 3),
}


@pytest.fixture
def start(pipeline: Run, folder: Path) -> Path:
    """A folder with two deals that get a last chance and one that is closed at once."""
    need_strikes()
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>", today="2026-01-05")
    pipeline("add", "Beta", "--contact", "Bob <bob@beta.example>", today="2026-01-05")
    pipeline("add", "Gamma", today="2026-01-05")
    start = folder / "start"
    start.mkdir()
    for name in ("pipeline.yaml", "pipeline.db"):
        (folder / name).rename(start / name)
    return start


@pytest.fixture
def whole(start: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same after the command, when nothing strikes."""
    whole = Path(shutil.copytree(start, folder / "whole"))
    monkeypatch.chdir(whole)
    assert run(*PRUNE).code == 0
    assert drafts_in(whole) == {"1-2026-11-28.eml": "ann@acme.example", "2-2026-11-28.eml": "bob@beta.example"}
    return whole


def drafts_in(folder: Path) -> dict[str, str]:
    """Name -> whom it is to, of the drafts that are whole."""
    found = {}
    for path in sorted((folder / "last-chances").glob("*.eml")):
        message = message_from_bytes(path.read_bytes())
        assert "close it on my side" in str(message.get_payload()).replace("=\n", "").replace("=\r\n", ""), path
        found[path.name] = str(message["To"]).rpartition("<")[2].rstrip(">")
    return found


def last_chances_in(folder: Path) -> set[str]:
    connection = sqlite3.connect(folder / "pipeline.db")
    try:
        return {
            f"{deal}-{deadline}.eml"
            for deal, deadline in connection.execute("SELECT deal_id, deadline FROM last_chances")
        }
    finally:
        connection.close()


@pytest.mark.parametrize("call", PLACES)
def test_a_killed_prune_is_done_whole_or_not_at_all(
    call: str, start: Path, whole: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = rows(start), rows(whole)
    attempts = [Attempt(Path(shutil.copytree(start, folder / f"{call}-{n}")), PRUNE, n) for n in PLACES[call]]
    codes = strike(attempts, call, "signal=KILL")
    assert set(codes) == {0, KILLED}
    for attempt, code in zip(attempts, codes, strict=True):
        where = (call, attempt.number, code)
        monkeypatch.chdir(attempt.folder)
        assert run("check").code == 0, where
        left = rows(attempt.folder)
        assert left in (before, after), where
        assert code == KILLED or left == after, where
        assert last_chances_in(attempt.folder) <= set(drafts_in(attempt.folder)), where
        assert run(*PRUNE).code == 0, where
        assert rows(attempt.folder) == after, where
        assert drafts_in(attempt.folder) == drafts_in(whole), where
        if left == before:
            assert list((attempt.folder / "last-chances").glob("*.tmp")) == [], where
        shutil.rmtree(attempt.folder)


@pytest.mark.parametrize(
    ("call", "error"), [("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "ENOSPC"), ("pwrite64", "ENOSPC")]
)
def test_a_disk_that_fails_leaves_no_draft_of_a_prune_that_was_not_saved(
    call: str, error: str, start: Path, whole: Path, folder: Path
) -> None:
    before, after = rows(start), rows(whole)
    attempts = [Attempt(Path(shutil.copytree(start, folder / f"{call}-{n}")), PRUNE, n) for n in PLACES[call]]
    codes = strike(attempts, call, f"error={error}")
    assert 6 in codes
    for attempt, code in zip(attempts, codes, strict=True):
        where = (call, attempt.number, code, (attempt.folder / "err").read_text())
        left = rows(attempt.folder)
        assert left == before or code != 6, where
        assert left == (after if left != before else before), where
        assert code in (0, 6, 8), where
        assert code != 0 or left == after, where
        assert set(drafts_in(attempt.folder)) == last_chances_in(attempt.folder), where
