"""`forecast --save` and `--compare`: the forecast as made, and later what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline_cli.domain.forecast.kept import Compared, KeptForecast, compare
from pipeline_cli.domain.outcomes.history import closings_line, undated_json
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.report import COUNT, DATE, DAYS, MONEY, NUMBER, YES_NO, Column, Report, Section, read_rows
from pipeline_cli.reports.forecast import COLUMNS as PERIODS
from pipeline_cli.reports.forecast import Forecast
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.kept import read_kept_forecasts, read_wins
from pipeline_cli.storage.record.outcomes import read_undated
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("as_of", "Made", DATE, 0, "The day the forecast was kept", value="kept.made_on"),
    Column(
        "pipeline", "Pipeline", priority=6, meaning="What it covered", value=lambda one: " ".join(one.kept.pipelines)
    ),
    Column("method", "Method", priority=4, meaning="How it was made", value="kept.method"),
    Column("horizon_days", "Days", DAYS, 6, "How far it looked", shown=False, value="kept.days"),
    Column("until", "Until", DATE, 1, "The last day it spoke of", value="kept.until"),
    Column("open_deals", "Open", COUNT, 5, "Deals that were open then", value="kept.open_deals"),
    Column(
        "open_value", "Open value", MONEY, 7, "What they were worth then", shown=False, value="kept.open_value_cents"
    ),
    Column(
        "expected",
        "Expected",
        MONEY,
        0,
        "What they were expected to bring by then",
        whole=True,
        value="kept.expected_cents",
    ),
    Column("p10", "P10", MONEY, 1, "In nine of ten cases at least this", whole=True, value="kept.p10"),
    Column("p50", "P50", MONEY, 7, "The middle", shown=False, whole=True, value="kept.p50"),
    Column("p90", "P90", MONEY, 1, "In nine of ten cases at most this", whole=True, value="kept.p90"),
    Column("actual", "Came", MONEY, 0, "Value of those deals that were won by then, or so far"),
    Column("actual_wins", "Won", COUNT, 5, "How many were won"),
    Column(
        "expected_wins",
        "Expected wins",
        NUMBER,
        7,
        "How many were expected to be",
        shown=False,
        value="kept.expected_wins",
    ),
    Column("inside", "In range", YES_NO, 1, "Between P10 and P90; missing while its days are not over"),
)


def kept_of(forecast: Forecast, clock: Clock, currency: str) -> KeptForecast:
    """The forecast as it is to be kept."""
    horizon = forecast.outlook.horizon
    return KeptForecast(
        made_at=clock.now,
        made_on=clock.today,
        pipelines=tuple(pipeline_forecast.snapshot.pipeline.id for pipeline_forecast in forecast.books),
        method=forecast.method,
        days=horizon.days,
        until=horizon.until,
        currency=currency,
        open_deals=horizon.open_deals,
        open_value_cents=horizon.open_value_cents,
        expected_cents=round(horizon.expected_cents),
        expected_wins=horizon.expected_wins,
        p10=horizon.p10,
        p50=horizon.p50,
        p90=horizon.p90,
        stage_weighted_cents=round(horizon.stage_weighted_cents),
        configured_cents=round(horizon.configured_cents),
        deals={deal.scored.facts.id: deal.p_counted for deal in forecast.deals if deal.scored.category != "omitted"},
        periods=list(read_rows(PERIODS, forecast.outlook.periods)),
    )


def compare_report(workspace: Workspace, reader: Reader) -> Report:
    """Every kept forecast of the file's currency beside what came."""
    playbook, today = workspace.playbook, reader.clock.today
    kept = [
        kept_forecast for kept_forecast in read_kept_forecasts(reader) if kept_forecast.currency == playbook.currency
    ]
    wins = read_wins(reader, playbook) if kept else {}
    compared = [compare(one, wins, today) for one in kept]
    undated = read_undated(reader, [pipeline.id for pipeline in playbook.pipelines])
    left_out = closings_line(undated, "what came")
    return Report(
        name="forecast_compare",
        title="Kept forecasts, and what came",
        as_of=today,
        pipeline=None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=compared,
        extra={
            "held": sum(one.inside is True for one in compared),
            "over": len(_over(compared)),
            "undated": undated_json(undated),
        },
        sections=[Section("", lines=[*_lines(compared), *([left_out] if left_out else [])])] if compared else [],
        empty="No forecast is kept yet: `pipeline forecast --save` keeps the one of today.",
    )


def _over(compared: Sequence[Compared]) -> list[Compared]:
    return [one for one in compared if one.inside is not None]


def _lines(compared: Sequence[Compared]) -> Iterator[str]:
    over = _over(compared)
    if over:
        held = sum(one.inside is True for one in over)
        yield f"The range held {held} of {counted(len(over), 'time')}; 8 of 10 is what it promises."
    running = len(compared) - len(over)
    if running:
        yield f"{counted(running, 'forecast')} still running: what came so far is shown."
