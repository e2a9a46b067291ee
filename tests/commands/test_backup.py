"""`backup`: copies that were asked for, and those that come before a command which changes much."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.storage.golden.laid_out import lay_out, rows_of
from tests.storage.holder import WRITING, held

BACKUP = "pipeline-20261121T100000000Z-backup.db"


def backups_in(folder: Path) -> list[str]:
    """What was made, without the instant, which is the same for all."""
    return sorted(path.name.removeprefix("pipeline-20261121T100000000Z-") for path in (folder / "backups").glob("*"))


@pytest.fixture
def acme(pipeline: Run) -> Run:
    """A record of one deal, whose person wants to be left alone."""
    assert pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>").code == 0
    assert pipeline("contact", "opt-out", "ann").code == 0
    return pipeline


def test_a_backup_lies_beside_the_record_with_the_key_of_the_opt_outs(acme: Run, folder: Path) -> None:
    result = acme("backup")
    made = folder / "backups" / BACKUP
    assert (result.code, result.out) == (0, f"{made}\n")
    assert result.err == (
        f"Backed up 1 deal to backups/{BACKUP}, and the key of the do-not-contact list to {BACKUP}.key beside it. "
        f"This puts it back: pipeline restore {BACKUP}\n"
    )
    assert rows_of(made) == rows_of(folder / "pipeline.db")
    assert made.with_name(f"{BACKUP}.key").read_text() == (folder / "pipeline.db.key").read_text()
    assert [path.stat().st_mode & 0o777 for path in (made.parent, made, made.with_name(f"{BACKUP}.key"))] == [
        0o700,
        0o600,
        0o600,
    ]


def test_a_backup_goes_where_it_is_told_and_overwrites_nothing(acme: Run, folder: Path) -> None:
    assert acme("backup", "mine.db").out == "mine.db\n"
    before = (folder / "mine.db").read_bytes()
    again = acme("backup", "mine.db")
    assert (again.code, again.err) == (
        5,
        f"{folder}/mine.db is there already and was left as it is: name another file.\n",
    )
    assert (folder / "mine.db").read_bytes() == before
    (folder / "other.db.key").write_text("another key")
    assert acme("backup", "other.db").code == 5
    assert (folder / "other.db.key").read_text() == "another key"
    assert not (folder / "other.db").exists()
    assert acme("backup", "nowhere/mine.db").code == 2
    assert acme("backup", ".").code == 2


@pytest.mark.parametrize("name", ["pipeline.db-journal", "pipeline.db-wal", "new.db-shm", "new.db.key"])
def test_a_backup_is_not_called_like_what_lies_beside_a_database(acme: Run, folder: Path, name: str) -> None:
    before = sorted(folder.iterdir())

    result = acme("backup", name)
    assert (result.code, result.err.partition(":")[0]) == (2, name)
    assert sorted(folder.iterdir()) == before
    assert len(acme("list", "--json").rows) == 1


def test_a_backup_can_be_made_while_another_program_writes(acme: Run, folder: Path) -> None:
    with held(folder / "pipeline.db", (*WRITING, "UPDATE deals SET title = 'half written'")):
        assert acme("backup", "mine.db").code == 0
    assert [row["title"] for row in rows_of(folder / "mine.db")["deals"]] == ["Acme"]


def test_what_is_damaged_is_not_backed_up(acme: Run, folder: Path) -> None:
    with (folder / "pipeline.db").open("r+b") as file:
        file.seek(5 * 4096)
        file.write(b"\xff" * 8192)
    result = acme("backup", "mine.db")
    assert result.code == 3
    assert "no backup of it was made, because it is no good" in result.err
    assert "`pipeline restore FILE` puts one in its place" in result.err
    assert not (folder / "mine.db").exists()


def test_there_is_nothing_to_back_up_yet(run: Run, folder: Path) -> None:
    assert run("backup").code == 3
    run("init")
    (folder / "pipeline.db").unlink()
    assert "there is no record yet" in run("backup").err
    assert not (folder / "backups").exists()


def test_the_list_names_every_backup_the_newest_first(acme: Run, folder: Path) -> None:
    empty = acme("backup", "--list")
    assert "There is no backup yet: `pipeline backup` makes one" in empty.out + empty.err
    acme("backup")
    acme("add", "Beta")
    acme("backup", today="2026-11-22T08:30:00.123Z")
    (folder / "backups" / "pipeline-20261123T000000000Z-damaged.db").write_text("no database")
    (folder / "backups" / "notes.txt").write_text("not one of ours")
    (folder / "backups" / "other-20261123T000000000Z-backup.db").write_text("of another database")
    listed = acme("backup", "--list", "--json").json
    assert listed["folder"] == str(folder / "backups")
    assert [{key: row[key] for key in row if key != "bytes"} for row in listed["rows"]] == [
        {
            "file": "pipeline-20261123T000000000Z-damaged.db",
            "made_at": "2026-11-23T00:00:00.000Z",
            "why": "damaged",
            "deals": None,
            "operations": None,
            "readable": False,
        },
        {
            "file": "pipeline-20261122T083000123Z-backup.db",
            "made_at": "2026-11-22T08:30:00.123Z",
            "why": "backup",
            "deals": 2,
            "operations": 3,
            "readable": True,
        },
        {
            "file": BACKUP,
            "made_at": "2026-11-21T10:00:00.000Z",
            "why": "backup",
            "deals": 1,
            "operations": 2,
            "readable": True,
        },
    ]
    assert listed["rows"][2]["bytes"] == (folder / "backups" / BACKUP).stat().st_size


def test_the_options_of_the_list_belong_to_the_list(acme: Run, folder: Path) -> None:
    assert acme("backup", "--list", "mine.db").code == 2
    assert acme("backup", "--json").code == 2
    assert acme("backup", "-o", "mine.json").code == 2
    assert not (folder / "mine.json").exists()


def test_an_import_that_changes_something_is_preceded_by_a_backup(acme: Run, folder: Path) -> None:
    before = rows_of(folder / "pipeline.db")
    (folder / "deals.csv").write_text("id,title\na,Delta\n")
    (folder / "bad.csv").write_text("id,title,value\nb,Epsilon,much\n")
    assert acme("import", "deals.csv", "--dry-run").code == 0
    assert acme("import", "bad.csv").code == 5
    assert not (folder / "backups").exists()
    assert acme("import", "deals.csv").code == 0
    assert backups_in(folder) == ["before-import.db", "before-import.db.key"]
    assert rows_of(folder / "backups" / "pipeline-20261121T100000000Z-before-import.db") == before
    assert acme("import", "deals.csv").code == 0
    assert backups_in(folder) == ["before-import.db", "before-import.db.key"], "the second time changed nothing"


def test_the_first_import_into_an_empty_record_needs_none(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("id,title\na,Delta\n")
    assert pipeline("import", "deals.csv").code == 0
    assert not (folder / "backups").exists()


def test_a_prune_that_closes_something_is_preceded_by_a_backup(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Silent", today="2026-01-05")
    assert pipeline("prune", "--dry-run").code == 0
    assert pipeline("prune").code == 0
    assert not (folder / "backups").exists()
    assert pipeline("prune", "--yes", "--now").code == 0
    assert backups_in(folder) == ["before-prune.db"]
    assert pipeline("prune", "--yes", "--now").code == 0
    assert backups_in(folder) == ["before-prune.db"]


def test_the_last_ten_are_kept_and_what_was_made_by_hand_stays(acme: Run, folder: Path) -> None:
    acme("backup", today="2026-11-01")
    for number in range(12):
        (folder / "deals.csv").write_text(f"id,title\na{number},Delta {number}\n")
        assert acme("import", "deals.csv").code == 0
    kept = sorted(path.name for path in (folder / "backups").glob("*.db"))
    assert kept == sorted(
        ["pipeline-20261101T120000000Z-backup.db"]
        + [f"pipeline-20261121T100000000Z-before-import-{number}.db" for number in range(3, 13)]
    )
    assert len([*(folder / "backups").glob("*.key")]) == len(kept)


def test_where_no_backup_can_be_made_nothing_is_changed(acme: Run, folder: Path) -> None:
    before = (folder / "pipeline.db").read_bytes()
    (folder / "backups").write_text("a file in the place of the folder")
    (folder / "deals.csv").write_text("id,title\na,Delta\n")
    result = acme("import", "deals.csv")
    assert (result.code, result.err) == (
        6,
        f"{folder}/backups: the folder of backups could not be made (file exists). Nothing was changed: check the place "
        "and its permissions, or make a backup elsewhere with `pipeline backup FILE`.\n",
    )
    assert (folder / "pipeline.db").read_bytes() == before
    assert acme("backup").code == 6
    assert acme("backup", "mine.db").code == 0


def test_what_a_kill_left_goes_away_with_the_next_automatic_backup(acme: Run, folder: Path) -> None:
    (folder / "backups").mkdir()
    left = folder / "backups" / ".pipeline-20261101T120000000Z-before-prune.db.0123456789ab.new"
    left.write_text("half a copy")
    (folder / "deals.csv").write_text("id,title\na,Delta\n")
    acme("import", "deals.csv")
    assert not left.exists()


def test_an_older_record_is_backed_up_as_it_is(folder: Path, run: Run) -> None:
    database = lay_out(1, folder)
    before = database.read_bytes()
    assert run("backup", "old.db").code == 0
    connection = sqlite3.connect(folder / "old.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()
    assert rows_of(folder / "old.db") == rows_of(database)
    assert database.read_bytes() == before


def test_the_list_in_a_pipe_is_whole(acme: Run, folder: Path) -> None:
    acme("backup")
    acme("backup", "--list", "-o", "list.json")
    assert json.loads((folder / "list.json").read_text())["rows"][0]["file"] == BACKUP
    assert acme("backup", "--list", "--format", "csv").out.splitlines()[0] == (
        "file,made_at,why,deals,operations,bytes,readable"
    )


def test_a_new_record_is_not_made_beside_the_journal_of_another(pipeline: Run, folder: Path) -> None:
    (folder / "pipeline.db").unlink()
    (folder / "pipeline.db-journal").write_bytes(b"of what was there")
    result = pipeline("add", "Acme")
    assert result.code == 3
    assert "belongs to a database that was here" in result.err
    assert not (folder / "pipeline.db").exists()


def test_the_record_is_backed_up_whatever_pipeline_yaml_says(acme: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_text("database: 'pipeline.db' # mine\nstages: [", encoding="utf-8")

    result = acme("backup", "copy.db")

    assert (result.code, result.err.splitlines()[0]) == (
        0,
        "pipeline.yaml cannot be used, and `pipeline check` says why: only the record is looked at, pipeline.db.",
    )
    assert rows_of(folder / "copy.db") == rows_of(folder / "pipeline.db")
    assert acme("backup", "--list").code == 0
    assert acme("restore", "copy.db", "--yes").code == 0
    (folder / "pipeline.yaml").unlink()
    assert acme("--db", "pipeline.db", "backup").code == 0, "a record that is named needs no rules at all"
    assert acme("backup").code == 3


def test_a_broken_pipeline_yaml_that_names_no_record_is_an_error(acme: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_text("database: elsewhere.db\nstages: [", encoding="utf-8")

    result = acme("backup")

    assert result.code == 3
    assert result.err.startswith("pipeline.yaml:2:9: a `[` is not closed")


@pytest.mark.parametrize(
    ("said", "mine"),
    [
        ('database: "o\'hara.db"', "o'hara.db"),
        ("database: mine.db  # of mine", "mine.db"),
        ("database: mine#2.db", "mine#2.db"),
        ("\ufeffdatabase: 'mine.db'", "mine.db"),
    ],
)
def test_the_record_that_a_broken_pipeline_yaml_names_is_backed_up_and_no_other(
    acme: Run, folder: Path, said: str, mine: str
) -> None:
    (folder / mine).write_bytes((folder / "pipeline.db").read_bytes())
    (folder / "pipeline.yaml").write_text(f"{said}\nstages: [", encoding="utf-8")

    result = acme("backup", "copy.db")

    assert (result.code, result.err.splitlines()[0].rpartition(", ")[2]) == (0, f"{mine}.")


@pytest.mark.parametrize(
    "said", ["database: mine.db\n=======\ndatabase: pipeline.db", "'database': mine.db", "database: |\n  mine.db"]
)
def test_a_broken_pipeline_yaml_that_leaves_open_which_record_is_meant_is_an_error(
    acme: Run, folder: Path, said: str
) -> None:
    (folder / "mine.db").write_bytes((folder / "pipeline.db").read_bytes())
    (folder / "pipeline.yaml").write_text(f"{said}\nstages: [", encoding="utf-8")

    assert acme("backup", "copy.db").code == 3
    assert not (folder / "copy.db").exists()


def test_a_copy_is_never_a_stream(acme: Run, folder: Path) -> None:
    result = acme("backup", "-")

    assert (result.code, result.out) == (2, "")
    assert "`pipeline backup copy.db` names one" in result.err
    assert not (folder / "-").exists()
