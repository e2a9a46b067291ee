"""What each source of leads brings, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.customers import WonDeal, count_customers
from pipeline_cli.domain.funnel import Convert, DealCount, sum_up
from pipeline_cli.domain.history import share
from pipeline_cli.domain.interval import jeffreys
from pipeline_cli.domain.record import NamedTuple


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


def result_of(
    counts: Sequence[DealCount], cycles: Sequence[float], convert: Convert, won: Sequence[WonDeal]
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
    )


def _each(cents: int | None, deals: int) -> int | None:
    return None if cents is None or not deals else round(cents / deals)
