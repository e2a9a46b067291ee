"""What others put into the file is never executed: triggers, views in the place of tables, virtual tables."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Run

STEAL = "CREATE TRIGGER steal AFTER UPDATE ON deals BEGIN UPDATE contacts SET email = 'attacker@evil.example'; END"
FOREIGN = {
    "trigger": STEAL,
    "view": "CREATE VIEW more AS SELECT 1",
    "table": "CREATE TABLE more (x)",
    "column": "ALTER TABLE deals ADD COLUMN more TEXT",
    "virtual table": "CREATE VIRTUAL TABLE more USING fts5(x)",
}


def put_in(database: Path, *statements: str) -> None:
    connection = sqlite3.connect(database)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.fixture
def record(pipeline: Run) -> Run:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")
    pipeline("backup", "copy.db")
    return pipeline


@pytest.mark.parametrize("what", FOREIGN)
def test_restore_refuses_what_the_schema_does_not_know_unless_forced(record: Run, folder: Path, what: str) -> None:
    put_in(folder / "copy.db", FOREIGN[what])
    before = (folder / "pipeline.db").read_bytes()
    refused = record("restore", "copy.db", "--yes")
    assert (refused.code, (folder / "pipeline.db").read_bytes()) == (5, before)
    assert "--force" in refused.err

    assert record("restore", "copy.db", "--yes", "--force").code == 0


@pytest.mark.parametrize("what", FOREIGN)
def test_check_reports_it(record: Run, folder: Path, what: str) -> None:
    put_in(folder / "pipeline.db", FOREIGN[what])
    found = [row for row in record("check", "--json").rows if row["code"] == "foreign"]

    assert [row["severity"] for row in found][:1] == ["problem" if what in ("trigger", "virtual table") else "warning"]


def test_a_virtual_table_in_the_place_of_a_table_is_never_asked(record: Run, folder: Path) -> None:
    put_in(folder / "pipeline.db", "DROP TABLE notes", "CREATE VIRTUAL TABLE notes USING fts5(deal_id, text, noted_at)")
    for command in (("list",), ("show", "1"), ("today", "--count"), ("note", "1", "x")):
        refused = record(*command)
        assert (refused.code, "notes is a virtual table" in refused.err) == (3, True), command


def test_ctrl_c_ends_a_report_in_the_midst_of_a_statement(record: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline_cli.storage import patience, transactions

    def interrupted() -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr(transactions, "_STEPS", 1)
    begun = patience.Patience(60)
    assert begun.is_over() == 0
    monkeypatch.setattr(transactions, "Patience", lambda _: begun)
    monkeypatch.setattr(patience.time, "monotonic", interrupted)
    stopped = record("list")
    assert (stopped.code, stopped.out, stopped.err) == (130, "", "Interrupted: nothing was changed.\n")


def test_a_statement_without_an_end_is_given_up(record: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline_cli.storage import transactions

    monkeypatch.setattr(transactions, "_STEPS", 1)
    monkeypatch.setattr(transactions, "_LONGEST", -60)
    stopped = record("list")
    assert (stopped.code, "without an end, and given up" in stopped.err) == (5, True)


def test_a_trigger_never_fires_and_check_takes_it_away(record: Run, folder: Path) -> None:
    put_in(folder / "pipeline.db", STEAL)
    assert record("list").code == 0
    for command in (("edit", "1", "--value", "5k"), ("undo",), ("lose", "1", "--reason", "price"), ("prune", "--yes")):
        assert record(*command).code == 3, command
    assert record("check", "--fix").code == 0

    assert record("edit", "1", "--value", "5k").code == 0
    assert [row["email"] for row in record("contact", "list", "--json").rows] == ["ann@acme.example"]


@pytest.mark.parametrize(
    "command", [("today", "--count"), ("list",), ("check",), ("restore", "pipeline.db.copy", "--yes")]
)
def test_a_view_in_the_place_of_a_table_is_never_asked(record: Run, folder: Path, command: tuple[str, ...]) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n"
    statements = ("PRAGMA foreign_keys = off", "ALTER TABLE deals RENAME TO hidden", f"CREATE VIEW Deals AS {endless}")
    put_in(folder / "copy.db", *statements)
    (folder / "pipeline.db.copy").write_bytes((folder / "copy.db").read_bytes())
    if command[0] != "restore":
        (folder / "pipeline.db").write_bytes((folder / "copy.db").read_bytes())

    assert record(*command).code in ((3,) if command[0] != "today" else (0, 3))


def test_every_table_of_this_version_is_known_to_be_one() -> None:
    from pipeline_cli.storage.safekeeping.integrity import tables
    from pipeline_cli.storage.schema import OWN_TABLES

    assert set(tables()) <= OWN_TABLES
