"""What every test stands on: a folder of its own, a fixed day, and one door to the program."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline_cli.cli import main

TODAY = "2026-11-21T10:00:00+00:00"
REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.json["rows"]  # type: ignore[no-any-return]


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Points every folder of the user's at a temporary one, and fails loudly if a test touched the real ones."""
    real = [Path.home() / folder / "pipeline" for folder in (".config", ".cache", ".local/share")]
    before = [folder.exists() for folder in real]
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    for variable in [name for name in os.environ if name.startswith("PIPELINE_")]:
        monkeypatch.delenv(variable)
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("PIPELINE_TODAY", TODAY)
    yield home
    assert [folder.exists() for folder in real] == before, "a test touched the real folders of the user"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which the program is run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command in the folder: `run("add", "Acme: workshop", today="2026-11-01")`."""

    def run_command(*arguments: str, today: str | None = None, typed: str = "") -> Result:
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.TextIOWrapper(io.BytesIO(), "utf-8")
        with monkeypatch.context() as patch:
            if today is not None:
                patch.setenv("PIPELINE_TODAY", today)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(sys, "stdin", io.StringIO(typed))
            code = main([str(argument) for argument in arguments])
        out.flush()
        err.flush()
        return Result(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]

    return run_command


@pytest.fixture
def pipeline(run: Run) -> Run:
    """The same, in a folder with the default pipeline.yaml and an empty record."""
    result = run("init")
    assert result.code == 0, result.err
    return run


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data is not beside this checkout (../shared/data)")
    return SHARED_DATA
