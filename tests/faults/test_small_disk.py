"""A small disk that is full, and a limit on the size of files: all of a command or none of it, and it says which."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY, Run
from tests.faults.scene import COMMANDS, rows
from tests.large import LARGE

FORGET = ("contact", "forget", "c1", "--yes")
ROOMS = range(0, 400, 4) if LARGE else (0, 12, 100)
"""Kibibytes left on the disk."""

_DRIVER = """
import io, json, os, shutil, sys
from pathlib import Path
from pipeline_cli.cli import main
from tests.faults.scene import rows

disk, start, commands, rooms = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4])

def fill(room):
    with open(disk / "filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            filler.truncate(max(0, filler.tell() - room * 1024))

def run(arguments):
    sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
    code = main(arguments)
    return code, sys.stderr.getvalue() + sys.stdout.getvalue()

results = []
for command in commands:
    for room in [None, *rooms]:
        folder = disk / "work"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(start, folder)
        os.chdir(folder)
        before = rows(folder)
        if room is not None:
            fill(room)
        code, said = run(command)
        (disk / "filler").unlink(missing_ok=True)
        left = rows(folder)
        if room is None:
            after = left
        else:
            state = "before" if left == before else "after" if left == after else "between"
            others = sorted(set(os.listdir(folder)) - set(os.listdir(start)))
            again = [run(["check"]), run(["add", "Afterwards"])]
            results.append([command[0], room, code, said, state, others, again])
        os.chdir("/")
sys.__stdout__.write(json.dumps(results))
"""


@pytest.fixture
def start(pipeline: Run, folder: Path) -> Path:
    """A small record with something for each command to do."""
    pipeline("add", "Acme", "--contact", "Bob <bob@acme.example>", today="2026-01-05")
    pipeline("add", "Beta", "--value", "5000", today="2026-01-05")
    pipeline("add", "Fresh", "--value", "700", today="2026-11-20")
    pipeline("note", "1", "Bob likes tea. " * 1500)
    assert pipeline("add", "Last").code == 0
    start = folder / "start"
    start.mkdir()
    (start / "more.csv").write_text(
        "deal_id,title,value\n" + "".join(f"{n},Deal {n} {'x' * 900},5\n" for n in range(300))
    )
    for name in ("pipeline.yaml", "pipeline.db"):
        (folder / name).rename(start / name)
    return start


def on_a_small_disk(folder: Path, start: Path) -> list[list[Any]]:
    """What became of each command with each room left, on a disk of 3 MB in a name space of its own."""
    if shutil.which("unshare") is None:
        pytest.skip("NOT TESTED: there is no unshare here, so no small disk can be made")
    disk = folder / "disk"
    disk.mkdir()
    mount = 'mount -t tmpfs -o size=3m tmpfs "$1" && shift && exec "$@"'
    trial = subprocess.run(["unshare", "-rm", "sh", "-c", mount, "sh", disk, "true"], capture_output=True, check=False)
    if trial.returncode:
        pytest.skip("NOT TESTED: nothing may be mounted here, so no small disk can be made")
    commands = json.dumps([*COMMANDS.values(), FORGET])
    done = subprocess.run(
        [
            "unshare",
            "-rm",
            "sh",
            "-c",
            mount,
            "sh",
            disk,
            sys.executable,
            "-c",
            _DRIVER,
            disk,
            start,
            commands,
            json.dumps([*ROOMS]),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: list[list[Any]] = json.loads(done.stdout)
    return results


def test_a_command_on_a_full_disk_is_done_whole_or_not_at_all_and_says_so(folder: Path, start: Path) -> None:
    ends = set()
    for command, room, code, said, state, others, again in on_a_small_disk(folder, start):
        where = (command, room, code, said, state, others)
        assert code in (0, 6, 7), where
        assert state == ("before" if code == 6 else "after"), where
        assert ("Nothing was changed" in said or "Nothing was" in said) == (code == 6), where
        assert {"pipeline.db.key", "backups", "last-chances"}.issuperset(others), where
        assert [one[0] for one in again] == [0, 0], (where, again)
        ends.add((command, code))
    assert {(name, 6) for name in (*COMMANDS, "contact")} <= ends
    assert ("add", 0) in ends


def test_files_that_may_not_grow_are_like_a_full_disk(folder: Path, start: Path, run: Run) -> None:
    size = -(-(start / "pipeline.db").stat().st_size // 1024)
    for limit in (1, 4, size, size + 4, size + 40):
        place = Path(shutil.copytree(start, folder / str(limit)))
        command = f'ulimit -f {limit} && exec "{sys.executable}" -m pipeline_cli import more.csv'
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 6, (limit, done.stderr)
        assert "Nothing was changed" in done.stderr
        assert rows(place) == rows(start)
        assert run("--config", str(place / "pipeline.yaml"), "import", str(place / "more.csv")).code == 0


def test_files_of_an_export_that_may_not_grow_are_whole_or_not_there(folder: Path, start: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f 1 && exec "{sys.executable}" -m pipeline_cli export all -o files'],
        cwd=start,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 6, done.stderr
    there = sorted(path.name for path in (start / "files").iterdir())
    assert [name for name in there if name.startswith(".")] == []
    assert (
        sorted(line.split("/")[-1].rstrip(".") for line in done.stderr.splitlines() if line.startswith("Wrote"))
        == there
    )
