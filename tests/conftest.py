"""What every test stands on: a folder of its own, a fixed day, and one door to the program."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from pipeline_cli.cli import main
from tests.large import LARGE

try:
    import fcntl
except ImportError:  # Windows: each worker imports for itself
    fcntl = None  # type: ignore[assignment]

settings.register_profile(
    "the same examples every time", derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
if os.environ.get("CI"):
    settings.load_profile("the same examples every time")


MANY, VERY_MANY = 4, 12
"""Cases of one test, of which every third, or every fourth, is run unless the larger suite was asked for."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """mypy and its like are begun first: at the end everybody would wait for them."""
    items.sort(key=lambda item: "test_a_tool_has_nothing_to_say" not in item.nodeid)
    if LARGE or any("[" in word or "::" in word for word in config.args):
        return
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    left_out = [
        item
        for name, alike in cases.items()
        if len(alike) > MANY and "test_code.py" not in name
        for place, item in enumerate(alike)
        if place % (4 if len(alike) > VERY_MANY else 3)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


TODAY = "2026-11-21T10:00:00+00:00"
REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


class Screen(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


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
Fill = Callable[[Run], None]
Prepare = Callable[[Fill], Run]


@pytest.fixture(autouse=True)
def a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Points every folder of the user's at a temporary one, and fails loudly if a test touched the real ones."""
    real = [Path.home() / folder / "pipeline" for folder in (".config", ".cache", ".local/share", ".local/state")]
    before = [folder.exists() for folder in real]
    home = tmp_path_factory.mktemp("home")
    _only_these_variables(monkeypatch, home)
    yield home
    assert [folder.exists() for folder in real] == before, "a test touched the real folders of the user"


def _only_these_variables(patch: pytest.MonkeyPatch, home: Path) -> None:
    """What the program heeds of its environment."""
    patch.setenv("HOME", str(home))
    for variable in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        patch.delenv(variable, raising=False)
    for variable in [name for name in os.environ if name.startswith("PIPELINE_")]:
        patch.delenv(variable)
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        patch.delenv(variable, raising=False)
    patch.setenv("TZ", "UTC")
    patch.setenv("LANG", "C.UTF-8")
    patch.delenv("LC_ALL", raising=False)
    patch.setenv("PIPELINE_TODAY", TODAY)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which the program is run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command in the folder: `run("add", "Acme: workshop", today="2026-11-01")`."""

    def run_command(*arguments: str, today: str | None = None, typed: str = "", terminal: bool = False) -> Result:
        kind = Screen if terminal else io.TextIOWrapper
        out, err = kind(io.BytesIO(), "utf-8", newline=""), io.TextIOWrapper(io.BytesIO(), "utf-8")
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


class Begun(NamedTuple):
    """What `pipeline init` makes: a folder, and what it remembers in a home."""

    folder: Path
    home: Path


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    """Made once for all tests, which work on a copy each: thousands of them begin with it."""
    folder, home = tmp_path_factory.mktemp("begun"), tmp_path_factory.mktemp("begun-home")
    with pytest.MonkeyPatch.context() as patch:
        _only_these_variables(patch, home)
        patch.setattr(sys, "stdin", io.StringIO())
        patch.chdir(folder)
        assert main(["init"]) == 0
    return Begun(folder, home)


@pytest.fixture
def pipeline(begun: Begun, folder: Path, a_home_of_its_own: Path, run: Run) -> Run:
    """The same, in a folder with the default pipeline.yaml and an empty record."""
    shutil.copytree(begun.home, a_home_of_its_own, dirs_exist_ok=True)
    shutil.copytree(begun.folder, folder, dirs_exist_ok=True)
    return run


@pytest.fixture(scope="session")
def prepared() -> dict[Fill, Path]:
    """What `prepare` made so far."""
    return {}


@pytest.fixture
def prepare(
    pipeline: Run, folder: Path, tmp_path_factory: pytest.TempPathFactory, prepared: dict[Fill, Path]
) -> Prepare:
    """Fills a record once for all tests, which work on a copy each: `prepare(a_week)`."""

    def prepare_record(fill: Fill) -> Run:
        if fill in prepared:
            shutil.copytree(prepared[fill], folder, dirs_exist_ok=True)
        else:
            fill(pipeline)
            prepared[fill] = Path(shutil.copytree(folder, tmp_path_factory.mktemp("prepared") / "folder"))
        return pipeline

    return prepare_record


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data is not beside this checkout (../shared/data)")
    return SHARED_DATA


class RealRecord(NamedTuple):
    """A set of the real data, imported as a person would, and the instant it was cut at."""

    folder: Path
    today: str


@pytest.fixture(scope="session")
def real_record(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RealRecord]:
    """Imports a set once for all tests, which only read it: `real_record("bank")`."""
    made: dict[str, RealRecord] = {}
    is_alone = "PYTEST_XDIST_WORKER" not in os.environ
    common = tmp_path_factory.getbasetemp() if is_alone else tmp_path_factory.getbasetemp().parent

    def make(name: str) -> RealRecord:
        if not SHARED_DATA.is_dir():
            pytest.skip("the real data is not beside this checkout (../shared/data)")
        if name not in made:
            made[name] = _imported_once(common / f"real-{name}", SHARED_DATA / name)
        return made[name]

    return make


def _imported_once(folder: Path, source: Path) -> RealRecord:
    """By the first of the workers that asks; the others wait for it."""
    with (folder.with_suffix(".lock")).open("w") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "done").exists():
            return RealRecord(folder, _SETS[source.name][1])
        folder.mkdir(exist_ok=True)
        record = _import_set(folder, source)
        (folder / "done").touch()
        return record


def _import_set(folder: Path, source: Path) -> RealRecord:
    files, today = _SETS[source.name]
    rules = source / "pipeline.yaml"
    if rules.is_file():
        (folder / "pipeline.yaml").write_bytes(rules.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPELINE_TODAY", today)
        for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            patch.setenv(variable, str(folder / "home"))
        patch.chdir(folder)
        if not rules.is_file():
            assert main(["init"]) == 0
        for arguments in files:
            assert main(["import", *(str(source / one) if one.endswith(".csv") else one for one in arguments)]) == 0
    return RealRecord(folder, today)


_WITH_HISTORY = ["deals.csv", "--moves", "stage_history.csv", "--touchpoints", "touches.csv"]
_SETS: dict[str, tuple[list[list[str]], str]] = {
    "bank": ([_WITH_HISTORY], "2011-12-31T23:59:59.999Z"),
    "leads1k": ([_WITH_HISTORY], "2025-06-30T23:59:59.999Z"),
    "leads10k": ([_WITH_HISTORY], "2025-06-30T23:59:59.999Z"),
    "maven": ([["sales_pipeline.csv"]], "2017-12-31"),
    "olist": (
        [["olist_marketing_qualified_leads_dataset.csv"], ["olist_closed_deals_dataset.csv"]],
        "2018-12-31",
    ),
}
