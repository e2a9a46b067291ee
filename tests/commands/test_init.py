"""`init`: a pipeline.yaml and an empty record."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.conftest import Run


def test_a_folder_is_ready_after_init(run: Run, folder: Path) -> None:
    result = run("init")

    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines() == [
        "Wrote pipeline.yaml: its numbers are guesses, edit them as you learn.",
        "Made pipeline.db.",
        'Next: pipeline add "Acme: workshop" --value 12k',
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["pipeline.db", "pipeline.yaml"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert run("list", "--json").rows == []
    assert run("check").code == 0


@pytest.mark.parametrize("template", ["services", "saas", "ecommerce", "aida", "radar", "classic", "full"])
def test_every_template_can_be_worked_with_at_once(run: Run, template: str) -> None:
    assert run("init", "--template", template).code == 0

    assert run("add", "Acme", "--value", "5k").code == 0
    for report in ("list", "health", "forecast", "today", "prune"):
        assert run(report, "--json").code == 0, report


def test_nothing_is_ever_overwritten(run: Run, folder: Path) -> None:
    run("init")
    run("add", "Acme")
    (folder / "pipeline.yaml").write_text((folder / "pipeline.yaml").read_text() + "# mine\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    for words in (["init"], ["init", "--template", "saas"]):
        assert run(*words).code == 5

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_database_that_is_there_already_is_kept(run: Run, folder: Path) -> None:
    run("init")
    run("add", "Acme")
    (folder / "pipeline.yaml").unlink()

    result = run("init")

    assert f"{folder}/pipeline.db is there already and was left as it is." in result.err
    assert len(run("list", "--json").rows) == 1


def test_files_may_be_named(run: Run, folder: Path) -> None:
    assert run("--config", "sales.yaml", "--db", "sales.db", "init").code == 0

    assert sorted(path.name for path in folder.iterdir()) == ["sales.db", "sales.yaml"]
    assert run("--config", "sales.yaml", "--db", "sales.db", "add", "Acme").code == 0
    assert run("--config", "sales.yaml", "list").code == 3, "its own database: does not exist"


@pytest.mark.parametrize("named", ["folder", "text", "empty"])
def test_a_file_that_is_no_record_is_refused_before_anything_is_written(run: Run, folder: Path, named: str) -> None:
    (folder / "folder").mkdir()
    (folder / "text").write_text("not a database")
    (folder / "empty").touch()

    result = run("--db", named, "init")

    assert result.code == 3
    assert not (folder / "pipeline.yaml").exists()


def test_a_folder_below_finds_the_file_above(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("init")
    run("add", "Acme")
    (folder / "below" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(folder / "below" / "deeper")

    assert len(run("list", "--json").rows) == 1
