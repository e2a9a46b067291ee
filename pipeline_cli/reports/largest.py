"""What a sum of expectations says of itself: that one deal is much of it, and why its middle lies elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.scored_deal import ScoredDeal

if TYPE_CHECKING:
    from pipeline_cli.domain.forecast.outlook import Horizon, OpenDeal, Outlook

LARGE = 1 / 3
"""More than this of a sum is said."""
APART = 0.1
"""Of the expected one: a middle further from it is explained."""
_LONGEST_TITLE = 40


class Part(NamedTuple):
    """One deal, and what is expected of it."""

    deal: ScoredDeal
    cents: float


def largest_of(parts: Iterable[Part], total_cents: float) -> Part | None:
    """The deal that is over a third of the sum; None: there is none, it is all of it, or another is as large."""
    by_size = sorted([part for part in parts if part.cents > 0], key=lambda part: -part.cents)
    if len(by_size) < 2 or round(by_size[0].cents) == round(by_size[1].cents):
        return None
    return by_size[0] if by_size[0].cents > LARGE * total_cents else None


def weighted_parts(deals: Iterable[ScoredDeal]) -> list[Part]:
    """Each by its value × chance."""
    return [Part(deal, deal.weighted_cents) for deal in deals]


def is_in_words(part: Part) -> str:
    """`136,000 is ERP selection (115)`"""
    title = f"{part.deal.facts.title}"
    title = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
    return f"{part.cents / 100:,.0f} is {title} ({part.deal.facts.id})"


def of_which(deals: Iterable[ScoredDeal], total_cents: float) -> str:
    """`, of which 136,000 is ERP selection (115)`; empty without such a deal."""
    part = largest_of(weighted_parts(deals), total_cents)
    return f", of which {is_in_words(part)}" if part else ""


def middle_in_words(expected_cents: float, middle_cents: int) -> str:
    """Why half the outcomes lie below or above another sum than the expected one; empty where they are about the same."""
    if abs(middle_cents - expected_cents) <= APART * abs(expected_cents):
        return ""
    if middle_cents > expected_cents:
        return f"half the outcomes are above {middle_cents / 100:,.0f}: losing a large deal pulls the average down"
    if middle_cents <= 0:
        return "half the outcomes are 0: the few deals that come pull the average up"
    return f"half the outcomes are below {middle_cents / 100:,.0f}: the few large deals pull the average up"


# of a forecast


class PartOf(NamedTuple):
    """The largest part of one of the sums of a forecast."""

    of: str
    """`horizon`, or the period: `2026-12`"""
    part: Part


def largest_within(deals: Iterable[OpenDeal], horizon: Horizon) -> Part | None:
    """Of what all open deals bring within the horizon."""
    parts = [Part(deal.scored, deal.amount_cents * deal.p_counted) for deal in deals if not _is_omitted(deal)]
    return largest_of(parts, horizon.expected_cents)


def largest_ever(deals: Iterable[OpenDeal], expected_cents: float) -> Part | None:
    """Of what they bring in the end."""
    parts = [Part(deal.scored, deal.amount_cents * deal.p_win) for deal in deals if not _is_omitted(deal)]
    return largest_of(parts, expected_cents)


def _is_omitted(deal: OpenDeal) -> bool:
    return deal.scored.category == "omitted"


def _by_period(outlook: Outlook) -> dict[str, Part | None]:
    return {
        row.period: largest_of(
            [Part(deal.scored, (deal.scored.home_cents or 0) * chance) for deal, chance in outlook.parts[row.period]],
            row.expected_cents,
        )
        for row in outlook.periods
    }


def largest_parts(outlook: Outlook, deals: Iterable[OpenDeal]) -> list[PartOf]:
    """Of every sum that has one."""
    found = {"horizon": largest_within(deals, outlook.horizon), **_by_period(outlook)}
    return [PartOf(of, part) for of, part in found.items() if part is not None]


_MOST_PERIODS = 3


def period_lines(outlook: Outlook) -> Iterator[str]:
    """A line for each of the next periods of whose sum there is something to be said."""
    largest = _by_period(outlook)
    for row in outlook.periods[:_MOST_PERIODS]:
        part = largest[row.period]
        of_it = f"of {row.expected_cents / 100:,.0f}, {is_in_words(part)}" if part else ""
        said = [one for one in (of_it, middle_in_words(row.expected_cents, row.p50)) if one]
        if said:
            yield f"{row.period}: {'; '.join(said)}."
