"""A backtest in words: a method may be the best and its range still fail."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline_cli.domain.forecast.backtest import Backtest, BacktestRow, MethodScore
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.reports.backtest import Asked, backtest_report

ROW = BacktestRow(date(2026, 9, 1).toordinal(), "timed", 5, 500, 100.0, 50, 100, 150, 400, 1, 1.0)


@pytest.mark.parametrize(
    ("inside", "is_named"), [(0.31, True), (0.59, True), (0.6, False), (0.85, False), (None, False)]
)
def test_a_range_that_did_not_hold_is_named_beside_the_method_to_trust(inside: float | None, is_named: bool) -> None:
    scores = [
        MethodScore("timed", 0.3, 0.0, 0.10, 0.3, inside, 10, 50, ()),
        MethodScore("stage", 0.6, 0.5, 0.15, 0.4, 0.8, 10, 50, ()),
    ]
    made = Backtest([ROW], scores, 30, ["timed", "stage"])
    asked = Asked(30, calibration=False, plot=False, dropped=0)
    report = backtest_report(Pipeline("sales", "Sales", ()), "EUR", date(2026, 11, 21), made, asked)
    (verdict,) = report.sections[0].lines
    assert verdict.startswith("Trust timed: ")
    assert ("Not its range: what came lay between P10 and P90 on" in verdict) == is_named
