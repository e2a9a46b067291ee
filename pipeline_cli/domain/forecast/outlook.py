"""What the open deals will bring: by period, within the horizon, and those that no period can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from pipeline_cli.domain.forecast.distribution import Bet, Spread, spread
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.periods import period_name, periods_from, quota_for
from pipeline_cli.domain.playbook import Quota

MOST_PERIODS = 60
"""Five years of months: a close date beyond stands with those that have none."""


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


def sort_out(
    deals: Sequence[JudgedDeal], today: date, per: str
) -> tuple[list[JudgedDeal], dict[str, list[JudgedDeal]]]:
    """Deals that a period can hold, and the others by reason; each deal stands in one place."""
    scheduled: list[JudgedDeal] = []
    aside: dict[str, list[JudgedDeal]] = {
        reason: [] for reason in ("past_close_date", "no_close_date", "no_value", "omitted", "far_close_date")
    }
    last = _last_day(today, per)
    for deal in deals:
        due = deal.facts.expected_close
        if deal.category == "omitted":
            aside["omitted"].append(deal)
        elif deal.home_cents is None:
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


def outlook_by_period(
    scheduled: Sequence[JudgedDeal], won_on: Mapping[date, int], quota: Quota | None, today: date, per: str
) -> tuple[PeriodOutlook, ...]:
    """From the running period to the one of the last close date. `won_on`: day -> minor units won that day."""
    last = max((deal.facts.expected_close or today for deal in scheduled), default=today)
    target = quota_for(quota, per)
    rows = []
    for start, end in periods_from(today, last, per):
        due = [deal for deal in scheduled if start <= (deal.facts.expected_close or today) <= end]
        won = sum(cents for day, cents in won_on.items() if start <= day <= end)
        total = spread([Bet(deal.home_cents or 0, deal.probability) for deal in due], won)
        rows.append(
            PeriodOutlook(
                period=period_name(start, per),
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


def _value(deals: Sequence[JudgedDeal], category: str) -> int:
    return sum(deal.home_cents or 0 for deal in deals if deal.category == category)


def outlook_within(
    deals: Sequence[JudgedDeal], days: int, until: date, by_stage: Callable[[JudgedDeal], float],
    configured: Callable[[JudgedDeal], float],
) -> Horizon:  # fmt: skip
    """All open deals but the omitted ones; `by_stage` and `configured` give the two classic probabilities of a deal."""
    counted = [deal for deal in deals if deal.category != "omitted"]
    total: Spread = spread([Bet(deal.home_cents or 0, deal.probability) for deal in counted])
    return Horizon(
        days=days,
        until=until,
        open_deals=len(counted),
        open_value_cents=sum(deal.home_cents or 0 for deal in counted),
        expected_cents=total.mean_cents,
        expected_wins=sum(deal.probability for deal in counted),
        p10=total.p10,
        p50=total.p50,
        p90=total.p90,
        stage_weighted_cents=sum((deal.home_cents or 0) * by_stage(deal) for deal in counted),
        configured_cents=sum((deal.home_cents or 0) * configured(deal) for deal in counted),
    )


def sum_unscheduled(aside: Mapping[str, Sequence[JudgedDeal]]) -> tuple[Unscheduled, ...]:
    return tuple(
        Unscheduled(
            reason,
            len(deals),
            sum(deal.home_cents or 0 for deal in deals),
            sum(deal.weighted_cents for deal in deals),
            tuple(deal.facts.id for deal in deals),
        )
        for reason, deals in aside.items()
    )
