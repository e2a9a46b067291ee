"""The tables of `forecast`: their columns, and their rows for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pipeline_cli.domain.forecast.open_deals import OpenDeal
from pipeline_cli.domain.forecast.outlook import Horizon, PeriodOutlook, Unscheduled
from pipeline_cli.domain.forecast.probability import StageProbability
from pipeline_cli.output.numbers import calendar_day
from pipeline_cli.output.report import CODE, COUNT, ID, MONEY, PERCENT, Cents, Column, Section
from pipeline_cli.reports.book import Book

COLUMNS = (
    Column("period", "Period", priority=0, meaning="Deals by their expected close date"),
    Column("won", "Won", MONEY, 2, "Won in the period so far", whole=True),
    Column("commit", "Commit", MONEY, 4, "Full value of open deals in the category commit", whole=True),
    Column("best_case", "Best case", MONEY, 5, "Full value of open deals in the category best_case", whole=True),
    Column(
        "expected",
        "Expected",
        MONEY,
        0,
        "Won so far + sum of value × chance of the open deals that are due",
        whole=True,
    ),
    Column("p10", "P10", MONEY, 1, "The period brings at least this much in nine of ten cases", whole=True),
    Column("p50", "P50", MONEY, 3, "The middle of what the period can bring", whole=True),
    Column("p90", "P90", MONEY, 1, "The period brings more than this in one of ten cases", whole=True),
    Column("quota", "Quota", MONEY, 2, "The quota that falls to the period", whole=True),
    Column(
        "chance",
        "Chance",
        PERCENT,
        2,
        "Of reaching the quota, won so far included",
        span=("p10", "expected", "p90"),
    ),
)

_STAGE_COLUMNS = (
    Column("name", "Stage", priority=0, meaning="The stage a deal is in"),
    Column("configured", "Configured", PERCENT, 1, "The probability in pipeline.yaml"),
    Column(
        "observed",
        "Observed",
        PERCENT,
        2,
        "won ÷ closed of the deals that reached the stage; missing where nothing was lost",
    ),
    Column("closed", "Closed", COUNT, 2, "Won and lost deals that reached the stage: the n"),
    Column(
        "used", "Used", PERCENT, 0, "(won + 5 × configured) ÷ (closed + 5), never falling along the stages", bar=True
    ),
    Column("low", "Low", PERCENT, 3, "80 % interval of the observed rate (Jeffreys)"),
    Column("high", "High", PERCENT, 3, "80 % interval of the observed rate (Jeffreys)"),
    Column("note", "", priority=4, meaning="Under 20 closed deals the configured one is a guess"),
)

_ASIDE_COLUMNS = (
    Column("what", "In no period", priority=0, meaning="Why these deals count in no period"),
    Column("deals", "Deals", COUNT, 0, "Open deals"),
    Column("value", "Value", MONEY, 1, "What they are worth together", whole=True),
    Column("weighted", "Weighted", MONEY, 2, "Sum of value × chance, counted in no period", whole=True),
    Column("do", "What to do", CODE, 3, meaning="The command that lists them"),
)

_ASIDE = {
    "past_close_date": ("Close date in the past", "pipeline edit {} --close 30d"),
    "no_close_date": ("No close date", "pipeline edit {} --close 30d"),
    "no_value": ("No value", "pipeline edit {} --value 10k"),
    "omitted": ("Category omitted", "pipeline edit {} --category pipeline"),
    "far_close_date": ("Close date very far", "pipeline edit {} --close 90d"),
}

_DEAL_COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number"),
    Column("title", "Title", priority=0, meaning="What the deal is about"),
    Column("value", "Value", MONEY, 1, "In the currency of the file", whole=True),
    Column("p_win_by_horizon", "By {}", PERCENT, 0, "The chance of being won by then"),
    Column("p_win", "In the end", PERCENT, 0, "The chance of being won within two years"),
    Column("configured", "Configured", PERCENT, 3, "The probability in pipeline.yaml, or its own"),
    Column("by_hand", "", priority=1, meaning="* a probability or category set by hand"),
    Column(
        "why",
        "Why",
        priority=2,
        meaning="What the chance rests on: its days in the stage (median days of deals that were won)",
        least=30,
    ),
)


def period_row(row: PeriodOutlook) -> dict[str, Any]:
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


def horizon_json(horizon: Horizon) -> dict[str, Any]:
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


def stage_json(one: StageProbability) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("stage", "configured", "won", "closed", "used", "low", "high")}


def aside_json(one: Unscheduled) -> dict[str, Any]:
    return {"deals": one.deals, "value": Cents(one.value_cents), "weighted": Cents(round(one.weighted_cents)),
            "ids": list(one.ids)}  # fmt: skip


def deal_json(deal: OpenDeal) -> dict[str, Any]:
    return {
        "id": deal.facts.id,
        "external_id": deal.facts.external_id,
        "stage": deal.facts.stage,
        "value": None if deal.value_cents is None else Cents(deal.value_cents),
        "p_win": deal.p_win,
        "p_win_by_horizon": deal.p_win_by_horizon,
        "reason": deal.why,
    }


def aside_section(unscheduled: Iterable[Unscheduled]) -> Section | None:
    """None: every open deal stands in a period."""
    rows = [
        {"what": _ASIDE[one.reason][0], "deals": one.deals, "value": one.value_cents,
         "weighted": round(one.weighted_cents), "do": _ASIDE[one.reason][1].format(one.ids[0])}
        for one in unscheduled if one.deals
    ]  # fmt: skip
    return Section("", _ASIDE_COLUMNS, rows) if rows else None


def deal_section(deals: Sequence[OpenDeal], horizon: Horizon) -> Section:
    """What counts most first. Without a method that knows time, the chance by a day has no column."""
    until = calendar_day(horizon.until, horizon.until)
    has_time = any(deal.p_win_by_horizon is not None for deal in deals)
    columns = [
        column._replace(heading=column.heading.format(until))
        for column in _DEAL_COLUMNS
        if has_time or column.key != "p_win_by_horizon"
    ]
    rows = [
        {"id": deal.facts.id, "title": deal.facts.title, "value": deal.value_cents,
         "p_win_by_horizon": deal.p_win_by_horizon, "p_win": deal.p_win, "configured": deal.p_configured,
         "by_hand": "*" if deal.is_set_by_hand else "", "why": deal.why}
        for deal in sorted(deals, key=lambda deal: (-deal.amount_cents * deal.p_counted, deal.facts.id))
    ]  # fmt: skip
    return Section("Deals", columns, rows)


def _note(one: StageProbability) -> str:
    if one.one_sided:
        return "a guess: nothing was lost"
    return "a guess until 20 deals are closed" if one.is_a_guess else ""


def stage_section(book: Book, *, several: bool) -> Section:
    names = {stage.id: stage.name for stage in book.pipeline.stages}
    rows = [
        {**stage_json(one), "name": names[one.stage], "observed": one.observed,
         "note": _note(one)}
        for one in book.probabilities
    ]  # fmt: skip
    title = f"{book.pipeline.name}: chance of a deal by stage" if several else "Chance of a deal by stage"
    return Section(title, _STAGE_COLUMNS, rows)
