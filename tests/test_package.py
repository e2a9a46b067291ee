"""What is installed works anywhere: the templates and the sample data travel inside the wheel."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, REPOSITORY],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_template_and_the_sample_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    for template in ("services", "saas", "ecommerce", "aida", "radar", "classic", "full"):
        assert f"pipeline_cli/config/templates/{template}.yaml" in names
    for table in ("deals", "moves", "touchpoints", "contacts"):
        assert f"pipeline_cli/sample_data/{table}.csv" in names
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


def test_demo_and_init_work_from_a_wheel_installed_elsewhere(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "TMPDIR": str(tmp_path)}
    run = [
        sys.executable,
        "-P",
        "-c",
        "import sys, pipeline_cli.cli as c; print(c.__file__, file=sys.stderr);sys.exit(c.main(sys.argv[1:]))",
    ]

    demo = subprocess.run([*run, "demo"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    init = subprocess.run([*run, "init"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert str(tmp_path / "site") in demo.stderr, "the wheel was not what ran"
    assert (demo.returncode, init.returncode) == (0, 0), demo.stderr + init.stderr
    assert "Prune plan" in demo.stdout
    assert (tmp_path / "pipeline.yaml").is_file()
    assert (tmp_path / "pipeline.db").is_file()
