"""The schema a new file gets, and how other people's tools see it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlite_utils

from pipeline_cli.domain.deal.edits import LogTouchpoint, MoveDeal, SetFields, SetNextStep
from pipeline_cli.storage import schema
from pipeline_cli.storage.migrations import MIGRATIONS, VERSION_2, VERSION_3, VERSION_4, VERSION_5, migrate
from tests.storage.record import TABLES, TODAY, a_deal, change, new_record

BOOKKEEPING = {"operations", "operation_rows", "operation_deals", "undone_rows", "strangers", "capture_runs"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_record(tmp_path)


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = 1")
    yield connection
    connection.close()


def test_a_new_file_holds_what_the_schema_says_and_nothing_else(connection: sqlite3.Connection) -> None:
    made = connection.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    ).fetchall()
    first = [*schema.TABLES, *schema.INDEXES, *schema.VIEWS, *schema.TRIGGERS]
    later = [*VERSION_2, *VERSION_3, *VERSION_4, *VERSION_5]
    there = list(first)
    for statement in later:
        if statement.startswith("DROP"):
            gone = f"CREATE {statement.removeprefix('DROP ')} "
            there = [one for one in there if not one.startswith(gone)]
        elif statement.startswith("CREATE"):
            there.append(statement)
    altered = tuple(f"CREATE TABLE {statement.split()[2]} (" for statement in later if statement.startswith("ALTER"))
    assert [row[0] for row in made if not row[0].startswith(altered)] == [
        one for one in there if not one.startswith(altered)
    ]
    assert connection.execute("PRAGMA user_version").fetchone() == (schema.SCHEMA_VERSION,)
    assert connection.execute("PRAGMA application_id").fetchone() == (schema.APPLICATION_ID,)


def test_there_is_a_step_for_every_version_and_migrating_twice_is_once(connection: sqlite3.Connection) -> None:
    assert len(MIGRATIONS) == schema.SCHEMA_VERSION
    before = connection.execute("SELECT * FROM sqlite_master").fetchall()
    migrate(connection)
    assert connection.execute("SELECT * FROM sqlite_master").fetchall() == before


def test_every_table_is_strict_and_every_id_is_given_once(connection: sqlite3.Connection) -> None:
    tables = {row[1]: row for row in connection.execute("PRAGMA table_list") if row[0] == "main" and row[2] == "table"}
    ours = {name for name in tables if not name.startswith("sqlite_")}
    assert ours == {*TABLES, *BOOKKEEPING}
    assert [name for name in ours if not tables[name][5]] == []
    made = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    assert [name for name in TABLES if "id INTEGER PRIMARY KEY AUTOINCREMENT" not in made[name]] == []


def test_every_instant_and_every_day_is_checked(connection: sqlite3.Connection) -> None:
    """A column whose name says that it holds an instant or a day takes nothing else."""
    for table in (*TABLES, "operations"):
        (made,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        for column in columns:
            if column.endswith("_at") or column == "at":
                assert f"CHECK (strftime('%Y-%m-%dT%H:%M:%fZ', {column}) IS {column})" in made, (table, column)
            if re.search(r"^(due|deadline|expected_close|snoozed_until|made_on|until)$", column):
                assert f"CHECK (date({column}, '+0 days') IS {column})" in made, (table, column)
            if column.endswith("_cents"):
                assert f"CHECK ({column} BETWEEN 0 AND 1000000000000000)" in made, (table, column)


def test_every_row_of_a_deal_knows_its_deal(connection: sqlite3.Connection) -> None:
    for table in TABLES:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
        owners = {(row[3], row[2]) for row in connection.execute(f"PRAGMA foreign_key_list({table})")}
        for column, owner in (("deal_id", "deals"), ("contact_id", "contacts")):
            assert (column in columns) == ((column, owner) in owners), (table, column)


@pytest.mark.parametrize(
    "changes",
    [
        "value_cents = -1",
        "value_cents = 1000000000000001",
        "value_cents = 12.5",
        "value_cents = 'much'",
        "probability = 1.01",
        "category = 'sure'",
        "status = 'pending'",
        "status = 'won'",
        "closed_at = '2026-11-21T10:00:00.000Z'",
        "created_at = '2026-11-21'",
        "created_at = '2026-11-21T10:00:00Z'",
        "expected_close = '2026-02-30'",
        "expected_close = 'soon'",
        "title = ''",
        "title = NULL",
    ],
)
def test_a_deal_takes_no_value_that_means_nothing(path: Path, connection: sqlite3.Connection, changes: str) -> None:
    change(path, a_deal())
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"UPDATE deals SET {changes}")


def test_sqlite_utils_shows_plain_tables_and_two_views(path: Path) -> None:
    change(path, a_deal("Acme: workshop", TODAY, ("Ann", "ann@acme.example", None)))
    change(
        path,
        SetFields(1, {"value_cents": 120050}),
        MoveDeal(1, "prospecting", "qualification", TODAY.now, "budget found"),
        LogTouchpoint(1, "call", "out", TODAY.now),
        SetNextStep(1, "Send offer", TODAY.today),
    )
    database = sqlite_utils.Database(path)
    assert set(database.table_names()) >= set(TABLES)
    assert sorted(database.view_names()) == ["deal_overview", "stage_history"]
    assert database["deals"].count == 1
    assert {(key.column, key.other_table) for key in database["deal_contacts"].foreign_keys} == {
        ("deal_id", "deals"),
        ("contact_id", "contacts"),
    }
    (deal,) = database["deal_overview"].rows
    assert {name: deal[name] for name in ("title", "stage", "value", "contact", "next_step", "next_step_due")} == {
        "title": "Acme: workshop",
        "stage": "qualification",
        "value": 1200.5,
        "contact": "Ann",
        "next_step": "Send offer",
        "next_step_due": "2026-11-21",
    }
    assert deal["last_touch_at"] == "2026-11-21T10:00:00.000Z"
    visits = [(row["title"], row["to_stage"], row["left_at"], row["reason"]) for row in database["stage_history"].rows]
    assert visits == [
        ("Acme: workshop", "prospecting", "2026-11-21T10:00:00.000Z", None),
        ("Acme: workshop", "qualification", None, "budget found"),
    ]
    database.conn.close()


def test_a_kept_forecast_is_never_edited(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO kept_forecasts (made_at, made_on, pipelines, method, horizon_days, until, currency, content) "
        "VALUES ('2026-11-21T10:00:00.000Z', '2026-11-21', 'services', 'timed', 30, '2026-12-21', 'EUR', '{}')"
    )
    with pytest.raises(sqlite3.IntegrityError, match="a kept forecast is never edited"):
        connection.execute("UPDATE kept_forecasts SET content = '[]'")
    connection.execute("DELETE FROM kept_forecasts")  # what undo does
