"""What the open deals will bring: by period, within the horizon, and those that no period can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from pipeline_cli.domain.forecast.distribution import Bet, Spread, spread
from pipeline_cli.domain.forecast.open_deals import OpenDeal
from pipeline_cli.domain.periods import period_name, periods_from, quota_for
from pipeline_cli.domain.playbook import Quota
from pipeline_cli.domain.record import NamedTuple

MOST_PERIODS = 60
"""Five years of months: a close date beyond stands with those that have none."""

Ranging = Callable[[Sequence[Bet], int, int], Spread]
"""(deals, days ahead, minor units that are certain) -> the distribution of what comes."""


class PeriodOutlook(NamedTuple):
    """One period. Money in minor units of the file's currency; `expected` and the range include what is won."""

    period: str
    won_cents: int
    commit_cents: int
    best_case_cents: int
    expected_cents: float
    p10: int
    p50: int
    p90: int
    quota_cents: int | None
    chance: float | None
    """Of reaching the quota, 0 to 1."""
    deals: int


class Horizon(NamedTuple):
    """All open deals together, whatever their dates."""

    days: int
    until: date
    open_deals: int
    open_value_cents: int
    expected_cents: float
    expected_wins: float
    p10: int
    p50: int
    p90: int
    stage_weighted_cents: float
    configured_cents: float


class Unscheduled(NamedTuple):
    """Open deals that stand in no period, for one reason."""

    reason: str
    """omitted | no_value | no_close_date | past_close_date | far_close_date"""
    deals: int
    value_cents: int
    weighted_cents: float
    ids: tuple[int, ...]


class Outlook(NamedTuple):
    periods: tuple[PeriodOutlook, ...]
    horizon: Horizon
    unscheduled: tuple[Unscheduled, ...]


class Question(NamedTuple):
    """What is asked of the open deals, and by which days."""

    today: date
    per: str
    """week | month | quarter | year"""
    days: int
    """The horizon."""
    quota: Quota | None
    ranging: Ranging


def independent(bets: Sequence[Bet], _: int, certain_cents: int) -> Spread:
    """The range of the methods that know no luck common to all deals."""
    return spread(bets, certain_cents)


def look_ahead(deals: Sequence[OpenDeal], won_on: Mapping[date, int], asked: Question) -> Outlook:
    """`won_on`: day -> minor units won that day, from the beginning of the running period."""
    scheduled, aside = sort_out(deals, asked.today, asked.per)
    return Outlook(_by_period(scheduled, won_on, asked), within_horizon(deals, asked), _sum_unscheduled(aside))


def sort_out(deals: Sequence[OpenDeal], today: date, per: str) -> tuple[list[OpenDeal], dict[str, list[OpenDeal]]]:
    """Deals that a period can hold, and the others by reason; each deal stands in one place."""
    scheduled: list[OpenDeal] = []
    aside: dict[str, list[OpenDeal]] = {
        reason: [] for reason in ("past_close_date", "no_close_date", "no_value", "omitted", "far_close_date")
    }
    last = _last_day(today, per)
    for deal in deals:
        due = deal.facts.expected_close
        if deal.category == "omitted":
            aside["omitted"].append(deal)
        elif deal.value_cents is None:
            aside["no_value"].append(deal)
        elif due is None:
            aside["no_close_date"].append(deal)
        elif due < today:
            aside["past_close_date"].append(deal)
        elif due > last:
            aside["far_close_date"].append(deal)
        else:
            scheduled.append(deal)
    return scheduled, aside


def _last_day(today: date, per: str) -> date:
    periods = periods_from(today, date.max, per)
    return [next(periods)[1] for _ in range(MOST_PERIODS)][-1]


def _by_period(scheduled: Sequence[OpenDeal], won_on: Mapping[date, int], asked: Question) -> tuple[PeriodOutlook, ...]:
    """From the running period to the one of the last close date.

    A deal counts in the period of its close date, once, with its chance in the end: so periods add up to the whole.
    """
    last = max((deal.facts.expected_close or asked.today for deal in scheduled), default=asked.today)
    target = quota_for(asked.quota, asked.per)
    rows = []
    for start, end in periods_from(asked.today, last, asked.per):
        due = [deal for deal in scheduled if start <= (deal.facts.expected_close or asked.today) <= end]
        won = sum(cents for day, cents in won_on.items() if start <= day <= end)
        bets = [Bet(deal.value_cents or 0, deal.p_win) for deal in due]
        total = asked.ranging(bets, (end - asked.today).days + 1, won)
        rows.append(
            PeriodOutlook(
                period=period_name(start, asked.per),
                won_cents=won,
                commit_cents=_value(due, "commit"),
                best_case_cents=_value(due, "best_case"),
                expected_cents=total.mean_cents,
                p10=total.p10,
                p50=total.p50,
                p90=total.p90,
                quota_cents=target,
                chance=None if target is None else total.chance_of(target),
                deals=len(due),
            )
        )
    return tuple(rows)


def _value(deals: Sequence[OpenDeal], category: str) -> int:
    return sum(deal.value_cents or 0 for deal in deals if deal.category == category)


def bets_within(deals: Sequence[OpenDeal]) -> list[Bet]:
    """What each open deal but the omitted ones may bring within the horizon."""
    return [Bet(deal.amount_cents, deal.p_counted) for deal in deals if deal.category != "omitted"]


def within_horizon(deals: Sequence[OpenDeal], asked: Question) -> Horizon:
    """All open deals but the omitted ones, with the two classic sums beside."""
    counted = [deal for deal in deals if deal.category != "omitted"]
    total = asked.ranging(bets_within(deals), asked.days, 0)
    return Horizon(
        days=asked.days,
        until=asked.today + timedelta(days=asked.days),
        open_deals=len(counted),
        open_value_cents=sum(deal.value_cents or 0 for deal in counted),
        expected_cents=total.mean_cents,
        expected_wins=sum(deal.p_counted for deal in counted),
        p10=total.p10,
        p50=total.p50,
        p90=total.p90,
        stage_weighted_cents=sum((deal.value_cents or 0) * deal.p_stage for deal in counted),
        configured_cents=sum((deal.value_cents or 0) * deal.p_configured for deal in counted),
    )


def _sum_unscheduled(aside: Mapping[str, Sequence[OpenDeal]]) -> tuple[Unscheduled, ...]:
    return tuple(
        Unscheduled(
            reason,
            len(deals),
            sum(deal.value_cents or 0 for deal in deals),
            sum(deal.weighted_cents for deal in deals),
            tuple(deal.facts.id for deal in deals),
        )
        for reason, deals in aside.items()
    )
