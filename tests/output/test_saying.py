"""What is said on stderr is whole in a pipe, and in a terminal broken at spaces but never inside a command."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pipeline_cli.output.conversation import say
from pipeline_cli.output.text import wrap
from tests.conftest import Run
from tests.terminal import Terminal


def test_in_a_pipe_nothing_is_broken_and_control_characters_are_visible() -> None:
    stream = io.StringIO()

    say("x " * 200 + "\x1b[2J\nsecond", stream)

    assert stream.getvalue() == "x " * 200 + "\\x1b[2J\nsecond\n"


@pytest.mark.parametrize(
    "line",
    [
        '      pipeline qualify 1 --set metrics=yes --set pain=yes --evidence pain="how you know"',
        'Or go on without, which stays visible: pipeline advance 1 --force --reason "why"',
    ],
)
def test_a_command_to_be_pasted_stays_on_one_line(line: str) -> None:
    assert wrap(line, 40) == [line]


def test_a_command_in_backticks_is_kept_together_where_it_fits() -> None:
    assert wrap("Begin with the dearest: `pipeline next 1 tomorrow`; that is all.", 30) == [
        "Begin with the dearest:",
        "`pipeline next 1 tomorrow`;",
        "that is all.",
    ]
    assert wrap("See `pipeline list flag=no_next_step,overdue` now", 20) == [
        "See `pipeline list",
        "flag=no_next_step,ov",
        "erdue` now",
    ]


def test_a_line_that_fits_keeps_its_spaces() -> None:
    assert wrap("1  Acme: workshop", 80) == ["1  Acme: workshop"]


def test_in_a_terminal_an_error_is_broken_at_spaces(pipeline: Run, folder: Path) -> None:
    with Terminal(folder, "list", "stge=x", columns=60) as terminal:
        assert terminal.finish() == 2

    assert terminal.lines[0] == "There is no filter 'stge': did you mean stage? Known: id,"
    assert max(map(len, terminal.lines)) <= 60


@pytest.mark.parametrize("words", [["show", "1"], ["advance", "1"]])
def test_in_a_terminal_what_meets_a_criterion_can_be_pasted(run: Run, folder: Path, words: list[str]) -> None:
    run("init")
    file = folder / "pipeline.yaml"
    text = file.read_text()
    items = text[text.index("  items:\n") : text.index("  required:")]
    file.write_text(
        text.replace(items, "")
        .replace("framework: bant", "framework: meddic")
        .replace("[need]", "[pain]")
        .replace("min_yes: 3", "min_yes: 6")
    )
    assert run("add", "Acme", "--stage", "qualification").code == 0
    fix = run("show", "1", "--json").json["criteria"][0]["fix"]
    assert len(fix) > 80

    with Terminal(folder, *words, columns=60) as terminal:
        terminal.finish()

    assert fix in [line.strip() for line in terminal.lines]
