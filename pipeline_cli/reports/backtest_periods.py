"""`backtest --periods`: the rows by month of past forecasts, made on any day of a month, beside what the months brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline_cli.domain.forecast.backtest import Backtest
from pipeline_cli.domain.forecast.backtest_periods import PeriodScore, backtest_periods, score_periods
from pipeline_cli.domain.forecast.dating import Dates
from pipeline_cli.domain.forecast.runs import History
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.output.numbers import json_rows
from pipeline_cli.output.report import COUNT, DATE, DAYS, MONEY, PERCENT, YES_NO, Column, Report, Section
from pipeline_cli.workspace import Workspace

_METHOD = Column("method", "Method", priority=0, meaning="How the forecast is made: `pipeline forecast --explain`")
_AHEAD = ("this month", "the next", "the one after")

ROW_COLUMNS = (
    Column("as_of", "Day", DATE, 0, "The day the row was made", value=lambda row: date.fromordinal(row.as_of)),
    _METHOD,
    Column("period", "Month", priority=0, meaning="The month it spoke of"),
    Column("ahead", "Ahead", COUNT, 3, "How many months ahead that was; 0: the running one"),
    Column("days_left", "Days left", DAYS, 3, "Days from then to the end of that month"),
    Column("expected", "Expected", MONEY, 0, "Won so far + value × chance of being won in that month", whole=True),
    Column("p10", "P10", MONEY, 2, "In nine of ten cases at least this", whole=True, value="p10"),
    Column("p50", "P50", MONEY, 6, "The middle", whole=True, value="p50"),
    Column("p90", "P90", MONEY, 2, "In nine of ten cases at most this", whole=True, value="p90"),
    Column(
        "actual",
        "Came",
        MONEY,
        0,
        "What was won in that month by then, and later of the deals that were open with a value",
        whole=True,
    ),
    Column("inside", "In range", YES_NO, 1, "What came lay between P10 and P90"),
)

SCORE_COLUMNS = (
    _METHOD,
    Column("ahead", "Rows of", priority=0, meaning="How far ahead the month lay", value=lambda one: _AHEAD[one.ahead]),
    Column("rows", "Rows", COUNT, 0, "Rows that were graded"),
    Column("wape", "Error", PERCENT, 0, "Sum of |expected − came| ÷ sum of what came"),
    Column("bias", "Bias", PERCENT, 1, "Sum of (expected − came) ÷ sum of what came: more than 0 % is too much"),
    Column("inside_p10_p90", "In range", PERCENT, 0, "Rows whose month brought between P10 and P90: 80 % is right"),
)
_SCORES = (*(column for column in SCORE_COLUMNS if column.key != "ahead"), Column("ahead", kind=COUNT))


def with_periods(
    report: Report,
    workspace: Workspace,
    pipeline: Pipeline,
    history: History,
    dates: Dates,
    made: Backtest,
    horizon: int,
) -> Report:
    """The report, and how the rows by month of the same days would have held; `horizon`: days."""
    rows = backtest_periods(
        history,
        [stage.probability for stage in pipeline.stages],
        dates,
        workspace.watched(sorted({row.as_of for row in made.rows}), "backtest of months"),
        horizon,
        report.as_of.toordinal(),
        methods=[score.method for score in made.scores],
    )
    scores = score_periods(rows)
    extra = {
        **report.extra,
        "periods": json_rows(ROW_COLUMNS, rows),
        "period_scores": json_rows(_SCORES, scores),
    }
    report = report._replace(extra=extra, tables=(*report.tables, "periods", "period_scores"))
    if not rows:
        return report
    section = Section("Rows by month, whatever the day of the month", SCORE_COLUMNS, scores, lines=[_in_words(scores)])
    return report._replace(sections=[*report.sections, section])


def _in_words(scores: Sequence[PeriodScore]) -> str:
    timed = [one for one in scores if one.method == "timed"] or scores
    rows = sum(one.rows for one in timed)
    held = round(sum((one.inside_p10_p90 or 0.0) * one.rows for one in timed))
    return f"{timed[0].method}: {held} of {rows} rows held; 8 of 10 is what they promise."
