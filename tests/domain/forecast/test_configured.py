"""What the configured probabilities say about the next exit."""

from __future__ import annotations

from math import prod

import pytest

from pipeline_cli.domain.forecast.learning import count_runs, fit_shift, forward_chances, logit, sigmoid
from pipeline_cli.domain.forecast.runs import LOST, WON, Run, tally_of


def test_without_history_the_exits_ahead_multiply_to_the_configured_probability() -> None:
    configured = [0.05, 0.2, 0.5, 0.8]
    forward = forward_chances(configured, count_runs(tally_of([]), stages=4))
    assert [prod(forward[stage:]) for stage in range(4)] == pytest.approx(configured, abs=1e-8)


def test_a_stage_that_promises_less_than_the_one_before_is_pooled_with_it() -> None:
    forward = forward_chances([0.5, 0.3], count_runs(tally_of([]), stages=2))
    assert forward == pytest.approx([1.0, 0.4], abs=1e-8)


def test_nothing_and_certainty_are_configured_values_too() -> None:
    assert forward_chances([0.0, 0.0, 1.0], count_runs(tally_of([]), stages=3)) == pytest.approx([0, 0, 1], abs=1e-8)


def test_more_losses_than_configured_shift_every_stage_down() -> None:
    lost = [Run(i, 0, 0, 5, LOST) for i in range(20)] + [Run(20, 0, 0, 5, 1), Run(20, 1, 5, 9, WON)]
    before = forward_chances([0.4, 0.8], count_runs(tally_of([]), stages=2))
    after = forward_chances([0.4, 0.8], count_runs(tally_of(lost), stages=2))
    assert all(a < b for a, b in zip(after, before, strict=True))
    shifts = [logit(a) - logit(b) for a, b in zip(after, before, strict=True)]
    assert shifts[0] == pytest.approx(shifts[1])


def test_the_shift_is_where_the_slope_is_zero() -> None:
    seen = [(3.0, 10.0, 0.4), (0.0, 5.0, -1.0)]
    t = fit_shift(seen, penalty=4.0, centre=0.2)
    slope = sum(k - n * sigmoid(offset + t) for k, n, offset in seen) - 4.0 * (t - 0.2)
    assert slope == pytest.approx(0, abs=1e-9)


def test_thousands_of_surprises_are_fitted_without_overshooting() -> None:
    t = fit_shift([(0.0, 5000.0, 9.0)], penalty=4.0)
    assert -5000.0 * sigmoid(9.0 + t) - 4.0 * t == pytest.approx(0, abs=1e-6)


def test_a_logit_and_back_is_the_same() -> None:
    assert [sigmoid(logit(p)) for p in (1e-6, 0.2, 0.5, 0.999)] == pytest.approx([1e-6, 0.2, 0.5, 0.999])
    assert sigmoid(-800) == 0
