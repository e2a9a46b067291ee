"""The arithmetic of the funnel: reached at least, both denominators, telescoping."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.outcomes.funnel import DealCount, Stays, funnel_of, removed_stage, sum_up

STAGES = ("lead", "offer", "contract")


def count(status: str, position: int, deals: int = 1, cents: int = 0, currency: str = "EUR") -> DealCount:
    each = cents if currency != "EUR" else None
    return DealCount(None, status, position, currency, each, deals, cents * deals, deals if cents else 0)


def in_euros(cents: int, currency: str) -> int:
    return cents if currency == "EUR" else round(cents * 0.333)


def funnel(*counts: DealCount) -> list[dict[str, object]]:
    return [row._asdict() for row in funnel_of(STAGES, counts, [Stays()] * 3, in_euros)]


def test_a_deal_counts_in_every_stage_up_to_its_furthest_and_a_won_one_in_all() -> None:
    rows = funnel(count("open", 0, 5), count("lost", 1, 3), count("disqualified", 1), count("won", 0, 2))
    assert [row["entered"] for row in rows] == [11, 6, 2]
    assert [row["next"] for row in rows] == [6, 2, 2]
    assert [row["lost"] for row in rows] == [3, 3, 0]
    assert [row["disqualified"] for row in rows] == [1, 1, 0]
    assert [row["open"] for row in rows] == [5, 0, 0]
    assert rows[0]["win_rate_all"] == 2 / 11
    assert rows[0]["win_rate_closed"] == 2 / 5
    assert rows[1]["to_next"] == 2 / 6


def test_a_deal_of_stages_that_no_longer_exist_reaches_none_unless_it_was_won() -> None:
    rows = funnel(count("lost", -1, 4), count("won", -1))
    assert [row["entered"] for row in rows] == [1, 1, 1]


def test_without_deals_there_are_no_rates() -> None:
    row = funnel()[0]
    assert [row[key] for key in ("entered", "to_next", "win_rate_all", "win_rate_closed", "low", "median_days")] == [
        0,
        None,
        None,
        None,
        None,
        None,
    ]


def test_a_stage_without_a_place_in_the_order_has_no_next() -> None:
    row = removed_stage("old", [count("won", 0, 2, 500), count("lost", 0)], Stays((1.0, 2.0), (4.0,)), in_euros)
    assert (row.entered, row.next, row.to_next, row.won, row.lost, row.won_value_cents) == (3, None, None, 2, 1, 1000)
    assert (row.visits, row.median_days, row.open_visits, row.median_days_open) == (2, 1.5, 1, 4.0)


def test_foreign_values_are_rounded_deal_by_deal_so_that_groups_add_up() -> None:
    totals = sum_up([count("won", 2, 3, 5, "USD"), count("won", 2, 1, 100)], [], in_euros)
    assert totals.won_value_cents == 3 * 2 + 100  # 5 cents are 1.665, which is 2


def test_the_cycle_is_that_of_the_won_deals() -> None:
    totals = sum_up([count("won", 2, 4), count("lost", 0, 6)], [1.0, 2.0, 3.0, 10.0], in_euros)
    assert (totals.cycle_median, totals.cycle_mean, totals.win_rate) == (2.5, 4.0, 0.4)
    assert totals.cycle_p90 == pytest.approx(7.9)


COUNTS = st.lists(
    st.builds(
        count,
        st.sampled_from(["open", "won", "lost", "disqualified"]),
        st.integers(0, 2),
        st.integers(1, 30),
        st.integers(0, 10_000),
    ),
    max_size=20,
)


@given(COUNTS)
def test_rates_from_stage_to_stage_multiply_to_won_of_entered(counts: list[DealCount]) -> None:
    rows = funnel_of(STAGES, counts, [Stays()] * 3, in_euros)
    entered = [row.entered for row in rows]
    assert entered == sorted(entered, reverse=True)
    if rows[-1].entered:
        telescoped = prod(row.to_next or 0 for row in rows)
        assert telescoped == pytest.approx(rows[0].won / rows[0].entered)
        assert rows[0].win_rate_all == pytest.approx(telescoped)


@given(COUNTS, st.integers(0, 20))
def test_two_halves_of_the_deals_add_up_to_the_whole(counts: list[DealCount], cut: int) -> None:
    whole, left, right = (
        funnel_of(STAGES, part, [Stays()] * 3, in_euros) for part in (counts, counts[:cut], counts[cut:])
    )
    for key in ("entered", "next", "won", "lost", "disqualified", "open", "won_value_cents"):
        for row, one, other in zip(whole, left, right, strict=True):
            assert getattr(row, key) == getattr(one, key) + getattr(other, key)
