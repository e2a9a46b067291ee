"""Files of any size and shape: bounded memory, time that grows with the file, and a true message."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Run

ROOM = 400 << 20
"""Bytes of address space: Python and its libraries take half of it."""


def imported_in_little_room(name: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline_cli", "import", name],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM)),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("begin", "piece", "count", "end", "said"),
    [
        ("title,", "column,", 9_000_000, "\n", "big.csv:1: the line has more than 16,777,216 characters"),
        ("title\n", "Acme " * 2000, 30_000, "\n", "big.csv:2: the line has more than 16,777,216 characters"),
        ("", "\n" * 100, 50_000, "", "there is no header row"),
    ],
)
def test_a_line_without_an_end_is_refused_in_little_memory(
    pipeline: Run, folder: Path, begin: str, piece: str, count: int, end: str, said: str
) -> None:
    with (folder / "big.csv").open("w") as file:
        file.write(begin)
        for _ in range(count // 1000):
            file.write(piece * 1000)
        file.write(end)
    code, told = imported_in_little_room("big.csv")

    assert (code, said in told) == (5, True), told


def test_too_many_columns_are_refused_at_once(pipeline: Run, folder: Path) -> None:
    names = ",".join(f"c{number}" for number in range(100_000))
    (folder / "wide.csv").write_text(f"title,{names}\nAcme,{names}\n")
    begun = time.monotonic()
    done = pipeline("import", "wide.csv")

    assert (done.code, "there are 100,001 columns, and 20,000 are taken at most" in done.err) == (5, True)
    assert time.monotonic() - begun < 20


def test_time_grows_with_the_columns_and_not_faster() -> None:
    from pipeline_cli.domain.words.presets import repeated_names

    def seconds(count: int) -> float:
        names = [f"c{number}" for number in range(count)]
        begun = time.process_time()
        assert repeated_names([*names, "C1"]) == ["C1"]
        return time.process_time() - begun

    assert seconds(200_000) < 2, "it took minutes"
