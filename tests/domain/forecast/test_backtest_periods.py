"""Rows by month as they would have been, beside what the months brought."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline_cli.domain.forecast.backtest_periods import backtest_periods, score_periods
from pipeline_cli.domain.forecast.runs import DealHistory, History

CONFIGURED = [0.5]


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


DEALS = [
    DealHistory(1, [(day("2026-03-02"), 0)], day("2026-03-05"), True, amount_cents=100),
    DealHistory(2, [(day("2026-03-03"), 0)], day("2026-03-25"), True, amount_cents=1000),
    DealHistory(3, [(day("2026-03-03"), 0)], day("2026-04-10"), True, amount_cents=5000),
    DealHistory(4, [(day("2026-03-04"), 0)], day("2026-03-28"), False, amount_cents=700),
    DealHistory(5, [(day("2026-03-20"), 0)], day("2026-03-22"), True, amount_cents=9000),
]
DATES = {2: [(0, day("2026-03-30"))], 3: [(0, day("2026-03-30"))], 4: [(0, day("2026-04-30"))]}


def test_a_method_that_goes_by_dates_counts_what_is_due_and_what_came_is_what_was_open_or_won() -> None:
    rows = backtest_periods(
        History(DEALS), CONFIGURED, DATES, [day("2026-03-10")], 30, day("2026-04-30"), methods=("configured",)
    )
    march, april = rows
    # won so far 100; deals 2 and 3 are due in March, deal 4 in April; deal 5 had not come yet
    assert (march.period, march.ahead, march.days_left) == ("2026-03", 0, 21)
    assert march.expected_cents == pytest.approx(100 + 0.5 * 6000)
    assert (march.actual_cents, march.p10, march.p90, march.inside) == (1100, 100, 6100, True)
    assert (april.period, april.expected_cents, april.actual_cents) == ("2026-04", pytest.approx(350), 5000)
    assert not april.inside


def test_the_method_that_knows_time_spreads_each_deal_over_the_months() -> None:
    march, april = backtest_periods(
        History(DEALS), CONFIGURED, DATES, [day("2026-03-10")], 30, day("2026-04-30"), methods=("timed",)
    )
    assert 100 < march.expected_cents < 100 + 6700
    assert april.expected_cents > 350
    assert march.days_left == 21


def test_months_that_are_not_over_are_not_graded() -> None:
    rows = backtest_periods(History(DEALS), CONFIGURED, DATES, [day("2026-03-31")], 30, day("2026-04-29"))
    assert {row.period for row in rows} == {"2026-03"}
    assert all(row.expected_cents == row.actual_cents == 10100 for row in rows if row.method == "timed")


def test_scores_are_by_method_and_by_how_far_ahead_the_month_lay() -> None:
    days = [day("2026-03-10"), day("2026-03-20")]
    rows = backtest_periods(History(DEALS), CONFIGURED, DATES, days, 30, day("2026-05-31"))
    scores = score_periods(rows)
    assert [(one.method, one.ahead, one.rows) for one in scores] == [
        (method, ahead, 2) for method in ("configured", "stage", "timed") for ahead in range(3)
    ]
    first = [row for row in rows if row.method == "timed" and row.ahead == 0]
    off = sum(abs(row.expected_cents - row.actual_cents) for row in first)
    assert scores[6].wape == pytest.approx(off / sum(row.actual_cents for row in first))
    assert scores[6].inside_p10_p90 == sum(row.inside for row in first) / 2
