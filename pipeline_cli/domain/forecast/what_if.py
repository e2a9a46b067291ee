"""What if a deal were won, lost or worth something else: the same open deals, changed in mind only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline_cli.domain.forecast.open_deals import OpenDeal
from pipeline_cli.domain.forecast.outlook import Horizon, Outlook, PeriodOutlook
from pipeline_cli.domain.record import NamedTuple


class Changes(NamedTuple):
    """By the number of the deal."""

    without: frozenset[int] = frozenset()
    won: frozenset[int] = frozenset()
    values: Mapping[int, int] = {}
    """Minor units of the file's currency."""

    @property
    def deals(self) -> set[int]:
        return {*self.without, *self.won, *self.values}


class Effect(NamedTuple):
    """One period, or the horizon, before and after."""

    what: str
    """`2026-11`, or `30 days`"""
    before: PeriodOutlook | Horizon | None
    """None: the period holds no deal but for the change."""
    after: PeriodOutlook | Horizon | None


def imagine(deals: Sequence[OpenDeal], changes: Changes, today: date) -> list[OpenDeal]:
    """The deals as they would be; one that is won closes today, for certain. Chances of the others stay."""
    imagined = []
    for deal in deals:
        number = deal.facts.id
        if number in changes.without:
            continue
        new = deal
        if number in changes.values:
            cents = changes.values[number]
            new = new._replace(value_cents=cents, amount_cents=cents)
        if number in changes.won:
            sure = None if deal.p_win_by_horizon is None else 1.0
            category = "pipeline" if deal.category == "omitted" else deal.category
            facts = deal.facts._replace(expected_close=today)
            new = new._replace(p_win=1.0, p_win_by_horizon=sure, category=category, facts=facts)
        imagined.append(new)
    return imagined


def effects(before: Outlook, after: Outlook) -> list[Effect]:
    """The horizon, then each period that changes."""
    old = {row.period: row for row in before.periods}
    new = {row.period: row for row in after.periods}
    periods = [Effect(name, old.get(name), new.get(name)) for name in sorted({*old, *new})]
    horizon = Effect(f"{before.horizon.days} days", before.horizon, after.horizon)
    return [horizon, *(one for one in periods if one.before != one.after)]
