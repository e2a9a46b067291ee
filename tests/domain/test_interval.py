"""The Jeffreys interval, against closed forms and published figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.interval import beta_quantile, beta_share, jeffreys


def test_the_incomplete_beta_of_whole_numbers_is_a_binomial_tail() -> None:
    # I_x(2, 3) = P(Bin(4, x) >= 2) = 6x² - 8x³ + 3x⁴
    for x in (0.05, 0.2, 0.5, 0.8, 0.99):
        assert beta_share(x, 2, 3) == pytest.approx(6 * x**2 - 8 * x**3 + 3 * x**4, abs=1e-14)


def test_outside_the_unit_interval_the_share_is_nothing_or_all() -> None:
    assert beta_share(0, 2, 3) == 0
    assert beta_share(1, 2, 3) == 1


def test_the_arcsine_law_gives_its_quantiles_in_closed_form() -> None:
    # Beta(1/2, 1/2): x = sin²(π·share / 2), so the quartile is (1 - 1/√2) / 2
    assert beta_quantile(0.25, 0.5, 0.5) == pytest.approx((1 - 0.5**0.5) / 2, abs=1e-14)


def test_three_of_ten_deals_won_gives_the_known_95_percent_interval() -> None:
    low, high = jeffreys(3, 10, level=0.95)
    assert low == pytest.approx(0.0927, abs=5e-5)
    assert high == pytest.approx(0.6058, abs=5e-5)


def test_nothing_closed_gives_no_interval() -> None:
    assert jeffreys(0, 0) == (None, None)


def test_none_won_starts_at_zero_and_all_won_ends_at_one() -> None:
    low, high = jeffreys(0, 5)
    assert low == 0
    assert high == pytest.approx(0.22672, abs=1e-5)
    assert jeffreys(5, 5) == (pytest.approx(1 - 0.22672, abs=1e-5), 1)


def test_more_won_than_closed_is_refused() -> None:
    with pytest.raises(ValueError, match="6 won of 5 closed"):
        jeffreys(6, 5)


@given(st.integers(0, 3000), st.integers(1, 3000), st.floats(0.5, 0.99))
def test_the_bounds_cut_off_what_they_promise_and_hold_the_observed_share(won: int, lost: int, level: float) -> None:
    closed = won + lost
    low, high = jeffreys(won, closed, level)
    assert low is not None
    assert high is not None
    assert 0 <= low <= won / closed <= high <= 1
    assert beta_share(high, won + 0.5, lost + 0.5) == pytest.approx((1 + level) / 2, abs=1e-9)
    if won:
        assert beta_share(low, won + 0.5, lost + 0.5) == pytest.approx((1 - level) / 2, abs=1e-9)


def test_a_million_deals_leave_a_narrow_interval() -> None:
    low, high = jeffreys(500_000, 1_000_000)
    assert low == pytest.approx(0.4993592, abs=1e-7)
    assert high == pytest.approx(0.5006408, abs=1e-7)


def test_a_step_far_into_the_tail_is_halved_and_not_a_crash() -> None:
    # From the mean, Newton's first step towards this bound leaps to where the density is no float any more.
    low, high = jeffreys(271, 2296)
    assert low == pytest.approx(0.10964, abs=2e-5)
    assert high == pytest.approx(0.12691, abs=2e-5)
    assert beta_quantile(1e-12, 271.5, 2025.5) < 0.08
