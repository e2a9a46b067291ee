"""A database where a program syncs it with other machines is warned of, once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline_cli.storage.safekeeping.synced import find_sync_risk
from tests.conftest import Run


@pytest.mark.parametrize(
    ("place", "program"),
    [
        ("Dropbox/sales", "Dropbox"),
        ("Dropbox (Lee & Sons)", "Dropbox"),
        ("OneDrive", "OneDrive"),
        ("OneDrive - Lee/deals", "OneDrive"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"),
        ("iCloud Drive", "iCloud"),
        ("iCloudDrive", "iCloud"),
        ("Google Drive/My Drive", "Google Drive"),
        ("Library/CloudStorage/GoogleDrive-ann@acme.example", "Google Drive"),
        ("nextcloud", "Nextcloud"),
        ("ownCloud", "ownCloud"),
        ("Syncthing", "Syncthing"),
    ],
)
def test_a_folder_that_is_named_after_a_syncing_program_is_a_risk(tmp_path: Path, place: str, program: str) -> None:
    risk = find_sync_risk(tmp_path / place / "pipeline.db")
    assert risk is not None
    assert f"lies in a folder that {program} seems to sync" in risk


@pytest.mark.parametrize(
    "place", ["sales", "Dropboxes", "my dropbox notes", "OneDriver", "drive", "cloud", "google", "driver", "box"]
)
def test_other_folders_are_none(tmp_path: Path, place: str) -> None:
    assert find_sync_risk(tmp_path / place / "pipeline.db") is None


@pytest.mark.parametrize(
    ("mark", "program"),
    [(".stfolder", "Syncthing"), (".dropbox.cache", "Dropbox"), (".nextcloudsync.log", "Nextcloud")],
)
def test_what_a_syncing_program_leaves_in_its_top_folder_is_found_from_below(
    tmp_path: Path, mark: str, program: str
) -> None:
    (tmp_path / mark).mkdir()
    (tmp_path / "work" / "deals").mkdir(parents=True)
    risk = find_sync_risk(tmp_path / "work" / "deals" / "pipeline.db")
    assert risk is not None
    assert program in risk


def test_the_settings_of_dropbox_in_a_home_are_no_risk(tmp_path: Path) -> None:
    (tmp_path / ".dropbox").mkdir()
    assert find_sync_risk(tmp_path / "sales" / "pipeline.db") is None


def test_a_link_into_a_synced_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "Dropbox" / "pipeline.db").write_bytes(b"")
    (tmp_path / "pipeline.db").symlink_to("Dropbox/pipeline.db")
    assert find_sync_risk(tmp_path / "pipeline.db") is not None


@pytest.mark.parametrize(
    "name",
    [
        "pipeline (Ann's conflicted copy 2026-11-21).db",
        "pipeline (conflicted copy 2026-11-21 101500).db",
        "pipeline (In Konflikt stehende Kopie von Ann 2026-11-21).db",
        "pipeline_conflict-20261121-101500.db",
        "pipeline.sync-conflict-20261121-101500-ABCDEFG.db",
        "pipeline (1).db",
        "pipeline 2.db",
        "pipeline-LAPTOP-7F3K2.db",
        f"pipeline-{os.uname().nodename}.db",
    ],
)
def test_a_conflicted_copy_beside_it_is_a_risk_and_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    risk = find_sync_risk(tmp_path / "pipeline.db")
    assert risk is not None
    assert f"beside it lies {name}, which looks like the copy" in risk


@pytest.mark.parametrize(
    "name",
    [
        "pipeline.db-journal",
        "pipeline.db.key",
        "pipeline-2026-11-21.db",
        "pipeline-backup.db",
        "pipelines (1).db",
        "pipeline (1).csv",
        "other (1).db",
        "pipeline 2026.db",
        "pipeline (before the fair).db",
    ],
)
def test_files_of_ones_own_beside_it_are_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert find_sync_risk(tmp_path / "pipeline.db") is None


def test_it_is_said_once_by_the_first_command_that_writes(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Dropbox").mkdir()
    monkeypatch.chdir(folder / "Dropbox")
    said = [run(*words).err.count("Warning: ") for words in (["init"], ["add", "Acme"], ["note", "1", "hi"], ["list"])]
    assert said == [1, 0, 0, 0]


def test_check_says_it_every_time_and_counts_it_as_no_problem(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Dropbox").mkdir()
    monkeypatch.chdir(folder / "Dropbox")
    run("init")
    checked = [run("check"), run("check")]
    assert [result.code for result in checked] == [0, 0]
    assert [result.err.count("Dropbox seems to sync") for result in checked] == [1, 1]


def test_a_copy_that_appears_later_is_said_too(pipeline: Run, folder: Path) -> None:
    assert "Warning" not in pipeline("add", "Acme").err
    (folder / "pipeline (1).db").write_bytes((folder / "pipeline.db").read_bytes())
    assert "Warning: " in pipeline("note", "1", "hi").err
    assert "Warning: " not in pipeline("note", "1", "again").err


def test_without_a_place_to_remember_it_is_said_again(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "OneDrive").mkdir()
    (folder / "a file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "a file"))
    monkeypatch.chdir(folder / "OneDrive")
    results = [run("init"), run("add", "Acme"), run("note", "1", "hi")]
    assert [result.code for result in results] == [0, 0, 0]
    assert ["Warning: " in result.err for result in results] == [True, True, True]
