"""The method `timed` learns from what its own past forecasts were off by, and never ahead of its time."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest

from pipeline_cli.domain.forecast.backtest import backtest
from pipeline_cli.domain.forecast.misses import Forecasted, Lesson, Miss, lesson_of, miss_of, past_days, shifted
from pipeline_cli.domain.forecast.runs import DealHistory, History, known_on
from pipeline_cli.domain.forecast.timed import TimedModel, timed_forecast

CONFIGURED = [0.3, 0.6]


def test_a_miss_is_the_shift_that_would_have_made_the_sum_what_came() -> None:
    # two alike: 2 · 100 · sigma(t) = 140 where half was said, so t = ln(0.7 / 0.3)
    said = [Forecasted(0.5, 100, 100), Forecasted(0.5, 100, 40)]
    miss = miss_of(900, said, wins=7)
    assert miss is not None
    assert (miss.as_of, miss.wins) == (900, 7)
    assert miss.shift == pytest.approx(log(0.7 / 0.3))
    assert miss.luck == pytest.approx((2 * 100**2 * 0.25) / (2 * 100 * 0.25) ** 2)


def test_a_miss_that_no_shift_explains_counts_as_one_of_e() -> None:
    assert miss_of(900, [Forecasted(0.5, 100, 0)], wins=0) == Miss(900, -1.0, pytest.approx(4.0), 0, 50.0, 0.0)
    high = miss_of(900, [Forecasted(0.01, 100, 100)], wins=0)
    assert high is not None
    assert high.shift == 1.0


def test_where_nothing_was_at_stake_there_is_no_miss() -> None:
    assert miss_of(900, [], wins=3) is None
    assert miss_of(900, [Forecasted(0.5, 0, 0), Forecasted(1.0, 50, 50), Forecasted(0.0, 50, 0)], wins=3) is None


def test_the_same_miss_four_times_is_corrected_but_for_what_luck_and_few_wins_explain() -> None:
    lesson = lesson_of([Miss(day, -0.3, 0.01, 96) for day in range(4)])
    assert lesson.shift == pytest.approx(-0.3 * 0.04 / (0.04 + 0.01 + 2 / 100))
    assert lesson.shared == pytest.approx((4 * 0.04 + 4 * (0.09 - 0.01)) / 8)


def test_misses_that_contradict_each_other_correct_little_and_widen_the_range() -> None:
    lesson = lesson_of([Miss(day, shift, 0.0, 10**9) for day, shift in enumerate((0.5, -0.3, 0.4, -0.2))])
    around = ((0.5 - 0.1) ** 2 + (-0.3 - 0.1) ** 2 + (0.4 - 0.1) ** 2 + (-0.2 - 0.1) ** 2) / 3
    assert lesson.shift == pytest.approx(0.1 * 0.04 / (0.04 + around / 2), rel=1e-6)
    assert sqrt(lesson.shared) > 0.2


def test_misses_that_a_young_record_lacks_count_as_none() -> None:
    assert lesson_of([Miss(1, 0.4, 0.0, 10**9)]).shift == pytest.approx(0.4 / 4, rel=1e-6)
    assert lesson_of([]) == Lesson(0.0, 0.2**2)


def test_a_shifted_chance_stays_between_nothing_and_the_chance_in_the_end() -> None:
    lesson = Lesson(0.5, 0.04)
    odds = 0.2 / 0.8 * exp(0.5)
    assert shifted(0.2, lesson, most=0.9) == pytest.approx(odds / (1 + odds))
    assert shifted(0.2, lesson, most=0.25) == 0.25
    assert (shifted(0.0, lesson, most=1.0), shifted(1.0, lesson, most=1.0)) == (0.0, 1.0)


def seller(until: int, changes_on: int | None = None) -> list[DealHistory]:
    """Two deals a day that close after 10 to 29 days: half are won, and from a day on three of four are lost."""
    deals = []
    for number in range(2 * until):
        begun = number // 2
        closed = begun + 10 + number * 7 % 20
        won = number % 4 == 0 if changes_on is not None and closed >= changes_on else number % 2 == 0
        moves = [(begun, 0), (begun + 5, 1)]
        deals.append(DealHistory(number, moves, closed, won, amount_cents=100_00 + number % 9 * 10_00))
    return deals


def cut(deals: list[DealHistory], day: int) -> list[DealHistory]:
    """What was written down by the end of a day."""
    return [
        deal._replace(
            moves=[move for move in deal.moves if move[0] <= day],
            closed_day=deal.closed_day if (deal.closed_day or 0) <= day else None,
            won=deal.won if (deal.closed_day or 0) <= day else None,
        )
        for deal in deals
        if deal.moves[0][0] <= day
    ]


def test_a_small_or_a_young_record_has_nothing_to_look_back_on() -> None:
    history = History(seller(400))
    assert past_days(known_on(history, 59), 30) == []
    assert past_days(known_on(history, 300), 30) == [270, 262, 255, 248]
    assert past_days(known_on(history, 300), 160) == []
    assert past_days(known_on(History(seller(400)[::12]), 300), 30) == []
    assert past_days(known_on(history, 300), 0) == []


def test_after_fewer_wins_than_ever_the_forecast_comes_down() -> None:
    deals = seller(400, changes_on=260)
    as_learned = timed_forecast(History(deals), 320, CONFIGURED, 30)
    model = TimedModel(known_on(History(deals), 320), CONFIGURED)
    assert as_learned.model.lesson.shift < -0.05
    before = {run.deal: model.chance_within(30, run) for run in known_on(History(deals), 320).open_runs}
    assert sum(deal.p_win_by_horizon for deal in as_learned.deals) < sum(before.values())
    assert all(deal.p_win_by_horizon <= deal.p_win for deal in as_learned.deals)


def test_what_a_deal_is_worth_in_the_end_is_the_same_whatever_was_learned_from_misses() -> None:
    history = History(seller(400, changes_on=260))
    chances = [[deal.p_win for deal in timed_forecast(history, 320, CONFIGURED, days).deals] for days in (14, 30, 800)]
    assert chances[0] == chances[1] == chances[2]


@pytest.mark.parametrize("day", [200, 275, 320])
def test_what_comes_later_teaches_nothing_yet(day: int) -> None:
    deals = seller(400, changes_on=260)
    whole = timed_forecast(History(deals), day, CONFIGURED, 30)
    ended = timed_forecast(History(cut(deals, day)), day, CONFIGURED, 30)
    assert whole.model.lesson == ended.model.lesson
    assert len(whole.model.lesson.misses) == 4
    assert whole.deals == ended.deals


def test_backtest_grades_the_corrected_forecast() -> None:
    history = History(seller(400, changes_on=260))
    (row,) = backtest(history, CONFIGURED, [320], 30, ("timed",)).rows
    made = timed_forecast(history, 320, CONFIGURED, 30)
    assert row.expected_cents == pytest.approx(sum(d.p_win_by_horizon * d.amount_cents for d in made.deals))
