"""`redo`: the last undone operation done again."""

from __future__ import annotations

from tests.commands.reading import deal, record
from tests.conftest import Run


def test_undone_operations_are_done_again_in_their_order(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("edit", "1", "--title", "first")
    pipeline("edit", "1", "--title", "second")
    pipeline("undo", "2")
    assert deal(pipeline)["title"] == "Acme"

    first = pipeline("redo")
    assert first.out.splitlines() == ["Done again #2 (edit): edited first (was Acme): title", "  title: Acme -> first"]
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
