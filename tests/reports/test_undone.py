"""What undo says it changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline_cli.reports.undone import describe_changes
from pipeline_cli.storage.record.operations import Operation
from pipeline_cli.storage.undo.undo import RowChange

LOGGED = Operation(7, datetime(2026, 11, 21, tzinfo=UTC), "log", "logged call out on Acme", False)


def test_a_next_step_that_is_open_again_is_told_in_words_not_in_bits() -> None:
    told = describe_changes(LOGGED, [RowChange("next_steps", "done", 1, 0, 1)], UTC)
    assert told == ["Undone #7 (log): logged call out on Acme", "  done: yes -> no"]


@pytest.mark.parametrize(("extra", "said"), [(1, "  … and 1 more change"), (2, "  … and 2 more changes")])
def test_what_is_not_listed_is_counted(extra: int, said: str) -> None:
    changes = [RowChange("deals", "title", "Acme", "Bcme", 1)] * (12 + extra)
    assert describe_changes(LOGGED, changes, UTC)[-1] == said
