"""Strange surroundings: full streams, links, pipes, no home; the exit code stays true and nothing hangs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Result, Run
from tests.safety.hostile import HOSTILE, READING, put_everywhere


def run_alone(*arguments: str, before: str = "", **streams: int) -> Result:
    """In a process of its own, which ends within half a minute or fails the test."""
    code = f"import sys\n{before}\nfrom pipeline_cli.__main__ import run\nrun()"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=streams.get("stdout", subprocess.PIPE),
        stderr=streams.get("stderr", subprocess.PIPE),
        text=True,
        timeout=30,
        check=False,
    )
    return Result(done.returncode, done.stdout or "", done.stderr or "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NOT TESTED: there is no /dev/full")
@pytest.mark.parametrize("full", [("stdout",), ("stderr",), ("stdout", "stderr")])
def test_a_change_that_could_not_be_told_of_is_saved_and_says_so(pipeline: Run, full: tuple[str, ...]) -> None:
    stream = os.open("/dev/full", os.O_WRONLY)
    done = run_alone("add", "Acme", **dict.fromkeys(full, stream))
    os.close(stream)

    assert done.code in (7, 8)
    assert [row["title"] for row in pipeline("list", "--json").rows] == ["Acme"]


@pytest.mark.parametrize("command", [("add", "Acme"), ("init",), ("list",), ("restore", "copy.db", "--yes")])
def test_no_database_is_made_through_a_link_that_leads_nowhere(
    pipeline: Run, folder: Path, command: tuple[str, ...]
) -> None:
    pipeline("backup", "copy.db")
    (folder / "pipeline.db").unlink()
    (folder / "pipeline.db").symlink_to("elsewhere.db")

    assert pipeline(*command).code in ((3, 5) if command == ("init",) else (3,))
    assert not (folder / "elsewhere.db").exists()


@pytest.mark.parametrize(
    "what", ["pipeline.db-journal", "pipeline.db-wal", "pipeline.db.key", "last-chances/1-2026-11-28.eml"]
)
def test_a_pipe_in_place_of_a_file_is_refused_and_holds_nobody_up(pipeline: Run, folder: Path, what: str) -> None:
    pipeline("add", "Acme", "--contact", "ann@acme.example", today="2026-09-01")
    pipeline("contact", "opt-out", "someone@acme.example")
    place = folder / what
    place.unlink(missing_ok=True)
    place.parent.mkdir(exist_ok=True)
    os.mkfifo(place)
    command = ("prune", "--yes") if "eml" in what else ("add", "Borg", "--contact", "b@borg.example")

    assert run_alone(*command).code == 3
    place.unlink()
    assert pipeline("note", "1", "free").code == 0, "no lock is held"
    assert len(pipeline("list", "--json").rows) == 1


NOBODY = """
import os, pwd
os.environ.pop("HOME", None)
def nobody(*_):
    raise KeyError("there is no such user")
pwd.getpwuid = pwd.getpwnam = nobody
"""


@pytest.mark.parametrize("command", [("list",), ("add", "Acme"), ("today", "--count"), ("list", "-o", "~/x.csv")])
def test_without_a_home_and_a_name_it_works_as_in_a_container(pipeline: Run, command: tuple[str, ...]) -> None:
    done = run_alone(*command, before=NOBODY)

    assert "defect" not in done.err
    assert done.code == (2 if "-o" in command else 0)


@pytest.mark.parametrize("said", ["bash_sourc", "bassh", "_", "x_y_z", "source_csh"])
def test_a_mistyped_completion_variable_is_told(pipeline: Run, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("_PIPELINE_COMPLETE", said)
    done = pipeline("list")

    assert (done.code, done.out) == (2, "")
    assert done.err == f"_PIPELINE_COMPLETE={said}: is no shell that is known: bash, zsh or fish.\n"


def test_a_line_break_in_a_stored_text_makes_no_line_of_a_message(pipeline: Run, folder: Path) -> None:
    forged = "Acme\nAdded 99: Forged"
    results = put_everywhere(pipeline, forged, folder)
    results += [pipeline(*line.split()) for line in READING if not line.startswith("export")]
    results += [pipeline("show", "Acme"), pipeline("win", "3"), pipeline("contact", "edit", "Cid", "--name", forged)]

    for result in results:
        assert not [line for line in (result.out + result.err).splitlines() if line.startswith("Added 99")], result


def test_machines_still_get_the_line_break(pipeline: Run) -> None:
    pipeline("add", HOSTILE["lines"], "--org", "a\nb")

    assert pipeline("list", "--json").rows[0]["organization"] == "a\nb"
