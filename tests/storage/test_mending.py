"""`check --fix` mends what loses nothing, as one operation, and undo takes back what it changed in the record."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipeline_cli.storage.safekeeping.repair import repair_database
from pipeline_cli.storage.transactions import write
from pipeline_cli.storage.undo.undo import plan_last, take_back
from tests.storage.record import TODAY, a_deal, change, dump
from tests.storage.test_integrity import MENDED, faults, lose_an_index_entry, path, plant

__all__ = ["path"]


def repair(path: Path) -> list[str]:
    with write(path, TODAY, "check", lambda: None) as transaction:
        return [fault.code for fault in repair_database(transaction)]


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize(("fault", "sentence"), MENDED)
def test_what_is_promised_is_mended_and_undone(path: Path, fault: str, sentence: str) -> None:
    plant(path, fault)
    before = dump(path)

    assert len(repair(path)) == 1

    assert [one.message for one in faults(path) if one.code != "undo"] == []
    assert repair(path) == []
    with write(path, TODAY, "undo", lambda: None) as transaction:
        take_back(transaction, plan_last(transaction, 1))
    # What a CHECK forbids is the one thing that is not brought back.
    assert dump(path) == before or "date of closing" in sentence


def test_a_sound_record_gets_no_operation(path: Path) -> None:
    before = path.read_bytes()

    assert repair(path) == []
    assert path.read_bytes() == before


def test_a_deal_follows_its_history(path: Path) -> None:
    plant(path, "UPDATE deals SET stage = 'proposal' WHERE id = 1", "UPDATE deals SET status = 'won' WHERE id = 2")

    repair(path)

    assert rows(path, "SELECT stage, status, closed_at, lost_reason FROM deals ORDER BY id") == [
        ("qualification", "open", None, None),
        ("prospecting", "lost", "2026-11-21T10:00:00.000Z", "price"),
    ]


def test_a_closing_that_only_the_deal_knows_becomes_an_inferred_move(path: Path) -> None:
    plant(path, "DELETE FROM moves WHERE to_stage = 'lost'")

    repair(path)

    assert rows(path, "SELECT from_stage, to_stage, inferred FROM moves WHERE deal_id = 2 ORDER BY id") == [
        (None, "prospecting", 0),
        ("prospecting", "lost", 1),
    ]
    assert rows(path, "SELECT status FROM deals WHERE id = 2") == [("lost",)]


def test_a_lost_move_between_two_stages_is_put_back_as_inferred(path: Path) -> None:
    """A stage that deals are known to have been in is believed; an unknown word is overwritten."""
    change(path, a_deal("Cora"))
    plant(
        path,
        "UPDATE moves SET to_stage = 'proposal', from_stage = 'qualification', moved_at = '2026-11-21T11:00:00.000Z' "
        "WHERE to_stage = 'qualification'",
        "UPDATE deals SET stage = 'proposal' WHERE id = 1",
        "UPDATE moves SET to_stage = 'qualification' WHERE deal_id = 3",
        "UPDATE deals SET stage = 'qualification' WHERE id = 3",
    )

    repair(path)

    assert rows(path, "SELECT from_stage, to_stage, inferred FROM moves WHERE deal_id = 1 ORDER BY moved_at, id") == [
        (None, "prospecting", 0),
        ("prospecting", "qualification", 1),
        ("qualification", "proposal", 0),
    ]


def test_several_next_steps_are_no_fault(path: Path) -> None:
    plant(
        path, "INSERT INTO next_steps (deal_id, text, due, set_at) SELECT deal_id, 'Mail', due, set_at FROM next_steps"
    )

    assert repair(path) == []
    assert rows(path, "SELECT text, closed_at IS NULL FROM next_steps ORDER BY id") == [("Call", 1), ("Mail", 1)]


def test_a_number_is_not_given_twice_after_the_counter_was_set_back(path: Path) -> None:
    plant(path, "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'moves'", "DELETE FROM moves WHERE id = 4")

    repair(path)

    assert rows(path, "SELECT max(id) FROM moves") == [(5,)]


def test_a_broken_index_is_built_anew(path: Path) -> None:
    lose_an_index_entry(path)

    assert repair(path) == ["index"]
    assert faults(path) == []
