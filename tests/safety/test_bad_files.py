"""Whatever lies where the database should be is refused or recovered by every kind of command, its bytes unchanged."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline_cli.storage.schema import SCHEMA_VERSION
from tests.conftest import Run

Spoil = Callable[[Path], None]


def write(content: bytes) -> Spoil:
    return lambda path: path.write_bytes(content) and None


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 3 * 4096 + 100])


def of_another_program(path: Path) -> None:
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE photos (name TEXT)")
    other.commit()
    other.close()


def of_a_newer_version(path: Path) -> None:
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    newer.close()


def second_name(path: Path) -> None:
    (path.parent / "second.db").hardlink_to(path)


def folder_instead(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe_instead(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def link_to_nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere" / "gone.db")


def link_in_a_circle(path: Path) -> None:
    path.unlink()
    path.symlink_to("circle.db")
    (path.parent / "circle.db").symlink_to(path.name)


BAD: dict[str, tuple[Spoil, str]] = {
    "empty": (write(b""), "is empty, so it is no database"),
    "one byte": (write(b"S"), "is not a SQLite database"),
    "garbage": (write(bytes(range(256)) * 64), "is not a SQLite database"),
    "truncated": (cut, "damaged"),
    "foreign": (of_another_program, "is a database of another program"),
    "newer": (of_a_newer_version, "was written by a newer pipeline"),
    "hard link": (second_name, "has a second name (a hard link)"),
    "folder": (folder_instead, "is a folder, not a database"),
    "pipe": (pipe_instead, "is not a regular file"),
    "link in a circle": (link_in_a_circle, "too many levels of symbolic links"),
}
COMMANDS = {
    "reading": ("list", "show 1", "today", "health", "history", "export deals", "contact list", "prune"),
    "writing": ("add Beta", "note 1 hi", "import more.csv", "undo", "prune --yes", "contact forget c1 --yes"),
    "init": ("init",),
    "check": ("check", "backup copy.db"),
}


def look_of(folder: Path) -> dict[str, object]:
    """Each file with its bytes; nothing but names of what has none."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if "backups" not in path.parts
    }


@pytest.fixture
def record(pipeline: Run, folder: Path) -> Run:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")
    (folder / "more.csv").write_text("deal_id,title\na,Delta\n")
    return pipeline


@pytest.mark.parametrize("family", COMMANDS)
@pytest.mark.parametrize("what", BAD)
def test_a_bad_database_is_refused_by_every_kind_of_command(record: Run, folder: Path, what: str, family: str) -> None:
    spoil, says = BAD[what]
    spoil(folder / "pipeline.db")
    before = look_of(folder)
    for command in COMMANDS[family]:
        # `init` looks at the database that was named, and never touches the YAML that is there.
        words = ["--db", "pipeline.db", *command.split()] if family == "init" else command.split()
        result = record(*words)
        if (family, what) == ("init", "truncated"):  # it looks at the header alone, and leaves all as it is
            assert result.code == 5
            says = "is there already and was left as it is"
        else:
            assert result.code == 3, (command, result)
        assert says in result.err + result.out, (command, result.err, result.out)
        assert "defect" not in result.err
        assert look_of(folder) == before, command


@pytest.mark.parametrize("family", COMMANDS)
def test_a_file_without_permission_is_refused(record: Run, folder: Path, family: str) -> None:
    if os.geteuid() == 0:
        pytest.skip(
            "NOT TESTED here: the superuser may read every file; tests/faults/test_read_only.py does it for others"
        )
    (folder / "pipeline.db").chmod(0)
    for command in COMMANDS[family]:
        result = record("--db", "pipeline.db", *command.split())
        assert (result.code, "cannot be read" in result.err) == (3, True), command


@pytest.mark.parametrize("family", COMMANDS)
def test_a_folder_that_is_missing_is_not_made(record: Run, folder: Path, family: str) -> None:
    for command in COMMANDS[family]:
        result = record("--db", "nowhere/pipeline.db", *command.split())
        assert result.code in (2, 3), (command, result)
        assert "there is no such" in result.err, (command, result.err)
        assert not (folder / "nowhere").exists()


def test_a_link_to_nowhere_makes_no_database_at_its_end(record: Run, folder: Path) -> None:
    link_to_nowhere(folder / "pipeline.db")
    for command in (*COMMANDS["reading"], *COMMANDS["writing"], "check"):
        result = record(*command.split())
        assert result.code in (2, 3), (command, result)
        assert not (folder / "nowhere").exists()


def test_a_link_to_the_record_is_followed_by_every_command(record: Run, folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "pipeline.db").rename(folder / "real" / "pipeline.db")
    (folder / "pipeline.db").symlink_to("real/pipeline.db")
    for command in ("list", "add Beta", "note 2 hi", "undo", "check", "contact opt-out c1"):
        result = record(*command.split())
        assert result.code == 0, (command, result.err)
    assert (folder / "pipeline.db").is_symlink()
    assert len(record("list", "--json").rows) == 2


@pytest.mark.parametrize("first", ["list", "show 1", "check", "add Beta", "undo", "init", "backup copy.db"])
def test_what_a_killed_program_left_is_rolled_back_by_whatever_command_comes_first(
    record: Run, folder: Path, first: str
) -> None:
    whole = sqlite3.connect(folder / "pipeline.db")
    before = whole.execute("SELECT * FROM deals").fetchall()
    whole.close()
    killed = sqlite3.connect(folder / "pipeline.db", isolation_level=None)
    killed.execute("PRAGMA cache_size = 2")
    killed.execute("BEGIN IMMEDIATE")
    killed.execute("UPDATE deals SET title = 'half written'")
    killed.execute("UPDATE operations SET summary = ?", ("x" * 90_000,))
    torn = folder / "torn"
    torn.mkdir()
    for name in ("pipeline.yaml", "pipeline.db", "pipeline.db-journal"):
        shutil.copy(folder / name, torn / name)
    killed.execute("ROLLBACK")
    killed.close()
    assert b"half written" in (torn / "pipeline.db").read_bytes(), "the journal is hot"

    words = ["--db", "torn/pipeline.db"] if first == "init" else []
    result = record(*words, "--config", "torn/pipeline.yaml", *first.split())
    assert result.code == (5 if first == "init" else 0), result.err
    assert record("--config", "torn/pipeline.yaml", "list").code == 0
    left = sqlite3.connect(torn / "pipeline.db")
    kept = left.execute("SELECT * FROM deals").fetchall()
    left.close()
    assert kept[:1] == before or (first == "undo" and kept == [])
    assert not (torn / "pipeline.db-journal").exists()
