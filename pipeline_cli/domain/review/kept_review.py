"""A review as it was made: numbers, ids and codes alone, so that no word about a person outlives `contact forget`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.outcomes.health import StageHealth, Totals
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.review.changes import Change, WaterfallItem
from pipeline_cli.domain.review.decisions import Decision, Priority

MARK, DAY, WEEK = "mark", "day", "week"
"""How the start was found: the last review, a day that was named, seven days for want of a review."""


class StageFigures(NamedTuple):
    """One stage on one day. Money in minor units."""

    pipeline: str
    stage: str
    deals: int
    value_cents: int
    weighted_cents: int
    median_days: float | None
    idle: int
    stuck: int
    no_next_step: int
    overdue: int


class TotalFigures(NamedTuple):
    """All of the pipelines on one day."""

    open_deals: int
    open_value_cents: int
    weighted_cents: int
    won_deals: int
    won_value_cents: int
    lost_deals: int
    disqualified_deals: int
    win_rate: float | None
    win_rate_value: float | None
    cycle_median: float | None
    coverage: float | None


class ForecastFigures(NamedTuple):
    """What all open deals would bring within a horizon, and how the running period of the forecast stood."""

    made_on: str
    until: str
    open_deals: int
    open_value_cents: int
    expected_cents: int
    p10: int
    p50: int
    p90: int
    period: str | None
    """The running month; None without one."""
    won_cents: int
    period_expected_cents: int
    quota_cents: int | None
    chance: float | None


class Figures(NamedTuple):
    """How the pipelines stood at one end of the interval."""

    stages: tuple[StageFigures, ...]
    totals: TotalFigures
    forecast: ForecastFigures


class StageTouches(NamedTuple):
    """Touchpoints of the interval with deals that stood in a stage at the time."""

    pipeline: str
    stage: str
    touchpoints: int
    inbound: int
    deals: int


class LeadSpeed(NamedTuple):
    """How soon new leads were answered: those of the interval, and those before."""

    new: int
    answered: int | None
    """None: of no touchpoint with them is it known which way it went."""
    median_hours: float | None
    within: float | None
    """Share of the answered ones within first_response_hours."""
    before_median_hours: float | None
    before_within: float | None
    before: int
    """How many of the earlier ones were answered."""


class Review(NamedTuple):
    made_at: str
    """UTC text."""
    pipelines: tuple[str, ...]
    currency: str
    from_on: str
    to_on: str
    since: str
    """The exact start, as UTC text."""
    begins: str
    """mark | day | week"""
    start_cents: int
    end_cents: int
    items: tuple[WaterfallItem, ...]
    passed: tuple[tuple[str, int], ...]
    """(moved_in or moved_out, deal): what the waterfall has and the changes have not."""
    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...]
    then: Figures
    now: Figures
    touchpoints: tuple[StageTouches, ...]
    speed: LeadSpeed
    pruned: int
    """Deals that prune ever closed."""
    came_back: int
    """Those of them that were reopened or answered since."""
    matters: tuple[Priority, ...]
    seen: tuple[int, ...]
    """The highest numbers of the record: where the next review begins."""
    undated: int = 0
    """Deals that came into the record closed on a day nobody gave: in no change and no item."""

    def changed(self, kind: str) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.kind == kind]

    @property
    def to_day(self) -> date:
        """The last day of the interval."""
        return date.fromisoformat(self.to_on)

    @property
    def from_day(self) -> date:
        """The first day of the interval."""
        return date.fromisoformat(self.from_on)


def stage_figures(stages: Sequence[StageHealth], pipeline: str) -> tuple[StageFigures, ...]:
    """What is kept of each stage."""
    return tuple(
        StageFigures(
            pipeline,
            stage.stage,
            stage.deals,
            stage.value_cents,
            round(stage.weighted_cents),
            stage.median_days,
            stage.idle,
            stage.stuck,
            stage.no_next_step,
            stage.overdue,
        )
        for stage in stages
    )


def total_figures(totals: Totals) -> TotalFigures:
    """What is kept of the totals."""
    return TotalFigures(
        totals.open_deals,
        totals.open_value_cents,
        round(totals.weighted_cents),
        totals.won_deals,
        totals.won_value_cents,
        totals.lost_deals,
        totals.disqualified_deals,
        totals.win_rate,
        totals.win_rate_value,
        totals.cycle_median,
        totals.coverage,
    )


def to_json(review: Review) -> str:
    """The form in which it is kept, with its version."""
    return json.dumps({"version": 1, **review._asdict()}, separators=(",", ":"))


def from_json(text: str) -> Review:
    """A kept review. Raises ValueError and KeyError for a text that is none."""
    said = json.loads(text)
    del said["version"]
    for name, kind in (
        ("items", WaterfallItem),
        ("changes", Change),
        ("decisions", Decision),
        ("touchpoints", StageTouches),
        ("matters", Priority),
    ):
        said[name] = tuple(kind(*one) for one in said[name])
    said["pipelines"], said["seen"] = tuple(said["pipelines"]), tuple(said["seen"])
    said["passed"] = tuple((item, deal_id) for item, deal_id in said["passed"])
    said["speed"] = LeadSpeed(*said["speed"])
    said["then"], said["now"] = _figures(said["then"]), _figures(said["now"])
    return Review(**said)


def _figures(said: list[Any]) -> Figures:
    stages, totals, forecast = said
    return Figures(tuple(StageFigures(*stage) for stage in stages), TotalFigures(*totals), ForecastFigures(*forecast))
