"""`check` finds each fault that is planted in a record, and is silent about a sound one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline_cli.domain.deal.edits import MoveDeal, SetNextStep
from pipeline_cli.domain.rules.checkup import REPAIR, Fault
from pipeline_cli.storage.safekeeping.integrity import _DAY, _INSTANT, check_database, fresh_schema
from pipeline_cli.storage.transactions import read
from tests.storage.record import TODAY, a_deal, change, new_record

NOW = "'2026-11-21T10:00:00.000Z'"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """One open deal in its second stage, with a next step, and one that was lost."""
    path = new_record(tmp_path)
    change(path, a_deal("Acme", TODAY, ("Ann", "ann@acme.example", None)), a_deal("Beta"))
    change(path, MoveDeal(1, "prospecting", "qualification", TODAY.now), SetNextStep(1, "Call", TODAY.today))
    change(path, MoveDeal(2, "prospecting", "lost", TODAY.now, "price"))
    return path


def plant(path: Path, *faults: str) -> None:
    """By a program that knows nothing of our rules."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA ignore_check_constraints = 1")
    for fault in faults:
        connection.execute(fault)
    connection.close()


def faults(path: Path) -> list[Fault]:
    with read(path, TODAY, past=False) as reader:
        return check_database(reader)


def said(path: Path, *, of_undo: bool = False) -> list[str]:
    """What is found; that undo misses rows as well goes without saying in most tests."""
    return [fault.message for fault in faults(path) if of_undo or fault.code != "undo"]


def test_a_sound_record_has_no_faults(path: Path) -> None:
    assert faults(path) == []


MENDED = [
    (
        "UPDATE deals SET stage = 'proposal' WHERE id = 1",
        "Deal 1: its history does not end in the stage or outcome it has.",
    ),
    (
        "UPDATE deals SET status = 'won' WHERE id = 2",
        "Deal 2: its history does not end in the stage or outcome it has.",
    ),
    (
        "DELETE FROM moves WHERE deal_id = 2 AND to_stage = 'lost'",
        "Deal 2: its history does not end in the stage or outcome it has.",
    ),
    ("DELETE FROM moves WHERE deal_id = 2", "Deal 2: has no stage history."),
    (
        "UPDATE moves SET from_stage = 'proposal' WHERE to_stage = 'qualification'",
        "Deal 1: a move does not begin where the one before it ended.",
    ),
    (
        "UPDATE deals SET closed_at = NULL WHERE id = 2",
        "Deal 2: its status is lost, and its date of closing says otherwise.",
    ),
    (
        f"INSERT INTO follow_ups (deal_id, kind, due, set_at) VALUES (1, 'check_in', '2026-12-01', {NOW})",
        "Deal 1: is open and has a check_in to follow up, as won deals have.",
    ),
    (
        "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'deals'",
        "The next row of deals would get a number that was given before: 2 is the highest.",
    ),
    (
        "DELETE FROM sqlite_sequence WHERE name = 'moves'",
        "The next row of moves would get a number that was given before: 4 is the highest.",
    ),
    ("DROP INDEX notes_of_a_deal", "The index notes_of_a_deal is missing."),
    ("DROP VIEW deal_overview", "The view deal_overview is missing."),
    ("DROP TRIGGER kept_forecasts_stay", "The trigger kept_forecasts_stay is missing."),
]
LEFT = [
    (
        "UPDATE deals SET expected_close = '2026-02-30' WHERE id = 1",
        "Deal 1: its expected_close (2026-02-30) is no day.",
    ),
    ("UPDATE deals SET created_at = 'yesterday' WHERE id = 1", "Deal 1: its created_at (yesterday) is no instant."),
    ("UPDATE next_steps SET due = '2026-11-5'", "Row 1 of next_steps: its due (2026-11-5) is no day."),
    ("UPDATE deals SET value_cents = -500 WHERE id = 1", "Deal 1: its value_cents (-500) is a negative amount."),
    (
        "UPDATE deals SET cost_cents = 1000000000000001 WHERE id = 1",
        "Deal 1: its cost_cents (1000000000000001) is a larger amount than any.",
    ),
    ("UPDATE deals SET title = 'a' || char(0) || 'b' WHERE id = 1", "Deal 1: its title (a) holds a NUL character."),
    ("UPDATE deals SET title = '  ' WHERE id = 1", "Deal 1: its title is empty."),
    ("UPDATE deals SET title = hex(zeroblob(60000)) WHERE id = 1", "Deal 1: its title is too long."),
    ("UPDATE deals SET fields = '[1' WHERE id = 1", "Deal 1: its fields ([1) is not what was written there."),
    ("UPDATE deals SET fields = '[1]' WHERE id = 1", "Deal 1: its fields ([1]) is not what was written there."),
    (
        "UPDATE operation_rows SET before = '{', after = NULL WHERE id = 1",
        "Row 1 of operation_rows: its before ({) is not what was written there.",
    ),
    (
        "UPDATE deals SET created_at = '2026-11-22T10:00:00.000Z', closed_at = '2026-11-21T10:00:00.000Z' WHERE id = 2",
        "Deal 2: was closed (2026-11-21T10:00:00.000Z) before it was created (2026-11-22T10:00:00.000Z).",
    ),
    (
        "INSERT INTO touchpoints (deal_id, kind, touched_at) VALUES (1, 'call', '2026-11-22T00:00:00.000Z')",
        "Deal 1: has a touchpoint (call) on a later day than today (2026-11-22T00:00:00.000Z).",
    ),
    (
        "UPDATE moves SET moved_at = '2026-12-01T00:00:00.000Z' WHERE to_stage = 'qualification'",
        "Deal 1: moved to qualification on a later day than today (2026-12-01T00:00:00.000Z).",
    ),
    (
        f"INSERT INTO last_chances (deal_id, given_at, deadline) VALUES (1, {NOW}, '2026-11-01')",
        "Deal 1: has a last chance until 2026-11-01, before it was given (2026-11-21T10:00:00.000Z).",
    ),
    (
        f"INSERT INTO notes (deal_id, text, noted_at) VALUES (77, 'lost', {NOW})",
        "Row 1 of notes belongs to a row of deals that is not there.",
    ),
    ("DELETE FROM contacts", "Row 1 of deal_contacts belongs to a row of contacts that is not there."),
    ("UPDATE deals SET category = 'sure' WHERE id = 1", "The table deals holds a value that it must not."),
    ("UPDATE deals SET external_id = 'A-1'", "Deal 2: shares the external id A-1 with deal 1."),
]


@pytest.mark.parametrize(("fault", "sentence"), MENDED)
def test_a_planted_fault_is_found_and_can_be_mended(path: Path, fault: str, sentence: str) -> None:
    plant(path, fault)

    assert said(path) == [sentence]
    assert [one.fix for one in faults(path) if one.code != "undo"] == [REPAIR]


@pytest.mark.parametrize(("fault", "sentence"), LEFT)
def test_a_planted_fault_is_found_and_says_what_to_do(path: Path, fault: str, sentence: str) -> None:
    plant(path, fault)

    found = [one for one in faults(path) if one.code not in ("undo", "move_before_creation")]
    assert [one.message for one in found] == [sentence]
    assert not found[0].is_mendable
    assert "`pipeline" in found[0].fix or found[0].code == "future"


def test_an_outcome_for_a_stage_and_a_status_that_is_none_are_found(path: Path) -> None:
    plant(path, "UPDATE deals SET stage = 'won' WHERE id = 1", "UPDATE deals SET status = 'gone' WHERE id = 2")

    assert "Deal 1: its stage is won, which is an outcome." in said(path)
    assert "Deal 2: its status is gone, which is none." in said(path)
    assert "Open, won, lost and disqualified deals are 1, and 2 deals are there." in said(path)


def test_a_move_before_the_creation_is_found(path: Path) -> None:
    plant(path, "UPDATE moves SET moved_at = '2026-11-01T00:00:00.000Z' WHERE id = 1")

    assert said(path) == [
        "Deal 1: moved to prospecting (2026-11-01T00:00:00.000Z) before it was created (2026-11-21T10:00:00.000Z)."
    ]


def test_what_undo_could_not_bring_back_is_found(path: Path) -> None:
    plant(path, "DELETE FROM moves WHERE id = 3", "UPDATE operation_rows SET table_name = 'dealz' WHERE id = 1")

    assert "Operation 2 wrote rows of moves that are gone: undoing it would not do." in said(path, of_undo=True)
    assert "Operation 1 speaks of a table dealz, which is none." in said(path, of_undo=True)


def test_what_redo_could_not_do_again_is_found(path: Path) -> None:
    plant(path, "DELETE FROM next_steps", "UPDATE operations SET state = 'undone' WHERE id = 2")

    assert said(path, of_undo=True)[-1] == (
        "Operation 2 was undone, and what it wrote is not kept: redoing it would not do."
    )


def test_a_gap_in_the_numbers_of_operations_is_none_of_our_business(path: Path) -> None:
    plant(path, "UPDATE sqlite_sequence SET seq = 90 WHERE name IN ('operations', 'deals')")
    change(path, a_deal("Cora"))

    assert faults(path) == []


def test_an_index_of_ones_own_is_none_of_our_business_a_view_is_told_and_a_changed_one_of_ours_is_mended(
    path: Path,
) -> None:
    plant(path, "CREATE VIEW mine AS SELECT 1", "CREATE INDEX mine_too ON deals (title)")
    assert [(fault.code, fault.severity) for fault in faults(path)] == [("foreign", "warning")]

    plant(path, "DROP VIEW mine", "DROP VIEW stage_history", "CREATE VIEW stage_history AS SELECT 1")
    assert said(path) == ["The view stage_history is not the one of this version."]


def test_a_lost_table_and_a_lost_column_are_damage(path: Path) -> None:
    plant(path, "ALTER TABLE deals DROP COLUMN category", "DROP TABLE reviews")

    assert said(path) == ["The table deals lacks the column category.", "The table reviews is missing."]
    assert {fault.code for fault in faults(path)} == {"damaged"}


def test_bytes_that_are_no_text_are_named(path: Path) -> None:
    plant(path, "UPDATE deals SET organization = CAST(x'41EDA08042' AS TEXT) WHERE id = 2")

    assert said(path) == ["The database is damaged: Deal 2: its organization is no text."]


def test_every_fault_is_named_at_once(path: Path) -> None:
    plant(
        path,
        "UPDATE deals SET stage = 'proposal'",
        f"INSERT INTO notes (deal_id, text, noted_at) VALUES (77, 'x', {NOW})",
    )

    assert len(said(path)) == 2


def lose_an_index_entry(path: Path) -> None:
    """A program that does not know the index adds a row."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = 1")
    index = connection.execute("SELECT * FROM sqlite_master WHERE name = 'contacts_by_email'").fetchone()
    connection.execute("DELETE FROM sqlite_master WHERE name = 'contacts_by_email'")
    connection.commit()
    connection.close()
    plant(path, f"INSERT INTO contacts (public_id, email, created_at) VALUES ('x', 'bob@acme.example', {NOW})")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = 1")
    connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", index)
    connection.commit()
    connection.close()


def test_an_index_that_lost_a_row_is_found(path: Path) -> None:
    lose_an_index_entry(path)

    assert said(path) == ["The index contacts_by_email does not fit its table."]


def test_a_damaged_page_is_found_and_nothing_more_is_said(path: Path) -> None:
    connection = sqlite3.connect(path)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'touchpoints'").fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    start = (page - 1) * 4096
    content[start + 3 : start + 5] = b"\x00\x09"
    path.write_bytes(content)
    plant(path, "UPDATE deals SET stage = 'proposal' WHERE id = 1")

    found = faults(path)
    assert {fault.code for fault in found} == {"damaged"}
    assert found[0].message.startswith("The database is damaged: ")
    assert "\n" not in found[0].message


def test_every_column_with_a_form_is_looked_at() -> None:
    forms = {
        name: _INSTANT.findall(sql) + _DAY.findall(sql)
        for name, (kind, sql) in fresh_schema().items()
        if kind == "table"
    }

    assert forms["deals"] == ["created_at", "closed_at", "expected_close", "snoozed_until"]
    for name, (kind, sql) in fresh_schema().items():
        if kind == "table":
            assert len(forms[name]) == sql.count("strftime(") + sql.count("CHECK (date("), name
