"""`check`: pipeline.yaml, the database and the record (stages that went missing: see `tests/errors/test_lost_stages`)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tests.conftest import Run


def test_all_is_well(pipeline: Run) -> None:
    pipeline("add", "Acme")

    assert pipeline("check")[:2] == (0, "")


def test_a_problem_of_pipeline_yaml_is_named(pipeline: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_text("version: 1\n")

    assert pipeline("check").code == 3


def test_a_damaged_record_is_named_and_left_as_it_is(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    connection = sqlite3.connect(folder / "pipeline.db")
    connection.execute("PRAGMA ignore_check_constraints = 1")
    connection.execute("UPDATE deals SET stage = 'proposal'")
    connection.commit()
    connection.close()
    before = (folder / "pipeline.db").read_bytes()

    result = pipeline("check")

    assert result.code == 5
    assert "Deal 1" in result.err
    assert (folder / "pipeline.db").read_bytes() == before


def test_a_missing_record_is_an_error(pipeline: Run, folder: Path) -> None:
    (folder / "pipeline.db").unlink()

    assert pipeline("check").code == 3
