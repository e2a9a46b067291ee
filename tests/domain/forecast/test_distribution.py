"""The range of independent deals, against counting every outcome."""

from __future__ import annotations

from itertools import accumulate, product
from math import fsum, prod
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.distribution import Bet, spread


def outcomes(bets: list[Bet]) -> list[tuple[int, float]]:
    """Every sum with its probability, one row for each of the 2^n ways the deals can go."""
    return sorted(
        (
            sum(bet.amount_cents for bet, won in zip(bets, ways, strict=True) if won),
            prod(bet.probability if won else 1 - bet.probability for bet, won in zip(bets, ways, strict=True)),
        )
        for ways in product((False, True), repeat=len(bets))
    )


def counted_quantile(bets: list[Bet], share: float) -> int:
    rows = outcomes(bets)
    reached = accumulate(p for _, p in rows)
    return next(total for (total, _), chance in zip(rows, reached, strict=True) if chance >= share - 1e-12)


def counted_chance(bets: list[Bet], mark: int) -> float:
    return fsum(p for total, p in outcomes(bets) if total >= mark)


PROBABILITY = st.one_of(st.sampled_from([0.0, 0.05, 0.1, 0.5, 0.9, 1.0]), st.floats(0, 1))
AMOUNT = st.one_of(st.sampled_from([0, 1, 100_000, 500_000]), st.integers(0, 10**9))
BETS = st.lists(st.builds(Bet, AMOUNT, PROBABILITY), max_size=12)


@settings(max_examples=60, deadline=None)
@given(BETS, st.integers(0, 10**9), st.integers(0, 5 * 10**9))
def test_up_to_twelve_deals_agree_with_counting_every_outcome(bets: list[Bet], base: int, mark: int) -> None:
    made = spread(bets, base)
    for figure, share in ((made.p10, 0.1), (made.p50, 0.5), (made.p90, 0.9)):
        assert figure - base == counted_quantile(bets, share)
    assert made.chance_of(base + mark) == pytest.approx(counted_chance(bets, mark), abs=1e-12)
    assert made.mean_cents == pytest.approx(base + sum(b.amount_cents * b.probability for b in bets))


def test_fifteen_deals_use_both_halves_and_agree_with_counting() -> None:
    bets = [Bet(1_000 + 37 * i * i, 0.05 + 0.05 * i) for i in range(15)]
    made = spread(bets)
    assert [made.p10, made.p50, made.p90] == [counted_quantile(bets, share) for share in (0.1, 0.5, 0.9)]
    assert made.chance_of(30_000) == pytest.approx(counted_chance(bets, 30_000), abs=1e-12)


def exact_by_cents(bets: list[Bet], base: int = 0) -> list[float]:
    """The probability of every single cent, the slow way."""
    chances = [1.0]
    for amount, p in bets:
        lose = [chance * (1 - p) for chance in chances] + [0.0] * amount
        win = [0.0] * amount + [chance * p for chance in chances]
        chances = [a + b for a, b in zip(lose, win, strict=True)]
    return [0.0] * base + chances


def smallest_reaching(chances: list[float], share: float) -> int:
    reached = 0.0
    for cents, chance in enumerate(chances):
        reached += chance
        if reached >= share - 1e-9:
            return cents
    raise AssertionError


@settings(max_examples=20, deadline=None)
@given(st.lists(st.builds(Bet, st.integers(1, 300), st.floats(0.001, 0.999)), min_size=21, max_size=60))
def test_small_whole_amounts_are_exact_beyond_twenty_deals_too(bets: list[Bet]) -> None:
    made, chances = spread(bets), exact_by_cents(bets)
    assert [made.p10, made.p50, made.p90] == [smallest_reaching(chances, share) for share in (0.1, 0.5, 0.9)]
    middle = len(chances) // 3
    assert made.chance_of(middle) == pytest.approx(fsum(chances[middle:]), abs=1e-7)


def test_crooked_amounts_are_within_a_cell_of_the_truth() -> None:
    bets = [Bet(100 + 617 * i * i % 2_900, (0.5 + 37 * i % 101) / 101) for i in range(45)]
    # an odd cent here and there forces the grid: without it a cell would be 1,000,003 cents
    crooked = [Bet(bet.amount_cents * 1_000_003 + i, bet.probability) for i, bet in enumerate(bets)]
    made, truth = spread(crooked), exact_by_cents(bets)
    cell = sum(bet.amount_cents for bet in crooked) / 20_000
    for figure, share in ((made.p10, 0.1), (made.p50, 0.5), (made.p90, 0.9)):
        assert abs(figure - smallest_reaching(truth, share) * 1_000_003) <= cell
    mark = 30_000
    assert made.chance_of(mark * 1_000_003) == pytest.approx(fsum(truth[mark:]), abs=1e-3)


def test_two_equal_deals_at_one_half_have_the_quantiles_of_two_coins() -> None:
    made = spread([Bet(1_000_00, 0.5), Bet(1_000_00, 0.5)])
    assert (made.p10, made.p50, made.p90, made.mean_cents) == (0, 1_000_00, 2_000_00, 1_000_00)
    assert [made.chance_of(cents) for cents in (0, 1, 1_000_00, 1_000_01, 2_000_00, 2_000_01)] == pytest.approx(
        [1, 0.75, 0.75, 0.25, 0.25, 0]
    )


def test_a_cumulative_probability_of_exactly_a_tenth_counts_as_reached() -> None:
    assert spread([Bet(500, 0.9)]).p10 == 0
    assert spread([Bet(500, 0.1)]).p90 == 0
    assert spread([Bet(100, 0.5)] * 21).p50 == 1_000


def test_certain_and_impossible_deals_move_the_range_without_widening_it() -> None:
    made = spread([Bet(700, 1.0), Bet(900, 0.0), Bet(0, 0.5)], base_cents=50)
    assert (made.p10, made.p50, made.p90, made.mean_cents) == (750, 750, 750, 750)
    assert (made.chance_of(750), made.chance_of(751)) == (1, 0)


def test_no_deals_bring_what_is_won_so_far() -> None:
    made = spread([], base_cents=4_200)
    assert (made.p10, made.p90, made.mean_cents, made.chance_of(4_200), made.chance_of(4_201)) == (
        4_200,
        4_200,
        4_200,
        1,
        0,
    )


def test_many_unlikely_deals_bring_nothing_in_the_tenth_percentile() -> None:
    made = spread([Bet(1_000_00 + i, 0.01) for i in range(25)])
    assert (made.p10, made.p50) == (0, 0)
    assert made.p90 >= 1_000_00


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.builds(Bet, st.integers(1, 10**8), st.floats(0, 1)), min_size=1, max_size=120),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_deals_changes_no_figure_and_quantiles_rise(bets: list[Bet], draw: Random) -> None:
    made = spread(bets)
    shuffled = list(bets)
    draw.shuffle(shuffled)
    again = spread(shuffled)
    marks = [made.p10, made.p50, made.p90]
    assert [again.p10, again.p50, again.p90, again.mean_cents] == [*marks, made.mean_cents]
    assert [again.chance_of(mark) for mark in marks] == [made.chance_of(mark) for mark in marks]
    assert marks == sorted(marks)
    assert made.p10 >= 0
    assert made.p90 <= sum(bet.amount_cents for bet in bets)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.builds(Bet, st.integers(1, 10**8), st.floats(0, 1)), max_size=80), st.integers(0, 10**9))
def test_the_chance_of_a_quota_falls_from_one_to_nothing(bets: list[Bet], base: int) -> None:
    made = spread(bets, base)
    total = base + sum(bet.amount_cents for bet in bets)
    assert made.chance_of(0) == made.chance_of(base) == 1
    assert made.chance_of(total + 1) == 0
    steps = [made.chance_of(base + (total - base) * tenth // 10) for tenth in range(11)]
    assert steps == sorted(steps, reverse=True)


def test_a_grid_reaches_no_sum_above_all_amounts_together() -> None:
    bets = [Bet(1, 0.5)] * 10 + [Bet(99_999 + 77 * number, 0.5) for number in range(20)]
    total = sum(bet.amount_cents for bet in bets)

    assert spread(bets).chance_of(total + 1) == 0


def test_ten_thousand_deals_are_close_to_the_normal_curve() -> None:
    bets = [Bet(10_000 + 7_919 * i * i % 4_990_000, (0.5 + 61 * i % 997) / 997) for i in range(10_000)]
    made = spread(bets)
    mean = fsum(bet.amount_cents * bet.probability for bet in bets)
    deviation = fsum(bet.amount_cents**2 * bet.probability * (1 - bet.probability) for bet in bets) ** 0.5
    assert (made.p10 - mean) / deviation == pytest.approx(-1.2816, abs=0.03)
    assert (made.p50 - mean) / deviation == pytest.approx(0, abs=0.03)
    assert (made.p90 - mean) / deviation == pytest.approx(1.2816, abs=0.03)
