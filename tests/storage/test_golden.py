"""Every version of the record that ever landed is read, brought up to date and undone as if it had always been new.

`golden/build.py` says how a new version gets its files; nothing has to be added here.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline_cli.storage.migrations import MIGRATIONS
from pipeline_cli.storage.schema import SCHEMA_VERSION
from tests.conftest import REPOSITORY, Run
from tests.large import LARGE
from tests.storage.golden.build import HERE, SHOWN_ON, facts, without_judgements
from tests.storage.golden.laid_out import Rows, lay_out, rows_of
from tests.storage.record import dump

TOLD = {"sense", "awaits_answer", "ended_at", "ended_by", "snooze_reason"}
"""New columns that bringing a record up to date fills from what is there."""
VERSIONS = range(1, SCHEMA_VERSION + 1)
OLDER = VERSIONS[:-1]


def schema_of(connection: sqlite3.Connection) -> set[tuple[str, ...]]:
    found = set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    connection.close()
    return found


def known_to(older: Rows, newer: Rows) -> Rows:
    """The newer rows as the older version had them; what is new is empty, but for what the older rows tell."""
    for table, rows in newer.items():
        columns = older[table][0].keys() if older.get(table) else ()
        new = [value for row in rows for name, value in row.items() if name not in columns and name not in TOLD]
        assert all(value in (None, 0) for value in new), table
    return {
        table: [{name: row[name] for name in old[0]} for row in newer[table]] for table, old in older.items() if old
    }


def assert_shown(run: Run, version: int) -> None:
    """The commands that were asked for then show the same facts now."""
    shown = json.loads((HERE / f"version_{version}.json").read_text("utf-8"))
    for line, wanted in without_judgements(shown).items():
        result = run(*shlex.split(line), today=SHOWN_ON)
        assert result.code == 0, (line, result.err)
        assert as_known_then(facts(result.out), wanted) == wanted, line


def as_known_then(found: Any, wanted: Any) -> Any:
    """Without the keys and columns that were added since."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return {key: as_known_then(value, wanted[key]) for key, value in found.items() if key in wanted}
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        return [as_known_then(*pair) for pair in zip(found, wanted, strict=True)]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_the_schema_of_a_version_that_landed_never_changes(version: int) -> None:
    golden, made = sqlite3.connect(":memory:"), sqlite3.connect(":memory:", isolation_level=None)
    golden.executescript((HERE / f"version_{version}.sql").read_text("utf-8"))
    for step in MIGRATIONS[:version]:
        step(made)
    assert schema_of(made) == schema_of(golden)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_golden_record_fills_every_table(version: int, folder: Path) -> None:
    rows = rows_of(lay_out(version, folder))
    assert [table for table in rows if not rows[table]] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_reading_shows_what_the_version_itself_showed_and_changes_no_byte(version: int, folder: Path, run: Run) -> None:
    database = lay_out(version, folder)
    before = database.read_bytes()
    assert_shown(run, version)
    assert run("check", today=SHOWN_ON).code == 0
    assert database.read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["pipeline.db", "pipeline.db.key", "pipeline.yaml"]


@pytest.mark.parametrize("version", OLDER)
def test_a_command_that_writes_brings_the_record_up_to_date_after_a_backup(
    version: int, folder: Path, run: Run
) -> None:
    database = lay_out(version, folder)
    before, bytes_before = rows_of(database), database.read_bytes()
    added = run("add", "Only this", today=SHOWN_ON)
    (backup,) = (folder / "backups").glob("*.db")
    assert added.code == 0
    assert (
        f"Brought pipeline.db from version {version} to {SCHEMA_VERSION}; backup: backups/{backup.name}." in added.err
    )
    assert backup.name == "pipeline-20260620T120000000Z-before-migration.db"
    assert rows_of(backup) == before
    assert backup.with_name(backup.name + ".key").read_text() == (folder / "pipeline.db.key").read_text()
    assert run("undo", today=SHOWN_ON).code == 0
    assert known_to(before, rows_of(database)) == {table: rows for table, rows in before.items() if rows}
    assert database.read_bytes() != bytes_before
    assert run("check", today=SHOWN_ON).code == 0


@pytest.mark.parametrize("version", OLDER)
def test_of_a_large_file_it_is_said_before_that_it_takes_a_while(
    version: int, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(version, folder)
    monkeypatch.setattr("pipeline_cli.storage.safekeeping.upgrading.LARGE_MEGABYTES", 0)

    said = run("add", "Only this", today=SHOWN_ON).err.splitlines()

    assert said[0] == "Bringing pipeline.db up to date, after a backup: this once it takes a while, for 0 MB …"
    assert said[1].startswith("Brought pipeline.db")


@pytest.mark.parametrize("version", OLDER)
def test_the_record_brought_up_to_date_shows_what_it_showed(version: int, folder: Path, run: Run) -> None:
    database = lay_out(version, folder)
    assert "from version" in run("redo", today=SHOWN_ON).err
    assert "from version" not in run("redo", today=SHOWN_ON).err, "migrating twice is once"
    assert run("undo", "2", today=SHOWN_ON).code == 0
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()
    assert_shown(run, version)


@pytest.mark.parametrize("version", VERSIONS if LARGE else (VERSIONS[0], VERSIONS[-1]))
def test_what_was_done_under_a_version_is_undone_and_done_again_later(version: int, folder: Path, run: Run) -> None:
    database = lay_out(version, folder)
    start = run("history", "--json", today=SHOWN_ON).rows
    undone = [row for row in start if row["undone"] and row["summary"] != "added Discarded"]
    assert len(undone) == 4, "the golden record ends with operations to do again"
    states = []
    for _ in undone:
        assert run("redo", today=SHOWN_ON).code == 0
        states.append(dump(database))
    forgotten = max(row["operation"] for row in start if row["command"] == "contact forget")
    standing = [row for row in run("history", "--json", today=SHOWN_ON).rows if not row["undone"]]
    steps = sum(row["operation"] > forgotten for row in standing)
    assert steps > 25, "undo reaches back over a merge, a prune and an opt-out"
    whole = dump(database)
    for number in range(steps):
        assert run("undo", today=SHOWN_ON).code == 0
        assert run("check", today=SHOWN_ON).code == 0
        if number < len(states) - 1:
            assert dump(database) == states[-2 - number]
    for _ in range(steps):
        assert run("redo", today=SHOWN_ON).code == 0
    assert dump(database) == whole


@pytest.mark.parametrize("version", VERSIONS)
def test_who_asked_not_to_be_contacted_is_still_known(version: int, folder: Path, run: Run) -> None:
    lay_out(version, folder)
    refused = run("add", "Again", "--contact", "Gus <gus@gamma.example>", today=SHOWN_ON)
    assert refused.code == 5
    listed = run("contact", "list", "gus", "--json", today=SHOWN_ON).rows
    assert [row["opted_out"] for row in listed] == [True]


@pytest.mark.parametrize("version", OLDER)
def test_a_dry_run_leaves_an_older_file_alone(version: int, folder: Path, run: Run) -> None:
    database = lay_out(version, folder)
    before = database.read_bytes()
    (folder / "new.csv").write_text("id,title\nn-1,New\n")
    result = run("import", "new.csv", "--dry-run", today=SHOWN_ON)
    assert (result.code, result.err) == (0, "Nothing was changed: a dry run.\n")
    assert database.read_bytes() == before
    assert not (folder / "backups").exists()


@pytest.mark.parametrize("version", [1, 2])
def test_the_reason_of_a_snooze_that_an_older_program_kept_as_a_note_is_said_on_waking(
    version: int, folder: Path, run: Run
) -> None:
    database = lay_out(version, folder)
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE deals SET snoozed_until = '2026-07-01' WHERE id IN (1, 5)")
        connection.executemany(
            "INSERT INTO notes (deal_id, text, noted_at) VALUES (?, ?, ?)",
            [
                (5, "snoozed until 2026-07-01: first", "2026-06-19T12:00:00.000Z"),
                (5, "snoozed until 2026-07-01: their year ends\n[/] 🙂", "2026-06-19T13:00:00.000Z"),
                (5, "snoozed until 2026-08-01: something else", "2026-06-19T14:00:00.000Z"),
            ],
        )

    run("add", "Only this", today=SHOWN_ON)

    with contextlib.closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT id, snooze_reason FROM deals WHERE snooze_reason IS NOT NULL").fetchall()
    assert found == [(5, "their year ends\n[/] 🙂")]


@pytest.mark.parametrize("version", OLDER)
def test_of_several_commands_at_once_one_brings_the_record_up_to_date(version: int, folder: Path) -> None:
    database = lay_out(version, folder)
    environ = os.environ | {"PYTHONPATH": str(REPOSITORY), "PIPELINE_TODAY": SHOWN_ON}
    command = [sys.executable, "-m", "pipeline_cli", "note", "4", "at once"]
    running = [subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [one.communicate()[1] for one in running]
    assert [one.returncode for one in running] == [0, 0, 0]
    assert sum("from version" in text for text in said) == 1
    assert len([*(folder / "backups").glob("*.db")]) == 1
    assert [row["text"] for row in rows_of(database)["notes"]].count("at once") == 3


@pytest.mark.parametrize("version", OLDER)
def test_a_person_of_an_older_record_is_forgotten_in_its_backup_too(version: int, folder: Path, run: Run) -> None:
    lay_out(version, folder)
    assert run("contact", "forget", "ann", "--yes", today=SHOWN_ON).code == 0
    traces = [path.name for path in folder.rglob("*") if path.is_file() and b"ann@acme.example" in path.read_bytes()]
    assert traces == []
