from __future__ import annotations

import pytest

from pipeline_cli.domain.outcomes.health import Velocity


def test_velocity_is_deals_times_value_times_rate_over_cycle() -> None:
    assert Velocity(10, 500_000, 0.25, 50).cents_per_day == 25_000


def test_ten_percent_more_of_an_input_adds_ten_percent_and_of_the_cycle_takes_an_eleventh() -> None:
    assert Velocity(10, 500_000, 0.25, 50).effects() == pytest.approx(
        {"open_deals": 2_500, "won_value": 2_500, "win_rate": 2_500, "cycle": -25_000 / 11}
    )


def test_a_win_rate_ends_at_all_deals() -> None:
    assert Velocity(10, 500_000, 0.95, 50).effects()["win_rate"] == pytest.approx(10 * 500_000 * 0.05 / 50)
    assert Velocity(10, 500_000, 1.0, 50).effects()["win_rate"] == 0
