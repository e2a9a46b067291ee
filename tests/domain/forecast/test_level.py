"""How far chances were off in the past."""

from __future__ import annotations

from math import log

import pytest

from pipeline_cli.domain.forecast.learning import count_runs, exit_directions, exit_rates
from pipeline_cli.domain.forecast.runs import DealHistory, History, Known, known_on
from pipeline_cli.domain.forecast.timed import Chances, Level, fit_level, landmark_days


def chances_of(known: Known) -> Chances:
    counts = count_runs(known.tally, stages=1)
    return Chances(counts.starts, exit_rates(counts), exit_directions(counts, [0.5]))


def test_without_a_past_nothing_is_corrected() -> None:
    known = known_on(History([DealHistory(1, [(100, 0)])]), 103)
    assert fit_level(known, chances_of(known)) == Level(0, 0)
    assert Level(0, 0).apply(0.3, idle_days=50) == pytest.approx(0.3)


def test_open_deals_are_looked_at_every_week_of_their_past() -> None:
    known = known_on(History([DealHistory(1, [(100, 0)], closed_day=122, won=True), DealHistory(2, [(110, 0)])]), 130)
    assert [(known.deals[run.deal].id, day) for run, day in landmark_days(known)] == [
        (1, 116),
        (1, 109),
        (1, 102),
        (2, 123),
        (2, 116),
    ]


def test_a_long_past_is_thinned_and_each_deal_has_its_own_weeks() -> None:
    deals = [DealHistory(i, [(0, 0)], closed_day=300, won=False) for i in range(200)]  # 60,000 deal-days
    found = landmark_days(known_on(History(deals), 310))
    assert 800 <= len(found) <= 1_000
    assert len({day for _, day in found}) >= 40


def test_silent_deals_that_are_never_won_make_silence_count_against_a_deal() -> None:
    touched = [
        DealHistory(i, [(i, 0)], closed_day=i + 60, won=True, touch_days=list(range(i, i + 60, 3))) for i in range(60)
    ]
    silent = [DealHistory(100 + i, [(i, 0)], closed_day=i + 60, won=False, touch_days=[i]) for i in range(60)]
    known = known_on(History(touched + silent), 200)
    level = fit_level(known, chances_of(known))
    assert level.silence < -0.5
    assert level.apply(0.5, idle_days=40) < 0.3 < level.apply(0.5, idle_days=1)


def test_silence_is_never_taken_for_a_good_sign() -> None:
    busy = [
        DealHistory(i, [(i, 0)], closed_day=i + 60, won=False, touch_days=list(range(i, i + 60, 3))) for i in range(60)
    ]
    silent = [DealHistory(100 + i, [(i, 0)], closed_day=i + 60, won=True, touch_days=[i]) for i in range(60)]
    known = known_on(History(busy + silent), 200)
    assert fit_level(known, chances_of(known)).silence == 0


def test_a_chance_is_corrected_on_the_logit_scale_and_certainty_stays() -> None:
    level = Level(shift=log(2), silence=-1.0)
    idle = 4  # ln 5 - 1.5
    odds = 1 * 2 * 2.718281828459045 ** -(log(5) - 1.5)
    assert level.apply(0.5, idle) == pytest.approx(odds / (1 + odds))
    assert (level.apply(0.0, idle), level.apply(1.0, idle)) == (0, 1)
