"""The scripts in the shells themselves, installed as a person would: bash, zsh and fish, those that are there."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Run

EVIL = "Acme $(touch gone)`touch gone`; touch gone '\"\\ [red]X"


@pytest.fixture
def shell(pipeline: Run, folder: Path, a_home_of_its_own: Path) -> Callable[..., str]:
    """`shell("fish", "commands")`: what it prints, in a home where completion was installed by that shell."""
    assert pipeline("add", EVIL).code == 0
    programs = a_home_of_its_own / "bin"
    programs.mkdir()
    (programs / "pipeline").write_text(f'#!/bin/sh\nexec {sys.executable} -m pipeline_cli "$@"\n')
    (programs / "pipeline").chmod(0o700)
    environ = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY), "TERM": "xterm"}

    def run_shell(name: str, commands: str) -> str:
        if shutil.which(name) is None:
            pytest.skip(f"there is no {name}")
        own = environ | {"SHELL": f"/bin/{name}"}
        installed = [name, "-c", "pipeline --install-completion; true"]
        subprocess.run(installed, env=own, check=True, capture_output=True)
        done = subprocess.run([name, "-c", commands], env=own, capture_output=True, text=True, check=False)
        assert not (folder / "gone").exists(), "a title was run as a command"
        return done.stdout + done.stderr

    return run_shell


BASH = """\
source ~/.bashrc
COMP_LINE='{0}'; COMP_POINT=${{#COMP_LINE}}
_pipeline_completion pipeline
printf '%s\\n' "${{COMPREPLY[@]}}"
eval "echo ${{COMPREPLY[0]}}" # as the line is run when Enter follows
"""


def test_bash(shell: Callable[..., str]) -> None:
    assert shell("bash", BASH.format("pipeline adv")) == "advance\nadvance\n"
    assert shell("bash", BASH.format("pipeline advance 1 --to prop")) == "proposal\nproposal\n"
    assert shell("bash", BASH.format("pipeline show ac")).endswith(f"\n{EVIL}\n")
    assert "-F _pipeline_completion pipeline" in shell("bash", "source ~/.bashrc; complete -p pipeline")


def test_fish(shell: Callable[..., str]) -> None:
    assert shell("fish", "complete -C 'pipeline advance 1 --to prop'") == "proposal\tProposal\n"
    assert shell("fish", "complete -C 'pipeline show ac'") == f"{EVIL}\t1\n"
    assert "pipeline.yaml" in shell("fish", "complete -C 'pipeline --config pipe'"), "files, where a file is named"


def test_zsh(shell: Callable[..., str], a_home_of_its_own: Path) -> None:
    """In a terminal, since zsh completes nowhere else; the deal is taken by Tab, and Enter shows it."""
    assert "_pipeline" in shell("zsh", "source ~/.zshrc 2>/dev/null; whence -w _pipeline")

    assert typed_in_zsh(a_home_of_its_own, "pipeline advance 1 --to prop\t", "proposal")
    assert typed_in_zsh(a_home_of_its_own, "pipeline show ac\t\n", "To leave Prospecting")
    assert not Path("gone").exists()


def typed_in_zsh(home: Path, keys: str, expected: str) -> bool:
    """Whether it appears within a minute."""
    import pty

    environ = os.environ | {
        "HOME": str(home),
        "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
        "TERM": "xterm",
        "PS1": "READY ",
    }
    environ |= {"PYTHONPATH": str(REPOSITORY)}
    number, terminal = pty.fork()
    if number == 0:
        os.execvpe("zsh", ["zsh", "-i"], environ)  # noqa: S606 - a shell is what is tested
    try:
        return wait_for(terminal, "READY") and bool(os.write(terminal, keys.encode())) and wait_for(terminal, expected)
    finally:
        os.kill(number, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(number, 0)


def wait_for(terminal: int, text: str) -> bool:
    shown = b""
    while text.encode() not in shown:
        if not select.select([terminal], [], [], 60)[0]:
            return False
        try:
            shown += os.read(terminal, 65536)
        except OSError:
            return False
    return True
