"""Texts at the end of a line need no quotes; a pipe or the editor may write them; words of other programs are answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.cli import COMMANDS
from pipeline_cli.complaints import _MEANT
from tests.commands.reading import deal, record, shown
from tests.conftest import Run
from tests.terminal import Terminal


@pytest.fixture
def acme(pipeline: Run) -> Run:
    pipeline("add", "Acme: workshop", "-v", "10k")
    return pipeline


def test_a_note_evidence_and_a_title_need_no_quotes(acme: Run) -> None:
    acme("note", "acme", *["talked", "to", "Ann", "about", "the", "[b]budget[/]", "👍"])
    acme("note", "acme", "-", typed="=1+1\nand more\n")
    acme("confirm", "acme", "problem", *["they", "lose", "two", "days", "a", "week"])
    acme("split", "acme", *["Acme:", "audit", "-v", "2k"])
    acme("win", "1", *["-n", "fri", "Send", "the", "invoice"])

    found = shown(acme)
    assert {one["text"] for one in found["notes"]} == {"talked to Ann about the [b]budget[/] 👍", "=1+1\nand more"}
    assert [one["title"] for one in acme("list", "status=all", "--json").rows] == ["Acme: workshop", "Acme: audit"]
    assert (deal(acme)["next_step"], deal(acme)["next_step_due"]) == ("Send the invoice", "2026-11-27")
    acme("undo", "2", "--yes")
    (problem,) = [one for one in shown(acme)["criteria"] if one["id"] == "problem"]
    assert problem["evidence"] == "they lose two days a week"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("note 1", "TEXT is missing: type pipeline note DEAL TEXT"),
        ("note 1 -5% they said", "`pipeline note` has no option '-5'"),
        ("confirm 1 problem so --evidence sure", "'so' and --evidence 'sure' are both how you know"),
        ("split 1 Acme: audit -v 2k and more", "'and' stands apart from 'Acme: audit'"),
        ("win 1 -n someday Call", "'someday' is not a date"),
    ],
)
def test_a_wrong_word_changes_nothing(acme: Run, line: str, said: str) -> None:
    before = record(acme)

    result = acme(*line.split())

    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert result.err.startswith(said)
    assert record(acme) == before


def test_the_editor_writes_a_note(acme: Run, folder: Path) -> None:
    editor = folder / "editor.sh"
    editor.write_text('#!/bin/sh\necho "of my own" > "$1"\n')
    editor.chmod(0o700)

    with Terminal(folder, "note", "1", "--write", variables={"EDITOR": str(editor)}) as terminal:
        assert terminal.finish() == 0

    assert [one["text"] for one in shown(acme)["notes"]] == ["of my own"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [("ls", "list"), ("rm", "lose"), ("MV", "advance"), ("new", "add"), ("call", "log"), ("find", "search")],
)
def test_words_of_other_programs_are_answered_with_the_command_that_is_meant(run: Run, word: str, meant: str) -> None:
    result = run(word, "1")

    assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert f"`pipeline {meant} " in result.err.replace("`pipeline list`", "`pipeline list `")


def test_no_word_that_is_answered_is_a_command() -> None:
    assert set(_MEANT) & set(COMMANDS) == set()
