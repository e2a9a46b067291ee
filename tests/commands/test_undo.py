"""`undo`: the last operations taken back, each whole."""

from __future__ import annotations

import pytest

from tests.commands.reading import record
from tests.conftest import Run

CHANGES = [
    ["add", "Second", "--org", "Acme", "--contact", "Bob <bob@acme.example>", "--field", "a=b"],
    [
        "edit",
        "1",
        "--title",
        "New",
        "--value",
        "5",
        "--close",
        "",
        "--contact",
        "Cid",
        "--phone",
        "+49 99",
        "--field",
        "x=y",
    ],
    ["log", "1", "call", "hello", "--in", "--next", "5d", "Write"],
    ["note", "1", "a note"],
    ["next", "1", "9d", "Something else"],
    ["done", "1"],
    ["confirm", "1", "champion", "--evidence", "new"],
    ["confirm", "1", "champion", "--revoke"],
    ["qualify", "1", "--set", "need=no", "--evidence", "need=not any more", "--set", "budget=unknown"],
    ["advance", "1", "--to", "commit", "--force", "--reason", "x", "--at", "today"],
    ["back", "1", "prospecting", "--reason", "x"],
    ["win", "1", "--value", "99"],
    ["lose", "1", "--reason", "price", "--note", "x"],
    ["disqualify", "1", "--reason", "x"],
    ["reopen", "2"],
    ["snooze", "1", "3d", "--reason", "x"],
    ["prune", "--yes"],
]


@pytest.fixture
def full(pipeline: Run) -> Run:
    """A deal with something of everything, a won one, and a dead one."""
    pipeline("add", "Acme: workshop", "--org", "Acme", "--contact", "Ann <ann@acme.example>", "--value", "12k", "--close",
             "30d", "--field", "industry=software", today="2026-11-01")  # fmt: skip
    pipeline("add", "Borg", "--value", "5k", today="2026-11-01")
    pipeline("add", "Cyrano", today="2026-08-01")
    pipeline("log", "1", "email", "--out", today="2026-11-02")
    pipeline("confirm", "1", "champion", "--evidence", "old", today="2026-11-02")
    pipeline("qualify", "1", "--set", "need=yes", "--set", "budget=yes", today="2026-11-03")
    pipeline("advance", "1", "--force", "--reason", "they hurry", today="2026-11-04")
    pipeline("next", "1", "3d", "Call", today="2026-11-20")
    pipeline("win", "2", today="2026-11-20")
    return pipeline


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: str(change[0]))
def test_after_undo_the_record_is_exactly_as_before_and_redo_does_it_again(full: Run, change: list[str]) -> None:
    before = record(full)
    done = full(*change)
    assert done.code == 0, done.err
    after = record(full)
    assert after != before

    assert full("undo").code == 0
    assert record(full) == before

    assert full("redo").code == 0
    assert record(full) == after
    assert full("undo").code == 0
    assert record(full) == before


def test_all_of_them_in_a_row_and_back(full: Run) -> None:
    states = [record(full)]
    for change in CHANGES[:10]:
        assert full(*change).code == 0
        states.append(record(full))

    for state in reversed(states[:-1]):
        assert full("undo").code == 0
        assert record(full) == state


def test_several_are_taken_back_at_once_showing_before_and_after(full: Run) -> None:
    before = record(full)
    full("edit", "1", "--value", "20k")
    full("note", "1", "a note")

    result = full("undo", "2")

    assert result.code == 0
    assert result.out.splitlines() == [
        "Undone #11 (note): noted on Acme: workshop",
        "  1 note: there -> gone",
        "Undone #10 (edit): edited Acme: workshop: value",
        "  value: 20,000.00 -> 12,000.00",
    ]
    assert result.err == "`pipeline redo` does them again, one at a time: 2 times for all.\n"
    assert record(full) == before


def test_more_than_stand_takes_back_none(full: Run) -> None:
    before = record(full)

    result = full("undo", "10")

    assert (result.code, result.out) == (5, "")
    assert result.err == "Only 9 operations stand, not 10; nothing was undone: `pipeline history` lists them.\n"
    assert record(full) == before
    assert full("undo", "9").code == 0
    assert full("undo").err == "There is nothing to undo: `pipeline history` lists what was done.\n"


@pytest.mark.parametrize("count", ["0", "-1", "two", "1.5", ""])
def test_a_number_that_is_none_is_refused(full: Run, count: str) -> None:
    before = record(full)

    assert full("undo", count).code == 2
    assert record(full) == before
