"""`pipeline demo`: its folder is there for whoever was told of it, and for nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY


def demo(folder: Path, stdout: int) -> subprocess.CompletedProcess[bytes]:
    """In a process of its own, with temporary files in the folder."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TMPDIR": str(folder)}
    program = [sys.executable, "-m", "pipeline_cli", "demo"]
    return subprocess.run(program, env=environment, stdout=stdout, stderr=subprocess.PIPE, check=False)


def test_the_files_are_where_it_says(folder: Path) -> None:
    shown = demo(folder, subprocess.PIPE).stdout.decode()

    [made] = folder.iterdir()
    assert f"The files are in {made}." in shown
    assert sorted(path.name for path in made.iterdir()) == ["pipeline.db", "pipeline.yaml"]


def test_a_demo_that_nobody_reads_to_its_end_leaves_no_files(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert b"defect" not in demo(folder, writing).stderr
    finally:
        os.close(writing)

    assert list(folder.iterdir()) == []


def test_what_it_prints_at_the_end_can_be_typed(folder: Path) -> None:
    """Called as a module, from a checkout, by somebody who has no command `pipeline`."""
    environment = {**os.environ, "PATH": "/usr/bin:/bin", "TMPDIR": str(folder)}
    del environment["PIPELINE_TODAY"]
    environment.pop("PYTHONPATH", None)
    program = [sys.executable, "-m", "pipeline_cli", "demo"]
    shown = subprocess.run(program, env=environment, cwd=REPOSITORY, capture_output=True, check=True).stdout.decode()

    typed = [line.strip() for line in shown.splitlines()[-3:]]
    done = subprocess.run(["sh", "-ec", "\n".join(typed)], env=environment, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr
    assert typed[1].endswith("-m pipeline_cli today")
