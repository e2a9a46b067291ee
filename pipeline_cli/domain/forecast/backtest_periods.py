"""The rows by period of a forecast, replayed on past days and held against what the periods brought."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from pipeline_cli.domain.forecast.backtest import METHODS, bias, inside_share, stage_chances, wape
from pipeline_cli.domain.forecast.dating import Dates, Share, date_on, learn_dates, share_of
from pipeline_cli.domain.forecast.distribution import Bet, Spread, shocked_spread, spread
from pipeline_cli.domain.forecast.runs import History, Known, Run, known_on, outcome_on
from pipeline_cli.domain.forecast.timed import TimedModel
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.dates import period_name, periods_from

AHEAD = 3
"""Periods of each day that are graded: the running one and those after it, as far as they are over."""


class PeriodRow(NamedTuple):
    """One row of a forecast as it would have been; money in minor units."""

    as_of: int
    method: str
    period: str
    ahead: int
    """0: the running period, 1: the next."""
    days_left: int
    """To the end of the period."""
    expected_cents: float
    p10: int
    p50: int
    p90: int
    actual_cents: int
    """What the deals known that day brought in it: won by then, or open with an amount and won later."""

    @property
    def inside(self) -> bool:
        """Between P10 and P90, the bounds included."""
        return self.p10 <= self.actual_cents <= self.p90


class PeriodScore(NamedTuple):
    """All rows of one method that looked equally far ahead."""

    method: str
    ahead: int
    rows: int
    wape: float | None
    bias: float | None
    inside_p10_p90: float | None


class _Open(NamedTuple):
    """An open deal of a past day."""

    run: Run
    amount: int
    due: int | None


_Chance = Callable[[int, int], float]
"""(first day, last day) -> the chance of being won in between."""


def backtest_periods(
    history: History,
    configured: Sequence[float],
    dates: Dates,
    days: Iterable[int],
    horizon: int,
    until: int,
    per: str = "month",
    methods: Sequence[str] = METHODS,
) -> list[PeriodRow]:
    """`horizon`: days of the misses that correct the method timed; `until`: the last day that is known of."""
    rows = []
    for as_of in days:
        known = known_on(history, as_of)
        deals = [
            _Open(run, amount, date_on(dates, known.deals[run.deal].id, as_of))
            for run in known.open_runs
            if (amount := known.deals[run.deal].amount_on(as_of)) is not None
        ]
        spans = [span for span in _spans(as_of, per) if span[2] <= until]
        for method in methods:
            chances, ranging = _forecaster(method, history, known, configured, dates, deals, horizon)
            rows += [_row(known, method, ahead, span, deals, chances, ranging) for ahead, span in enumerate(spans)]
    return rows


def _spans(as_of: int, per: str) -> Iterator[tuple[str, int, int]]:
    """Name, first and last day of the running period and those after it."""
    for start, end in islice(periods_from(date.fromordinal(as_of), date.max, per), AHEAD):
        yield period_name(start, per), start.toordinal(), end.toordinal()


def _forecaster(
    method: str,
    history: History,
    known: Known,
    configured: Sequence[float],
    dates: Dates,
    deals: Sequence[_Open],
    horizon: int,
) -> tuple[list[_Chance], Callable[[Sequence[Bet], int, int], Spread]]:
    """The chance of each deal by period, and the range of their sum: (bets, days, won so far)."""
    if method != "timed":
        by_stage = stage_chances(method, history, known.as_of, configured)
        chances = [
            _by_date(by_stage[known.deals[deal.run.deal].stage_on(known.as_of)], deal.due, known.as_of)
            for deal in deals
        ]
        return chances, lambda bets, _, won: spread(bets, won)
    model = TimedModel(known, configured)
    model.learn_from_misses(horizon)
    sense = learn_dates(known, model, dates)
    chances = [
        _by_time(model.chance_ever(deal.run), share_of(model, deal.run, deal.due, known.as_of, sense), known.as_of)
        for deal in deals
    ]
    return chances, lambda bets, days, won: shocked_spread(bets, model.shock_within(days), won)


def _by_date(chance: float, due: int | None, as_of: int) -> _Chance:
    return lambda first, last: chance if due is not None and max(first, as_of) <= due <= last else 0.0


def _by_time(chance: float, share: Share, as_of: int) -> _Chance:
    def within(first: int, last: int) -> float:
        before = share(first - 1 - as_of) if first > as_of + 1 else 0.0
        return chance * max(0.0, share(last - as_of) - before)

    return within


def _row(
    known: Known,
    method: str,
    ahead: int,
    span: tuple[str, int, int],
    deals: Sequence[_Open],
    chances: Sequence[_Chance],
    ranging: Callable[[Sequence[Bet], int, int], Spread],
) -> PeriodRow:
    name, first, last = span
    won = sum(
        deal.amount_on(known.as_of) or 0
        for deal in known.deals
        if deal.closed_day is not None
        and first <= deal.closed_day <= min(last, known.as_of)
        and outcome_on(deal, known.as_of)
    )
    made = ranging(
        [Bet(deal.amount, chance(first, last)) for deal, chance in zip(deals, chances, strict=True)],
        last - known.as_of + 1,
        won,
    )
    came = sum(
        known.deals[deal.run.deal].amount_on(last) or 0
        for deal in deals
        if not outcome_on(known.deals[deal.run.deal], max(first - 1, known.as_of))
        and outcome_on(known.deals[deal.run.deal], last)
    )
    return PeriodRow(
        known.as_of, method, name, ahead, last - known.as_of, made.mean_cents, made.p10, made.p50, made.p90, won + came
    )


def score_periods(rows: Sequence[PeriodRow]) -> list[PeriodScore]:
    """By method and by how far ahead, in the order of the rows."""
    groups: dict[tuple[str, int], list[PeriodRow]] = {}
    for row in rows:
        groups.setdefault((row.method, row.ahead), []).append(row)
    return [
        PeriodScore(
            method,
            ahead,
            len(group),
            wape([(row.expected_cents, row.actual_cents) for row in group]),
            bias([(row.expected_cents, row.actual_cents) for row in group]),
            inside_share([(row.p10, row.p90, row.actual_cents) for row in group]),
        )
        for (method, ahead), group in sorted(groups.items(), key=lambda item: (METHODS.index(item[0][0]), item[0][1]))
    ]
