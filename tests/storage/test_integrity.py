"""`check` finds each fault that is planted in a record, and is silent about a sound one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline_cli.domain.edits import MoveDeal, SetNextStep
from pipeline_cli.storage.integrity import check_database
from pipeline_cli.storage.reader import read
from tests.conftest import Run
from tests.storage.record import TODAY, a_deal, change, new_record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """One open deal in its second stage, with a next step, and one that was lost."""
    path = new_record(tmp_path)
    change(path, a_deal("Acme", TODAY, ("Ann", "ann@acme.example", None)), a_deal("Beta"))
    change(path, MoveDeal(1, "prospecting", "qualification", TODAY.now), SetNextStep(1, "Call", TODAY.today))
    change(path, MoveDeal(2, "prospecting", "lost", TODAY.now, "price"))
    return path


def plant(path: Path, fault: str) -> None:
    """By a program that knows nothing of our rules."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA ignore_check_constraints = 1")
    connection.execute(fault)
    connection.close()


def problems(path: Path) -> list[str]:
    with read(path, TODAY, past=False) as reader:
        return check_database(reader)


def test_a_sound_record_has_no_problems(path: Path) -> None:
    assert problems(path) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            "UPDATE deals SET stage = 'proposal' WHERE id = 1",
            "Deal 1: its history does not end in the stage or outcome it has.",
        ),
        (
            "UPDATE deals SET status = 'won' WHERE id = 2",
            "Deal 2: its history does not end in the stage or outcome it has.",
        ),
        (
            "DELETE FROM moves WHERE deal_id = 2",
            "Deal 2: its history does not end in the stage or outcome it has.",
        ),
        (
            "UPDATE moves SET from_stage = 'proposal' WHERE to_stage = 'qualification'",
            "Deal 1: a move does not begin where the one before it ended.",
        ),
        (
            "INSERT INTO next_steps (deal_id, text, due, set_at) SELECT deal_id, 'Mail', due, set_at FROM next_steps",
            "Deal 1: has more than one open next step.",
        ),
        (
            "INSERT INTO notes (deal_id, text, noted_at) VALUES (77, 'lost', '2026-11-21T10:00:00.000Z')",
            "Row 1 of notes belongs to a row of deals that is not there.",
        ),
        (
            "DELETE FROM contacts",
            "Row 1 of deal_contacts belongs to a row of contacts that is not there.",
        ),
        (
            "UPDATE deals SET expected_close = '2026-02-30' WHERE id = 1",
            "The database is damaged: CHECK constraint failed in deals. Restore a backup.",
        ),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found_and_named(path: Path, fault: str, said: str) -> None:
    plant(path, fault)
    assert problems(path) == [said]


def test_every_fault_is_named_at_once(path: Path) -> None:
    plant(path, "UPDATE deals SET stage = 'proposal'")
    plant(path, "INSERT INTO notes (deal_id, text, noted_at) VALUES (77, 'lost', '2026-11-21T10:00:00.000Z')")
    assert len(problems(path)) == 2


def test_an_index_that_lost_a_row_is_found(path: Path) -> None:
    connection = sqlite3.connect(path)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'contacts_by_email'").fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    start = (page - 1) * 4096
    content[start + 3 : start + 5] = b"\x00\x00"
    path.write_bytes(content)
    assert any("wrong # of entries in index contacts_by_email" in problem for problem in problems(path))


def test_check_says_it_with_its_exit_code_and_changes_nothing(pipeline: Run, folder: Path) -> None:
    assert pipeline("add", "Acme").code == 0
    assert pipeline("check").code == 0
    path = folder / "pipeline.db"
    plant(path, "UPDATE deals SET stage = 'proposal'")
    before = path.read_bytes()
    result = pipeline("check")
    assert result.code == 5
    assert "Deal 1: its history does not end in the stage or outcome it has." in result.out + result.err
    assert path.read_bytes() == before


def test_check_of_a_file_that_cannot_be_read_to_its_end_names_the_way_out(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    path = folder / "pipeline.db"
    content = bytearray(path.read_bytes())
    content[4096 : 4096 * 3] = b"\xff" * 8192
    path.write_bytes(content)
    result = pipeline("check")
    assert result.code in (3, 5)
    assert "the database is damaged" in result.err.lower() + result.out.lower()
    assert path.read_bytes() == bytes(content)
