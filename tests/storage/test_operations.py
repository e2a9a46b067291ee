"""The log: what was done, of the whole record or of one deal, as known on a day."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.domain.deal import edits
from pipeline_cli.storage.record.operations import read_history
from pipeline_cli.storage.transactions import read
from tests.conftest import Run
from tests.storage.record import TODAY, a_deal, change, new_record


def history(path: Path, deal: int) -> list[str]:
    with read(path, TODAY, past=False) as reader:
        return [one.summary for one in read_history(reader, deal)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_record(tmp_path)


def test_history_of_a_deal_names_what_concerned_it(path: Path) -> None:
    change(path, a_deal("One"), a_deal("Two"), a_deal("Three"), summary="added three")
    change(path, edits.AddNote(3, "hot"), summary="note on Three")
    change(path, edits.RenameStage("services", "prospecting", "lead"), summary="renamed prospecting to lead")
    assert history(path, 1) == ["renamed prospecting to lead", "added three"]
    assert len(history(path, 3)) == 3
    assert history(path, 4) == []


def test_history_as_of_a_day_ends_with_that_day(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("note", "1", "hot", today="2026-11-03")
    rows = pipeline("history", "--as-of", "2026-11-02", "--json").rows
    assert [row["command"] for row in rows] == ["add"]
