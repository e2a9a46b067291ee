"""Whose pipeline.yaml is this? What somebody else owns or may write is obeyed when it is named, or was trusted once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def below(pipeline: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder below that of pipeline.yaml, where the program is run."""
    pipeline("add", "Acme")
    place = folder / "below"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def given_away(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root can give a file away")
    os.chown(path, 65534, 65534)


def test_a_file_of_somebody_else_in_a_folder_above_is_refused_naming_owner_and_mode(
    pipeline: Run, folder: Path, below: Path
) -> None:
    given_away(folder / "pipeline.yaml")
    refused = pipeline("list")
    assert (refused.code, refused.out) == (3, "")
    assert "belongs to nobody, not to you (mode 0600)" in refused.err
    assert pipeline("--config", "../pipeline.yaml", "list").code == 0

    assert pipeline("config", "trust").code == 0
    assert pipeline("list").code == 0


@pytest.mark.parametrize("name", ["pipeline.yaml", "pipeline.db"])
def test_a_file_that_another_group_may_write_is_refused(pipeline: Run, folder: Path, below: Path, name: str) -> None:
    (folder / name).chmod(0o660)
    assert pipeline("list").code == 0, "the group that has the user's own name"
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root can give a file to another group")
    os.chown(folder / name, 0, 100)
    refused = pipeline("list")
    assert (refused.code, "may be written by its group (owner root, group users, mode 0660)" in refused.err) == (
        3,
        True,
    )


@pytest.mark.parametrize("name", ["pipeline.yaml", "pipeline.db"])
def test_a_file_that_everybody_may_write_is_refused_until_it_is_trusted(
    pipeline: Run, folder: Path, below: Path, name: str
) -> None:
    (folder / name).chmod(0o666)
    refused = pipeline("add", "Borg")
    assert refused.code == 3
    assert "may be written by everybody (owner" in refused.err

    assert pipeline("config", "trust").code == 0
    assert pipeline("add", "Borg").code == 0


def test_a_database_of_somebody_else_is_refused_unless_named(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme")
    given_away(folder / "pipeline.db")

    assert pipeline("list").code == 3
    assert pipeline("--db", "pipeline.db", "list").code == 0


def test_ones_own_files_need_no_trust(pipeline: Run, below: Path) -> None:
    assert pipeline("list").code == 0


def test_a_database_in_another_folder_is_said_when_the_file_is_first_met(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    text = rules.read_text()
    elsewhere = folder.parent / "elsewhere.db"
    assert "\ndatabase:" not in text or "database: pipeline.db" in text
    rules.write_text(text.replace("database: pipeline.db", "") + f"\ndatabase: {elsewhere}\n")

    assert f"keeps its database in another folder: {elsewhere}." in pipeline("list").err
    assert "another folder" not in pipeline("list").err
