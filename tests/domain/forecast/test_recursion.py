"""From daily chances to the chance of being won within any number of days."""

from __future__ import annotations

from itertools import pairwise
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.learning import Direction
from pipeline_cli.domain.forecast.runs import LOST, WON
from pipeline_cli.domain.forecast.timed import LONGEST, Chances

STARTS = [0, 1, 3, 7, 12]


def day_by_day(rates: list[list[float]], directions: list[list[Direction]], days: int, stage: int, age: int) -> float:
    """The same chance by the definition: a deal leaves today, or is a day older tomorrow."""
    known: dict[tuple[int, int, int], float] = {}

    def chance(h: int, s: int, a: int) -> float:
        if h == 0:
            return 0.0
        if (h, s, a) not in known:
            b = sum(start <= a for start in STARTS) - 1
            leave = rates[s][b]
            onward = sum(p * chance(h - 1, j, 0) for j, p in directions[s][b].items() if j >= 0)
            stay = (1 - leave) * chance(h - 1, s, min(a + 1, 20))
            known[h, s, a] = leave * (directions[s][b].get(WON, 0.0) + onward) + stay
        return known[h, s, a]

    return chance(days, stage, min(age, 20))


DIRECTION = st.lists(st.floats(0.01, 1), min_size=4, max_size=4).map(
    lambda weights: dict(zip((0, 1, WON, LOST), [w / sum(weights) for w in weights], strict=True))
)
TABLE = st.lists(st.lists(st.floats(0.001, 1), min_size=5, max_size=5), min_size=2, max_size=2)
DIRECTIONS = st.lists(st.lists(DIRECTION, min_size=5, max_size=5), min_size=2, max_size=2)


@settings(max_examples=40, deadline=None)
@given(TABLE, DIRECTIONS, st.integers(0, 60), st.integers(0, 1), st.integers(0, 25))
def test_the_short_way_agrees_with_going_day_by_day(
    rates: list[list[float]], directions: list[list[Direction]], days: int, stage: int, age: int
) -> None:
    chances = Chances(STARTS, rates, directions)
    assert chances.won_within(days, stage, age) == pytest.approx(
        day_by_day(rates, directions, days, stage, age), abs=1e-12
    )


@settings(max_examples=20, deadline=None)
@given(TABLE, DIRECTIONS, st.integers(0, 1), st.integers(0, 25))
def test_more_days_never_make_a_win_less_likely(
    rates: list[list[float]], directions: list[list[Direction]], stage: int, age: int
) -> None:
    chances = Chances(STARTS, rates, directions)
    row = [chances.won_within(days, stage, age) for days in (0, 1, 2, 5, 10, 30, 90, 365, LONGEST, 5_000)]
    assert row[0] == 0
    assert all(a <= b + 1e-12 for a, b in pairwise(row))
    assert row[-1] == row[-2] <= 1


def test_in_the_end_a_deal_is_won_as_often_as_all_its_exits_ahead_are_forward() -> None:
    forward = [0.5, 0.8]
    directions: list[list[Direction]] = [
        [{1: forward[0], LOST: 1 - forward[0]}] * 5,
        [{WON: forward[1], LOST: 1 - forward[1]}] * 5,
    ]
    chances = Chances(STARTS, [[1 / 14] * 5] * 2, directions)
    assert [chances.won_within(LONGEST, stage, 4) for stage in range(2)] == pytest.approx(
        [prod(forward), forward[1]], abs=1e-12
    )


def test_two_stages_cannot_be_passed_in_one_day() -> None:
    chances = Chances([0], [[1.0], [1.0]], [[{1: 1.0}], [{WON: 1.0}]])
    assert [chances.won_within(days, 0, 0) for days in (1, 2)] == [0, 1]
