"""`history`: what was done, newest first."""

from __future__ import annotations

import pytest

from tests.conftest import Run


@pytest.fixture
def busy(pipeline: Run) -> Run:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("add", "Borg", today="2026-11-02")
    pipeline("note", "1", "a note", today="2026-11-03")
    pipeline("win", "2", today="2026-11-04")
    pipeline("undo", today="2026-11-05")
    return pipeline


def test_every_operation_is_listed_with_whether_it_stands(busy: Run) -> None:
    assert busy("history", "--json").rows == [
        {"operation": 4, "at": "2026-11-04T12:00:00.000Z", "command": "win", "summary": "won Borg", "undone": True},
        {
            "operation": 3,
            "at": "2026-11-03T12:00:00.000Z",
            "command": "note",
            "summary": "noted on Acme",
            "undone": False,
        },
        {"operation": 2, "at": "2026-11-02T12:00:00.000Z", "command": "add", "summary": "added Borg", "undone": False},
        {"operation": 1, "at": "2026-11-01T12:00:00.000Z", "command": "add", "summary": "added Acme", "undone": False},
    ]


def test_that_of_one_deal_and_the_newest_alone(busy: Run) -> None:
    assert [row["operation"] for row in busy("history", "acme", "--json").rows] == [3, 1]
    assert [row["operation"] for row in busy("history", "2", "--json").rows] == [4, 2]
    assert [row["operation"] for row in busy("history", "--limit", "1", "--json").rows] == [4]


def test_that_of_an_earlier_day(busy: Run) -> None:
    assert [row["operation"] for row in busy("history", "--as-of", "2026-11-02", "--json").rows] == [2, 1]


def test_what_was_refused_is_no_operation(busy: Run) -> None:
    busy("lose", "1")
    busy("advance", "1")
    busy("log", "1", "call", "--at", "tomorrow")

    assert len(busy("history", "--json").rows) == 4


def test_an_empty_history_says_so(pipeline: Run) -> None:
    result = pipeline("history")

    assert result.code == 0
    assert result.out == 'Nothing has been done yet. `pipeline add "Acme: workshop" --value 12k` adds a deal.\n'
    assert pipeline("history", "--format", "csv").out == "operation,at,command,summary,undone\n"


def test_a_deal_that_is_gone_still_has_one(busy: Run) -> None:
    busy("merge", "2", "1", today="2026-11-06")
    busy("add", "Cobalt", today="2026-11-07")
    busy("undo", today="2026-11-08")

    assert [row["command"] for row in busy("history", "2", "--json").rows] == ["merge", "win", "add"]
    assert [row["undone"] for row in busy("history", "3", "--json").rows] == [True]
    assert busy("history", "4").code == 4


def test_an_unknown_deal_is_named(busy: Run) -> None:
    assert busy("history", "Cyrano").code == 4
