"""What a source brings and costs."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline_cli.domain.deal.after_sale import WonDeal
from pipeline_cli.domain.outcomes.funnel import DealCount
from pipeline_cli.domain.outcomes.sources import result_of

WON = [
    WonDeal(number, name, None, 15_000, "EUR", datetime(2026, 11, number, tzinfo=UTC))
    for number, name in ((1, "Acme GmbH"), (2, "ACME"))
]
"""One customer, who bought twice."""


def test_costs_are_shared_by_leads_and_by_wins_and_values_averaged_over_those_known() -> None:
    counts = [
        DealCount("event", "won", -1, "EUR", None, 2, 30_000, 1, 5_000),
        DealCount("event", "lost", -1, "EUR", None, 5, 0, 0, None),
        DealCount("event", "open", -1, "EUR", None, 2, 0, 0, 4_000),
        DealCount("event", "disqualified", -1, "EUR", None, 1, 0, 0, None),
    ]
    result = result_of(counts, [3.0, 9.0], lambda cents, _: cents, WON)
    assert (result.leads, result.open, result.won, result.lost) == (10, 2, 2, 5)
    assert result.conversion == 0.2  # of every lead, not of the closed ones
    assert result.low is not None
    assert result.high is not None
    assert result.low < 0.2 < result.high
    assert (result.cost_cents, result.cost_per_lead_cents, result.cost_per_won_cents) == (9_000, 900, 4_500)
    assert (result.won_value_cents, result.average_won_value_cents) == (30_000, 30_000)
    assert result.cycle_median == 6.0
    assert (result.customers, result.value_per_customer_cents) == (1, 30_000)


def test_a_source_whose_cost_nobody_told_costs_nothing_known() -> None:
    result = result_of([DealCount(None, "lost", -1, "EUR", None, 3, 0, 0)], [], lambda cents, _: cents, [])
    assert (result.cost_cents, result.cost_per_lead_cents, result.cost_per_won_cents) == (None, None, None)
    assert (result.customers, result.value_per_customer_cents) == (0, None)
    assert (result.conversion, result.low, result.average_won_value_cents) == (0.0, 0.0, None)
