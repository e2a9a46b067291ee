"""The sentences about what nobody said."""

from __future__ import annotations

from pipeline_cli.domain.outcomes.history import Undated, closings_line, no_losses_line, undated_line


def test_one_line_names_what_is_missing_and_nothing_else() -> None:
    every = Undated(won=337, lost=1, created=1)
    assert undated_line(every, "cycle") == "Left out of cycle, because no file says when: 338 closings and 1 creation."
    assert closings_line(every, "cycle") == "Left out of cycle, because no file says when: 338 closings."
    assert undated_line(Undated(created=2), "cycle") == "Left out of cycle, because no file says when: 2 creations."


def test_nothing_missing_is_no_line() -> None:
    assert undated_line(Undated(), "cycle") is None
    assert closings_line(Undated(created=3), "cycle") is None


def test_a_record_without_losses_says_so() -> None:
    assert (
        no_losses_line(1) == "No win rate: 1 deal won and none lost. A record without losses cannot tell how many buy."
    )
