"""`backup --to-command`: through a program of the user's; the record as it is lies nowhere else, and no shell is asked."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

TURN = "import sys; sys.stdout.buffer.write(bytes(255 - byte for byte in sys.stdin.buffer.read()))"
"""A program that makes the copy unreadable."""


@pytest.fixture
def record(pipeline: Run) -> Run:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")
    return pipeline


def program(code: str) -> str:
    return f'{sys.executable} -c "{code}"'


def test_what_the_program_prints_is_the_backup(record: Run, folder: Path) -> None:
    before = set(folder.rglob("*"))
    said = record("backup", "copy.age", "--to-command", program(TURN))
    assert (said.code, said.out) == (0, "")
    made = folder / "copy.age"
    assert set(folder.rglob("*")) - before == {made}
    assert made.stat().st_mode & 0o777 == 0o600
    assert b"ann@acme.example" not in made.read_bytes()

    back = folder / "back.db"
    back.write_bytes(bytes(255 - byte for byte in made.read_bytes()))
    assert sqlite3.connect(back).execute("SELECT title FROM deals").fetchall() == [("Acme",)]
    assert record("restore", "back.db", "--yes").code == 0


def test_a_program_may_write_the_file_itself(record: Run, folder: Path) -> None:
    code = "import sys, pathlib; pathlib.Path('its own').write_bytes(sys.stdin.buffer.read())"
    assert record("backup", "--to-command", program(code)).code == 0
    assert sqlite3.connect(folder / "its own").execute("SELECT count(*) FROM deals").fetchone() == (1,)
    assert not (folder / "backups").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("x.age", "--to-command", program("import sys; sys.exit(3)")), 6, "ended with 3, so that no backup was made"),
        (("x.age", "--to-command", program("import sys; sys.stdin.buffer.read()")), 6, "printed nothing"),
        (("x.age", "--to-command", "no-such-program-at-all -r x"), 2, "cannot be started"),
        (("x.age", "--to-command", ""), 2, "names no program"),
        (("x.age", "--to-command", "age 'x"), 2, "a quote is not closed"),
        (("no/x.age", "--to-command", "cat"), 2, "does not exist"),
        (("pipeline.yaml", "--to-command", "cat"), 5, "is there already"),
        (("--list", "--to-command", "cat"), 2, "give one of them"),
    ],
)
def test_what_fails_leaves_nothing(record: Run, folder: Path, words: tuple[str, ...], code: int, said: str) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = record("backup", *words)
    assert (result.code, said in result.err) == (code, True), result.err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_no_shell_is_asked(record: Run, folder: Path) -> None:
    assert record("backup", "copy", "--to-command", "cat - ; touch PWNED").code == 6
    assert not (folder / "PWNED").exists()


def test_that_the_key_is_not_in_it_is_said(record: Run, folder: Path) -> None:
    record("contact", "opt-out", "ann@acme.example")
    said = record("backup", "copy", "--to-command", "cat")
    assert "The key of the do-not-contact list is not in it: keep pipeline.db.key as well." in said.err
