"""Weeks, months, quarters and years: their first and last day, their name, and the quota that falls to one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pipeline_cli.domain.dates import add_months
from pipeline_cli.domain.playbook import Pipeline, Playbook, Quota

PERIODS = ("week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_of(day: date, per: str) -> tuple[date, date]:
    """First and last day of the week (Monday on), month, quarter or year of a day."""
    if per == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    months = _MONTHS[per]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months) - timedelta(days=1)


def period_name(day: date, per: str) -> str:
    """`2026-W47` (ISO), `2026-11`, `2026-Q4`, `2026`."""
    if per == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if per == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.year}" if per == "year" else f"{day:%Y-%m}"


def periods_from(day: date, until: date, per: str) -> Iterator[tuple[date, date]]:
    """The period of `day` and those after it, up to the one that holds `until`."""
    first, last = period_of(day, per)
    while True:
        yield first, last
        if last >= until:
            return
        first, last = period_of(last + timedelta(days=1), per)


def quota_for(quota: Quota | None, per: str) -> int | None:
    """Minor units that fall to one period: a quarter has three months' quota. None for a week, which no month divides."""
    if quota is None or per == "week":
        return None
    return round(quota.amount_cents * _MONTHS[per] / _MONTHS[quota.per])


def quota_held_against(playbook: Playbook, pipelines: Sequence[Pipeline]) -> Quota | None:
    """What these pipelines are to bring: one of several, its own quota; every one together, that of the file.

    None for one of several that has none of its own: nobody said which part of the whole is its. Where the file has no
    quota and each pipeline has, every one together is held against the sum.
    """
    if len(pipelines) < len(playbook.pipelines) or len(pipelines) == 1:
        alone = len(playbook.pipelines) == 1
        return pipelines[0].quota or (playbook.quota if alone else None)
    if playbook.quota is not None:
        return playbook.quota
    own = [pipeline.quota for pipeline in pipelines if pipeline.quota is not None]
    if len(own) < len(pipelines):
        return None
    longest = max((quota.per for quota in own), key=lambda per: _MONTHS[per])
    return Quota(longest, sum(quota_for(quota, longest) or 0 for quota in own))
