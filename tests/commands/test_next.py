"""`next`: the one thing to do next on a deal."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, flags, record
from tests.conftest import Run


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("3d", "2026-11-24"),
        ("friday", "2026-11-27"),
        ("today", "2026-11-21"),
        ("2w", "2026-12-05"),
        ("eom", "2026-11-30"),
    ],
)
def test_a_next_step_has_a_day(pipeline: Run, when: str, due: str) -> None:
    pipeline("add", "Acme")
    assert "no_next_step" in flags(pipeline)

    result = pipeline("next", "1", when, "Send the offer")

    assert (result.code, result.err) == (0, f"Next on 1, Acme: Send the offer, due {due}.\n")
    assert (deal(pipeline)["next_step"], deal(pipeline)["next_step_due"]) == ("Send the offer", due)
    assert "no_next_step" not in flags(pipeline)


def test_a_new_step_takes_the_place_of_the_old_and_undo_brings_it_back(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "3d", "Call")
    said = pipeline("next", "1", "4d", "Write").err
    assert said == "Next on 1, Acme: Write, due 2026-11-25. In place of: Call, due 2026-11-24.\n"
    assert deal(pipeline)["next_step"] == "Write"

    pipeline("undo")
    assert (deal(pipeline)["next_step"], deal(pipeline)["next_step_due"]) == ("Call", "2026-11-24")


def test_a_day_that_is_past_is_taken_and_said_to_be(pipeline: Run) -> None:
    pipeline("add", "Acme")

    result = pipeline("next", "1", "yesterday", "Call")

    assert result.err == "Next on 1, Acme: Call, due 2026-11-20 (that day is past: today is 2026-11-21).\n"
    assert flags(pipeline)["overdue"] == 1


def test_a_step_without_words_or_day_and_one_on_a_closed_deal_are_refused(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("add", "Borg")
    pipeline("win", "2")
    before = record(pipeline)

    assert pipeline("next", "1", "3d", " ").code == 2
    assert pipeline("next", "1", "soon", "Call").code == 2
    assert pipeline("next", "2", "3d", "Call").code == 5
    assert record(pipeline) == before
