"""`backtest`: what every method would have said on past days, beside what came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline_cli.domain.forecast.backtest import (
    FEWEST_RESOLVED,
    METHODS,
    Backtest,
    BacktestRow,
    MethodScore,
    Tenth,
    backtest,
    replay_dates,
)
from pipeline_cli.domain.forecast.runs import History
from pipeline_cli.domain.outcomes.history import Undated, closings_line, undated_json
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.numbers import json_rows
from pipeline_cli.output.report import (
    COUNT,
    DATE,
    MONEY,
    NUMBER,
    PERCENT,
    YES_NO,
    Column,
    Mark,
    Report,
    Section,
    figures,
    under,
)
from pipeline_cli.reports.forecast import METHODS_IN_WORDS
from pipeline_cli.workspace import Workspace


def _day_of(row: BacktestRow) -> date:
    return date.fromordinal(row.as_of)


_METHOD = Column("method", "Method", priority=0, meaning="How the forecast is made: `pipeline forecast --explain`")

COLUMNS = (
    Column("as_of", "Day", DATE, 0, "What was known at the end of that day was all a method could use", value=_day_of),
    _METHOD,
    Column("open_deals", "Open", COUNT, 4, "Deals open that day"),
    Column("open_value", "Open value", MONEY, 5, "What they were worth, as far as known"),
    Column("expected", "Expected", MONEY, 0, "What they were expected to bring within the horizon", whole=True),
    Column("p10", "P10", MONEY, 2, "In nine of ten cases at least this", whole=True, value="p10"),
    Column("p50", "P50", MONEY, 6, "The middle", whole=True, value="p50"),
    Column("p90", "P90", MONEY, 2, "In nine of ten cases at most this", whole=True, value="p90"),
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
    Column(
        "inside",
        "In range",
        YES_NO,
        1,
        "What came lay between P10 and P90",
        value=lambda row: row.p10 <= row.actual_cents <= row.p90,
    ),
)

TENTH_COLUMNS = (
    _METHOD,
    *under(
        "tenth",
        (
            Column(
                "tenth",
                "Said",
                priority=0,
                meaning="Forecasts of single deals whose chance lay there",
                value=lambda tenth: f"{tenth.low:.0%} to {tenth.high:.0%}",
            ),
            Column("deals", "Forecasts", COUNT, 0, "How many forecasts that was"),
            Column("expected", "Mean", PERCENT, 0, "Mean chance that was said"),
            Column("observed", "Won", PERCENT, 0, "Share of them that was won within the horizon"),
        ),
    ),
)
_CALIBRATION = (Column("method"), *under("tenth", figures(*Tenth._fields)))


class _Said(NamedTuple):
    """What a method said of the deals in one tenth, and what came."""

    method: str
    tenth: Tenth


def _calibration(scores: Sequence[MethodScore]) -> list[_Said]:
    return [_Said(score.method, tenth) for score in scores for tenth in score.calibration]


USUAL_DAYS = (30, 14)
"""How far each forecast looks ahead, and how far apart they are, when nobody says otherwise."""
_FEWEST_INSIDE = 0.6
"""Of the days a range should hold on four of five: one that held on fewer is said to have failed."""


class Asked(NamedTuple):
    """How a backtest is to be shown."""

    days: int
    calibration: bool
    plot: bool
    dropped: int
    """Days that were asked for and that the record does not cover."""
    undated: Undated = Undated()
    """What no file gave a date: such closings are in no day's forecast, and not in what came."""


def replay_record(
    workspace: Workspace,
    history: History,
    pipeline: Pipeline,
    today: date,
    days: tuple[int, int] = USUAL_DAYS,
    span: tuple[int | None, int | None] = (None, None),
    methods: Sequence[str] = METHODS,
) -> tuple[Backtest, int]:
    """The replay, and how many of the days asked for the record does not cover.

    `days`: how far each forecast looks ahead, and how far apart they are; `span`: first and last day, as ordinals.
    """
    ends = today.toordinal()
    first = history.deals[0].moves[0][0] if history.deals else ends
    dates, dropped = replay_dates(first, ends, *days, *span)
    configured = [stage.probability for stage in pipeline.stages]

    def watch(steps: Sequence[int]) -> Iterator[int]:
        return workspace.watched(steps, "backtest")

    return backtest(history, configured, dates, days[0], methods, watch), dropped


def backtest_report(pipeline: Pipeline, currency: str, today: date, made: Backtest, asked: Asked) -> Report:
    dates = sorted({row.as_of for row in made.rows})
    shown = made.ranking[0] if made.ranking else made.scores[-1].method
    days = counted(len(dates), "day")
    return Report(
        name="backtest",
        title=f"{pipeline.name}: backtest of {days}, each {counted(asked.days, 'day')} ahead",
        as_of=today,
        pipeline=pipeline.id,
        currency=currency,
        columns=COLUMNS,
        rows=made.rows,
        rows_drawn=False,
        extra={
            "methods": json_rows(METHOD_COLUMNS, made.scores),
            "ranking": list(made.ranking),
            "resolved": made.resolved,
            "undated": undated_json(asked.undated),
            **({"calibration": json_rows(_CALIBRATION, _calibration(made.scores))} if asked.calibration else {}),
        },
        sections=list(_sections(made, shown, currency, asked)) if dates else [],
        empty=f"The record covers no day with {counted(asked.days, 'day')} after it: try a shorter --horizon, or "
        "bring a history with `pipeline import deals.csv --moves moves.csv`.",
        notes=_notes(asked),
        definitions=METHODS_IN_WORDS,
        tables=("methods", *(("calibration",) if asked.calibration else ())),
    )


def _notes(asked: Asked) -> list[str]:
    left_out = closings_line(asked.undated, "every day")
    notes = [left_out] if left_out else []
    if not asked.dropped:
        return notes
    return [*notes, f"{counted(asked.dropped, 'day')} left out: the record does not cover what came, or had not begun."]


def _sections(made: Backtest, shown: str, currency: str, asked: Asked) -> Iterator[Section]:
    yield Section("", METHOD_COLUMNS, made.scores, lines=[_verdict(made)])
    own = [row for row in made.rows if row.method == shown]
    if asked.plot:
        marks = [
            Mark(_day_of(row).isoformat(), row.p10, round(row.expected_cents), row.p90, row.actual_cents) for row in own
        ]
        yield Section(f"What {shown} said, and what came, in {currency}", marks=marks)
    else:
        yield Section(f"What {shown} said, and what came", DAY_COLUMNS, own)
    if asked.calibration:
        said = _calibration(made.scores)
        yield Section("Calibration: of what was said, how much came", TENTH_COLUMNS, said)


def _verdict(made: Backtest) -> str:
    """Which method deserves trust and by how much, in one sentence."""
    if not made.ranking:
        return (
            f"Only {counted(made.resolved, 'deal')} that {'was' if made.resolved == 1 else 'were'} open on these days "
            f"closed within the horizon: too few to rank methods; {FEWEST_RESOLVED} are needed."
        )
    scores = {score.method: score for score in made.scores}
    best = scores[made.ranking[0]]
    others = [scores[name] for name in made.ranking[1:]]
    if not others:
        return f"{best.method}: Brier score {best.brier:.3f} over {counted(best.deals, 'forecast')}."
    beaten = " and ".join(_lead(best, other) for other in others)
    totals = ", ".join(f"{one.wape:.0%} ({one.method})" for one in (best, *others) if one.wape is not None)
    off = f"; its totals were off by {totals}" if totals else ""
    hint = "" if best.method == "timed" else f"; `pipeline forecast --method {best.method}` uses it"
    return f"Trust {best.method}: deal by deal its error (Brier) is {beaten}{off}{hint}.{_range_failure(best)}"


def _range_failure(best: MethodScore) -> str:
    """The best method may still have had a range that did not hold: then its chances are good and its range is not."""
    share = best.inside_p10_p90
    if share is None or share >= _FEWEST_INSIDE:
        return ""
    return (
        f" Not its range: what came lay between P10 and P90 on {share:.0%} of the days, where 80% is right; the totals "
        "were off by more than it allows."
    )


def _lead(best: MethodScore, other: MethodScore) -> str:
    if not best.brier or not other.brier:
        return f"that of {other.method}" if best.brier == other.brier else f"100% below that of {other.method}"
    less = 1 - best.brier / other.brier
    return f"{less:.0%} below that of {other.method}" if less >= 0.005 else f"that of {other.method}"
