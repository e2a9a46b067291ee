"""Customers and what they have brought: an organization over all it bought, or a person where none is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from pipeline_cli.domain.names import normalise_organization
from pipeline_cli.domain.record import NamedTuple


class WonDeal(NamedTuple):
    """A won deal as far as its customer goes."""

    id: int
    organization: str | None
    contact_id: int | None
    """The first person of the deal."""
    value_cents: int | None
    currency: str
    won_at: datetime
    source: str | None = None


class CustomerValue(NamedTuple):
    """One customer over all won deals of every pipeline; money in minor units of the file's currency."""

    won_deals: int
    won_value_cents: int
    first_won_at: datetime
    last_won_at: datetime
    by_year: Mapping[int, int]
    """Year of winning -> minor units."""


Key = tuple[str, str | int]
_FIRST_LETTER = re.compile(r"[\w&+]")


def customer_of(organization: str | None, contact_id: int | None, deal_id: int) -> Key:
    """Who buys: the organization, case, accents and legal form aside; else the first person; else the deal alone."""
    if organization and organization.strip():
        return "organization", normalise_organization(organization)
    return ("deal", deal_id) if contact_id is None else ("contact", contact_id)


def count_customers(deals: Iterable[WonDeal]) -> int:
    """How many different customers they have."""
    # Who bought often is named often, and reading a name takes 10 microseconds.
    each = {(deal.organization or "").strip() or (deal.contact_id, deal.id): deal for deal in deals}
    return len({customer_of(deal.organization, deal.contact_id, deal.id) for deal in each.values()})


def value_of_customer(
    key: Key, deals: Sequence[WonDeal], convert: Callable[[int, str], int], year_of: Callable[[datetime], int]
) -> CustomerValue | None:
    """What one customer has brought; None: nothing was won yet. A won deal without a value counts as a deal alone."""
    theirs = [
        deal for deal in deals if _may_be(key, deal) and customer_of(deal.organization, deal.contact_id, deal.id) == key
    ]
    if not theirs:
        return None
    by_year: dict[int, int] = {}
    for deal in sorted(theirs, key=lambda deal: deal.won_at):
        cents = 0 if deal.value_cents is None else convert(deal.value_cents, deal.currency)
        by_year[year_of(deal.won_at)] = by_year.get(year_of(deal.won_at), 0) + cents
    days = [deal.won_at for deal in theirs]
    return CustomerValue(len(theirs), sum(by_year.values()), min(days), max(days), by_year)


def _may_be(key: Key, deal: WonDeal) -> bool:
    """Whether names begin alike, which is seen twenty times as fast as that they are; False is sure."""
    kind, name = key
    if kind != "organization" or not deal.organization or not deal.organization.isascii():
        return True
    first = _FIRST_LETTER.search(deal.organization)
    return first is None or str(name).startswith(first.group().casefold())
