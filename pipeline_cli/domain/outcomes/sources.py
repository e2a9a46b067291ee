"""What each source of leads brings and costs, and deals by when they were created."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline_cli.domain.deal.after_sale import WonDeal, count_customers
from pipeline_cli.domain.forecast.interval import jeffreys
from pipeline_cli.domain.outcomes.funnel import Convert, DealCount, sum_up
from pipeline_cli.domain.outcomes.history import share
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock, days_between


class SourceResult(NamedTuple):
    """One source, or all of them; rates 0 to 1, money in minor units of the file's currency, days exact."""

    leads: int
    """Deals of every status, disqualified ones among them."""
    open: int
    won: int
    lost: int
    conversion: float | None
    """won ÷ leads."""
    low: float | None
    high: float | None
    """80 % interval of the conversion (Jeffreys)."""
    cost_cents: int | None
    """None: not known of any lead."""
    cost_per_lead_cents: int | None
    cost_per_won_cents: int | None
    won_value_cents: int
    average_won_value_cents: int | None
    """Over the won deals that have a value."""
    cycle_median: float | None
    customers: int
    """Who bought, each counted once however often they did."""
    value_per_customer_cents: int | None
    """Worth of the won deals ÷ customers."""
    source: str | None = None
    """None: of no known source, or of all of them."""


def result_of(
    counts: Sequence[DealCount],
    cycles: Sequence[float],
    convert: Convert,
    won: Sequence[WonDeal],
    source: str | None = None,
) -> SourceResult:
    """`cycles`: days from creation to winning, shortest first."""
    totals = sum_up(counts, cycles, convert)
    low, high = jeffreys(totals.won, totals.deals)
    customers = count_customers(won)
    return SourceResult(
        leads=totals.deals,
        open=totals.open,
        won=totals.won,
        lost=totals.lost,
        conversion=share(totals.won, totals.deals),
        low=low,
        high=high,
        cost_cents=totals.cost_cents,
        cost_per_lead_cents=_each(totals.cost_cents, totals.deals),
        cost_per_won_cents=_each(totals.cost_cents, totals.won),
        won_value_cents=totals.won_value_cents,
        average_won_value_cents=_each(totals.won_value_cents, totals.won_valued),
        cycle_median=totals.cycle_median,
        customers=customers,
        value_per_customer_cents=_each(totals.won_value_cents, customers),
        source=source,
    )


def _each(cents: int | None, deals: int) -> int | None:
    return None if cents is None or not deals else round(cents / deals)


SPANS = (30, 60, 90, 180)
"""Days of 24 hours after the creation."""


class Cohort(NamedTuple):
    """As counted."""

    name: str | None
    """`2026-11`, `2026-Q4`; None: creation not known."""
    deals: int
    won: int
    lost: int
    open: int
    youngest: datetime
    """When its last member was created."""
    won_within: tuple[int | None, ...]
    """Deals won within each of the SPANS; None: not known."""
    undated: int = 0
    """Won deals of which no file says when."""


def won_within(cohort: Cohort, clock: Clock) -> tuple[int | None, ...]:
    """For each of the SPANS the deals won within it; None while the youngest member is younger than that.

    Where no win has a date, nobody knows how many there were within which: None, not 0.
    """
    if cohort.name is None or (cohort.undated and cohort.undated == cohort.won):
        return (None,) * len(SPANS)
    age = days_between(cohort.youngest, clock.now)
    return tuple(won if age >= span else None for span, won in zip(SPANS, cohort.won_within, strict=True))


def order_cohorts(cohorts: Sequence[Cohort]) -> list[Cohort]:
    """As time goes; the one whose creation is not known last."""
    return sorted(cohorts, key=lambda cohort: (cohort.name is None, cohort.name or ""))
