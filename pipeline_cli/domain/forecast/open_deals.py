"""What a method says of each open deal: its chances, what it counts as, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.forecast.probability import StageProbability
from pipeline_cli.domain.money import convert_cents
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.timed import DealChance, TimedForecast

METHODS = ("timed", "stage", "configured")


class OpenDeal(NamedTuple):
    facts: DealFacts
    value_cents: int | None
    """Its value in the file's currency."""
    category: str
    p_win: float
    """In the end, 0 to 1: its own when set by hand, else what the method says."""
    p_win_by_horizon: float | None
    """None: the method knows no time."""
    amount_cents: int
    """What it counts as within the horizon: its value, or else, where the method has one, the usual amount."""
    p_stage: float
    """By its stage's history, or its own."""
    p_configured: float
    why: str
    never_seen_won: bool = False
    """History knows no deal that was won after so long, or from its stage."""

    @property
    def weighted_cents(self) -> float:
        """value × p_win; 0 without a value."""
        return (self.value_cents or 0) * self.p_win

    @property
    def p_counted(self) -> float:
        """Its chance within the horizon; where the method knows no time, in the end."""
        return self.p_win if self.p_win_by_horizon is None else self.p_win_by_horizon

    @property
    def is_set_by_hand(self) -> bool:
        return self.facts.probability is not None or self.facts.category is not None


def weigh_open_deals(
    facts: Sequence[DealFacts], playbook: Playbook, pipeline: Pipeline, stages: Sequence[StageProbability], method: str,
    timed: TimedForecast | None = None,
) -> list[OpenDeal]:  # fmt: skip
    """`timed` is there for the method of that name. A deal in a stage that pipeline.yaml no longer has gets 0."""
    by_stage = {one.stage: one for one in stages}
    chances = {chance.id: chance for chance in timed.deals} if timed else {}
    weighed = []
    for one in facts:
        stage, known, chance = pipeline.stage(one.stage), by_stage.get(one.stage), chances.get(one.id)
        used, configured = (known.used, known.configured) if known else (0.0, 0.0)
        p_win, soon = _chances(method, used, configured, chance if stage else None)
        own = one.probability
        if own is not None:
            p_win, soon, used, configured = own, _own_soon(own, p_win, soon), own, own
        value = _in_home(one, playbook)
        weighed.append(
            OpenDeal(
                one,
                value,
                one.category or (stage.category if stage else "omitted"),
                p_win,
                soon,
                value if value is not None else timed.usual_amount_cents if timed else 0,
                used,
                configured,
                _reason(one, stage.name if stage else None, chance, timed),
                bool(timed and timed.wins and chance and chance.never_seen_won),
            )
        )
    return weighed


def _chances(method: str, used: float, configured: float, chance: DealChance | None) -> tuple[float, float | None]:
    """In the end, and by the horizon."""
    if method != "timed":
        return configured if method == "configured" else used, None
    return (chance.p_win, chance.p_win_by_horizon) if chance else (0.0, 0.0)


def _own_soon(own: float, p_win: float, soon: float | None) -> float | None:
    """own × by horizon ÷ in the end: how likely, a person says; how soon, history."""
    return None if soon is None else own * (soon / p_win) if p_win else 0.0


def _in_home(facts: DealFacts, playbook: Playbook) -> int | None:
    if facts.value_cents is None:
        return None
    return convert_cents(facts.value_cents, facts.currency, playbook.currency, playbook.exchange_rates)


def _reason(facts: DealFacts, stage: str | None, chance: DealChance | None, timed: TimedForecast | None) -> str:
    """Why the deal has its chance, in words: `41 days in Proposal (won: 9)`."""
    if facts.probability is not None:
        return "set by hand"
    if stage is None:
        return "its stage is not in pipeline.yaml"
    if timed is None or chance is None:
        return f"in {stage}"
    stay = f"{counted(chance.days_in_stage, 'day')} in {stage}" if chance.days_in_stage else f"new in {stage}"
    if not chance.stage_seen:
        stay = f"{counted(chance.days_in_stage, 'day')} old, in {stage} since nobody knows when"
    if timed.model.is_a_guess:
        return f"{stay} (as configured)"
    if not timed.wins:
        return f"{stay} (none was won yet)"
    if chance.usual_days is None:
        return f"{stay} (none won from here yet)"
    if chance.never_seen_won:
        return f"{stay} (won: never so long)"
    return f"{stay} (won{':' if chance.stage_seen else ' in'} {chance.usual_days:.0f})"
