"""Tab inserts words as data: no title becomes the name of a file, a command, or an earlier line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_cli.cli import build_app
from pipeline_cli.completion.complete import answer_shell
from pipeline_cli.completion.scripts import BASH
from tests.conftest import REPOSITORY, Run

SCRIPT = """\
cd {folder}
source completion.bash
COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}
_pipeline_completion pipeline
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def completed_by_bash(line: str, folder: Path, home: Path) -> list[str]:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    programs = home / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "pipeline").write_text(f'#!/bin/sh\nexec {sys.executable} -m pipeline_cli "$@"\n')
    (programs / "pipeline").chmod(0o700)
    (folder / "completion.bash").write_text(BASH)
    environ = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(REPOSITORY)}
    words = ["bash", "-c", SCRIPT.format(folder=folder, line=line)]
    return subprocess.run(words, env=environ, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "word"),
    [('pipeline show "Ac', "Acme *"), ("pipeline show Ac", r"Acme\ \*"), ('pipeline show "Acme *', "Acme *")],
)
def test_a_title_with_a_star_does_not_become_the_file_beside_it(
    pipeline: Run, folder: Path, a_home_of_its_own: Path, line: str, word: str
) -> None:
    pipeline("add", "Acme *")
    (folder / "Acme $(touch PWNG)").touch()
    (folder / r"Acme\ \$(touch PWNG)").touch()

    assert completed_by_bash(line, folder, a_home_of_its_own) == [word]


def offered(line: str, shell: str) -> list[str]:
    found = answer_shell(shell, build_app(), {**os.environ, "_PIPELINE_LINE": line}).splitlines()
    return [one.partition("\t")[0] for one in found]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_an_exclamation_mark_calls_no_earlier_line_back(pipeline: Run, shell: str) -> None:
    pipeline("add", "Acme !rm")

    assert offered('pipeline show "Ac', shell) == []
    assert offered("pipeline show 'Ac", shell) == ["Acme !rm"]
    assert offered("pipeline show Ac", shell) == [r"Acme\ \!rm" if shell == "bash" else "Acme !rm"]


def test_nor_when_several_have_a_beginning_that_only_quotes_can_hold(pipeline: Run) -> None:
    pipeline("add", "Acme's *")
    pipeline("add", "Acme's !rm")

    found = offered("pipeline show Ac", "bash")
    assert found
    assert not any(one.startswith('"') and "!" in one for one in found)
