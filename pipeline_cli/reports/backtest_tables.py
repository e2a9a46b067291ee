"""The tables of `backtest`: their columns, and their rows for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.forecast.backtest import BacktestRow, MethodScore
from pipeline_cli.output.report import COUNT, DATE, MONEY, NUMBER, PERCENT, YES_NO, Column

_METHOD = Column("method", "Method", priority=0, meaning="How the forecast is made: `pipeline forecast --explain`")

COLUMNS = (
    Column("as_of", "Day", DATE, 0, "What was known at the end of that day was all a method could use"),
    _METHOD,
    Column("open_deals", "Open", COUNT, 4, "Deals open that day"),
    Column("open_value", "Open value", MONEY, 5, "What they were worth, as far as known"),
    Column("expected", "Expected", MONEY, 0, "What they were expected to bring within the horizon", whole=True),
    Column("p10", "P10", MONEY, 2, "In nine of ten cases at least this", whole=True),
    Column("p50", "P50", MONEY, 6, "The middle", whole=True),
    Column("p90", "P90", MONEY, 2, "In nine of ten cases at most this", whole=True),
    Column("actual", "Came", MONEY, 0, "Value of those of them that were won within the horizon", whole=True),
    Column("actual_wins", "Won", COUNT, 4, "How many were won"),
    Column("expected_wins", "Exp. wins", NUMBER, 5, "How many were expected to be won"),
)

METHOD_COLUMNS = (
    _METHOD,
    Column("wape", "Error", PERCENT, 0, "Sum of |expected − came| ÷ sum of what came: how far off the totals were"),
    Column("bias", "Bias", PERCENT, 1, "Sum of (expected − came) ÷ sum of what came: more than 0 % is too much"),
    Column("brier", "Brier", NUMBER, 0, "Mean of (chance − won)², deal by deal: 0 is perfect, always 50 % gives 0.25"),
    Column("log_loss", "Log loss", NUMBER, 3, "Mean of −ln(the chance given to what came): punishes false certainty"),
    Column("inside_p10_p90", "In range", PERCENT, 1, "Days on which what came lay between P10 and P90: 80 % is right"),
    Column("dates", "Days", COUNT, 4, "Days that were replayed"),
    Column("deals", "Forecasts", COUNT, 4, "Of single deals: one that was open on two days counts twice"),
)

DAY_COLUMNS = (
    COLUMNS[0],
    *(column for column in COLUMNS if column.key in ("open_deals", "expected", "p10", "p90", "actual")),
    Column("inside", "In range", YES_NO, 1, "What came lay between P10 and P90"),
)

TENTH_COLUMNS = (
    _METHOD,
    Column("tenth", "Said", priority=0, meaning="Forecasts of single deals whose chance lay there"),
    Column("deals", "Forecasts", COUNT, 0, "How many forecasts that was"),
    Column("expected", "Mean", PERCENT, 0, "Mean chance that was said"),
    Column("observed", "Won", PERCENT, 0, "Share of them that was won within the horizon"),
)


def day_of(ordinal: int) -> date:
    return date.fromordinal(ordinal)


def replayed_row(row: BacktestRow) -> dict[str, Any]:
    return {
        "as_of": day_of(row.as_of),
        "method": row.method,
        "open_deals": row.open_deals,
        "open_value": row.open_value_cents,
        "expected": round(row.expected_cents),
        "p10": row.p10,
        "p50": row.p50,
        "p90": row.p90,
        "actual": row.actual_cents,
        "actual_wins": row.actual_wins,
        "expected_wins": row.expected_wins,
    }


def score_row(score: MethodScore) -> dict[str, Any]:
    return {name: value for name, value in score._asdict().items() if name != "calibration"}


def tenth_rows(scores: Sequence[MethodScore]) -> list[dict[str, Any]]:
    return [{"method": score.method, **tenth._asdict()} for score in scores for tenth in score.calibration]
