"""What people read of a review last: the forecast then and now, leads and touchpoints, the trend, what matters most."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline_cli.domain.choices import Choice
from pipeline_cli.domain.kept_review import ForecastFigures, Review
from pipeline_cli.domain.matters import Matter
from pipeline_cli.domain.phrases import counted
from pipeline_cli.output.numbers import percent, whole_money
from pipeline_cli.output.report import COUNT, MONEY, PERCENT, Column, Section
from pipeline_cli.reports.review_look import Page

MOST_WEEKS = 8
"""Of the trend, this one included."""

_FORECAST_COLUMNS = (
    Column("made", "Made", priority=0, meaning="The end of that day, or now"),
    Column("until", "Until", priority=1, meaning="30 days later"),
    Column("deals", "Open", COUNT, 2, "Open deals that were counted"),
    Column("value", "Open value", MONEY, 3, "What they were worth"),
    Column("expected", "Expected", MONEY, 0, "What they would bring by then, method timed", whole=True),
    Column("p10", "P10", MONEY, 1, "In nine of ten cases at least this", whole=True),
    Column("p90", "P90", MONEY, 1, "In nine of ten cases at most this", whole=True),
)
_TOUCH_COLUMNS = (
    Column("name", "Stage", priority=0, meaning="Where the deal stood at the touchpoint"),
    Column("touchpoints", "Touchpoints", COUNT, 0, "Since the start, in both directions"),
    Column("inbound", "From them", COUNT, 1, "Those of them that came from the buyer"),
    Column("deals", "Deals touched", COUNT, 1, "Deals that had any"),
    Column("open", "Open now", COUNT, 2, "Open deals in the stage now"),
)
_TREND_COLUMNS = (
    Column("until", "Until", priority=0, meaning="The day the review was kept; the last row is this one"),
    Column("deals", "Open", COUNT, 0, "Open deals at its end"),
    Column("value", "Open value", MONEY, 0, "What they were worth"),
    Column("new", "New", COUNT, 2, "Deals that were new in it"),
    Column("won", "Won", COUNT, 1, "Deals won in it"),
    Column("won_value", "Won value", MONEY, 1, "What these were worth"),
    Column("lost", "Lost", COUNT, 2, "Deals lost in it"),
    Column("win_rate", "Win rate", PERCENT, 3, "won ÷ (won + lost), of all deals ever closed until then"),
    Column("expected", "Expected", MONEY, 1, "What the open deals would bring within 30 days", whole=True),
)


def forecast_then_and_now(page: Page) -> Section:
    then, now = page.review.then.forecast, page.review.now.forecast
    lines = []
    if now.period is not None:
        quota = "" if now.quota_cents is None else f" of {whole_money(now.quota_cents)}"
        chance = "" if now.chance is None else f": chance of the quota {percent(now.chance)}"
        lines.append(f"In {now.period} won {whole_money(now.won_cents)}{quota}, "
                     f"expected {whole_money(now.period_expected_cents)}{chance}.")  # fmt: skip
    won = sum(one.cents for one in page.review.changes if one.kind == "won")
    lines.append(f"Won in between: {whole_money(won)} {page.review.currency}.")
    rows = [_forecast_row(page, one) for one in (then, now)]
    return Section("Forecast of all open deals, then and now", _FORECAST_COLUMNS, rows, lines)


def _forecast_row(page: Page, one: ForecastFigures) -> dict[str, Any]:
    return {
        "made": page.day(date.fromisoformat(one.made_on)),
        "until": page.day(date.fromisoformat(one.until)),
        "deals": one.open_deals,
        "value": one.open_value_cents,
        "expected": one.expected_cents,
        "p10": one.p10,
        "p90": one.p90,
    }


def leads_and_touchpoints(page: Page) -> Section:
    """A row a stage with touchpoints or open deals."""
    review = page.review
    touches = {(one.pipeline, one.stage): one for one in review.touchpoints}
    open_now = {(one.pipeline, one.stage): one.deals for one in review.now.stages}
    rows = []
    for key in (*open_now, *(key for key in touches if key not in open_now)):
        one = touches.get(key)
        if one is None and not open_now.get(key):
            continue
        rows.append({"name": page.stage(*key), "touchpoints": one.touchpoints if one else 0,
                     "inbound": one.inbound if one else 0, "deals": one.deals if one else 0,
                     "open": open_now.get(key, 0)})  # fmt: skip
    if not touches:
        return Section("Speed to lead, and touchpoints", lines=[_speed(review), "No touchpoints."])
    return Section("Speed to lead, and touchpoints by the stage of the deal", _TOUCH_COLUMNS, rows, [_speed(review)])


def _speed(review: Review) -> str:
    speed = review.speed
    if not speed.new:
        return "No new leads."
    said = f"{counted(speed.new, 'new lead')}, {speed.answered:,} answered"
    if speed.median_hours is not None and speed.within is not None:
        said += f": after {speed.median_hours:,.1f} h (median), {percent(speed.within)} in time"
    if speed.before_median_hours is not None and speed.before_within is not None:
        said += f"; before {speed.before_median_hours:,.1f} h, {percent(speed.before_within)} (n {speed.before:,})"
    return f"{said}."


def trend(page: Page) -> Section:
    """The kept reviews before this one, oldest first, and this one."""
    shown = [*reversed(page.earlier[: MOST_WEEKS - 1]), page.review]
    return Section("Trend", _TREND_COLUMNS, [_trend_row(page, one) for one in shown])


def _trend_row(page: Page, one: Review) -> dict[str, Any]:
    kinds = [change.kind for change in one.changes]
    totals = one.now.totals
    return {
        "until": page.day(one.to_day),
        "deals": totals.open_deals,
        "value": totals.open_value_cents,
        "new": kinds.count("new"),
        "won": kinds.count("won"),
        "won_value": sum(change.cents for change in one.changes if change.kind == "won"),
        "lost": kinds.count("lost"),
        "win_rate": totals.win_rate,
        "expected": one.now.forecast.expected_cents,
    }


def what_matters_most(page: Page) -> Section:
    said = zip(page.review.matters, page.to_type.matters, strict=True)
    lines = [f"{number}. {_said(page, *one)}" for number, one in enumerate(said, 1)]
    return Section("What matters most", lines=lines or ["Nothing stands out."])


def _said(page: Page, one: Matter, choice: Choice) -> str:
    """One sentence with its number and command; about no deals, it has named its amount itself."""
    stake = f" ({whole_money(one.stake_cents)} {page.review.currency} weighted)" if one.deals else ""
    return f"{one.sentence.rstrip('.')}{stake}: `{page.program} {choice.at_a_terminal}`."
