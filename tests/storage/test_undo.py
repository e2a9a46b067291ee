"""Undo and redo: the record goes back and forth between the very states it had."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.deal import edits
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.storage.record.operations import read_history
from pipeline_cli.storage.safekeeping.integrity import check_database
from pipeline_cli.storage.transactions import read, write
from pipeline_cli.storage.undo.resting import Obstacles, take_back_alone
from pipeline_cli.storage.undo.undo import Replayed, RowChange, do_again, plan_last, plan_only, plan_redo, take_back
from tests.conftest import Run
from tests.storage.record import TABLES, TODAY, a_deal, change, dump, new_record
from tests.storage.steps import Step, steps_with_corrections, take


def undo(path: Path, count: int = 1) -> list[Replayed]:
    with write(path, TODAY, "undo", lambda: None) as transaction:
        return take_back(transaction, plan_last(transaction, count))


def redo(path: Path, count: int | None = 1) -> list[Replayed]:
    with write(path, TODAY, "redo", lambda: None) as transaction:
        return do_again(transaction, plan_redo(transaction, count))


def undo_only(path: Path, number: int) -> Replayed:
    """Raises RuleError with what rests on it."""
    with write(path, TODAY, "undo", lambda: None) as transaction:
        found = take_back_alone(transaction, plan_only(transaction, number))
        if isinstance(found, Obstacles):
            raise RuleError(str(found))
        return found


def history(path: Path, deal: int | None = None) -> list[tuple[int, str, bool]]:
    with read(path, TODAY, past=False) as reader:
        return [(one.id, one.summary, one.undone) for one in read_history(reader, deal)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_record(tmp_path)


@given(st.lists(steps_with_corrections, min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_undo_and_redo_walk_through_the_states_the_record_had(work: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        path = new_record(Path(folder))
        states = [dump(path)]
        for step in work:
            take(path, step, TODAY)
            states.append(dump(path))
            undo(path)
            assert dump(path) == states[-2]
            redo(path)
            assert dump(path) == states[-1]
        with read(path, TODAY, past=False) as reader:
            found = {fault.code for fault in check_database(reader)}
        # Commands refuse deadlines gone by; the steps here are below them.
        assert found <= {"last_chance"}
        for state in reversed(states[:-1]):
            undo(path)
            assert dump(path) == state
        for state in states[1:]:
            redo(path)
            assert dump(path) == state
        undo(path, len(work))
        assert dump(path) == states[0]
        with pytest.raises(RuleError, match="There is nothing to undo"):
            undo(path)


@given(st.lists(steps_with_corrections, min_size=2, max_size=10), st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_undone_alone_was_never_done_and_comes_back_in_its_turn(work: list[Step], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = new_record(Path(folder))
        states = [dump(path)]
        for step in work:
            take(path, step, TODAY)
            states.append(dump(path))
        alone = data.draw(st.integers(1, len(work)))
        faults = codes(path)
        try:
            undo_only(path, alone)
        except RuleError:
            assert alone < len(work), "nothing rests on the newest"
            assert dump(path) == states[-1]
            return
        without = dump(path)
        assert codes(path) <= faults
        redo(path)
        assert dump(path) == states[-1]
        undo_only(path, alone)
        assert dump(path) == without
        if alone < len(work):
            undo(path, len(work) - alone)
            assert dump(path) == states[alone - 1]
        more = data.draw(st.integers(0, alone - 1))
        if more:
            undo(path, more)
            assert dump(path) == states[alone - 1 - more]
            redo(path, more)
        if alone < len(work):
            redo(path, len(work) - alone)
        assert dump(path) == without
        redo(path, None)
        assert dump(path) == states[-1]
        assert codes(path) == faults


def codes(path: Path) -> set[str]:
    with read(path, TODAY, past=False) as reader:
        return {fault.code for fault in check_database(reader)}


@given(st.lists(st.one_of(steps_with_corrections, st.just("undo"), st.just("redo")), min_size=2, max_size=20))
@settings(max_examples=30, deadline=None)
def test_an_id_is_never_given_twice(work: list[Any]) -> None:
    """A row that undo or redo brings back keeps its id; every other new row gets one above all that were ever there."""
    with TemporaryDirectory() as folder:
        path = new_record(Path(folder))
        ever: dict[str, set[int]] = {table: set() for table in TABLES}
        for step in work:
            before = dump(path)
            try:
                {"undo": undo, "redo": redo}[step](path) if isinstance(step, str) else take(path, step, TODAY)
            except RuleError:
                assert dump(path) == before
                continue
            for table, rows in dump(path).items():
                known = {row[0][1] for row in before[table]}
                new = {row[0][1] for row in rows if row[0][1] not in known}
                if step in ("undo", "redo"):
                    assert new <= ever[table]
                else:
                    highest = max(ever[table], default=0)
                    assert all(row_id > highest for row_id in new)
                ever[table] |= new


def test_undo_brings_back_stage_history_next_step_and_status(path: Path) -> None:
    change(path, a_deal(), edits.SetNextStep(1, "Call", TODAY.today))
    before = dump(path)
    change(
        path,
        edits.MoveDeal(1, "prospecting", "lost", TODAY.now, "price"),
        edits.CloseNextStep(1, done=False),
        summary="lost Acme",
    )
    assert dump(path) != before
    ((operation, changes),) = undo(path)
    assert (operation.id, operation.command, operation.summary) == (2, "edit", "lost Acme")
    assert RowChange("moves", None, "there", "gone", 1) in changes
    assert RowChange("deals", "status", "lost", "open", 1) in changes
    assert dump(path) == before


def test_a_probability_comes_back_to_the_last_digit(path: Path) -> None:
    change(path, a_deal()._replace(probability=0.1 + 0.2))
    undo(path)
    redo(path)
    assert dump(path, ["deals"])["deals"][0][10] == ("float", 0.30000000000000004)


def test_something_new_ends_what_could_be_done_again(path: Path) -> None:
    change(path, a_deal("One"), summary="added One")
    change(path, a_deal("Two"), summary="added Two")
    undo(path)
    assert history(path) == [(2, "added Two", True), (1, "added One", False)]
    change(path, a_deal("Three"), summary="added Three")
    with pytest.raises(RuleError, match="There is nothing to redo: redo follows an undo, before anything new"):
        redo(path)
    undo(path)
    undo(path)
    assert dump(path)["deals"] == []
    assert history(path) == [(3, "added Three", True), (2, "added Two", True), (1, "added One", True)]
    redo(path)
    redo(path)
    assert [row[3][1] for row in dump(path)["deals"]] == ["One", "Three"]


def test_what_an_older_program_undid_is_done_again_after_what_was_undone_since(path: Path) -> None:
    for title in ("One", "Two", "Three"):
        change(path, a_deal(title), summary=title)
    undo(path, 2)
    with sqlite3.connect(path) as connection:  # it kept no order, for it undid nothing but the newest
        connection.execute("DELETE FROM operation_rows WHERE table_name = 'operations'")
    undo(path)

    assert [replayed.operation.summary for replayed in redo(path, None)] == ["One", "Two", "Three"]


def test_undoing_more_than_there_is_undoes_nothing(path: Path) -> None:
    change(path, a_deal())
    before = dump(path)
    with pytest.raises(RuleError, match="Only 1 operation stands, not 2; nothing was undone"):
        undo(path, 2)
    assert dump(path) == before
    assert history(path) == [(1, "changed", False)]


def test_the_commands_say_what_came_back(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "1000")
    pipeline("edit", "1", "--value", "2500")
    result = pipeline("undo")
    assert result.out == "Undone #2 (edit): edited Acme: value 1,000 -> 2,500 EUR\n  value: 2,500.00 -> 1,000.00\n"
    assert (
        pipeline("redo").out
        == "Done again #2 (edit): edited Acme: value 1,000 -> 2,500 EUR\n  value: 1,000.00 -> 2,500.00\n"
    )
    assert pipeline("redo").code == 5
    rows = pipeline("history", "--json").rows
    assert [(row["operation"], row["command"], row["undone"]) for row in rows] == [
        (2, "edit", False),
        (1, "add", False),
    ]


def test_a_deleted_row_comes_back_with_all_that_it_held(path: Path) -> None:
    change(path, a_deal())
    change(
        path, edits.AddNote(1, "two\nlines"), edits.SetFields(1, {"probability": 0.1 + 0.2, "fields": {"Région": "Ä"}})
    )
    before = dump(path)
    with write(path, TODAY, "merge", lambda: None) as transaction:
        journal = transaction.begin_operation("deleted")
        for table in ("notes", "moves", "field_changes", "deals"):
            for (row_id,) in transaction.connection.execute(f"SELECT id FROM {table}").fetchall():
                journal.delete(table, row_id)
    gone = dump(path)
    assert gone["deals"] == gone["notes"] == []

    undo(path)
    assert dump(path) == before
    redo(path)
    assert dump(path) == gone
    undo(path)
    assert dump(path) == before
