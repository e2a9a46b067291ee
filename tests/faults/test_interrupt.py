"""Ctrl-C at any write, sync or unlink: 130 and nothing was changed, or 0 and all was; files already made are named."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.faults.scene import Rows, Scene, rows
from tests.faults.strike import Attempt, need_strikes, strike
from tests.large import LARGE

NOTHING = "Interrupted: nothing was changed.\n"
CALLS = pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "unlink", "write"])


def said_truly(folder: Path, code: int, before: Rows, after: Rows) -> bool:
    """Whether it was interrupted; what it left and what it said agree with its exit code."""
    err = (folder / "err").read_text()
    assert code in (0, 130), err
    assert rows(folder) == (after if code == 0 else before), (code, err)
    backups = list((folder / "backups").glob("*.db"))
    truth = f"Interrupted: {backups[0]} was written, nothing else was changed.\n" if backups else NOTHING
    assert err.endswith(truth) == (code == 130), err
    return code == 130


@CALLS
def test_an_interrupted_command_changed_nothing_or_was_done_already(call: str, scene: Scene) -> None:
    interrupted: dict[str, set[bool]] = {"add": set(), "prune": set()}
    # Interrupts are taken between two steps of Python: several writes in a row are one place to it.
    every = 1 if LARGE or call != "pwrite64" else 6
    for one in scene.strike_everywhere(call, "signal=INT", interrupted, every):
        interrupted[one.command].add(said_truly(one.folder, one.code, one.before, one.after))
    # What comes after the commit has begun comes too late; prune writes a backup and its plan first.
    assert interrupted["add"] == ({False, True} if call == "pwrite64" else {False})
    assert {False} < interrupted["prune"] or call in ("fdatasync", "unlink")
    assert False in interrupted["prune"]


@pytest.fixture
def long_import(pipeline: Run, folder: Path) -> Path:
    """A folder with a file of two thousand deals, more than SQLite's cache keeps from the disk until the commit."""
    need_strikes()
    start = folder / "start"
    start.mkdir()
    lines = [f"{n},Deal {n} {'x' * 2000},{n}" for n in range(2000)]
    (start / "many.csv").write_text("\n".join(["deal_id,title,value", *lines, "2000,Bad,-1", ""]))
    for name in ("pipeline.yaml", "pipeline.db"):
        (folder / name).rename(start / name)
    return start


PLACES = {"pwrite64": (1, 20, 600, 2000), "fdatasync": (1, 3), "unlink": (1, 2), "write": (1, 2, 3)}
"""Of some thousand writes, one like the other, these."""


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
@CALLS
def test_an_interrupted_import_of_thousands_of_rows_is_whole_or_nothing(
    call: str, long_import: Path, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("import", "many.csv", "--skip-bad")
    whole = Path(shutil.copytree(long_import, folder / "whole"))
    monkeypatch.chdir(whole)
    assert run(*command).code == 0
    before, after = rows(long_import), rows(whole)
    attempts = [Attempt(Path(shutil.copytree(long_import, folder / str(n))), command, n) for n in PLACES[call]]
    interrupted = set()
    for attempt, code in zip(attempts, strike(attempts, call, "signal=INT"), strict=True):
        rejected = (attempt.folder / "many.rejected.csv").exists()
        if rejected and code == 130:
            err = (attempt.folder / "err").read_text()
            assert err.endswith("many.rejected.csv was written, nothing else was changed.\n"), err
            assert rows(attempt.folder) == before
        else:
            interrupted.add(said_truly(attempt.folder, code, before, after))
            assert rejected == (code == 0)
    assert (True in interrupted) == (call != "unlink"), "before the first unlink the bad rows are written already"


def struck(folder: Path, start: Path | None, command: tuple[str, ...]) -> Iterator[tuple[int, str, Path]]:
    """Code, words and folder of a command that was interrupted at each call that makes a file last."""
    for call in ("write", "pwrite64", "fsync", "fdatasync", "link", "unlink"):
        attempts = []
        for number in range(1, 9):
            place = folder / f"{call}-{number}"
            if start is None:
                place.mkdir()
            else:
                shutil.copytree(start, place)
            attempts.append(Attempt(place, command, number))
        for attempt, code in zip(attempts, strike(attempts, call, "signal=INT"), strict=True):
            yield code, (attempt.folder / "err").read_text(), attempt.folder


def test_an_interrupted_init_names_the_files_that_are_there(folder: Path, run: Run, pipeline: Run) -> None:
    need_strikes()
    ends = set()
    for code, said, place in struck(folder, None, ("init",)):
        there = [name for name in ("pipeline.yaml", "pipeline.db") if (place / name).exists()]
        ends.add((code, len(there)))
        if code == 130:
            last = said.splitlines()[-1]
            names = " and ".join(str(place / name) for name in there)
            verb = "was" if len(there) == 1 else "were"
            assert last == (
                f"Interrupted: {names} {verb} written, nothing else was changed." if there else NOTHING.strip()
            )
        else:
            assert (code, len(there)) == (0, 2), said
        left = {path.name for path in place.iterdir()} - {"out", "err", *there}
        assert left == set(), "nothing half made is left"
    assert {(0, 2), (130, 0), (130, 1), (130, 2)} <= ends


def test_an_interrupted_report_names_the_file_that_is_there(folder: Path, pipeline: Run) -> None:
    need_strikes()
    pipeline("add", "Acme")
    start = folder / "start"
    start.mkdir()
    for name in ("pipeline.yaml", "pipeline.db"):
        (folder / name).rename(start / name)
    ends = set()
    for code, said, place in struck(folder, start, ("list", "-o", "deals.csv")):
        there = (place / "deals.csv").exists()
        ends.add((code, there))
        if code == 130:
            named = said.endswith("Interrupted: deals.csv was written, nothing else was changed.\n")
            assert (named, said.endswith(NOTHING)) == (there, not there), said
        else:
            assert (code, there) == (0, True), said
    assert {(0, True), (130, False), (130, True)} <= ends
