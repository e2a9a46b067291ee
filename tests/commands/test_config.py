"""`config`: the pipeline.yaml in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run


def test_the_file_in_force_is_shown_as_it_is(pipeline: Run, folder: Path) -> None:
    result = pipeline("config", "show")

    assert (result.code, result.err) == (0, "")
    assert result.out == (folder / "pipeline.yaml").read_text()


def test_where_the_files_are(pipeline: Run, folder: Path) -> None:
    assert pipeline("config", "path").out.splitlines() == [f"{folder}/pipeline.yaml", f"{folder}/pipeline.db"]


def test_an_option_beats_the_environment_which_beats_the_folder(
    pipeline: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("named.yaml", "variable.yaml"):
        (folder / name).write_text((folder / "pipeline.yaml").read_text())
    assert pipeline("config", "path").out.splitlines()[0].endswith("/pipeline.yaml")

    monkeypatch.setenv("PIPELINE_CONFIG", "variable.yaml")
    monkeypatch.setenv("PIPELINE_DB", "variable.db")
    assert [line.rpartition("/")[2] for line in pipeline("config", "path").out.splitlines()] == [
        "variable.yaml",
        "variable.db",
    ]
    named = pipeline("--config", "named.yaml", "--db", "named.db", "config", "path").out.splitlines()
    assert [line.rpartition("/")[2] for line in named] == ["named.yaml", "named.db"]


def test_a_file_with_problems_is_not_shown_as_if_it_were_in_force(pipeline: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_text("version: 2\n")

    result = pipeline("config", "show")

    assert (result.code, result.out) == (3, "")
    assert result.err.startswith("pipeline.yaml:1:")


def test_without_a_command_both_are_named(pipeline: Run) -> None:
    assert pipeline("config").code == 2
    assert pipeline("config", "--help").out.splitlines()[0].count("pipeline config") == 1
    assert pipeline("config", "path", "-h").code == 0
