"""A folder or a file that may not be written to: reading works, writing says so and changes nothing, init makes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, TODAY, Run

AS_OTHERS_ARE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""No permission stops the superuser: this takes that power from the program."""


@pytest.fixture
def place(pipeline: Run, folder: Path) -> Iterator[Path]:
    """A record in a folder of its own, whose permissions hold."""
    if AS_OTHERS_ARE and (
        shutil.which("setpriv") is None or subprocess.run([*AS_OTHERS_ARE, "true"], check=False).returncode
    ):
        pytest.skip("NOT TESTED: no permission stops the superuser, and setpriv is not here to change that")
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")
    (folder / "more.csv").write_text("deal_id,title,value\na,Delta,5\nb,Bad,-1\n")
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        for name in ("pipeline.yaml", "pipeline.db", "more.csv"):
            shutil.copy(folder / name, place / name)
        yield place
        place.chmod(0o755)


_DRIVER = """
import contextlib, io, json, sys
from pipeline_cli.cli import main
ends = []
for words in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")), \\
         contextlib.redirect_stderr(io.TextIOWrapper(io.BytesIO(), "utf-8")) as said:
        code = main(words)
        said.flush()
    ends.append([code, said.buffer.getvalue().decode()])
print(json.dumps(ends))
"""


def each_as_others_are(place: Path, *lines: str) -> list[tuple[str, int, str]]:
    """Each line with its exit code and what it said, one after the other."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nowhere",
        "PYTHONPATH": str(REPOSITORY),
        "PIPELINE_TODAY": TODAY,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [*AS_OTHERS_ARE, sys.executable, "-c", _DRIVER],
        input=json.dumps([line.split() for line in lines]),
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [(line, code, said) for line, (code, said) in zip(lines, json.loads(done.stdout), strict=True)]


READING = ("list", "show 1", "today", "health --json", "check", "history", "export deals")
WRITING = (
    "add Beta",
    "note 1 hi",
    "advance 1 --force --reason r",
    "undo",
    "import more.csv --skip-bad",
    "contact opt-out c1",
    "contact forget c1 --yes",
    "merge 1 1",
    "prune --yes --now",
)


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_record_that_may_not_be_written_to_is_read_and_left_as_it_is(place: Path, what: str) -> None:
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    protected = place if what == "folder" else place / "pipeline.db"
    protected.chmod(0o555 if what == "folder" else 0o444)
    for command, code, said in each_as_others_are(place, *READING, *WRITING):
        if command in READING:
            assert code == 0, (command, said)
            continue
        if command.startswith(("merge", "prune")) and code in (0, 2, 5):
            continue  # nothing that it could have written
        assert code in (3, 6), (command, code, said)
        assert "defect" not in said
        assert "Nothing was" in said or "nothing was" in said or "cannot be" in said, (command, said)
        assert "Logged" not in said
    protected.chmod(0o755 if what == "folder" else 0o600)
    left = {path.name: path.read_bytes() for path in place.iterdir() if path.name in before}
    assert left == before
    assert [code for _, code, _ in each_as_others_are(place, "add Beta")] == [0]


def test_a_record_without_permission_is_refused_by_every_kind_of_command(place: Path) -> None:
    before = (place / "pipeline.db").read_bytes()
    (place / "pipeline.db").chmod(0)
    for command, code, said in each_as_others_are(
        place,
        "list",
        "show 1",
        "health",
        "add Beta",
        "import more.csv --skip-bad",
        "undo",
        "check",
        "--db pipeline.db init",
    ):
        assert (code, "cannot be read (Permission denied)" in said) == (3, True), (command, said)
    assert (place / "pipeline.db").read_bytes() == before


def test_a_file_is_not_written_where_none_may_be(place: Path) -> None:
    assert [code for _, code, _ in each_as_others_are(place, "next 1 3d Call")] == [0]
    place.chmod(0o555)
    for command, code, said in each_as_others_are(
        place, "list -o deals.csv", "export all -o everything", "export calendar -o next.ics", "backup mine.db"
    ):
        assert code in (2, 3, 6), (command, said)
        assert "defect" not in said
    assert sorted(path.name for path in place.iterdir()) == ["more.csv", "pipeline.db", "pipeline.yaml"]


def test_init_in_a_folder_that_takes_no_file_makes_none(place: Path) -> None:
    for path in place.iterdir():
        path.unlink()
    place.chmod(0o555)
    [(_, code, said)] = each_as_others_are(place, "init")
    assert code in (3, 6), said
    assert "pipeline.yaml: permission denied: nothing was written." in said
    assert list(place.iterdir()) == []
