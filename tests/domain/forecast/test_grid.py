"""The grid that sums of many deals are rounded to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.forecast.distribution import FEWEST_CELLS, cell_of, grid_of, whole_cells

AMOUNTS = st.lists(st.integers(1, 10**10), min_size=21, max_size=200)


@given(AMOUNTS)
def test_a_cell_is_at_most_a_twenty_thousandth_of_the_total_unless_the_amounts_share_a_wider_unit(
    amounts: list[int],
) -> None:
    cell = cell_of(amounts, FEWEST_CELLS)
    assert cell * FEWEST_CELLS <= sum(amounts) or all(amount % cell == 0 for amount in amounts)


@given(st.lists(st.tuples(st.integers(1, 10**9), st.floats(0.001, 0.999)), min_size=1, max_size=100))
def test_rounding_to_cells_moves_the_mean_by_at_most_half_a_cell(bets: list[tuple[int, float]]) -> None:
    cell = 12_345
    counts = whole_cells(sorted(bets), cell)
    moved = sum(p * (count * cell - amount) for count, (amount, p) in zip(counts, sorted(bets), strict=True))
    assert abs(moved) <= 0.5 * cell * (1 + 1e-9)
    assert all(abs(c * cell - amount) < cell for c, (amount, _) in zip(counts, sorted(bets), strict=True))


def test_equal_deals_make_the_binomial_distribution() -> None:
    sums, reached = grid_of([(250_00, 0.5)] * 4)
    assert list(sums) == [0, 250_00, 500_00, 750_00, 1_000_00]
    assert reached == pytest.approx([0, 1 / 16, 5 / 16, 11 / 16, 15 / 16, 1], abs=1e-12)
