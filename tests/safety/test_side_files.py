"""No side file stays: what a kill or a closed terminal leaves unfinished is gone with the next command, and what another
command is at work on is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_cli.on_disk import clear_dead, drop_notes, noted, passing_name, unfinished_elsewhere
from tests.conftest import REPOSITORY, Run

SLOW = """\
import os, sys, time
import pipeline_cli.storage.safekeeping.copying as copying
import pipeline_cli.output.files as files
def wait(*_):
    print("ready", flush=True)
    time.sleep(60)
copying._sync = wait
files.give_name = wait
files.sync_folder = wait
from pipeline_cli.cli import main
sys.exit(main(sys.argv[1:]))
"""


def begun(*arguments: str) -> subprocess.Popen[str]:
    """A command that stops for a minute when its file is whole and has no name yet."""
    running = subprocess.Popen(
        [sys.executable, "-c", SLOW, *arguments],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout is not None
    while running.stdout.readline().strip() != "ready":
        pass
    return running


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob(".*") if path.suffix in (".new", ".tmp"))


@pytest.mark.parametrize("sign", [signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("command", [("backup", "copies/copy.db"), ("export", "deals", "-o", "copies/deals.csv")])
def test_what_a_kill_leaves_is_gone_with_the_next_command(
    pipeline: Run, folder: Path, command: tuple[str, ...], sign: signal.Signals
) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")
    (folder / "copies").mkdir()
    running = begun(*command)
    assert left_in(folder / "copies")
    running.send_signal(sign)
    running.communicate()
    assert left_in(folder / "copies"), "the kill left it"

    assert pipeline("list").code == 0
    assert left_in(folder / "copies") == []


def test_what_is_being_written_is_left_alone_and_named_by_forget(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>")
    running = begun("export", "contacts", "-o", "people.csv")
    try:
        pipeline("list")
        assert len(left_in(folder)) == 1
        said = pipeline("contact", "forget", "c1", "--yes").err
        assert left_in(folder)[0] in said
    finally:
        running.kill()
        running.communicate()


def test_a_text_that_was_open_in_an_editor_is_gone_with_the_next_command(
    pipeline: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
    code = (
        "from pipeline_cli.commands.editor import private_copy\nimport os\n"
        "with private_copy('deal.txt', b'Ann Lee') as copy:\n    print(copy, flush=True)\n    os.kill(os.getpid(), 1)\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    copy = Path(done.stdout.strip())
    assert copy.read_bytes() == b"Ann Lee"

    assert pipeline("list").code == 0
    assert not copy.parent.exists()


def test_a_note_is_no_way_to_have_another_file_removed(folder: Path, a_home_of_its_own: Path) -> None:
    (folder / "precious.txt").write_text("mine")
    (folder / ".x.0123456789ab.new").symlink_to("precious.txt")
    notes = a_home_of_its_own / ".cache/pipeline/unfinished"
    notes.mkdir(parents=True)
    for number, name in enumerate(("precious.txt", ".x.0123456789ab.new", "nothing", "")):
        (notes / str(number)).write_text(str(folder / name))
    clear_dead()

    assert (folder / "precious.txt").read_text() == "mine"
    assert list(notes.iterdir()) == []


def test_without_a_home_nothing_is_noted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    assert passing_name(folder / "a.db").parent == folder
    assert unfinished_elsewhere() == []
    drop_notes()


def test_one_process_s_own_files_are_not_dead(folder: Path) -> None:
    path = noted(folder / ".a.0123456789ab.new")
    path.touch()
    clear_dead()
    assert path.exists()
    path.unlink()
    drop_notes()


def test_restores_at_once_do_not_take_each_other_s_copies(pipeline: Run, folder: Path) -> None:
    for number in range(30):
        pipeline("add", f"Deal {number}")
    pipeline("backup", "copy.db")
    environ = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    words = [sys.executable, "-m", "pipeline_cli", "restore", "copy.db", "--yes"]
    for _ in range(3):
        several = [
            subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        ends = [(running.communicate()[1], running.returncode) for running in several]
        assert {code for _, code in ends} <= {0, 6}, ends
        assert 0 in {code for _, code in ends}
    assert left_in(folder) == []
