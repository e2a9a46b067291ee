"""An upsell or a cross-sell: a new deal that begins with what a won one knows."""

from __future__ import annotations

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.deal import DealRecord
from pipeline_cli.domain.edits import AddDeal
from pipeline_cli.domain.errors import RuleError


def plan_growth(deal: AddDeal, origin: DealRecord, clock: Clock) -> AddDeal:
    """The new deal with organization, people, source and owner of the won one, where it brings none of its own.

    Raises RuleError for an origin that is not won, or was not won by then.
    """
    facts = origin.facts
    if facts.status != "won" or facts.closed_at is None:
        raise RuleError(
            f"Deal {facts.id} is {facts.status}, not won: nothing grows out of it yet. Leave --from away"
            + (f", or `pipeline win {facts.id}` first." if facts.status == "open" else ".")
        )
    if clock.day(deal.created_at) < clock.day(facts.closed_at):
        raise RuleError(
            f"Deal {facts.id} was won on {clock.day(facts.closed_at)}: what grows out of it begins on that day or "
            "later. Give a later --at."
        )
    return deal._replace(
        organization=deal.organization or facts.organization,
        source=deal.source or facts.source,
        owner=deal.owner or facts.owner,
        known_contacts=() if deal.contacts else tuple(contact.id for contact in origin.contacts),
        from_deal_id=facts.id,
    )
