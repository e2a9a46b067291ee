"""How the columns of a table share a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.output.tables import GAP, STUB, Need, fit


def number(width: int, priority: int = 1) -> Need:
    return Need(width, 4, priority, elastic=False)


def words(width: int, priority: int = 1) -> Need:
    return Need(width, 5, priority, elastic=True)


def test_what_fits_stays_as_it_is() -> None:
    assert fit([words(30), number(10)], 80) == ((0, 1), (30, 10))


def test_the_highest_priority_number_goes_first_and_of_equals_the_right_one() -> None:
    assert fit([number(30, 0), number(30, 1), number(30, 2), number(30, 2)], 96).kept == (0, 1, 2)
    assert fit([number(30, 0), number(30, 1), number(30, 2), number(30, 2)], 70).kept == (0, 1)


def test_text_is_cut_before_a_column_goes_but_not_below_twelve() -> None:
    assert fit([words(100, 1), number(10, 1)], 24) == ((0, 1), (12, 10))
    assert fit([words(100, 1), number(10, 1)], 23) == ((0,), (23,))


def test_text_that_never_goes_keeps_twenty_while_another_column_can_go() -> None:
    assert fit([words(100, 0), number(10, 1)], 32) == ((0, 1), (20, 10))
    assert fit([words(100, 0), number(10, 1)], 31) == ((0,), (31,))


def test_two_long_columns_share_what_is_left() -> None:
    assert fit([words(100, 0), words(90, 1)], 62).widths == (30, 30)
    assert fit([words(100, 0), words(25, 1)], 82).widths == (55, 25)


def test_numbers_that_never_go_are_not_cut_even_when_the_terminal_is_too_narrow() -> None:
    assert fit([words(100, 0), number(30, 0)], 20) == ((0, 1), (STUB, 30))


NEEDS = st.builds(
    lambda natural, heading, priority, elastic: Need(max(natural, heading), heading, priority, elastic),
    st.integers(1, 200),
    st.integers(1, 14),
    st.integers(0, 9),
    st.booleans(),
)


@given(st.lists(NEEDS, min_size=1, max_size=12), st.integers(20, 200))
def test_a_table_fits_unless_what_must_stay_does_not(needs: list[Need], width: int) -> None:
    plan = fit(needs, width)
    total = sum(plan.widths) + GAP * (len(plan.widths) - 1)
    kept = [needs[index] for index in plan.kept]
    must_stay = sum(min(need.natural, STUB) if need.elastic else need.natural for need in kept)
    assert total <= max(width, must_stay + GAP * (len(kept) - 1))
    assert all(given >= need.natural for given, need in zip(plan.widths, kept, strict=True) if not need.elastic)
    assert {index for index, need in enumerate(needs) if need.priority == 0} <= set(plan.kept)
