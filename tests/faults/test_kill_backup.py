"""Migrating, backing up and restoring, struck at every kind of call: done whole or not at all, and said as it is."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline_cli.storage.schema import SCHEMA_VERSION
from tests.conftest import Run
from tests.faults.strike import KILLED, Attempt, need_strikes, strike
from tests.large import LARGE
from tests.storage.golden.laid_out import Rows, lay_out, rows_of

MIGRATE, BACK_UP = ("note", "4", "later"), ("backup", "new.db")
RESTORE = ("restore", "copy.db", "--yes")
SCENES = {
    "migrate": MIGRATE,
    "back up": BACK_UP,
    "restore": RESTORE,
    "restore lost": RESTORE,
    "restore damaged": RESTORE,
}
EVERY = 1 if LARGE else 3
PLACES = {
    # A copy is some fifty writes, one like the other: the ends of each, and what comes between two of them.
    "pwrite64": {
        "migrate": (1, 51, 52, 54, 80, 107),
        "back up": (1, 51),
        "restore lost": (1, 51),
        "restore": (1, 51, 52, 102, 103, 155, 205, 258, 309),
        "restore damaged": (1, 51),
    },
    "write": {"migrate": range(1, 4), "back up": range(1, 4), "restore": range(1, 4), "restore damaged": range(1, 5)},
    "fdatasync": {"migrate": range(1, 11, EVERY), "restore": range(1, 8, EVERY)},
    "fsync": {
        "migrate": range(1, 5),
        "back up": range(1, 4),
        "restore": range(1, 6),
        "restore lost": range(1, 3),
        "restore damaged": range(1, 7),
    },
    "unlink": {
        "migrate": range(1, 11, EVERY),
        "back up": range(1, 9, EVERY),
        "restore": range(1, 13, EVERY),
        "restore lost": range(1, 8, EVERY),
        "restore damaged": range(1, 13, EVERY),
    },
    "link": {
        "migrate": range(1, 3),
        "back up": range(1, 3),
        "restore": range(1, 3),
        "restore lost": (1,),
        "restore damaged": range(1, 3),
    },
    "rename": {"restore damaged": (1,)},
    "mkdir": {"migrate": (1,), "restore": (1,), "restore damaged": (1,)},
}
"""Call -> scene -> its numbers: all that the command makes, but for the writes of pages."""
GARBAGE = b"this was a database once " * 100


class Struck(NamedTuple):
    scene: str
    number: int
    code: int
    folder: Path

    @property
    def said(self) -> str:
        return (self.folder / "err").read_text()


class Starts(NamedTuple):
    folder: Path
    newer: Rows
    """What the database holds before."""
    older: Rows
    """What copy.db holds."""

    def strike(self, call: str, fault: str) -> Iterator[Struck]:
        """Each scene at each place of a call; every copy of a scene goes away once it was looked at."""
        attempts, names = [], []
        for scene, numbers in PLACES[call].items():
            for number in numbers:
                folder = self.folder / f"{scene} {number}"
                shutil.copytree(self.folder / scene, folder)
                attempts.append(Attempt(folder, SCENES[scene], number))
                names.append(scene)
        codes = strike(attempts, call, fault)
        for scene, attempt, code in zip(names, attempts, codes, strict=True):
            yield Struck(scene, attempt.number, code, attempt.folder)
            shutil.rmtree(attempt.folder)


@pytest.fixture
def starts(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Starts:
    """A folder for each scene. The copy to be restored has a key of its own, unlike that of the record."""
    need_strikes()
    places = {name: folder / name for name in (*SCENES, "other")}
    for place in places.values():
        place.mkdir()
    lay_out(1, places["migrate"])
    lay_out(SCHEMA_VERSION, places["back up"])
    lay_out(SCHEMA_VERSION, places["restore"])
    lay_out(SCHEMA_VERSION, places["other"])
    (places["other"] / "pipeline.db.key").unlink()
    monkeypatch.chdir(places["other"])
    assert run("contact", "opt-out", "first@other.example").code == 0
    assert run("backup", "copy.db").code == 0
    shutil.rmtree(places["restore lost"])
    for name in ("copy.db", "copy.db.key"):
        shutil.copy(places["other"] / name, places["restore"] / name)
    shutil.copytree(places["restore"], places["restore lost"])
    shutil.rmtree(places["restore damaged"])
    shutil.copytree(places["restore"], places["restore damaged"])
    (places["restore lost"] / "pipeline.db").unlink()
    (places["restore damaged"] / "pipeline.db").write_bytes(GARBAGE)
    return Starts(folder, rows_of(places["restore"] / "pipeline.db"), rows_of(places["other"] / "copy.db"))


def is_sound(database: Path) -> bool:
    connection = sqlite3.connect(database)
    try:
        sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return sound and connection.execute("PRAGMA foreign_key_check").fetchone() is None
    finally:
        connection.close()


def is_done(struck: Struck, starts: Starts) -> bool:
    """Whether the command was done; it is either that or not begun, whatever struck it."""
    database = struck.folder / "pipeline.db"
    if struck.scene == "migrate":
        return was_migrated(database)
    if struck.scene == "back up":
        copy = struck.folder / "new.db"
        assert rows_of(database) == starts.newer
        if copy.exists():
            assert is_sound(copy)
            assert rows_of(copy) == starts.newer
            assert Path(f"{copy}.key").read_text() == Path(f"{database}.key").read_text()
        return copy.exists()
    if struck.scene == "restore lost" and not database.exists():
        return False
    if struck.scene == "restore damaged" and database.read_bytes() == GARBAGE:
        return False
    assert is_sound(database)
    left = rows_of(database)
    assert left == starts.older or (struck.scene == "restore" and left == starts.newer)
    kept = {path.name.rpartition("Z-")[2]: path for path in (struck.folder / "backups").glob("p*.db")}
    if left == starts.older and struck.scene == "restore":
        assert any(rows_of(path) == starts.newer for name, path in kept.items() if "before-restore" in name)
    if struck.scene == "restore damaged":
        assert kept["damaged.db"].read_bytes() == GARBAGE
    return left == starts.older


def was_migrated(database: Path) -> bool:
    """Whether the note is there; the record is of one version or the other in any case."""
    assert is_sound(database)
    connection = sqlite3.connect(database)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    columns = [row[1] for row in connection.execute("PRAGMA table_info(deals)")]
    notes = connection.execute("SELECT count(*) FROM notes WHERE text = 'later'").fetchone()
    connection.close()
    assert version in (1, SCHEMA_VERSION)
    assert {name for name in ("from_deal_id", "snooze_reason") if name in columns} == (
        set() if version == 1 else {"from_deal_id", "snooze_reason"}
    )
    backups = [*(database.parent / "backups").glob("p*.db")]
    assert version == 1 or backups
    assert all(is_sound(one) for one in backups)
    return bool(notes[0])


def assert_goes_on(struck: Struck, starts: Starts, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command does it now, and those who asked not to be contacted are known whichever record there is."""
    monkeypatch.chdir(struck.folder)
    if not (struck.folder / "new.db").exists():
        again = run(*SCENES[struck.scene])
        assert again.code == 0, (struck, again)
    assert is_done(struck, starts)
    restored = struck.scene.startswith("restore")
    for address, refused in (("gus@gamma.example", True), ("first@other.example", restored)):
        assert run("add", "X", "--contact", address).code == (5 if refused else 0), (struck, address)


@pytest.mark.parametrize("call", PLACES)
def test_a_kill_leaves_all_or_nothing(call: str, starts: Starts, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, set[bool]] = {}
    for struck in starts.strike(call, "signal=KILL"):
        assert struck.code == KILLED, (struck, struck.said)
        seen.setdefault(struck.scene, set()).add(is_done(struck, starts))
        if struck.number % 4 == 1:
            assert_goes_on(struck, starts, run, monkeypatch)
    assert all(False in states for states in seen.values()), seen
    assert call not in ("fsync", "unlink") or any(True in states for states in seen.values()), seen


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("pwrite64", "ENOSPC"),
        ("write", "ENOSPC"),
        ("fdatasync", "EIO"),
        ("fsync", "EIO"),
        ("unlink", "EIO"),
        ("link", "EIO"),
        ("link", "EPERM"),
        ("rename", "EIO"),
        ("mkdir", "ENOSPC"),
    ],
)
def test_a_disk_that_fails_is_told_as_it_is(
    call: str, error: str, starts: Starts, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for struck in starts.strike(call, f"error={error}"):
        done = is_done(struck, starts)
        assert struck.code in (0, 6, 7) or call == "write", (struck, struck.said)
        assert done == (struck.code in (0, 7)) or call == "write", (struck, struck.said)
        if struck.code and struck.number == 2:
            assert_goes_on(struck, starts, run, monkeypatch)
