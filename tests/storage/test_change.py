"""One command, one transaction, one operation, and the truth about what was saved."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline_cli.domain.deal.edits import AddNote, MoveDeal, SetFields
from pipeline_cli.domain.errors import NothingSaved, OutcomeUnknown, PipelineError, SavedWithComplaint
from pipeline_cli.storage import database
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.record.operations import read_history
from pipeline_cli.storage.transactions import read, write
from tests.conftest import Run
from tests.storage.holder import ALONE, READING, WRITING, held
from tests.storage.record import TODAY, a_deal, change, dump, new_record


def never() -> None:
    raise AssertionError("nobody holds the database")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_record(tmp_path)


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "QUIET_WAIT_MS", 20)
    monkeypatch.setattr(database, "LONG_WAIT_MS", 50)


def operations(path: Path) -> list[tuple[str, str]]:
    with read(path, TODAY, past=False) as reader:
        return [(one.command, one.summary) for one in read_history(reader)]


def test_all_the_edits_of_a_command_are_one_operation(path: Path) -> None:
    with write(path, TODAY, "import", never) as transaction:
        assert transaction.apply([a_deal("One"), a_deal("Two")], "added two") == [1, 2]
        assert transaction.apply([AddNote(1, "hot")], "a second call") == [1]
    assert operations(path) == [("import", "added two")]
    assert [len(dump(path)[table]) for table in ("deals", "moves", "notes")] == [2, 2, 1]


def test_a_command_that_changes_nothing_leaves_neither_operation_nor_byte(path: Path) -> None:
    before = path.read_bytes()
    with write(path, TODAY, "prune", never) as transaction:
        transaction.connection.execute("SELECT count(*) FROM deals").fetchone()
    assert path.read_bytes() == before


@pytest.mark.parametrize("error", [ValueError("a defect"), KeyboardInterrupt(), SystemExit(2)])
def test_a_command_that_ends_badly_leaves_nothing_behind(path: Path, error: BaseException) -> None:
    change(path, a_deal())
    before = path.read_bytes()

    def win() -> None:
        with write(path, TODAY, "win", never) as transaction:
            transaction.apply([MoveDeal(1, "prospecting", "won", TODAY.now), AddNote(1, "yes!")], "won")
            raise error

    with pytest.raises(type(error)):
        win()
    assert path.read_bytes() == before


def test_an_edit_that_the_database_refuses_takes_the_others_with_it(path: Path) -> None:
    change(path, a_deal())
    before = path.read_bytes()
    with pytest.raises(sqlite3.IntegrityError):
        change(path, AddNote(1, "first"), SetFields(1, {"value_cents": -1}))
    assert path.read_bytes() == before


# Others at work


def test_eight_processes_adding_deals_at_once_all_succeed(pipeline: Run, folder: Path) -> None:
    adding = (
        "import sys; from pipeline_cli.cli import main\n"
        "for n in range(5):\n"
        "    assert main(['add', sys.argv[1] + str(n)]) == 0"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", adding, f"By {name} "], cwd=folder, stderr=subprocess.PIPE, text=True)
        for name in "abcdefgh"
    ]
    complaints = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, complaints
    rows = pipeline("list", "--json").rows
    assert [row["id"] for row in rows] == list(range(1, 41))
    assert sorted(row["title"] for row in rows) == [f"By {name} {n}" for name in "abcdefgh" for n in range(5)]
    assert len(pipeline("history", "--json").rows) == 40


def test_while_a_deal_is_being_written_others_read_the_record_as_it_was(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    with held(folder / "pipeline.db", ("BEGIN IMMEDIATE", "UPDATE deals SET title = 'Half written'")):
        result = pipeline("list", "--json")
    assert result.code == 0
    assert "Waiting" not in result.err
    assert [row["title"] for row in result.rows] == ["Acme"]


@pytest.mark.usefixtures("short_waits")
@pytest.mark.parametrize("lock", [WRITING, ALONE], ids=["writing", "alone"])
def test_a_command_that_waits_in_vain_says_so_and_changes_nothing(
    pipeline: Run, folder: Path, lock: tuple[str, ...]
) -> None:
    before = (folder / "pipeline.db").read_bytes()
    with held(folder / "pipeline.db", lock):
        result = pipeline("add", "Acme")
    assert result == (
        6,
        "",
        "Waiting for another command or program that holds the database …\n"
        f"{folder}/pipeline.db: another command or program has held the database for over 10 seconds. Nothing was changed. "
        "If an import or a restore is at work, let it finish; else close the program that has the file open. Then run the "
        "command again.\n",
    )
    assert (folder / "pipeline.db").read_bytes() == before


@pytest.mark.usefixtures("short_waits")
def test_reading_waits_with_a_word_too(pipeline: Run, folder: Path) -> None:
    with held(folder / "pipeline.db", ALONE):
        result = pipeline("list")
    assert (result.code, result.out) == (6, "")
    assert result.err.startswith("Waiting for another command or program that holds the database …\n")


@pytest.mark.parametrize("lock", [WRITING, ALONE, READING], ids=["writing", "alone", "reading"])
def test_a_change_goes_on_as_soon_as_the_other_program_lets_go(
    path: Path, lock: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "QUIET_WAIT_MS", 20)
    with held(path, lock) as other, write(path, TODAY, "add", other.let_go) as transaction:
        transaction.apply([a_deal()], "added")
    assert len(dump(path)["deals"]) == 1


@pytest.mark.usefixtures("short_waits")
def test_a_long_report_elsewhere_keeps_a_change_from_being_saved_and_it_is_said(path: Path) -> None:
    words: list[str] = []
    with (
        held(path, READING),
        pytest.raises(NothingSaved, match="Nothing was changed"),
        write(path, TODAY, "add", lambda: words.append("waiting")) as transaction,
    ):
        transaction.apply([a_deal()], "added")
    assert words == ["waiting"]
    assert dump(path)["deals"] == []


# A disk that complains


def end_badly(path: Path, block: Callable[[Change], None]) -> PipelineError:
    def run() -> None:
        with write(path, TODAY, "add", never) as transaction:
            block(transaction)

    with pytest.raises(PipelineError) as caught:
        run()
    return caught.value


def add_so_that_commit_fails(transaction: Change) -> None:
    """A deferred foreign key that holds nowhere is found by COMMIT alone."""
    transaction.apply([a_deal()], "added")
    transaction.connection.execute("PRAGMA defer_foreign_keys = 1")
    transaction.connection.execute("UPDATE moves SET deal_id = 77")


def test_a_full_disk_changes_nothing(path: Path) -> None:
    before = path.read_bytes()

    def fill(transaction: Change) -> None:
        transaction.connection.execute(f"PRAGMA max_page_count = {len(before) // 4096}")
        transaction.apply([a_deal("x" * 50_000)], "added")

    error = end_badly(path, fill)
    assert str(error) == f"{path}: the disk is full. Nothing was changed: free some space, then run it again."
    assert path.read_bytes() == before


def test_an_error_at_the_end_that_saved_nothing_says_so(path: Path) -> None:
    error = end_badly(path, add_so_that_commit_fails)
    assert (type(error), error.exit_code) == (NothingSaved, 6)
    assert str(error).startswith(f"{path}: the change was not saved (")
    assert dump(path)["deals"] == []


def test_an_error_after_which_the_file_cannot_be_looked_at_says_that_nobody_knows(path: Path) -> None:
    def add_and_lose_the_file(transaction: Change) -> None:
        add_so_that_commit_fails(transaction)
        path.rename(path.with_name("moved.db"))

    error = end_badly(path, add_and_lose_the_file)
    assert (type(error), error.exit_code) == (OutcomeUnknown, 8)
    assert str(error).startswith(f"{path}: it is not known whether the change was saved (")
    assert str(error).endswith("`pipeline check` tells.")


def test_an_error_after_the_change_was_saved_says_that_it_was(path: Path) -> None:
    def add_and_interrupt_once_saved(transaction: Change) -> None:
        connection = transaction.connection
        transaction.apply([a_deal()], "added")
        connection.set_progress_handler(lambda: not connection.in_transaction, 1)

    error = end_badly(path, add_and_interrupt_once_saved)
    assert (type(error), error.exit_code) == (SavedWithComplaint, 7)
    assert str(error) == f"{path}: the change was saved, but the disk complained (interrupted): run `pipeline check`."
    assert len(dump(path)["deals"]) == 1
