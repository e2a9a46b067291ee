"""An empty record: every report says what to do next, and draws no table of noughts."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Run

REPORTS = [
    "",
    "list",
    "list status=all",
    "list acme",
    "today",
    "board",
    "health",
    "funnel",
    "funnel --by source",
    "sources",
    "cohorts",
    "lessons",
    "forecast",
    "forecast --deals",
    "forecast --compare",
    "backtest",
    "history",
    "prune",
    "review",
    "contact list",
]


@pytest.mark.parametrize("words", REPORTS)
def test_an_empty_record_says_what_to_type(pipeline: Run, words: str) -> None:
    result = pipeline(*words.split())

    assert result.code == 0
    assert "`pipeline " in result.out or words == "prune"
    assert "─" not in result.out, "a table"
    assert len(result.out.splitlines()) <= 5


@pytest.mark.parametrize("words", [words for words in REPORTS if words])
def test_machines_get_the_same_keys_as_ever(pipeline: Run, words: str) -> None:
    result = pipeline(*words.split(), "--json")

    assert result.code == 0
    assert isinstance(json.loads(result.out)["rows"], list)


def test_one_deal_is_enough_for_the_tables_to_be_drawn(pipeline: Run) -> None:
    assert pipeline("add", "Acme", "--value", "3k", "--close", "30d").code == 0

    for words in ("list", "health", "forecast", "funnel", "sources", "cohorts", "history"):
        assert "─" in pipeline(words).out, words
