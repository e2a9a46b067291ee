"""The pipeline now: a row a stage, the totals under it, and sales velocity."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.outcomes.history import (
    FirstResponses,
    Outcomes,
    percentile,
    share,
    win_rate,
    win_rate_by_value,
)
from pipeline_cli.domain.playbook import Pipeline, Quota
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.scored_deal import Baselines, ScoredDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import period_of

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


def count_qualified(deals: Sequence[ScoredDeal], pipeline: Pipeline) -> int:
    """Open deals that passed qualification; where no stage asks for it, every one."""
    everyone = pipeline.qualifying_position is None
    return sum(1 for deal in deals if everyone or deal.is_qualified)


def measure_velocity(qualified: int, outcomes: Outcomes, cycles: Sequence[float]) -> Velocity | None:
    """None without won deals that have a value and a cycle above 0."""
    rate, cycle = win_rate(outcomes), percentile(cycles, 0.5)
    if rate is None or not cycle or not outcomes.won_valued:
        return None
    return Velocity(qualified, outcomes.won_value_cents / outcomes.won_valued, rate, cycle)


class StageHealth(NamedTuple):
    """One stage, or one that pipeline.yaml no longer has."""

    stage: str
    name: str
    funnel: str | None
    deals: int
    value_cents: int
    weighted_cents: float
    share: float | None
    """Of the weighted value of all stages."""
    median_days: float | None
    """Days in stage of the open deals there."""
    usual_days: float | None
    """Median of the finished visits."""
    idle: int
    stuck: int
    no_next_step: int
    overdue: int
    criteria_gap: int
    wip_limit: int | None
    snoozed: int


class SpeedToLead(NamedTuple):
    """Hours from creation to the first outbound touchpoint before the closing, of the deals that had one."""

    median_hours: float
    p90_hours: float
    within: float
    """Share answered within first_response_hours, of those answered."""
    deals: int
    """How many were answered."""


class Totals(NamedTuple):
    """Of the whole pipeline; money in minor units of the file's currency, days exact, hours exact."""

    open_deals: int
    open_value_cents: int
    weighted_cents: float
    won_deals: int
    won_value_cents: int
    lost_deals: int
    disqualified_deals: int
    win_rate: float | None
    win_rate_value: float | None
    cycle_median: float | None
    cycle_mean: float | None
    cycle_p90: float | None
    velocity: Velocity | None
    coverage: float | None
    required_coverage: float | None
    """1 ÷ win rate by value."""
    speed_to_lead: SpeedToLead | None
    """None when no deal had an outbound touchpoint."""
    never_answered: int | None
    """Deals that had none; None: no touchpoint says which way it went."""


def stage_health(deals: Sequence[ScoredDeal], by: Baselines) -> tuple[StageHealth, ...]:
    """The stages in their order, then those that only deals still name."""
    by_stage: dict[str, list[ScoredDeal]] = {stage.id: [] for stage in by.pipeline.stages}
    for deal in deals:
        by_stage.setdefault(deal.facts.stage, []).append(deal)
    total = sum(deal.weighted_cents for deal in deals)
    return tuple(_row(stage, those, by, total) for stage, those in by_stage.items())


def _row(stage_id: str, deals: Sequence[ScoredDeal], by: Baselines, total: float) -> StageHealth:
    stage = by.pipeline.stage(stage_id)
    weighted = sum(deal.weighted_cents for deal in deals)
    days = sorted(deal.days_in_stage for deal in deals if deal.days_in_stage is not None)
    usual, _ = by.usual_visits.get(stage_id, (None, 0))
    counts = {
        name: sum(deal.has(name) for deal in deals)
        for name in ("idle", "stuck", "no_next_step", "overdue", "criteria_gap")
    }
    return StageHealth(
        stage=stage_id,
        name=stage.name if stage else f"{stage_id} (not in pipeline.yaml)",
        funnel=stage.funnel if stage else None,
        deals=len(deals),
        value_cents=sum(deal.home_cents or 0 for deal in deals),
        weighted_cents=weighted,
        share=share(weighted, total),
        median_days=percentile(days, 0.5),
        usual_days=usual,
        wip_limit=stage.wip_limit if stage else None,
        snoozed=sum(deal.snoozed for deal in deals),
        **counts,
    )


def sum_up(
    deals: Sequence[ScoredDeal],
    qualified: int,
    outcomes: Outcomes,
    cycles: Sequence[float],
    first_responses: FirstResponses,
    won_this_period_cents: int,
    quota: Quota | None,
    first_response_hours: float,
    clock: Clock,
) -> Totals:
    """Totals of the open deals and of what is closed; cycles ascending.

    `qualified`: how many of the open deals are; `quota`: what all of this is held against.
    """
    by_value = win_rate_by_value(outcomes)
    return Totals(
        open_deals=len(deals),
        open_value_cents=sum(deal.home_cents or 0 for deal in deals),
        weighted_cents=sum(deal.weighted_cents for deal in deals),
        won_deals=outcomes.won[0],
        won_value_cents=outcomes.won_value_cents,
        lost_deals=outcomes.lost[0],
        disqualified_deals=outcomes.disqualified[0],
        win_rate=win_rate(outcomes),
        win_rate_value=by_value,
        cycle_median=percentile(cycles, 0.5),
        cycle_mean=share(sum(cycles), len(cycles)),
        cycle_p90=percentile(cycles, 0.9),
        velocity=measure_velocity(qualified, outcomes, cycles),
        coverage=coverage(deals, quota, won_this_period_cents, clock),
        required_coverage=1 / by_value if by_value else None,
        speed_to_lead=speed_to_lead(first_responses.hours, first_response_hours),
        never_answered=first_responses.never,
    )


def speed_to_lead(hours: Sequence[float], limit: float) -> SpeedToLead | None:
    """`hours` ascending; exactly the limit is within it."""
    median, late = percentile(hours, 0.5), percentile(hours, 0.9)
    if median is None or late is None:
        return None
    return SpeedToLead(median, late, sum(hour <= limit for hour in hours) / len(hours), len(hours))


def coverage(deals: Sequence[ScoredDeal], quota: Quota | None, won_cents: int, clock: Clock) -> float | None:
    """Open value due in the quota's running period ÷ (quota − won so far); None without a quota, or once it is met."""
    if quota is None or quota.amount_cents <= won_cents:
        return None
    _, end = period_of(clock.today, quota.per)
    due = sum(
        deal.home_cents or 0
        for deal in deals
        if deal.facts.expected_close is not None and clock.today <= deal.facts.expected_close <= end
    )
    return due / (quota.amount_cents - won_cents)
