"""How fast deals leave."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.forecast.learning import count_runs, exit_rates
from pipeline_cli.domain.forecast.runs import LOST, OPEN, WON, Run, tally_of


def test_without_history_a_stage_is_left_after_two_weeks_on_average() -> None:
    rates = exit_rates(count_runs(tally_of([]), stages=3))
    assert [rate for row in rates for rate in row] == pytest.approx([1 / 14] * 30)


def test_much_history_speaks_for_itself() -> None:
    runs = [Run(i, 0, 0, 1, WON) for i in range(5_000)] + [Run(i, 0, 0, 3, OPEN) for i in range(5_000)]
    rates = exit_rates(count_runs(tally_of(runs), stages=1))
    assert rates[0][0] == pytest.approx(0.5, abs=0.001)
    assert rates[0][1] == pytest.approx(0, abs=0.001)


def test_the_formula_by_hand_for_one_run() -> None:
    # one deal left on its first day: λ0 = λ = 4/43 … ρ_0 = (1 + 3) / (λ + 3), h = (1 + 3) / (1 + 3/(λρ))
    overall = (1 + 3) / (1 + 42)
    stage = (1 + 3) / (1 + 3 / overall)
    profile = (1 + 3) / (stage + 3)
    rates = exit_rates(count_runs(tally_of([Run(0, 0, 0, 1, LOST)]), stages=1))
    assert rates[0][0] == pytest.approx(4 / (1 + 3 / (stage * profile)))
    assert rates[0][1] == pytest.approx(stage * profile)  # an age nobody has seen goes on like the one before


def test_deals_that_only_sit_make_old_ages_slow() -> None:
    runs = [Run(i, 0, 0, 200, OPEN) for i in range(50)] + [Run(i, 0, 0, 10, WON) for i in range(50)]
    rates = exit_rates(count_runs(tally_of(runs), stages=1))[0]
    assert rates[-1] < rates[4] / 5


def test_no_chance_exceeds_certainty() -> None:
    rates = exit_rates(count_runs(tally_of([Run(i, 0, 0, 1, WON) for i in range(10_000)]), stages=2))
    assert max(max(row) for row in rates) <= 1
