"""Opening the file: whatever is not our database is refused and left as it is."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from pipeline_cli.domain.errors import DatabaseUnusable, UsageError
from pipeline_cli.storage.database import connect, create, is_missing, look
from pipeline_cli.storage.schema import APPLICATION_ID, SCHEMA_VERSION
from pipeline_cli.storage.transactions import read
from tests.storage.record import TODAY, a_deal, change, dump, new_record

FOR_BOTH = pytest.mark.parametrize("for_writing", [False, True], ids=["reading", "writing"])


def refusal(path: Path, *, for_writing: bool = True) -> str:
    with pytest.raises(DatabaseUnusable) as caught:
        connect(path, for_writing=for_writing)
    assert caught.value.exit_code == 3
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


@FOR_BOTH
def test_a_mistyped_path_is_refused_and_makes_no_file(tmp_path: Path, for_writing: bool) -> None:
    message = refusal(tmp_path / "pipline.db", for_writing=for_writing)
    assert message.startswith("there is no such database: ")
    assert list(tmp_path.iterdir()) == []


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


SQLITE = b"SQLite format 3\x00"


@FOR_BOTH
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty, so it is no database"),
        (b"S", "is not a SQLite database"),
        (b"deal,value\nAcme,1000\n", "is not a SQLite database"),
        (bytes(range(256)) * 40, "is not a SQLite database"),
        (SQLITE, "is not a SQLite database"),
        (SQLITE + b"\x00" * 4080, "is a database of another program"),
        (SQLITE + b"\xff" * 4080, "is a database of another program"),
        (SQLITE + b"\x00" * 52 + APPLICATION_ID.to_bytes(4, "big") + b"\x00" * 4024, "the database is damaged"),
    ],
    ids=[
        "empty",
        "one byte",
        "text",
        "garbage",
        "magic alone",
        "magic and zeros",
        "magic and ones",
        "our id and zeros",
    ],
)
def test_what_is_no_database_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes, says: str, for_writing: bool
) -> None:
    path = tmp_path / "pipeline.db"
    path.write_bytes(content)
    assert says in refusal(path, for_writing=for_writing)
    assert path.read_bytes() == content
    assert names_in(tmp_path) == ["pipeline.db"]


@FOR_BOTH
def test_a_database_that_was_cut_short_is_refused_and_left_as_it_is(tmp_path: Path, for_writing: bool) -> None:
    path = new_record(tmp_path)
    content = path.read_bytes()[: 3 * 4096]
    path.write_bytes(content)
    assert "damaged" in refusal(path, for_writing=for_writing)
    assert path.read_bytes() == content


@FOR_BOTH
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_database_of_another_program_is_left_as_it_is(tmp_path: Path, journal: str, for_writing: bool) -> None:
    path = tmp_path / "photos.db"
    other = sqlite3.connect(path)
    other.execute(f"PRAGMA journal_mode = {journal}")
    other.execute("CREATE TABLE photos (name TEXT)")
    other.commit()
    other.close()
    before = path.read_bytes()
    assert "is a database of another program, and was left as it is" in refusal(path, for_writing=for_writing)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["photos.db"]


@FOR_BOTH
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_database_of_a_newer_pipeline_is_left_as_it_is(tmp_path: Path, journal: str, for_writing: bool) -> None:
    path = new_record(tmp_path)
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.execute(f"PRAGMA journal_mode = {journal}")
    newer.close()
    before = path.read_bytes()
    assert f"was written by a newer pipeline (version 99 of the file; this one knows {SCHEMA_VERSION})" in refusal(
        path, for_writing=for_writing
    )
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["pipeline.db"]


def test_the_hot_journal_of_another_program_is_left_to_that_program(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE photos (name TEXT)")
    other.execute("PRAGMA cache_size = 2")
    other.execute("BEGIN")
    other.executemany("INSERT INTO photos VALUES (?)", [("x" * 3000,)] * 200)
    torn = tmp_path / "torn" / "photos.db"
    torn.parent.mkdir()
    for name in ("photos.db", "photos.db-journal"):
        shutil.copy(tmp_path / name, torn.parent / name)
    other.close()
    before = {one.name: one.read_bytes() for one in torn.parent.iterdir()}
    assert len(before) == 2
    assert "is a database of another program" in refusal(torn)
    assert {one.name: one.read_bytes() for one in torn.parent.iterdir()} == before


def test_a_file_with_two_names_is_refused(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    (tmp_path / "second.db").hardlink_to(path)
    before = path.read_bytes()
    assert "has a second name (a hard link)" in refusal(path)
    assert path.read_bytes() == before
    assert (tmp_path / "second.db").exists()


@pytest.mark.parametrize("name", ["pipeline.db", "deals [2026].db", "*.db"])
def test_a_second_name_left_by_a_kill_during_the_making_is_cleared_away(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    create(path)
    left = tmp_path / f".{name}.0123456789ab.new"
    left.hardlink_to(path)
    connect(path, for_writing=True).close()
    assert names_in(tmp_path) == [name]


def test_a_link_to_the_database_works_and_changes_the_file_it_leads_to(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    link = tmp_path / "elsewhere" / "link.db"
    link.parent.mkdir()
    link.symlink_to(path)
    change(link, a_deal("By the link"))
    assert [row[3][1] for row in dump(path)["deals"]] == ["By the link"]
    assert names_in(link.parent) == ["link.db"]


def test_links_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.db").symlink_to("b.db")
    (tmp_path / "b.db").symlink_to("a.db")
    assert "cannot be looked at" in refusal(tmp_path / "a.db") or "lead nowhere" in refusal(tmp_path / "a.db")
    with pytest.raises(DatabaseUnusable):
        create(tmp_path / "a.db")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "is a folder, not a database: name the file in it."


def test_a_pipe_is_refused_without_waiting_for_its_other_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.db")
    assert "is not a regular file" in refusal(tmp_path / "pipe.db")


def test_a_name_too_long_for_the_disk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)
    assert "cannot be looked at (File name too long)" in refusal(path)
    with pytest.raises(DatabaseUnusable, match="cannot be made"):
        create(path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may read every file")
    path = new_record(tmp_path)
    path.chmod(0)
    assert "cannot be read (Permission denied)" in refusal(path)


def test_a_missing_folder_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such folder: make it, or name another place"):
        create(tmp_path / "nowhere" / "pipeline.db")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["my deals.db", "what?.db", "no#1.db", "100%25.db", "Geschäft 商談.db", "a&b=c;d.db"])
def test_every_name_a_disk_takes_is_a_name_for_a_database(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    create(path)
    change(path, a_deal())
    with read(path, TODAY, past=False) as reader:
        assert reader.connection.execute("SELECT count(*) FROM known_deals").fetchone() == (1,)
    assert names_in(tmp_path) == [name]


def test_the_database_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = new_record(tmp_path)
        with_journal = connect(path, for_writing=True, begin=("BEGIN IMMEDIATE",))
        with_journal.execute("UPDATE sqlite_sequence SET seq = seq")
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
        with_journal.close()
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}


def test_making_a_database_never_replaces_one(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_deal())
    before = path.read_bytes()
    create(path)
    assert path.read_bytes() == before
    path.write_bytes(b"my letters")
    with pytest.raises(DatabaseUnusable):
        create(path)
    assert path.read_bytes() == b"my letters"
    assert names_in(tmp_path) == ["pipeline.db"]


@FOR_BOTH
def test_every_pragma_is_in_force(tmp_path: Path, for_writing: bool) -> None:
    connection = connect(new_record(tmp_path), for_writing=for_writing)
    wanted = {"foreign_keys": 1, "trusted_schema": 0, "cell_size_check": 1, "temp_store": 2, "journal_mode": "delete"}
    if for_writing:
        wanted |= {"synchronous": 3, "secure_delete": 1}
    found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    connection.close()
    assert found == wanted


def test_a_database_someone_put_into_wal_mode_is_read_and_brought_back_at_the_next_change(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    change(path, a_deal("First"))
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode = wal")
    other.close()
    with read(path, TODAY, past=False) as reader:
        assert reader.connection.execute("SELECT title FROM known_deals").fetchall() == [("First",)]
    change(path, a_deal("Second"))
    assert path.read_bytes()[18:20] == b"\x01\x01"
    assert names_in(tmp_path) == ["pipeline.db"]
    assert len(dump(path)["deals"]) == 2


@pytest.mark.parametrize("past", [False, True])
def test_reading_leaves_every_byte_alone(tmp_path: Path, past: bool) -> None:
    path = new_record(tmp_path)
    change(path, a_deal())
    before = path.read_bytes()
    with read(path, TODAY, past=past) as reader:
        reader.connection.execute("SELECT * FROM known_deals").fetchall()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.connection.execute("DELETE FROM main.deals")
    look(path)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["pipeline.db"]


def test_a_schema_and_a_text_that_are_no_text_are_damage_and_no_defect(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"CREATE TABLE deals", b"CREATE TABLE \xff\xfeals"))
    assert "the database is damaged" in refusal(path)
    path.write_bytes(whole)
    with pytest.raises(DatabaseUnusable, match="the database is damaged"), read(path, TODAY, past=False) as reader:
        reader.connection.execute("SELECT CAST(x'ff' AS TEXT)").fetchone()


def test_a_database_that_lacks_a_table_is_damaged(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE notes")
    connection.close()
    with pytest.raises(DatabaseUnusable, match="the database is damaged"), read(path, TODAY, past=False) as reader:
        reader.connection.execute("SELECT * FROM notes")


def test_what_may_not_be_looked_at_is_not_missing(tmp_path: Path) -> None:
    assert is_missing(tmp_path / "pipeline.db")
    (tmp_path / "file").write_bytes(b"")
    assert is_missing(tmp_path / "file" / "pipeline.db")
    (tmp_path / "loop").symlink_to("loop")
    assert not is_missing(tmp_path / "loop")
