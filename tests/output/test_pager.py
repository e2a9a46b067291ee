"""A long table goes through the pager of the user, and is shown whole whatever that one does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline_cli.output.terminal import find_pager
from tests.conftest import Run
from tests.terminal import Terminal

ALL = {f"Acme {number:03}" for number in range(60)}


@pytest.fixture
def many(pipeline: Run, folder: Path) -> Path:
    """Sixty deals, on a screen of forty lines."""
    (folder / "deals.csv").write_text("title\n" + "".join(f"{title}\n" for title in sorted(ALL)), "utf-8")
    assert pipeline("import", "deals.csv").code == 0
    return folder


def shown_by(folder: Path, pager: str, *words: str, **variables: str) -> str:
    with Terminal(folder, *(words or ("list",)), variables={"PAGER": pager, **variables}) as terminal:
        assert terminal.finish() == 0
        return terminal.shown


def titles_in(text: str) -> set[str]:
    return {title for title in ALL if title in text}


def test_the_pager_gets_the_whole_of_a_long_table(many: Path) -> None:
    script = many / "my pager.py"
    script.write_text("import sys; print(f'{sys.argv[1:]} has', *sys.stdin.read().split('\\n'), sep='\\n')")

    shown = shown_by(many, f"{sys.executable} '{script}' --plain")

    assert "['--plain'] has" in shown
    assert titles_in(shown) == ALL


@pytest.mark.parametrize(
    "pager", ["", "cat", "no-such-pager", "false", "sh -c 'exit 127'", "sh -c 'exit 3'", "an open 'quote"]
)
def test_without_a_pager_or_with_a_broken_one_it_is_shown_plainly(many: Path, pager: str) -> None:
    shown = shown_by(many, pager)

    assert titles_in(shown) == ALL
    assert shown.count("Acme 007") == 1
    assert "Traceback" not in shown


def test_leaving_the_pager_early_is_quiet(many: Path) -> None:
    shown = shown_by(many, "head -3")

    assert len(titles_in(shown)) <= 2
    assert "rror" not in shown


def test_what_fits_what_is_for_machines_and_a_dumb_terminal_are_not_paged(many: Path, pipeline: Run) -> None:
    assert "Acme 007" in shown_by(many, "true", "list", "Acme 007")
    assert titles_in(shown_by(many, "true", "list", "--json")) == ALL
    assert titles_in(shown_by(many, "true", TERM="dumb")) == ALL
    assert titles_in(pipeline("list").out) == ALL
    assert titles_in(shown_by(many, "true")) == set()


def test_control_c_belongs_to_the_pager(many: Path) -> None:
    waiting = "trap '' INT; echo here; read answer <&2; cat > /dev/null; echo left"
    with Terminal(many, "list", variables={"PAGER": f'sh -c "{waiting}"'}) as terminal:
        terminal.wait_for("here")
        terminal.send_interrupt()
        terminal.type("q")
        assert terminal.finish() == 0
        assert "left" in terminal.shown
        assert "nterrupted" not in terminal.shown


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"PAGER": "most -s"}, ["most", "-s"]),
        ({"PAGER": "most", "PIPELINE_PAGER": "less -S"}, ["less", "-S"]),
        ({"PAGER": "less", "PIPELINE_PAGER": "cat"}, None),
        ({"PAGER": "less", "PIPELINE_PAGER": ""}, None),
        ({"PAGER": ""}, None),
        ({"PAGER": "less", "TERM": "dumb"}, None),
    ],
)
def test_which_pager_is_meant(variables: dict[str, str], words: list[str] | None) -> None:
    assert find_pager(variables) == words
