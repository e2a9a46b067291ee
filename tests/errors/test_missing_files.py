"""Files that are not there yet: reading says so, and the first command that writes makes the record."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import Run


def test_without_a_pipeline_yaml_every_command_says_how_to_begin(run: Run, folder: Path) -> None:
    for words in (["list"], ["add", "T"], ["today"], ["check"], ["prune"], ["undo"], ["config", "path"]):
        result = run(*words)
        assert (result.code, result.out) == (3, ""), words
        assert result.err == (
            "There is no pipeline.yaml in this folder or one above: `pipeline init` writes one, `pipeline demo` shows "
            "what it does.\n"
        )
    assert list(folder.iterdir()) == []


def test_reading_a_record_that_does_not_exist_yet_is_an_error_that_makes_none(run: Run, folder: Path) -> None:
    run("init")
    (folder / "pipeline.db").unlink()

    for words in (["list"], ["show", "1"], ["history"], ["today"], ["health"], ["prune"]):
        result = run(*words)
        assert (result.code, result.out) == (3, ""), words
        assert result.err == (
            f'{folder}/pipeline.db: there is no record yet: `pipeline add "Acme: workshop"` or '
            "`pipeline import deals.csv` starts it.\n"
        )
    assert not (folder / "pipeline.db").exists()


def test_the_first_writing_command_makes_the_record_and_says_so(run: Run, folder: Path) -> None:
    run("init")
    (folder / "pipeline.db").unlink()

    result = run("add", "Acme: workshop")

    assert result.code == 0
    assert result.err.startswith("Made the database pipeline.db.\n")


def test_closed_streams_and_pipes_are_no_defect_after_a_save(run: Run, folder: Path) -> None:
    run("init")
    for closing in (">&-", "2>&-", ">&- 2>&-", "| true"):
        command = f"set -o pipefail; {sys.executable} -m pipeline_cli add Acme {closing}"
        ended = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
        assert (ended.returncode, "defect" in ended.stderr) == (0, False), closing
