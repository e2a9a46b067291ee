"""The two ways the README names to carry a record to another machine, tried."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def here(pipeline: Run, folder: Path) -> Run:
    """A record with ids of another program, history, people and an undone operation."""
    (folder / "deals.csv").write_text(
        "deal_id,title,organization,contact,email,value,stage,outcome,created\n"
        "a-1,Workshop,Acme,Ann Lee,ann@acme.example,1000,proposal,,2026-09-01\n"
        "a-2,Audit,Beta,,,2000,,won,2026-08-01\n"
    )
    assert pipeline("import", "deals.csv", "--source-name", "crm").code == 0
    pipeline("add", "Typed by hand", "--value", "3k", "--close", "30d")
    pipeline("log", "1", "call", "spoke of the offer", "--in")
    pipeline("note", "1", "likes tea")
    pipeline("undo")
    return pipeline


def test_a_backup_restored_elsewhere_is_the_whole_record(
    here: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here("backup", "carried.db").code == 0
    there = folder / "there"
    there.mkdir()
    for name in ("pipeline.yaml", "carried.db"):
        shutil.copy(folder / name, there / name)
    said = {
        line: here(*line.split()).out
        for line in ("list status=all --json", "show 1 --json", "history --json", "export all -o x")
    }
    monkeypatch.chdir(there)
    assert here("restore", "carried.db", "--yes").code == 0
    for line in ("list status=all --json", "show 1 --json", "history --json"):
        assert here(*line.split()).out == said[line], line
    assert here("redo").code == 0, "undo and redo go on there"


def test_an_export_imported_elsewhere_keeps_external_ids_and_may_be_repeated(
    here: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here("export", "all", "-o", "carried").code == 0
    there = folder / "there"
    there.mkdir()
    shutil.copy(folder / "pipeline.yaml", there / "pipeline.yaml")
    shutil.copytree(folder / "carried", there / "carried")
    listed = here("list", "status=all", "--json")
    assert listed.code == 0, listed.err
    before = listed.rows
    monkeypatch.chdir(there)
    carry = [
        "import",
        "carried/deals.csv",
        "--moves",
        "carried/moves.csv",
        "--touchpoints",
        "carried/touchpoints.csv",
        "--contacts",
        "carried/contacts.csv",
    ]
    assert here(*carry).code == 0
    keys = (
        "external_id",
        "title",
        "organization",
        "contact",
        "stage",
        "status",
        "value",
        "created_at",
        "days_in_stage",
    )
    after = here("list", "status=all", "--json").rows
    assert [[row[key] for key in keys] for row in after] == [[row[key] for key in keys] for row in before]
    assert here(*carry).code == 0
    assert here("list", "status=all", "--json").rows == after, "a second time changes nothing"
