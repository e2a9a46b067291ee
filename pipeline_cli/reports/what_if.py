"""`forecast --without`, `--value` and `--win`: what the forecast would become, before beside after."""

from __future__ import annotations

from typing import Any

from pipeline_cli.domain.errors import RuleError
from pipeline_cli.domain.forecast.outlook import Horizon, PeriodOutlook, look_ahead
from pipeline_cli.domain.forecast.what_if import Changes, Effect, effects, imagine
from pipeline_cli.output.report import MONEY, PERCENT, Cents, Column, Report, Section
from pipeline_cli.reports.forecast import Forecast
from pipeline_cli.reports.forecast_tables import horizon_json, period_row

_COLUMNS = (
    Column("what", "What if", priority=0, meaning="All open deals within the horizon, or one period"),
    Column("expected_before", "Expected", MONEY, 1, "Before", whole=True),
    Column("expected", "then", MONEY, 0, "Expected after the change", whole=True),
    Column("change", "Change", MONEY, 0, "The difference", whole=True),
    Column("p10_before", "P10", MONEY, 4, "Before", whole=True),
    Column("p10", "P10 then", MONEY, 2, "After the change", whole=True),
    Column("p90_before", "P90", MONEY, 4, "Before", whole=True),
    Column("p90", "P90 then", MONEY, 2, "After the change", whole=True),
    Column("chance_before", "Quota", PERCENT, 3, "Chance of the quota before"),
    Column("chance", "Quota then", PERCENT, 1, "Chance of the quota after the change"),
)


def what_if_report(forecast: Forecast, changes: Changes) -> Report:
    """The forecast as it would be, with `what_if` beside it. Raises RuleError for a deal that is not in it."""
    _refuse_others(forecast, changes)
    asked = forecast.question
    after = look_ahead(imagine(forecast.deals, changes, asked.today), forecast.won_on, asked)
    rows = [_row(one) for one in effects(forecast.outlook, after)]
    report = forecast.report
    extra = {name: value for name, value in report.extra.items() if name in ("method", "stages")}
    return report._replace(
        title=f"{report.title}: what if",
        rows=[period_row(row) for row in after.periods],
        rows_drawn=False,
        extra={**extra, "horizon": horizon_json(after.horizon), "what_if": [_json(row) for row in rows]},
        sections=[Section("Before, and then", _COLUMNS, rows)],
        notes=["Nothing was changed."],
    )


def _refuse_others(forecast: Forecast, changes: Changes) -> None:
    strangers = sorted(changes.deals - {deal.facts.id for deal in forecast.deals})
    if strangers:
        raise RuleError(
            f"Deal {strangers[0]} is not an open deal of this pipeline: what if is asked of open deals; "
            "--all-pipelines covers every pipeline."
        )


def _row(one: Effect) -> dict[str, Any]:
    before, after = _figures(one.before), _figures(one.after)
    return {
        "what": one.what,
        "change": after["expected"] - before["expected"],
        **{f"{name}_before": value for name, value in before.items()},
        **after,
    }


def _figures(one: PeriodOutlook | Horizon | None) -> dict[str, Any]:
    if one is None:
        return {"expected": 0, "p10": 0, "p90": 0, "chance": None}
    chance = one.chance if isinstance(one, PeriodOutlook) else None
    return {"expected": round(one.expected_cents), "p10": one.p10, "p90": one.p90, "chance": chance}


def _json(row: dict[str, Any]) -> dict[str, Any]:
    return {
        column.key: Cents(row[column.key]) if column.kind == MONEY else row[column.key] for column in _COLUMNS
    }  # fmt: skip
