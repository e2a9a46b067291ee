"""Findings that compare with the file's own past: deals beyond all experience, and which lever would lift most."""

from __future__ import annotations

from pipeline_cli.domain.findings.finding import (
    Finding,
    Found,
    Situation,
    Unjudged,
    ids_of,
    is_or_are,
    some_of,
    value_of,
)
from pipeline_cli.domain.flow import ENOUGH, QUARTER_DAYS, Quarter
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.record import NamedTuple

WORTH_SAYING = 0.2
"""Of what a usual quarter brings."""
STEADYING = 5
"""Deals of the usual win rate that are added to a quarter's, so that a few lucky ones do not make it the best."""


def out_of_history(situation: Situation) -> Found:
    """Open deals older than any deal that was ever won; deals whose creation is inferred have no age."""
    if len(situation.cycles) < ENOUGH:
        if situation.deals:
            yield Unjudged("out_of_history", f"{len(situation.cycles)} of {ENOUGH} won deals")
        return
    longest = situation.cycles[-1]
    deals = [deal for deal in situation.deals if deal.age_days > longest and not deal.facts.created_inferred]
    if not deals:
        return
    deals.sort(key=lambda deal: (-deal.age_days, deal.facts.id))
    value, total = value_of(deals), value_of(situation.deals)
    yield Finding(
        "out_of_history", None, len(deals), value,
        f"{len(deals):,} of {counted(len(situation.deals), 'open deal')} {is_or_are(len(deals))} older than "
        f"any of {len(situation.cycles):,} won deals ever was ({longest:.0f} days).",
        f"Decide on the oldest, {some_of(ids_of(deals), 3)}: `pipeline show {deals[0].facts.id}`, then close it or set a "
        "next step.",
        {"longest_won_days": longest, "won": len(situation.cycles), "share": len(deals) / len(situation.deals),
         "share_value": value / total if total else None, "ids": ids_of(deals)},
    )  # fmt: skip


class Levers(NamedTuple):
    """What a quarter would bring more, in minor units, if one thing went as well as in the best of the last quarters."""

    leads_cents: float
    closing_cents: float
    usual_cents: float
    """Won in a usual quarter."""
    usual_new: float
    best_new: int
    usual_rate: float
    best_rate: float


def weigh_levers(situation: Situation) -> Levers | None:
    """None without two quarters of 5 closed deals each, 5 won cycles, some won value and a loss.

    More leads: (best − usual number of new deals) × win rate × average won value × the share of a quarter's new
    deals that its days leave time to win. More closing: usual number of closed deals × (best − usual win rate) ×
    average won value.
    """
    quarters, outcomes = situation.flow.quarters, situation.outcomes
    if not outcomes.lost[0]:
        return None
    full = [one for one in quarters if one.won + one.lost >= ENOUGH]
    if len(full) < 2 or len(situation.cycles) < ENOUGH or not outcomes.won_value_cents:
        return None
    closed = sum(one.won + one.lost for one in quarters)
    rate = sum(one.won for one in quarters) / closed
    best_rate = max(_steadied(one, rate) for one in full)
    usual_new, best_new = sum(one.new for one in quarters) / len(quarters), max(one.new for one in quarters)
    in_time = sum(max(0.0, 1 - cycle / QUARTER_DAYS) for cycle in situation.cycles) / len(situation.cycles)
    average = outcomes.won_value_cents / outcomes.won_valued
    return Levers(
        leads_cents=(best_new - usual_new) * in_time * rate * average,
        closing_cents=closed / len(quarters) * max(0.0, best_rate - rate) * average,
        usual_cents=closed / len(quarters) * rate * average,
        usual_new=usual_new, best_new=best_new, usual_rate=rate, best_rate=best_rate,
    )  # fmt: skip


def _steadied(quarter: Quarter, rate: float) -> float:
    return (quarter.won + STEADYING * rate) / (quarter.won + quarter.lost + STEADYING)


def more_leads_or_more_closing(situation: Situation) -> Found:
    """Which would raise the next quarter more: as many new deals, or as good a win rate, as in the best quarter."""
    levers = weigh_levers(situation)
    if levers is None:
        quarters = sum(one.won + one.lost >= ENOUGH for one in situation.flow.quarters)
        yield Unjudged("more_leads_or_more_closing", f"{quarters} of 2 quarters with {ENOUGH} closed deals")
        return
    if max(levers.leads_cents, levers.closing_cents) < WORTH_SAYING * levers.usual_cents:
        return
    currency = situation.playbook.currency
    leads = (f"as many new deals as in your best quarter ({levers.best_new:,} instead of {levers.usual_new:,.0f}) would "
             f"bring {levers.leads_cents / 100:,.0f} {currency} more")  # fmt: skip
    closing = (f"closing as well as in your best ({levers.best_rate:.0%} instead of {levers.usual_rate:.0%}) "
               f"{levers.closing_cents / 100:,.0f}")  # fmt: skip
    more_leads = levers.leads_cents > levers.closing_cents
    yield Finding(
        "more_leads_or_more_closing", None, 0, round(max(levers.leads_cents, levers.closing_cents)),
        f"{'More leads' if more_leads else 'More closing'} would raise the next quarter more: {leads}, {closing}.",
        "`pipeline sources` shows which source to ask for more." if more_leads
        else "`pipeline funnel` shows the stage where most deals stop: work on that one.",
        {"choice": "more_leads" if more_leads else "more_closing", "more_leads": round(levers.leads_cents) / 100,
         "more_closing": round(levers.closing_cents) / 100, "usual_quarter": round(levers.usual_cents) / 100,
         "new_deals": levers.usual_new, "best_new_deals": levers.best_new, "win_rate": levers.usual_rate,
         "best_win_rate": levers.best_rate, "quarters": len(situation.flow.quarters), "ids": []},
    )  # fmt: skip
