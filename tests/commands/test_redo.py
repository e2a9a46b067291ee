"""`redo`: the last undone operation done again."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, record
from tests.conftest import Run


def test_undone_operations_are_done_again_in_their_order(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("edit", "1", "--title", "first")
    pipeline("edit", "1", "--title", "second")
    pipeline("undo", "2")
    assert deal(pipeline)["title"] == "Acme"

    first = pipeline("redo")
    assert first.out.splitlines() == [
        "Done again #2 (edit): edited first: title Acme -> first",
        "  title: Acme -> first",
    ]

    assert deal(pipeline)["title"] == "first"
    pipeline("redo")
    assert deal(pipeline)["title"] == "second"


def test_something_new_ends_the_redoing(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("note", "1", "a note")
    pipeline("undo")
    pipeline("add", "Borg")
    before = record(pipeline)

    result = pipeline("redo")

    assert (result.code, result.out) == (5, "")
    assert result.err == "There is nothing to redo: redo follows an undo, before anything new.\n"
    assert record(pipeline) == before


def test_a_redone_deal_has_its_number_again(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "5")
    before = record(pipeline)
    pipeline("undo")

    pipeline("redo")

    assert record(pipeline) == before


@pytest.fixture
def undone(pipeline: Run) -> Run:
    """Four operations, of which the last two are undone."""
    pipeline("add", "Acme")
    for title in ("first", "second", "third"):
        pipeline("edit", "1", "--title", title)
    pipeline("undo", "2")
    return pipeline


@pytest.mark.parametrize("words", [["2"], ["--all"]])
def test_several_are_done_again_at_once(undone: Run, words: list[str]) -> None:
    result = undone("redo", *words)

    assert [line for line in result.out.splitlines() if line.startswith("Done")] == [
        "Done again #3 (edit): edited second: title first -> second",
        "Done again #4 (edit): edited third: title second -> third",
    ]
    assert deal(undone)["title"] == "third"
    assert undone("redo", "--all").code == 5


@pytest.mark.parametrize("count", ["3", "550", "9" * 40])
def test_more_than_were_undone_does_none_again(undone: Run, count: str) -> None:
    before = record(undone)

    result = undone("redo", count)

    assert (result.code, result.out) == (5, "")
    assert result.err == f"Only 2 operations are undone, not {count}; nothing was done again.\n"
    assert record(undone) == before


@pytest.mark.parametrize("words", [["0"], ["-1"], ["x"], ["#3"], [""], ["2", "--all"]])
def test_a_number_that_is_none_does_none_again(undone: Run, words: list[str]) -> None:
    before = record(undone)

    assert undone("redo", *words).code == 2
    assert record(undone) == before
