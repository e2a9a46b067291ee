"""How right forecasts were."""

from __future__ import annotations

from math import log

import pytest

from pipeline_cli.domain.forecast.backtest import Tenth, bias, brier, calibration, inside_share, log_loss, wape


def test_errors_of_totals_are_weighed_by_what_came() -> None:
    totals = [(120.0, 100.0), (60.0, 100.0)]
    assert wape(totals) == pytest.approx(0.3)
    assert bias(totals) == pytest.approx(-0.1)


def test_when_nothing_came_there_is_nothing_to_weigh_by() -> None:
    assert wape([(5.0, 0.0)]) is None
    assert bias([]) is None


def test_the_brier_score_of_a_coin_is_a_quarter() -> None:
    assert brier([(0.5, True), (0.5, False)]) == 0.25
    assert brier([(1.0, True), (0.2, False)]) == pytest.approx(0.02)
    assert brier([]) is None


def test_log_loss_punishes_certainty_that_was_wrong_but_not_without_end() -> None:
    assert log_loss([(0.5, True)]) == pytest.approx(log(2))
    assert log_loss([(0.0, True)]) == pytest.approx(-log(1e-6))
    assert log_loss([]) is None


def test_a_result_on_the_bound_of_its_range_is_inside() -> None:
    assert inside_share([(1, 5, 5), (1, 5, 1), (1, 5, 6), (1, 5, 0)]) == 0.5
    assert inside_share([]) is None


def test_calibration_compares_what_was_said_with_what_came_in_each_tenth() -> None:
    rows = calibration([(0.05, False), (0.08, True), (0.1, False), (1.0, True)])
    assert rows == [
        Tenth(0.0, 0.1, 2, pytest.approx(0.065), 0.5),
        Tenth(0.1, 0.2, 1, pytest.approx(0.1), 0.0),
        Tenth(0.9, 1.0, 1, 1.0, 1.0),
    ]
