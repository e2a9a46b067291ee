"""The range of deals that share their luck."""

from __future__ import annotations

from itertools import product
from math import exp, fsum, log, pi, prod, sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.distribution import Bet, shock_grid, shocked_spread, spread


def shifted(bets: list[Bet], shock: float, z: float) -> list[float]:
    """Each deal's chance given the shock."""
    steepness = sqrt(1 + pi / 8 * shock**2)
    return [1 / (1 + exp(-steepness * log(p / (1 - p)) - shock * z)) for _, p in bets]


def chance_by_outcomes(bets: list[Bet], shock: float, mark: int) -> float:
    """P(total >= mark) over all outcomes and a fine row of shocks."""
    reaching = [
        ways
        for ways in product((False, True), repeat=len(bets))
        if sum(bet.amount_cents for bet, won in zip(bets, ways, strict=True) if won) >= mark
    ]
    return fsum(
        weight * prod(p if won else 1 - p for p, won in zip(chances, ways, strict=True))
        for z, weight in shock_grid(0.05)
        for chances in [shifted(bets, shock, z)]
        for ways in reaching
    )


BETS = st.lists(st.builds(Bet, st.integers(1, 10**7), st.floats(0.01, 0.99)), min_size=1, max_size=6)


@settings(max_examples=15, deadline=None)
@given(BETS, st.floats(0, 1.5), st.integers(1, 2 * 10**7))
def test_few_deals_agree_with_counting_outcomes_for_every_shock(bets: list[Bet], shock: float, mark: int) -> None:
    made = shocked_spread(bets, shock)
    assert made.chance_of(mark) == pytest.approx(chance_by_outcomes(bets, shock, mark), abs=1e-4)
    for figure, share in ((made.p10, 0.1), (made.p50, 0.5), (made.p90, 0.9)):
        assert 1 - chance_by_outcomes(bets, shock, figure + 1) >= share - 1e-4
        assert 1 - chance_by_outcomes(bets, shock, figure) <= share + 1e-4


def test_without_a_shock_the_deals_are_independent() -> None:
    for deals in (8, 40, 300):
        bets = [Bet(100_00 + 7_919 * i % 5_000_00, 0.05 + 0.9 * (i * 37 % 100) / 100) for i in range(deals)]
        alone, shocked = spread(bets), shocked_spread(bets, 0.0)
        total = sum(bet.amount_cents for bet in bets)
        assert [shocked.p10, shocked.p50, shocked.p90] == pytest.approx(
            [alone.p10, alone.p50, alone.p90], abs=total / 300
        )
        assert shocked.mean_cents == alone.mean_cents


def test_a_shock_widens_the_range_of_many_deals_far_more_than_that_of_few() -> None:
    many, few = [Bet(1_000_00 + i, 0.3) for i in range(400)], [Bet(1_000_00 + i, 0.3) for i in range(4)]
    wide, narrow = shocked_spread(many, 0.4), spread(many)
    assert wide.p90 - wide.p10 > 3 * (narrow.p90 - narrow.p10)
    assert shocked_spread(few, 0.2).p90 == spread(few).p90


@settings(max_examples=20, deadline=None)
@given(st.floats(0.02, 0.98), st.floats(0, 1))
def test_one_deal_alone_is_won_as_often_as_forecast_whatever_the_shock(p: float, shock: float) -> None:
    assert shocked_spread([Bet(500_00, p)], shock).chance_of(500_00) == pytest.approx(p, abs=0.01)


def test_three_hundred_deals_lie_where_the_shock_puts_them() -> None:
    # with so many deals the total given z is nearly its mean: P10 is the mean at z = -1.2816
    bets = [Bet(1_000_00 + i, 0.3) for i in range(3_000)]
    made = shocked_spread(bets, 0.3)
    at = [
        sum(bet.amount_cents * p for bet, p in zip(bets, shifted(bets, 0.3, z), strict=True))
        for z in (-1.2816, 0, 1.2816)
    ]
    assert [made.p10, made.p50, made.p90] == pytest.approx(at, rel=0.01)


def test_one_giant_among_many_dwarfs_leaves_a_range_with_and_without_it() -> None:
    bets = [Bet(1_000_00 + i, 0.5) for i in range(100)] + [Bet(1_000_000_00, 0.5)]
    made = shocked_spread(bets, 0.2)
    assert made.p10 < 70_000_00
    assert made.p90 > 1_030_000_00
    assert made.chance_of(500_000_00) == pytest.approx(0.5, abs=0.01)


def test_certain_deals_and_what_is_won_already_are_not_shaken() -> None:
    made = shocked_spread([Bet(700, 1.0), Bet(900, 0.0), Bet(0, 0.4)], 0.9, base_cents=50)
    assert (made.p10, made.p90, made.mean_cents) == (750, 750, 750)
    assert (made.chance_of(750), made.chance_of(751)) == (1, 0)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.builds(Bet, st.integers(0, 10**8), st.floats(0, 1)), max_size=90),
    st.floats(0, 1.2),
    st.integers(0, 10**8),
    st.randoms(use_true_random=False),
)
def test_figures_rise_stay_in_bounds_and_do_not_depend_on_the_order(
    bets: list[Bet], shock: float, base: int, draw: Random
) -> None:
    made = shocked_spread(bets, shock, base)
    shuffled = list(bets)
    draw.shuffle(shuffled)
    again = shocked_spread(shuffled, shock, base)
    marks = [made.p10, made.p50, made.p90]
    assert [again.p10, again.p50, again.p90, again.mean_cents] == [*marks, made.mean_cents]
    total = base + sum(bet.amount_cents for bet in bets)
    assert marks == sorted(marks)
    assert base <= marks[0]
    assert marks[2] <= total + total // 1_000 + 1
    chances = [made.chance_of(base + (total - base) * tenth // 10) for tenth in range(11)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == 1


def test_the_weights_of_the_shocks_are_those_of_a_normal() -> None:
    for step in (0.2, 0.25, 0.5):
        rows = shock_grid(step)
        assert sum(weight for _, weight in rows) == pytest.approx(1)
        assert sum(weight * z for z, weight in rows) == pytest.approx(0, abs=1e-12)
        assert sum(weight * z * z for z, weight in rows) == pytest.approx(1, abs=0.03)
