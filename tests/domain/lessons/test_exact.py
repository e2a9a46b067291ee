"""The exact statistics, against the same computed the long way round."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.lessons.exact import clopper_pearson, fisher, holm, median_interval

few = st.integers(0, 25)


def every_table(won: int, lost: int, other_won: int, other_lost: int) -> Fraction:
    """All tables with these totals that are at most as likely, added up in whole numbers."""
    drawn, wins, everything = won + lost, won + other_won, won + lost + other_won + other_lost
    ways = [comb(wins, k) * comb(everything - wins, drawn - k) for k in range(drawn + 1)]
    return Fraction(sum(one for one in ways if one <= ways[won]), comb(everything, drawn))


@given(few, few, few, few)
def test_fishers_test_adds_up_every_table_that_is_as_rare(a: int, b: int, c: int, d: int) -> None:
    assert fisher(a, b, c, d) == pytest.approx(float(every_table(a, b, c, d)), rel=1e-6)


def test_fishers_test_of_the_lady_tasting_tea() -> None:
    assert fisher(3, 1, 1, 3) == pytest.approx(34 / 70)


def test_thousands_of_deals_are_no_trouble_and_what_is_certain_has_no_chance() -> None:
    assert fisher(2_000, 2_000, 2_000, 2_000) == 1
    assert fisher(4_000, 0, 0, 4_000) < 1e-200


@given(st.integers(0, 30), st.integers(1, 30))
def test_the_exact_interval_leaves_a_fortieth_on_each_side(part: int, more: int) -> None:
    whole = part + more
    low, high = clopper_pearson(part, whole)
    assert low is not None
    assert high is not None

    def at_most(k: int, rate: float) -> float:
        return sum(comb(whole, i) * rate**i * (1 - rate) ** (whole - i) for i in range(k + 1))

    assert at_most(part, high) == pytest.approx(0.025, abs=1e-6)
    if part:
        assert 1 - at_most(part - 1, low) == pytest.approx(0.025, abs=1e-6)
    else:
        assert low == 0


def test_of_nothing_there_is_no_interval() -> None:
    assert clopper_pearson(0, 0) == (None, None)
    assert median_interval([]) == (None, None)
    assert median_interval([1, 2, 3, 4, 5]) == (None, None), "five values reach 94 % at most"


def test_many_comparisons_are_looked_at_together() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_the_median_lies_between_two_of_the_values() -> None:
    # Of ten values the second and the ninth: each tail is (1 + 10) / 1024.
    assert median_interval(list(range(1, 11))) == (2, 9)
    low, high = median_interval(list(range(2001)))
    assert low == pytest.approx(1000 - 0.98 * 2001**0.5, abs=2)
    assert high == pytest.approx(1000 + 0.98 * 2001**0.5, abs=2)
