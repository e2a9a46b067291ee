"""`forecast`: what will come in, by period, with a range and the chance of the quota."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.forecast.outlook import (
    Horizon,
    PeriodOutlook,
    Unscheduled,
    outlook_by_period,
    outlook_within,
    sort_out,
    sum_unscheduled,
)
from pipeline_cli.domain.forecast.probability import StageProbability
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.periods import PERIODS
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.output.numbers import money
from pipeline_cli.output.report import COUNT, ID, MONEY, PERCENT, Cents, Column, Report, Section
from pipeline_cli.reports.picture import Picture, take_picture, won_by_day
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

METHODS = ("stage", "configured")

COLUMNS = (
    Column("period", "Period", priority=0, meaning="Deals by their expected close date"),
    Column("won", "Won", MONEY, 2, "Won in the period so far"),
    Column("commit", "Commit", MONEY, 4, "Full value of open deals in the category commit"),
    Column("best_case", "Best case", MONEY, 5, "Full value of open deals in the category best_case"),
    Column("expected", "Expected", MONEY, 0, "Won so far + sum of value × probability of the open deals", whole=True),
    Column("p10", "P10", MONEY, 1, "The period brings at least this much in nine of ten cases", whole=True),
    Column("p50", "P50", MONEY, 3, "The middle of what the period can bring", whole=True),
    Column("p90", "P90", MONEY, 1, "The period brings more than this in one of ten cases", whole=True),
    Column("quota", "Quota", MONEY, 2, "The quota that falls to the period"),
    Column("chance", "Chance", PERCENT, 2, "Of reaching the quota, won so far included"),
)

_STAGE_COLUMNS = (
    Column("name", "Stage", priority=0),
    Column("configured", "Configured", PERCENT, 1, "The probability in pipeline.yaml"),
    Column("observed", "Observed", PERCENT, 2, "won ÷ closed of the deals that reached the stage"),
    Column("closed", "Closed", COUNT, 2, "Won and lost deals that reached the stage: the n"),
    Column("used", "Used", PERCENT, 0, "(won + 5 × configured) ÷ (closed + 5), never falling along the stages"),
    Column("low", "Low", PERCENT, 3, "80 % interval of the observed rate (Jeffreys)"),
    Column("high", "High", PERCENT, 3, "80 % interval of the observed rate (Jeffreys)"),
    Column("note", "", priority=4, meaning="Under 20 closed deals the configured one is a guess"),
)

_ASIDE_COLUMNS = (
    Column("what", "In no period", priority=0),
    Column("deals", "Deals", COUNT, 0, "Open deals"),
    Column("value", "Value", MONEY, 1, "What they are worth together"),
    Column("weighted", "Weighted", MONEY, 2, "Sum of value × probability, counted in no period", whole=True),
    Column("do", "What to do", priority=3),
)

_ASIDE = {
    "past_close_date": ("Close date in the past", "pipeline edit {} --close 30d"),
    "no_close_date": ("No close date", "pipeline edit {} --close 30d"),
    "no_value": ("No value", "pipeline edit {} --value 10k"),
    "omitted": ("Category omitted", "pipeline edit {} --category pipeline"),
    "far_close_date": ("Close date very far", "pipeline edit {} --close 90d"),
}

_DEAL_COLUMNS = (
    Column("id", "#", ID, 0),
    Column("title", "Title", priority=0),
    Column("stage", "Stage", priority=1),
    Column("value", "Value", MONEY, 0, "In the currency of the file"),
    Column("p_win", "Chance", PERCENT, 0, "Of being won in the end"),
    Column("configured", "Configured", PERCENT, 2, "The probability in pipeline.yaml"),
    Column("by_hand", "", priority=1, meaning="* a probability or category set by hand"),
)


def forecast_report(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], per: str = "month", days: int = 30,
    method: str = "stage", with_deals: bool = False,
) -> Report:  # fmt: skip
    """Of one pipeline or several together. Raises UsageError for a period or a method there is none of."""
    if per not in PERIODS:
        raise UsageError(f"--by {per}: is no period: choose one of {', '.join(PERIODS)}.")
    if method not in METHODS:
        raise UsageError(f"--method {method}: is no method: choose one of {', '.join(METHODS)}.")
    playbook, clock = workspace.playbook, reader.clock
    pictures = [take_picture(reader, playbook, pipeline, method=method) for pipeline in pipelines]
    deals = [deal for picture in pictures for deal in picture.open_deals]
    scheduled, aside = sort_out(deals, clock.today, per)
    won = won_by_day(reader, playbook, pipelines, per)
    periods = outlook_by_period(scheduled, won, playbook.quota, clock.today, per)
    horizon = outlook_of(pictures, days)
    unscheduled = sum_unscheduled(aside)
    return Report(
        name="forecast",
        title=f"{', '.join(one.name for one in pipelines)}: forecast of {clock.today:%-d %B %Y}, method {method}",
        as_of=clock.today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=[_period(row) for row in periods],
        extra={
            "method": method,
            "horizon": _horizon(horizon),
            "stages": [_stage(one) for picture in pictures for one in picture.probabilities],
            "unscheduled": {one.reason: _aside(one) for one in unscheduled},
            **({"deals": [_deal(deal) for deal in deals]} if with_deals else {}),
        },
        sections=_sections(pictures, horizon, unscheduled, playbook.currency, with_deals=with_deals),
        empty="No open deals: nothing to forecast.",
        definitions={
            "stage": "sum of value × the stage's win rate in your own history, shrunk towards the configured one",
            "configured": "sum of value × the probability in pipeline.yaml",
        },
    )


def outlook_of(pictures: Sequence[Picture], days: int) -> Horizon:
    """All open deals of the pictures, with the two classic sums beside."""
    used = {(picture.pipeline.id, one.stage): one.used for picture in pictures for one in picture.probabilities}
    guessed = guesses_of(pictures)

    def own_or(table: Mapping[tuple[str, str], float], deal: JudgedDeal) -> float:
        facts = deal.facts
        return table.get((facts.pipeline, facts.stage), 0.0) if facts.probability is None else facts.probability

    deals = [deal for picture in pictures for deal in picture.open_deals]
    until = pictures[0].clock.today + timedelta(days=days)
    return outlook_within(deals, days, until, lambda deal: own_or(used, deal), lambda deal: own_or(guessed, deal))


def guesses_of(pictures: Sequence[Picture]) -> dict[tuple[str, str], float]:
    """Pipeline and stage -> the configured probability."""
    return {(picture.pipeline.id, one.stage): one.configured for picture in pictures for one in picture.probabilities}


def _period(row: PeriodOutlook) -> dict[str, Any]:
    return {
        "period": row.period,
        "won": row.won_cents,
        "commit": row.commit_cents,
        "best_case": row.best_case_cents,
        "expected": round(row.expected_cents),
        "p10": row.p10,
        "p50": row.p50,
        "p90": row.p90,
        "quota": row.quota_cents,
        "chance": row.chance,
    }


def _horizon(horizon: Horizon) -> dict[str, Any]:
    return {
        "days": horizon.days,
        "until": horizon.until,
        "open_deals": horizon.open_deals,
        "open_value": Cents(horizon.open_value_cents),
        "expected": Cents(round(horizon.expected_cents)),
        "expected_wins": horizon.expected_wins,
        "p10": Cents(horizon.p10),
        "p50": Cents(horizon.p50),
        "p90": Cents(horizon.p90),
        "stage_weighted": Cents(round(horizon.stage_weighted_cents)),
        "configured": Cents(round(horizon.configured_cents)),
    }


def _stage(one: StageProbability) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("stage", "configured", "won", "closed", "used", "low", "high")}


def _aside(one: Unscheduled) -> dict[str, Any]:
    return {"deals": one.deals, "value": Cents(one.value_cents), "weighted": Cents(round(one.weighted_cents)),
            "ids": list(one.ids)}  # fmt: skip


def _deal(deal: JudgedDeal) -> dict[str, Any]:
    return {
        "id": deal.facts.id,
        "external_id": deal.facts.external_id,
        "stage": deal.facts.stage,
        "value": None if deal.home_cents is None else Cents(deal.home_cents),
        "p_win": deal.probability,
        "p_win_by_horizon": None,
    }


def _sections(
    pictures: Sequence[Picture], horizon: Horizon, unscheduled: Sequence[Unscheduled], currency: str, *, with_deals: bool
) -> list[Section]:
    asides = [
        {"what": _ASIDE[one.reason][0], "deals": one.deals, "value": one.value_cents,
         "weighted": round(one.weighted_cents), "do": _ASIDE[one.reason][1].format(one.ids[0])}
        for one in unscheduled if one.deals
    ]  # fmt: skip
    lines = [
        f"{counted(horizon.open_deals, 'open deal')} worth {_money(horizon.open_value_cents)} {currency} bring "
        f"{_money(horizon.expected_cents)} in the end; in eight of ten cases {_money(horizon.p10)} to "
        f"{_money(horizon.p90)}.",
        f"Weighted by your history: {_money(horizon.stage_weighted_cents)}; by pipeline.yaml: "
        f"{_money(horizon.configured_cents)}.",
    ]
    sections = [Section("All open deals", lines=lines)]
    if asides:
        sections.append(Section("", _ASIDE_COLUMNS, asides))
    if with_deals:
        sections.append(Section("Deals", _DEAL_COLUMNS, _deal_rows(pictures)))
    return [*sections, *(_stage_section(picture, several=len(pictures) > 1) for picture in pictures)]


def _stage_section(picture: Picture, *, several: bool) -> Section:
    names = {stage.id: stage.name for stage in picture.pipeline.stages}
    rows = [
        {**_stage(one), "name": names[one.stage], "observed": one.observed,
         "note": "a guess until 20 deals are closed" if one.is_a_guess else ""}
        for one in picture.probabilities
    ]  # fmt: skip
    title = f"{picture.pipeline.name}: chance of a deal by stage" if several else "Chance of a deal by stage"
    return Section(title, _STAGE_COLUMNS, rows)


def _deal_rows(pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    guessed = guesses_of(pictures)
    deals = [deal for picture in pictures for deal in picture.open_deals]
    return [
        {"id": deal.facts.id, "title": deal.facts.title, "stage": deal.facts.stage, "value": deal.home_cents,
         "p_win": deal.probability, "configured": guessed.get((deal.facts.pipeline, deal.facts.stage)),
         "by_hand": "*" if deal.facts.probability is not None or deal.facts.category is not None else ""}
        for deal in sorted(deals, key=lambda deal: (-deal.weighted_cents, deal.facts.id))
    ]  # fmt: skip


def _money(cents: float) -> str:
    return money(round(cents / 100) * 100)
