"""The figures of a review at both ends of its interval, for machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline_cli.domain.kept_review import ForecastFigures, LeadSpeed, Review, StageFigures, TotalFigures
from pipeline_cli.output.report import Cents


def stage_pairs(review: Review) -> list[tuple[StageFigures | None, StageFigures | None]]:
    """Each stage at the start and at the end, in the order of the end; None where it had no row."""
    then = {(one.pipeline, one.stage): one for one in review.then.stages}
    now = {(one.pipeline, one.stage): one for one in review.now.stages}
    return [(then.get(key), now.get(key)) for key in (*now, *(key for key in then if key not in now))]


def health_json(review: Review, stages: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    """{stages: [{pipeline, stage, name, then, now}], totals: {then, now}}"""
    rows = []
    for then, now in stage_pairs(review):
        one = now or then
        if one is not None:
            key = (one.pipeline, one.stage)
            rows.append({"pipeline": one.pipeline, "stage": one.stage, "name": stages.get(key, one.stage),
                         "then": _stage_json(then), "now": _stage_json(now)})  # fmt: skip
    totals = {"then": _total_json(review.then.totals), "now": _total_json(review.now.totals)}
    return {"stages": rows, "totals": totals}


def _stage_json(one: StageFigures | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "deals": one.deals,
        "value": Cents(one.value_cents),
        "weighted": Cents(one.weighted_cents),
        "median_days": one.median_days,
        "idle": one.idle,
        "stuck": one.stuck,
        "no_next_step": one.no_next_step,
        "overdue": one.overdue,
    }


def _total_json(one: TotalFigures) -> dict[str, Any]:
    return {
        "open_deals": one.open_deals,
        "open_value": Cents(one.open_value_cents),
        "weighted_value": Cents(one.weighted_cents),
        "won_deals": one.won_deals,
        "won_value": Cents(one.won_value_cents),
        "lost_deals": one.lost_deals,
        "disqualified_deals": one.disqualified_deals,
        "win_rate": one.win_rate,
        "win_rate_value": one.win_rate_value,
        "cycle_median": one.cycle_median,
        "coverage": one.coverage,
    }


def forecast_json(review: Review) -> dict[str, Any]:
    """{then, now}: what all open deals would bring within 30 days of each end."""
    return {"then": _forecast(review.then.forecast), "now": _forecast(review.now.forecast)}


def _forecast(one: ForecastFigures) -> dict[str, Any]:
    return {
        "as_of": one.made_on,
        "until": one.until,
        "open_deals": one.open_deals,
        "open_value": Cents(one.open_value_cents),
        "expected": Cents(one.expected_cents),
        "p10": Cents(one.p10),
        "p50": Cents(one.p50),
        "p90": Cents(one.p90),
        "period": one.period,
        "won": Cents(one.won_cents),
        "period_expected": Cents(one.period_expected_cents),
        "quota": None if one.quota_cents is None else Cents(one.quota_cents),
        "chance": one.chance,
    }


def speed_json(speed: LeadSpeed) -> dict[str, Any]:
    return speed._asdict()
