"""What history says about each stage: how many deals reached it, what became of them, how long they stayed.

A deal reached a stage when it was ever in it or in a later one, or was won: so counts never rise along the stages,
and rates from stage to stage multiply to won ÷ entered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline_cli.domain.forecast.interval import jeffreys
from pipeline_cli.domain.outcomes.history import percentile, share
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple

ENOUGH = 5
"""A rate of fewer closed deals is shown with its n."""
STATUSES = (*OUTCOMES, "open")

Convert = Callable[[int, str], int]
"""Minor units and their currency -> minor units of the file's."""


class DealCount(NamedTuple):
    """Deals alike in group, status and furthest stage, and in value when it must be converted."""

    group: str | None
    status: str
    position: int
    """Of the furthest stage ever entered; -1: none that the pipeline has."""
    currency: str
    each_cents: int | None
    """The value of each, when it is in another currency than the file's; else None."""
    deals: int
    value_cents: int
    """Of all of them."""
    valued: int
    """How many of them have a value."""
    cost_cents: int | None = None
    """Of all of them, in the file's currency; None: not known of any."""


class Stays(NamedTuple):
    """Days of the visits to one stage, shortest first, whose both ends are known."""

    finished: Sequence[float] = ()
    running: Sequence[float] = ()
    """Of deals in it now, up to the clock's instant."""


class StageFunnel(NamedTuple):
    """One stage; rates 0 to 1, days exact, money in minor units of the file's currency."""

    stage: str
    entered: int
    next: int | None
    """How many reached the next stage (of the last one: were won); None for a stage the pipeline no longer has."""
    to_next: float | None
    won: int
    lost: int
    disqualified: int
    open: int
    win_rate_all: float | None
    win_rate_closed: float | None
    low: float | None
    high: float | None
    visits: int
    median_days: float | None
    open_visits: int
    median_days_open: float | None
    won_value_cents: int

    @property
    def closed(self) -> int:
        """The n of the win rate."""
        return self.won + self.lost


class FunnelTotals(NamedTuple):
    """Of all deals counted."""

    deals: int
    won: int
    won_value_cents: int
    lost: int
    open: int
    won_valued: int
    cost_cents: int | None
    win_rate: float | None
    cycle_median: float | None
    cycle_mean: float | None
    cycle_p90: float | None


def funnel_of(
    stages: Sequence[str], counts: Sequence[DealCount], stays: Sequence[Stays], convert: Convert, *, rated: bool = True
) -> list[StageFunnel]:
    """A row for each stage; `stays` in the order of the stages; `rated` as in `sum_up`."""
    reached = {status: _reached(counts, status, len(stages)) for status in STATUSES}
    entered = [sum(reached[status][position] for status in STATUSES) for position in range(len(stages))]
    following = [*entered[1:], reached["won"][-1]] if stages else []
    value = sum_value((count for count in counts if count.status == "won"), convert)
    return [
        _row(
            stage,
            [reached[status][position] for status in STATUSES],
            following[position],
            stays[position],
            value,
            rated=rated,
        )
        for position, stage in enumerate(stages)
    ]


def removed_stage(
    stage: str, counts: Sequence[DealCount], stays: Stays, convert: Convert, *, rated: bool = True
) -> StageFunnel:
    """A stage that pipeline.yaml no longer has: the deals that were ever in it, for it has no place in the order."""
    outcomes = [sum(count.deals for count in counts if count.status == status) for status in STATUSES]
    value = sum_value((count for count in counts if count.status == "won"), convert)
    return _row(stage, outcomes, None, stays, value, rated=rated)


def _reached(counts: Sequence[DealCount], status: str, stages: int) -> list[int]:
    """Deals of a status that reached each stage; a won deal reached them all."""
    reached = [0] * stages
    for count in counts:
        if count.status == status:
            furthest = stages - 1 if status == "won" else count.position
            for position in range(furthest + 1):
                reached[position] += count.deals
    return reached


def _row(
    stage: str, outcomes: Sequence[int], following: int | None, stays: Stays, value_cents: int, *, rated: bool
) -> StageFunnel:
    won, lost, disqualified, still_open = outcomes
    entered = sum(outcomes)
    low, high = jeffreys(won, won + lost) if rated else (None, None)
    return StageFunnel(
        stage=stage,
        entered=entered,
        next=following,
        to_next=None if following is None else share(following, entered),
        won=won,
        lost=lost,
        disqualified=disqualified,
        open=still_open,
        win_rate_all=share(won, entered),
        win_rate_closed=share(won, won + lost) if rated else None,
        low=low,
        high=high,
        visits=len(stays.finished),
        median_days=percentile(stays.finished, 0.5),
        open_visits=len(stays.running),
        median_days_open=percentile(stays.running, 0.5),
        won_value_cents=value_cents,
    )


def sum_value(counts: Iterable[DealCount], convert: Convert) -> int:
    """Minor units of the file's currency; each deal is converted and rounded by itself."""
    total = 0
    for count in counts:
        if count.each_cents is None:
            total += count.value_cents
        else:
            total += count.deals * convert(count.each_cents, count.currency)
    return total


def has_losses(counts: Iterable[DealCount]) -> bool:
    """Whether any deal was lost: without one, no win rate says anything."""
    return any(count.status == "lost" and count.deals for count in counts)


def sum_up(
    counts: Sequence[DealCount], cycles: Sequence[float], convert: Convert, *, rated: bool = True
) -> FunnelTotals:
    """`cycles`: days from creation to winning of the won deals where both are known, shortest first.

    `rated`: whether a win rate says something, for the whole of which this is a part holds losses.
    """
    number = {status: sum(count.deals for count in counts if count.status == status) for status in STATUSES}
    won = [count for count in counts if count.status == "won"]
    costs = [count.cost_cents for count in counts if count.cost_cents is not None]
    return FunnelTotals(
        deals=sum(number.values()),
        won=number["won"],
        won_value_cents=sum_value(won, convert),
        lost=number["lost"],
        open=number["open"],
        won_valued=sum(count.valued for count in won),
        cost_cents=sum(costs) if costs else None,
        win_rate=share(number["won"], number["won"] + number["lost"]) if rated else None,
        cycle_median=percentile(cycles, 0.5),
        cycle_mean=share(sum(cycles), len(cycles)),
        cycle_p90=percentile(cycles, 0.9),
    )
