"""Every file the program makes is its owner's alone, and every folder too, whatever the umask lets others do."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.fixture
def open_to_all() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(*folders: Path) -> dict[str, str]:
    """Of everything made below, what others may do with it."""
    return {
        str(path): oct(stat.S_IMODE(path.lstat().st_mode))
        for folder in folders
        for path in folder.rglob("*")
        if stat.S_IMODE(path.lstat().st_mode) & 0o077 and not path.is_symlink()
    }


@pytest.mark.usefixtures("open_to_all")
def test_every_file_and_folder_is_for_its_owner_alone(run: Run, folder: Path, a_home_of_its_own: Path) -> None:
    for command in (
        "init",
        "add Acme --contact Ann<ann@acme.example> --value 5k",
        "add Beta --contact Bob<bob@beta.example>",
        "contact opt-out bob@beta.example",
        "note 1 hi",
        "export deals -o deals.csv",
        "export all -o everything",
        "export calendar -o next.ics",
        "list -o list.json",
        "list -o list.md",
        "list -o list.txt",
        "contact export c1 -o ann.json",
        "backup",
        "backup mine.db",
        "backup new/folder/mine.db",
        "--config other/pipeline.yaml init",
    ):
        if "other/" in command:
            (folder / "other").mkdir(mode=0o700)
        result = run(*command.split())
        assert result.code in (0, 2), (command, result.err)
        assert modes(folder, a_home_of_its_own) == {}, command
    rows = folder / "rows.csv"
    rows.write_text("deal_id,title,value\na,Gamma,5\nb,Bad,-1\n")
    rows.chmod(0o600)
    assert run("import", "rows.csv", "--skip-bad").code == 0
    assert (folder / "rows.rejected.csv").exists()
    assert run("add", "Dead", "--contact", "Cid <cid@dead.example>", "--value", "1k", today="2026-01-05").code == 0
    assert run("prune", "--yes", today="2026-11-21").code == 0
    assert run("restore", "mine.db", "--yes").code == 0
    assert modes(folder, a_home_of_its_own) == {}


@pytest.mark.usefixtures("open_to_all")
def test_a_file_that_is_replaced_is_for_its_owner_alone_too(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("old")
    (folder / "deals.csv").chmod(0o666)
    pipeline("add", "Acme")
    assert pipeline("list", "-o", "deals.csv", "--force").code == 0
    assert modes(folder) == {}


@pytest.mark.usefixtures("open_to_all")
def test_the_files_beside_the_record_are_so_while_it_is_being_written(pipeline: Run, folder: Path) -> None:
    import sqlite3

    pipeline("add", "Acme")
    writer = sqlite3.connect(folder / "pipeline.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE deals SET title = 'half'")
    assert (folder / "pipeline.db-journal").exists()
    assert modes(folder) == {}
    writer.execute("ROLLBACK")
    writer.close()
