"""When a deal that is won comes: by its pace and by its expected close date, as far as dates have held."""

from __future__ import annotations

from itertools import pairwise
from math import exp

import pytest

from pipeline_cli.domain.forecast.dating import Dates, DateSense, Pushes, count_pushes, date_on, learn_dates, share_of
from pipeline_cli.domain.forecast.runs import DealHistory, History, known_on
from pipeline_cli.domain.forecast.timed import TimedModel

CONFIGURED = [0.3, 0.6]
TODAY = 500


def seller(count: int = 120) -> list[DealHistory]:
    """A deal every four days, open for 20 to 99 days; two of three are won."""
    deals = []
    for number in range(count):
        begun, stays = 4 * number, 20 + number * 37 % 80
        closed = begun + stays if begun + stays <= TODAY else None
        won = None if closed is None else number % 3 > 0
        deals.append(DealHistory(number, [(begun, 0), (begun + 7, 1)], closed, won, amount_cents=1000))
    return deals


def held(deals: list[DealHistory], off: int) -> Dates:
    """A date for each deal from its first day, that is so far from the day it closes."""
    return {
        deal.id: [(deal.moves[0][0], (deal.closed_day or TODAY + 30) + (off if deal.id % 2 else -off))]
        for deal in deals
    }


def wild(deals: list[DealHistory]) -> Dates:
    """Dates that have nothing to do with the day a deal closes."""
    return {deal.id: [(deal.moves[0][0], deal.moves[0][0] + 5 + deal.id * 53 % 200)] for deal in deals}


def learned(dates: Dates, deals: list[DealHistory] | None = None) -> DateSense:
    known = known_on(History(deals or seller()), TODAY)
    return learn_dates(known, TimedModel(known, CONFIGURED), dates)


def test_without_dates_nothing_is_learned_of_them() -> None:
    assert learned({}) == DateSense()
    assert DateSense().helps is None


def test_dates_that_hold_are_believed_and_dates_that_do_not_are_not() -> None:
    good, bad = learned(held(seller(), 4)), learned(wild(seller()))
    assert (good.helps, good.weight > 0.8) == (True, True)
    assert good.miss < 6
    assert (bad.helps, bad.weight) == (False, 0.0)
    assert good.wins > 20 < bad.wins


def test_with_few_wins_dates_are_believed_as_usual() -> None:
    deals = seller(12)
    few = learned(held(deals, 4), deals)
    assert few.helps is None
    assert 0.5 < few.weight < 0.95


def test_a_field_that_holds_the_day_of_closing_teaches_nothing() -> None:
    sense = learned(held(seller(), 0))
    assert (sense.weight, sense.miss, sense.helps) == (DateSense().weight, DateSense().miss, None)
    assert sense.wins > 20


def test_a_date_holds_from_the_day_it_was_set() -> None:
    dates: Dates = {7: [(0, None), (10, 40), (20, 60)]}
    assert [date_on(dates, 7, day) for day in (9, 10, 19, 20, 99)] == [None, 40, 40, 60, 60]
    assert date_on(dates, 8, 50) is None


def test_the_chance_by_a_day_mixes_pace_and_date_and_ends_at_one() -> None:
    deals = [*seller(), DealHistory(900, [(470, 0), (480, 1)], amount_cents=1000)]
    known = known_on(History(deals), TODAY)
    model = TimedModel(known, CONFIGURED)
    run = model.run_of(900)
    assert run is not None
    by_pace = share_of(model, run, None, TODAY, DateSense())
    assert by_pace(30) == pytest.approx(model.chance_within(30, run) / model.chance_ever(run))
    sense = DateSense(weight=0.6, late=2.0, miss=10.0)
    share = share_of(model, run, TODAY + 28, TODAY, sense)
    ahead = 1 - exp((0.5 - 30) / 10) / 2
    weight = 0.6 * ahead / (0.6 * ahead + 0.4)
    by_date = (1 - exp(-0.5 / 10) / 2 - 1 + ahead) / ahead
    assert share(30) == pytest.approx((1 - weight) * by_pace(30) + weight * by_date)
    rising = [share(days) for days in range(0, 800, 5)]
    assert rising == sorted(rising)
    assert (share(0), share(800)) == (pytest.approx(0.0), 1.0)


def test_the_longer_a_date_has_passed_the_less_it_says() -> None:
    deals = [*seller(), DealHistory(900, [(470, 0), (480, 1)], amount_cents=1000)]
    known = known_on(History(deals), TODAY)
    model = TimedModel(known, CONFIGURED)
    run = model.run_of(900)
    assert run is not None
    by_pace = share_of(model, run, None, TODAY, DateSense())(20)
    sense = DateSense(weight=0.7, miss=8.0)
    soon = [share_of(model, run, TODAY - past, TODAY, sense)(20) for past in (0, 5, 10, 20, 40, 80)]
    assert soon == sorted(soon, reverse=True)
    assert soon[-1] == pytest.approx(by_pace, abs=0.01)
    assert max(before - after for before, after in pairwise(soon)) < 0.25


def test_what_was_said_of_dates_later_is_not_known_yet() -> None:
    dates = held(seller(), 4)
    later = {number: [*rows, (TODAY + 1, 9999)] for number, rows in dates.items()}
    assert learned(later) == learned(dates)


def test_deals_whose_date_was_pushed_are_counted_apart() -> None:
    deals = [
        DealHistory(1, [(10, 0)], 30, True),
        DealHistory(2, [(10, 0)], 30, False),
        DealHistory(3, [(10, 0)], 30, True),
        DealHistory(4, [(10, 0)], 30, True),
        DealHistory(5, [(10, 0)]),
    ]
    dates: Dates = {
        1: [(0, 20), (15, 40)],
        2: [(0, 20), (15, None), (16, 40)],
        3: [(0, 40), (15, 20), (31, 60)],  # pulled, and pushed when it was over
        5: [(0, 20), (15, 40)],
    }
    assert count_pushes(known_on(History(deals), 100), dates) == Pushes(1, 2, 1, 1)
