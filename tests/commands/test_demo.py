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
