"""Stage probabilities: the guess, corrected by history, never falling along the stages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.probability import pool_falling_neighbours, stage_probabilities

STAGES = [("prospecting", 0.05), ("proposal", 0.5), ("negotiation", 0.8)]


def test_without_history_the_configured_probabilities_are_used() -> None:
    rows = stage_probabilities(STAGES, won=[0, 0, 0], closed=[0, 0, 0])
    assert [row.used for row in rows] == [0.05, 0.5, 0.8]
    assert [(row.observed, row.low, row.high, row.is_a_guess) for row in rows] == [(None, None, None, True)] * 3


def test_history_counts_for_its_deals_and_the_guess_for_five() -> None:
    rows = stage_probabilities(STAGES, won=[10, 10, 10], closed=[95, 35, 15])
    assert [row.used for row in rows] == pytest.approx([10.25 / 100, 12.5 / 40, 14 / 20])
    assert [row.observed for row in rows] == pytest.approx([10 / 95, 10 / 35, 10 / 15])
    assert [row.is_a_guess for row in rows] == [False, False, True]


def test_wins_without_a_loss_leave_the_guess_alone_and_one_loss_lets_history_speak() -> None:
    rows = stage_probabilities(STAGES, won=[40, 40, 40], closed=[40, 40, 40])
    assert [row.used for row in rows] == [0.05, 0.5, 0.8]
    assert [(row.observed, row.low, row.high, row.is_a_guess) for row in rows] == [(None, None, None, True)] * 3
    rows = stage_probabilities(STAGES, won=[40, 40, 40], closed=[41, 40, 40])
    assert rows[2].used == pytest.approx(44 / 45)
    assert rows[2].observed == 1, "a stage that nobody was lost from, in a record that knows losses"


def test_a_stage_that_falls_is_pooled_with_the_one_before_by_weight() -> None:
    # (9 + 5·0.5) / 15 = 0.7667 and (0 + 5·0.8) / 10 = 0.4 fall: pooled (0.7667·15 + 0.4·10) / 25
    rows = stage_probabilities(STAGES, won=[1, 9, 0], closed=[100, 10, 5])
    assert rows[1].used == rows[2].used == pytest.approx(15.5 / 25)
    assert rows[0].used == pytest.approx(1.25 / 105)


def test_the_interval_is_that_of_the_observed_share_at_80_percent() -> None:
    row = stage_probabilities([("proposal", 0.5)], won=[3], closed=[10])[0]
    assert (row.low, row.high) == (pytest.approx(0.15059, abs=1e-5), pytest.approx(0.50178, abs=1e-5))


def test_a_configured_probability_that_falls_is_pooled_too() -> None:
    rows = stage_probabilities([("a", 0.6), ("b", 0.2)], won=[0, 0], closed=[0, 0])
    assert [row.used for row in rows] == pytest.approx([0.4, 0.4])


VALUES = st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 100)), max_size=12)


@given(VALUES)
def test_pooling_never_falls_and_keeps_the_weighted_mean(pairs: list[tuple[float, float]]) -> None:
    values, weights = [v for v, _ in pairs], [w for _, w in pairs]
    pooled = pool_falling_neighbours(values, weights)
    assert all(a <= b for a, b in pairwise(pooled))
    assert sum(p * w for p, w in zip(pooled, weights, strict=True)) == pytest.approx(
        sum(v * w for v, w in pairs), abs=1e-9
    )


@given(st.lists(st.floats(0, 1), max_size=12))
def test_pooling_leaves_a_rising_row_alone(values: list[float]) -> None:
    rising = sorted(values)
    assert pool_falling_neighbours(rising, [1.0] * len(rising)) == rising
