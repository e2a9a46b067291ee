"""The totals of a pipeline: their words, their JSON, their definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline_cli.domain.health import Totals
from pipeline_cli.domain.history import is_one_sided
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.undated import no_losses_line
from pipeline_cli.output.numbers import percent, whole_money
from pipeline_cli.output.report import Cents

TOTAL_WORDS = {
    "win rate": "won ÷ (won + lost); disqualified deals are in neither; missing where nothing was lost",
    "win rate by value": "won value ÷ (won + lost value)",
    "cycle": "closed − created of won deals where both are known, in days: median, mean and 90th percentile",
    "velocity": "open qualified deals × average won value × win rate ÷ median cycle, per day; its effects are those of "
    "10 % more of one input, the others as they are",
    "coverage": "open value due in the quota's period ÷ (quota − won so far); required: 1 ÷ win rate by value",
    "speed to lead": "first outbound touchpoint before the closing − creation, in hours: median, 90th percentile, share "
    "within first_response_hours, n deals that had one; those that had none are counted beside it",
}


def totals_json(totals: Totals) -> dict[str, Any]:
    """The totals under their names in section 'Machine output' of the README; what came later stands at the end."""
    speed, velocity = totals.speed_to_lead, totals.velocity
    return {
        "open_deals": totals.open_deals,
        "open_value": Cents(totals.open_value_cents),
        "weighted_value": Cents(round(totals.weighted_cents)),
        "won_deals": totals.won_deals,
        "won_value": Cents(totals.won_value_cents),
        "lost_deals": totals.lost_deals,
        "disqualified_deals": totals.disqualified_deals,
        "win_rate": totals.win_rate,
        "win_rate_value": totals.win_rate_value,
        "cycle_median": totals.cycle_median,
        "cycle_p90": totals.cycle_p90,
        "velocity_per_day": Cents(round(velocity.cents_per_day)) if velocity else None,
        "coverage": totals.coverage,
        "required_coverage": totals.required_coverage,
        "speed_to_lead_hours": speed.median_hours if speed else None,
        "cycle_mean": totals.cycle_mean,
        "velocity_effects": {name: Cents(round(cents)) for name, cents in velocity.effects().items()}
        if velocity
        else None,
        "speed_to_lead": {
            "p90_hours": speed.p90_hours if speed else None,
            "within_limit": speed.within if speed else None,
            "deals": speed.deals if speed else 0,
            "never_answered": totals.never_answered,
        },
    }


def totals_lines(totals: Totals, currency: str, first_response_hours: float) -> list[str]:
    """One sentence a figure; figures that cannot be computed are left out."""
    return list(_lines(totals, currency, first_response_hours))


def _lines(totals: Totals, currency: str, first_response_hours: float) -> Iterator[str]:
    yield (f"{counted(totals.open_deals, 'open deal')} worth {whole_money(totals.open_value_cents)} {currency}, "
           f"weighted {whole_money(totals.weighted_cents)}.")  # fmt: skip
    yield (f"Won {totals.won_deals:,} worth {whole_money(totals.won_value_cents)}, lost {totals.lost_deals:,}; "
           f"disqualified {totals.disqualified_deals:,}, in no win rate.")  # fmt: skip
    if totals.win_rate is not None:
        by_value = "" if totals.win_rate_value is None else f", {percent(totals.win_rate_value)} by value"
        closed = totals.won_deals + totals.lost_deals
        yield f"Win rate {percent(totals.win_rate)} by count (n {closed:,}){by_value}."
    elif is_one_sided(totals.won_deals, totals.lost_deals):
        yield no_losses_line(totals.won_deals)
    if totals.cycle_median is not None and totals.cycle_p90 is not None and totals.cycle_mean is not None:
        yield (f"Won deals take {counted(round(totals.cycle_median), 'day')} (median; mean {totals.cycle_mean:.0f}), "
               f"nine of ten at most {totals.cycle_p90:.0f}.")  # fmt: skip
    yield from _velocity_lines(totals, currency)
    if totals.coverage is not None:
        required = "" if totals.required_coverage is None else f", {totals.required_coverage:.1f}× needed"
        yield f"Coverage of the quota {totals.coverage:.1f}×{required}."
    speed, never = totals.speed_to_lead, totals.never_answered
    if speed is not None:
        silent = f"; {never:,} more never answered" if never else ""
        yield (f"Speed to lead {speed.median_hours:,.1f} h (median; nine of ten at most {speed.p90_hours:,.1f} h), "
               f"{percent(speed.within)} within {first_response_hours:g} h (n {speed.deals:,}){silent}.")  # fmt: skip
    elif never:
        yield f"Speed to lead: none of {counted(never, 'deal')} was ever answered."


def _velocity_lines(totals: Totals, currency: str) -> Iterator[str]:
    if totals.velocity is None:
        return
    if not totals.velocity.open_qualified:
        if totals.open_deals:
            yield f"Velocity 0 {currency} a day: no open deal is qualified, `pipeline qualify DEAL` asks the questions."
        return
    effects = {
        name: f"{'+' if cents >= 0 else '-'}{whole_money(abs(cents))}"
        for name, cents in totals.velocity.effects().items()
    }
    yield (f"Velocity {whole_money(totals.velocity.cents_per_day)} {currency} a day; 10% more open qualified deals "
           f"{effects['open_deals']}, won value {effects['won_value']}, win rate {effects['win_rate']}, "
           f"cycle {effects['cycle']}.")  # fmt: skip
