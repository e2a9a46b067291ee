"""Every method replayed on a record, against figures counted by hand."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.forecast.backtest import FEWEST_RESOLVED, METHODS, backtest, regular_dates, replay_dates
from pipeline_cli.domain.forecast.runs import DealHistory, History

CONFIGURED = [0.2, 0.5]

THREE = [
    DealHistory(1, [(0, 0), (5, 1)], closed_day=30, won=True, amount_cents=100_00),
    DealHistory(2, [(2, 0)], closed_day=60, won=True, amount_cents=40_00),
    DealHistory(3, [(8, 1)], closed_day=25, won=False, amount_cents=10_00),
    DealHistory(4, [(50, 0)], amount_cents=999_00),
]


def test_on_a_past_day_only_the_deals_open_then_are_forecast_and_compared_with_the_horizon_after_it() -> None:
    row = backtest(History(THREE), CONFIGURED, dates=[10], horizon_days=30, methods=["configured"]).rows[0]
    assert (row.as_of, row.method, row.open_deals, row.open_value_cents) == (10, "configured", 3, 150_00)
    assert row.expected_cents == pytest.approx(0.5 * 100_00 + 0.2 * 40_00 + 0.5 * 10_00)
    assert row.expected_wins == pytest.approx(1.2)
    assert (row.actual_cents, row.actual_wins) == (100_00, 1)
    assert (row.p10, row.p50, row.p90) == (0, 50_00, 110_00)


def test_the_method_stage_learns_from_what_was_closed_by_then() -> None:
    # by day 30 one of two closed deals that reached the last stage was won: (1 + 5·0.5) / 7, the first (1 + 1) / 7
    row = backtest(History(THREE), CONFIGURED, dates=[30], horizon_days=30, methods=["stage"]).rows[0]
    assert row.open_deals == 1
    assert row.expected_wins == pytest.approx(2 / 7)


def test_scores_cover_all_days_and_every_single_forecast() -> None:
    made = backtest(History(THREE), CONFIGURED, dates=[30, 10], horizon_days=30)
    assert [(row.as_of, row.method) for row in made.rows] == [(day, m) for day in (10, 30) for m in METHODS]
    score = made.scores[0]
    assert (score.method, score.dates, score.deals) == ("configured", 2, 4)
    assert score.brier == pytest.approx((0.25 + 0.04 + 0.25 + 0.64) / 4)
    assert score.wape == pytest.approx((37_00 + 32_00) / 140_00)
    assert sum(tenth.deals for tenth in score.calibration) == 4


def test_under_twenty_resolved_deals_no_method_is_ranked() -> None:
    made = backtest(History(THREE), CONFIGURED, dates=[10, 30], horizon_days=30)
    assert made.resolved == 3
    assert made.ranking == []


def quick_or_dead(count: int) -> list[DealHistory]:
    """Deals are won within a week, but one, or sit for ever: what counting closed deals cannot see."""
    won = [DealHistory(i, [(3 * i, 1)], 3 * i + 6, True, amount_cents=10_00) for i in range(count)]
    dead = [DealHistory(1_000 + i, [(3 * i, 1)], amount_cents=10_00) for i in range(count)]
    return [*won, *dead, DealHistory(999, [(1, 1)], 3, False)]


def test_with_enough_resolved_deals_the_method_that_sees_time_is_ranked_first() -> None:
    made = backtest(History(quick_or_dead(120)), CONFIGURED, regular_dates(90, 300, 14), horizon_days=30)
    assert made.resolved >= FEWEST_RESOLVED
    assert made.ranking[0] == "timed"
    brier = {score.method: score.brier for score in made.scores}
    assert brier["timed"] == pytest.approx(0, abs=0.1)
    assert brier["stage"] == pytest.approx(0.9, abs=0.1)


def test_later_rows_change_nothing_but_what_came() -> None:
    deals = quick_or_dead(60)
    early = [deal for deal in deals if deal.moves[0][0] <= 120]
    whole = backtest(History(deals), CONFIGURED, dates=[100], horizon_days=20)
    ended = backtest(History(early), CONFIGURED, dates=[100], horizon_days=20)
    assert whole.rows == ended.rows


def test_dates_are_as_far_apart_as_asked_and_end_in_time() -> None:
    assert list(regular_dates(10, 40, 14)) == [10, 24, 38]
    assert list(regular_dates(10, 9, 14)) == []


def test_days_to_replay_lie_between_the_beginning_and_the_last_day_whose_horizon_is_over() -> None:
    assert replay_dates(100, 200, 30, 14, since=90, until=195) == ([104, 118, 132, 146, 160], 3)
    assert replay_dates(100, 200, 30, 14, since=150) == ([150, 164], 0)


def test_without_a_first_day_to_replay_a_year_is_but_not_the_beginning_of_the_record() -> None:
    assert replay_dates(0, 1000, 30, 182)[0] == [606, 788, 970]
    assert replay_dates(0, 300, 30, 60)[0] == [90, 150, 210, 270]
    # fewer than four days would be left: into the second horizon
    assert replay_dates(0, 100, 30, 14)[0] == [42, 56, 70]
    assert replay_dates(0, 50, 30, 14) == ([], 0)


def test_without_deals_there_is_nothing_to_score() -> None:
    score = backtest(History([]), CONFIGURED, dates=[5], horizon_days=30).scores[2]
    assert (score.brier, score.wape, score.deals, score.dates) == (None, None, 0, 1)
