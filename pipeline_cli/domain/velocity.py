"""Sales velocity: what the open deals bring a day, and what each of its four inputs does to it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.history import Outcomes, percentile, win_rate
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.record import NamedTuple

STEP = 1.1
"""The effects are those of 10 % more."""


class Velocity(NamedTuple):
    """Its four inputs."""

    open_qualified: float
    """How many; whole, until an effect is asked for."""
    average_won_cents: float
    win_rate: float
    cycle_days: float
    """Median of the won deals, above 0."""

    @property
    def cents_per_day(self) -> float:
        """open qualified deals × average won value × win rate ÷ median cycle."""
        return self.open_qualified * self.average_won_cents * self.win_rate / self.cycle_days

    def effects(self) -> dict[str, float]:
        """Input -> minor units a day that 10 % more of it adds; a longer cycle takes away, a rate ends at 1."""
        changed = {
            "open_deals": self._replace(open_qualified=self.open_qualified * STEP),
            "won_value": self._replace(average_won_cents=self.average_won_cents * STEP),
            "win_rate": self._replace(win_rate=min(1.0, self.win_rate * STEP)),
            "cycle": self._replace(cycle_days=self.cycle_days * STEP),
        }
        return {name: other.cents_per_day - self.cents_per_day for name, other in changed.items()}


def count_qualified(deals: Sequence[JudgedDeal], pipeline: Pipeline) -> int:
    """Open deals that passed qualification; where no stage asks for it, every one."""
    everyone = pipeline.qualifying_position is None
    return sum(1 for deal in deals if everyone or deal.is_qualified)


def measure_velocity(qualified: int, outcomes: Outcomes, cycles: Sequence[float]) -> Velocity | None:
    """None without won deals that have a value and a cycle above 0."""
    rate, cycle = win_rate(outcomes), percentile(cycles, 0.5)
    if rate is None or not cycle or not outcomes.won_valued:
        return None
    return Velocity(qualified, outcomes.won_value_cents / outcomes.won_valued, rate, cycle)
