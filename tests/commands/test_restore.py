"""`restore`: a backup becomes the record again, and nothing that it replaces is lost."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from pipeline_cli.storage.schema import SCHEMA_VERSION
from tests.conftest import Run
from tests.storage.golden.laid_out import lay_out, rows_of
from tests.storage.record import dump

KEPT = "pipeline-20261121T100000000Z-before-restore.db"


@pytest.fixture
def acme(pipeline: Run) -> Run:
    """Two deals, of which mine.db holds but the first; its person, and a stranger, want to be left alone."""
    assert pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>", today="2026-11-01").code == 0
    assert pipeline("contact", "opt-out", "stranger@else.example", today="2026-11-01").code == 0
    assert pipeline("backup", "mine.db").code == 0
    assert pipeline("add", "Beta", today="2026-11-10").code == 0
    return pipeline


def titles(run: Run) -> list[str]:
    return [row["title"] for row in run("list", "--json").rows]


def test_a_backup_is_restored_and_what_was_there_is_kept(acme: Run, folder: Path) -> None:
    before = dump(folder / "pipeline.db")
    kept = folder / "backups" / KEPT
    result = acme("restore", "mine.db", "--yes")
    assert (result.code, result.err) == (
        0,
        "Restored mine.db: 1 deal, last changed 2026-11-01 12:00.\n"
        f"What was there is kept. `pipeline undo` does not take this back, but this does: pipeline restore {KEPT}\n",
    )
    assert titles(acme) == ["Acme"]
    assert dump(kept) == before
    assert [path.name for path in folder.glob("pipeline.db*")] in (
        ["pipeline.db", "pipeline.db.key"],
        ["pipeline.db.key", "pipeline.db"],
    )
    assert acme("restore", KEPT, "--yes").code == 0, "a backup beside the record is found by its name"
    assert dump(folder / "pipeline.db") == before
    assert acme("check").code == 0


def test_it_asks_on_a_terminal_and_names_the_flag_without_one(
    acme: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "pipeline.db").read_bytes()
    refused = acme("restore", "mine.db")
    assert refused.code == 5
    assert refused.err == (
        "mine.db holds 1 deal, last changed 2026-11-01 12:00. pipeline.db holds 2 deals, last changed "
        "2026-11-10 12:00: it is replaced, and kept as a backup in backups/. Restoring asks first, and there is no "
        "terminal. Nothing was changed: `pipeline restore mine.db --yes` does it.\n"
    )
    monkeypatch.setattr("pipeline_cli.workspace.Workspace.is_interactive", True)
    declined = acme("restore", "mine.db", typed="no\n")
    assert (declined.code, declined.err.endswith("Nothing was changed.\n")) == (0, True)
    assert (folder / "pipeline.db").read_bytes() == before
    assert [path.name for path in folder.iterdir() if path.name.endswith(".new")] == []
    assert acme("restore", "mine.db", typed="yes\n").code == 0
    assert titles(acme) == ["Acme"]


def test_the_record_moves_to_another_machine_with_its_opt_outs(
    acme: Run, folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The paragraph of the README: three files are copied, one command is typed there."""
    there = tmp_path_factory.mktemp("there")
    for name in ("pipeline.yaml", "mine.db", "mine.db.key"):
        shutil.copy(folder / name, there / name)
    monkeypatch.chdir(there)
    result = acme("restore", "mine.db", "--yes")
    assert (result.code, result.err) == (0, "Restored mine.db: 1 deal, last changed 2026-11-01 12:00.\n")
    assert titles(acme) == ["Acme"]
    assert acme("add", "New", "--contact", "stranger@else.example").code == 5
    assert [(there / name).stat().st_mode & 0o777 for name in ("pipeline.db", "pipeline.db.key")] == [0o600, 0o600]
    assert acme("check").code == 0


def test_a_backup_without_its_key_says_that_opt_outs_are_lost(acme: Run, folder: Path) -> None:
    (folder / "mine.db.key").rename(folder / "elsewhere")
    (folder / "pipeline.db.key").unlink()
    result = acme("restore", "mine.db", "--yes")
    assert result.code == 0
    assert "1 entry of the do-not-contact list matches nothing, because its key is not there" in result.err
    (folder / "elsewhere").rename(folder / "mine.db.key")
    assert "match nothing" not in acme("restore", "mine.db", "--yes").err
    assert acme("add", "New", "--contact", "stranger@else.example").code == 5


def test_a_record_with_another_key_keeps_both(acme: Run, folder: Path) -> None:
    """Of two records with keys of their own, each finds its opt-outs whichever is restored."""
    (folder / "pipeline.db.key").unlink()
    (folder / "pipeline.db").unlink()
    acme("contact", "opt-out", "second@else.example")
    assert acme("restore", "mine.db", "--yes").code == 0
    assert acme("add", "New", "--contact", "stranger@else.example").code == 5
    assert acme("contact", "opt-out", "third@else.example").code == 0
    assert acme("restore", KEPT, "--yes").code == 0
    assert acme("add", "New", "--contact", "second@else.example").code == 5
    assert acme("add", "New", "--contact", "stranger@else.example").code == 0, "this record never heard of them"


@pytest.mark.parametrize("damage", [b"", b"garbage", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_a_damaged_record_is_replaced_and_kept_byte_for_byte(acme: Run, folder: Path, damage: bytes) -> None:
    (folder / "pipeline.db").write_bytes(damage)
    (folder / "pipeline.db-journal").write_bytes(b"what would be played back")
    result = acme("restore", "mine.db", "--yes")
    if damage.startswith(b"SQLite"):
        assert result.code == 3, "a database of another program is never replaced"
        assert (folder / "pipeline.db").read_bytes() == damage
        return
    aside = folder / "backups" / "pipeline-20261121T100000000Z-damaged.db"
    assert result.code == 0
    assert f"The damaged file is kept as it was: {aside.relative_to(folder)}" in result.err
    assert aside.read_bytes() == damage
    assert Path(f"{aside}-journal").read_bytes() == b"what would be played back"
    assert titles(acme) == ["Acme"]


def test_pages_that_are_damaged_are_replaced_too(acme: Run, folder: Path) -> None:
    with (folder / "pipeline.db").open("r+b") as file:
        file.seek(4 * 4096)
        file.write(b"\xff" * 20 * 4096)
    damaged = (folder / "pipeline.db").read_bytes()
    assert acme("restore", "mine.db", "--yes").code == 0
    assert titles(acme) == ["Acme"]
    assert (folder / "backups" / "pipeline-20261121T100000000Z-damaged.db").read_bytes() == damaged


def test_a_missing_record_is_made_whatever_journal_is_left_of_it(acme: Run, folder: Path) -> None:
    (folder / "pipeline.db").unlink()
    (folder / "pipeline.db-journal").write_bytes(b"of what was there")
    assert acme("restore", "mine.db", "--yes").code == 0
    assert titles(acme) == ["Acme"]
    assert not (folder / "pipeline.db-journal").exists()


def test_what_is_no_sound_backup_is_refused_and_nothing_changed(acme: Run, folder: Path) -> None:
    before = (folder / "pipeline.db").read_bytes()
    newer = folder / "newer.db"
    shutil.copy(folder / "mine.db", newer)
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    bytes_of_newer = newer.read_bytes()
    (folder / "text.db").write_text("no database")
    sqlite3.connect(folder / "foreign.db").execute("CREATE TABLE t (x)").connection.close()
    torn = folder / "torn.db"
    shutil.copy(folder / "mine.db", torn)
    with torn.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(b"\xff" * 8192)
    for name, code, said in (
        ("newer.db", 3, "was written by a newer pipeline"),
        ("text.db", 3, "is not a SQLite database"),
        ("foreign.db", 3, "is a database of another program"),
        ("torn.db", 3, "cannot be restored. The database is damaged"),
        ("pipeline.db", 2, "is the database itself"),
        ("nowhere.db", 2, "there is no such file, nor a backup of that name"),
    ):
        result = acme("restore", name, "--yes")
        assert (result.code, said in result.err) == (code, True), (name, result.err)
        assert (folder / "pipeline.db").read_bytes() == before, name
    assert newer.read_bytes() == bytes_of_newer
    assert not (folder / "backups").exists()


def test_a_record_that_breaks_a_rule_is_restored_with_a_word(acme: Run, folder: Path) -> None:
    connection = sqlite3.connect(folder / "mine.db")
    connection.execute("UPDATE deals SET stage = 'proposal'")
    connection.commit()
    connection.close()
    result = acme("restore", "mine.db", "--yes")
    assert result.code == 0
    assert "mine.db can be restored, but its record is not in order: Deal 1: its history does not end in" in result.err


def test_an_older_backup_is_restored_and_brought_up_to_date_by_the_next_change(acme: Run, folder: Path) -> None:
    older = folder / "older"
    older.mkdir()
    database = lay_out(1, older)
    before = rows_of(database)
    result = acme("restore", "older/pipeline.db", "--yes")
    assert result.code == 0, result.err
    assert rows_of(folder / "pipeline.db") == before
    assert f"Brought pipeline.db from version 1 to {SCHEMA_VERSION}" in acme("note", "4", "later").err
    assert acme("add", "New", "--contact", "gus@gamma.example").code == 5


def test_who_has_the_record_open_sees_the_restored_one(acme: Run, folder: Path) -> None:
    other = sqlite3.connect(folder / "pipeline.db", isolation_level=None)
    assert other.execute("SELECT count(*) FROM deals").fetchone() == (2,)
    assert acme("restore", "mine.db", "--yes").code == 0
    assert other.execute("SELECT count(*) FROM deals").fetchone() == (1,)
    other.execute("UPDATE deals SET title = 'written by the other program'")
    other.close()
    assert titles(acme) == ["written by the other program"]
