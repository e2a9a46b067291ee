"""What win rate, pipeline value and forecast become when every candidate of a prune is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline_cli.domain.outcomes.history import Outcomes, add_up, win_rate, win_rate_by_value, with_further_losses
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.prune import KEPT, Candidate
from pipeline_cli.domain.rules.scored_deal import ScoredDeal


class PruneEffect(NamedTuple):
    """Before and after closing every candidate that is not kept; money in minor units."""

    open_deals_before: int
    open_deals_after: int
    win_rate_before: float | None
    win_rate_after: float | None
    win_rate_value_before: float | None
    win_rate_value_after: float | None
    open_value_cents_before: int
    open_value_cents_after: int
    weighted_cents_before: float
    """Of the open deals, by their chances."""
    weighted_cents_after: float
    """The same of those that stay, with the chances that the losses leave."""
    before: Outcomes
    after: Outcomes


def effect_of(
    plan: Sequence[Candidate],
    deals: Sequence[ScoredDeal],
    outcomes: Outcomes,
    reached: Mapping[int, int],
    chances_after: Mapping[int, float],
) -> PruneEffect:
    """`reached`: open deal -> the furthest position it ever reached; `chances_after`: its chance with the losses known."""
    gone = {candidate.deal.facts.id: candidate.deal for candidate in plan if candidate.step != KEPT}
    staying = [deal for deal in deals if deal.facts.id not in gone]
    lost_value = sum(deal.home_cents or 0 for deal in gone.values())
    after = with_further_losses(outcomes, [reached.get(number, 0) for number in gone], lost_value)
    return PruneEffect(
        open_deals_before=len(deals),
        open_deals_after=len(staying),
        win_rate_before=win_rate(outcomes),
        win_rate_after=win_rate(after),
        win_rate_value_before=win_rate_by_value(outcomes),
        win_rate_value_after=win_rate_by_value(after),
        open_value_cents_before=sum(deal.home_cents or 0 for deal in deals),
        open_value_cents_after=sum(deal.home_cents or 0 for deal in staying),
        weighted_cents_before=sum(deal.weighted_cents for deal in deals),
        weighted_cents_after=sum((deal.home_cents or 0) * chances_after[deal.facts.id] for deal in staying),
        before=outcomes,
        after=after,
    )


def effect_of_all(effects: Sequence[PruneEffect]) -> PruneEffect:
    """Of several pipelines together: amounts added up, win rates over the closed deals of all of them."""
    if len(effects) == 1:
        return effects[0]
    before, after = add_up([effect.before for effect in effects]), add_up([effect.after for effect in effects])
    return PruneEffect(
        open_deals_before=sum(effect.open_deals_before for effect in effects),
        open_deals_after=sum(effect.open_deals_after for effect in effects),
        win_rate_before=win_rate(before),
        win_rate_after=win_rate(after),
        win_rate_value_before=win_rate_by_value(before),
        win_rate_value_after=win_rate_by_value(after),
        open_value_cents_before=sum(effect.open_value_cents_before for effect in effects),
        open_value_cents_after=sum(effect.open_value_cents_after for effect in effects),
        weighted_cents_before=sum(effect.weighted_cents_before for effect in effects),
        weighted_cents_after=sum(effect.weighted_cents_after for effect in effects),
        before=before,
        after=after,
    )
