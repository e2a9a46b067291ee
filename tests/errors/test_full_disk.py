"""An answer that cannot be written is said to be so, and not taken for a defect."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_answer_onto_a_full_disk_ends_with_8_and_names_the_history(pipeline: Run, folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline_cli", "add", "Acme: workshop"],
            cwd=folder,
            env={**os.environ},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 8
    assert "What was to change is saved if `pipeline history` lists it." in done.stderr
    assert "defect" not in done.stderr
    assert [row["title"] for row in pipeline("list", "--json").rows] == ["Acme: workshop"]
