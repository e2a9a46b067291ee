"""Which method a record's own past trusts: chosen from 20 closed deals on, and anew with every 5 % more."""

from __future__ import annotations

from math import ceil

import pytest

from pipeline_cli.domain.forecast.backtest import backtest
from pipeline_cli.domain.forecast.runs import DealHistory, History
from pipeline_cli.domain.forecast.trust import Trust, decided_on, decision, fingerprint, sample_of, trusted

CONFIGURED = [0.5]


def test_under_twenty_closed_deals_nothing_is_chosen() -> None:
    assert decided_on(list(range(19))) is None
    assert decided_on([]) is None


def test_the_choice_is_made_with_twenty_and_then_with_every_twentieth_part_more() -> None:
    steps = [20]
    while steps[-1] < 2000:
        steps.append(max(steps[-1] + 1, ceil(1.05 * steps[-1])))
    for closed in (20, 21, 40, 41, 99, 1000, 1999):
        last = max(step for step in steps if step <= closed)
        assert decided_on(list(range(100, 100 + closed))) == (100 + last - 1, last)


def seller(count: int, stays: int = 12) -> list[DealHistory]:
    """A deal every third day; every second is won after so many days, the others are lost a month later."""
    deals = []
    for number in range(count):
        begun = 3 * number
        won = number % 2 == 0
        closed = begun + (stays if won else stays + 30)
        moves = [(begun, 0)]
        deals.append(
            DealHistory(number, moves, closed if closed < 3 * count else None, won if closed < 3 * count else None)
        )
    return deals


def verdict(deals: list[DealHistory], day: int, configured: list[float]) -> Trust:
    history = History(deals)
    decided = decision(history, day)
    sample, whole = sample_of(history, decided[0])
    return trusted(sample, decided, configured, 30, whole=whole)


def test_the_method_that_sees_time_is_trusted_where_time_matters() -> None:
    made = verdict(seller(150), 450, CONFIGURED)
    assert (made.method, made.ranked, made.whole, made.days) == ("timed", True, True, 6)
    assert made.tracks["timed"].brier < 0.98 * min(made.tracks["stage"].brier, made.tracks["configured"].brier)


def test_another_method_is_taken_where_the_past_was_nearer_to_it() -> None:
    # for months one of ten was won, and of late nine of ten: what is learned of time looks further back than it should
    deals = []
    for number in range(60):
        begun, late = 5 * number, number >= 45
        deals.append(DealHistory(number, [(begun, 0)], begun + 20, number % 10 != 0 if late else number % 10 == 0))
    made = verdict(deals, 320, [0.9])
    assert made.ranked
    assert made.method == min(made.tracks, key=lambda method: made.tracks[method].brier) != "timed"
    assert made.tracks[made.method].brier <= 0.98 * made.tracks["timed"].brier


def test_with_few_closed_deals_the_usual_method_stays_and_says_what_it_has() -> None:
    made = verdict(seller(20), 60, [0.01])
    assert (made.method, made.ranked, made.closed < 20) == ("timed", False, True)


def test_an_empty_record_trusts_the_usual_method() -> None:
    assert verdict([], 100, CONFIGURED) == Trust("timed", 0, 0, 30, {}, ranked=False)


def test_what_comes_after_the_day_of_the_choice_changes_nothing() -> None:
    deals = seller(150)
    history = History(deals)
    day, _ = decided = decision(history, 400)
    later = History([*deals, DealHistory(999, [(day + 1, 0)], day + 3, True)])
    assert fingerprint(sample_of(later, day)[0], day) == fingerprint(sample_of(history, day)[0], day)
    ended = History(
        [deal if (deal.closed_day or 0) <= day else deal._replace(closed_day=None, won=None) for deal in deals]
    )
    assert trusted(sample_of(ended, day)[0], decided, CONFIGURED, 30) == verdict(deals, 400, CONFIGURED)


def test_another_past_has_another_fingerprint() -> None:
    deals = seller(150)
    changed = [deals[0]._replace(touch_days=[2]), *deals[1:]]
    assert fingerprint(History(changed), 400) != fingerprint(History(deals), 400)
    assert fingerprint(History([deals[0]._replace(won=False), *deals[1:]]), 400) != fingerprint(History(deals), 400)


def test_it_grades_the_methods_that_know_no_time_as_a_backtest_of_these_days_does() -> None:
    deals = seller(150)
    made = verdict(deals, 450, CONFIGURED)
    day, _ = decision(History(deals), 450)
    days = [day - 30 - 28 * turn for turn in range(6)]
    scores = {one.method: one for one in backtest(History(deals), CONFIGURED, days, 30, ("configured", "stage")).scores}
    for method, score in scores.items():
        assert made.tracks[method].brier == pytest.approx(score.brier)


def test_of_a_large_record_a_part_is_looked_at() -> None:
    sample, whole = sample_of(History(seller(2000)), 10_000)
    assert (len(sample.deals), whole) == (667, False)
