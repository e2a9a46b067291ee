"""Every method replayed on the record: what it would have said on past days, and how right it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import fsum, log

from pipeline_cli.domain.forecast.distribution import Bet, Spread, shocked_spread, spread
from pipeline_cli.domain.forecast.probability import stage_probabilities
from pipeline_cli.domain.forecast.runs import History, Known, Run, known_on, outcome_on
from pipeline_cli.domain.forecast.timed import TimedModel, usual_amount
from pipeline_cli.domain.record import NamedTuple

_SUREST = 1e-6
"""A forecast of 0 that came true would cost infinitely much: no probability is taken as surer than this."""


class Tenth(NamedTuple):
    """The deals whose probability lay in one tenth: what was said of them, and what came."""

    low: float
    high: float
    deals: int
    expected: float
    """Mean probability."""
    observed: float
    """Share that was won."""


def wape(totals: Sequence[tuple[float, float]]) -> float | None:
    """Σ|forecast - actual| / Σ actual over (forecast, actual); None when nothing came at all."""
    came = fsum(actual for _, actual in totals)
    return fsum(abs(forecast - actual) for forecast, actual in totals) / came if came else None


def bias(totals: Sequence[tuple[float, float]]) -> float | None:
    """Σ(forecast - actual) / Σ actual: +0.5 is half too much; None when nothing came at all."""
    came = fsum(actual for _, actual in totals)
    return fsum(forecast - actual for forecast, actual in totals) / came if came else None


def brier(deals: Sequence[tuple[float, bool]]) -> float | None:
    """Mean of (p - won)² over (probability, won): 0 is perfect, always saying 0.5 costs 0.25 (G. W. Brier, 1950)."""
    return fsum((p - won) ** 2 for p, won in deals) / len(deals) if deals else None


def log_loss(deals: Sequence[tuple[float, bool]]) -> float | None:
    """Mean of -ln(the probability given to what came), each at least a millionth (I. J. Good, 1952)."""
    if not deals:
        return None
    given = (min(max(p if won else 1 - p, _SUREST), 1 - _SUREST) for p, won in deals)
    return -fsum(log(p) for p in given) / len(deals)


def inside_share(ranges: Sequence[tuple[float, float, float]]) -> float | None:
    """Share of (low, high, actual) with the actual in its range, the bounds included."""
    return sum(low <= actual <= high for low, high, actual in ranges) / len(ranges) if ranges else None


def calibration(deals: Sequence[tuple[float, bool]]) -> list[Tenth]:
    """Each tenth of the probabilities that holds deals: 0 to under 0.1, … 0.9 to 1."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for p, won in deals:
        groups.setdefault(min(int(p * 10), 9), []).append((p, won))
    return [
        Tenth(
            tenth / 10,
            (tenth + 1) / 10,
            len(group),
            fsum(p for p, _ in group) / len(group),
            sum(won for _, won in group) / len(group),
        )
        for tenth, group in sorted(groups.items())
    ]


def closings_by_stage(history: History, as_of: int, stages: int) -> tuple[list[int], list[int]]:
    """Won and closed deals that reached each stage: that were in it or a later one, or were won. No disqualified ones."""
    won, closed = [0] * stages, [0] * stages
    for deal in history.deals:
        outcome = outcome_on(deal, as_of)
        if outcome is None or (deal.disqualified and deal.closed_day is not None and deal.closed_day <= as_of):
            continue
        # 0 where the stages it was in before are gone from pipeline.yaml: then its first move is its closing.
        furthest = stages - 1 if outcome else max(0, *(stage for day, stage in deal.moves if day <= as_of))
        closed[furthest] += 1
        won[furthest] += outcome
    for stage in reversed(range(stages - 1)):
        won[stage] += won[stage + 1]
        closed[stage] += closed[stage + 1]
    return won, closed


METHODS = ("configured", "stage", "timed")
FEWEST_RESOLVED = 20
"""Deals that must have closed within a horizon before methods are ranked."""
_YEAR = 364
"""Days, in whole weeks."""


class BacktestRow(NamedTuple):
    """One method on one day, for the deals open then; money in minor units."""

    as_of: int
    method: str
    open_deals: int
    open_value_cents: int
    """Of the amounts known then; a deal without one counts as the usual amount in all that follows."""
    expected_cents: float
    p10: int
    p50: int
    p90: int
    actual_cents: int
    """Amounts of the deals that were won within the horizon."""
    actual_wins: int
    expected_wins: float


class MethodScore(NamedTuple):
    """One method over all days; every share is None when there was nothing to compare."""

    method: str
    wape: float | None
    bias: float | None
    brier: float | None
    log_loss: float | None
    inside_p10_p90: float | None
    dates: int
    deals: int
    """Forecasts of single deals: a deal open on two of the days counts twice."""
    calibration: Sequence[Tenth]


class Backtest(NamedTuple):
    """What each method would have said, and how right that was."""

    rows: Sequence[BacktestRow]
    """By day, then by method."""
    scores: Sequence[MethodScore]
    resolved: int
    """Distinct deals that were open on one of the days and closed within its horizon."""
    ranking: Sequence[str]
    """Methods by Brier score, best first; empty when fewer than 20 deals were resolved."""


class Origin(NamedTuple):
    """One day to forecast from, and what came of the deals open then."""

    known: Known
    runs: Sequence[Run]
    amounts: Sequence[int]
    known_amounts: int
    won: Sequence[bool]
    actual: int
    closed: set[int]


def backtest(
    history: History,
    configured: Sequence[float],
    dates: Iterable[int],
    horizon_days: int,
    methods: Sequence[str] = METHODS,
    watch: Callable[[Sequence[int]], Iterable[int]] = iter,
) -> Backtest:
    """Rolling origin: on each of the `dates` only rows up to it are read, then compared with the horizon after it.

    The caller leaves out dates whose horizon the record does not cover yet. `watch` hands on the dates, in order, and
    so sees how far it is.
    """
    rows: list[BacktestRow] = []
    said: dict[str, list[tuple[float, bool]]] = {method: [] for method in methods}
    resolved: set[int] = set()
    for as_of in watch(sorted(dates)):
        origin = origin_of(history, as_of, horizon_days)
        resolved |= origin.closed
        for method in methods:
            chances, made = _forecast(method, history, origin, configured, horizon_days)
            said[method].extend(zip(chances, origin.won, strict=True))
            rows.append(_row(as_of, method, origin, chances, made))
    scores = [_score(method, rows, said[method]) for method in methods]
    return Backtest(rows, scores, len(resolved), _ranking(scores, len(resolved)))


def replay_dates(
    began: int, ends: int, horizon_days: int, every_days: int, since: int | None = None, until: int | None = None
) -> tuple[list[int], int]:
    """The days to forecast from, and how many of those asked for a record from `began` to `ends` does not cover.

    Without `since`, back from the latest day whose horizon is over: a year, but not into the first two horizons of the
    record, when there is little to learn from; into the second when fewer than four days were left.
    """
    latest = ends - horizon_days
    last = latest if until is None else until
    if since is None:
        first = max(began + 2 * horizon_days, last - _YEAR)
        if first > last - 3 * every_days:
            first = max(began + horizon_days, last - _YEAR)
        asked = sorted(range(last, first - 1, -every_days))
    else:
        asked = list(regular_dates(since, last, every_days))
    covered = [day for day in asked if began <= day <= latest]
    return covered, len(asked) - len(covered)


def regular_dates(first: int, last: int, every_days: int) -> Iterator[int]:
    """Days from `first` on to at most `last`, so many days apart."""
    return iter(range(first, last + 1, every_days))


def origin_of(history: History, as_of: int, horizon_days: int) -> Origin:
    known = known_on(history, as_of)
    runs = known.open_runs
    until = as_of + horizon_days
    outcomes = [outcome_on(history.deals[run.deal], until) for run in runs]
    won = [bool(outcome) for outcome in outcomes]
    usual = usual_amount(known)
    stated = [history.deals[run.deal].amount_on(as_of) for run in runs]
    paid = [history.deals[run.deal].amount_on(until) or 0 for run, is_won in zip(runs, won, strict=True) if is_won]
    return Origin(
        known,
        runs,
        [usual if amount is None else amount for amount in stated],
        sum(amount or 0 for amount in stated),
        won,
        sum(paid),
        {run.deal for run, outcome in zip(runs, outcomes, strict=True) if outcome is not None},
    )


def stage_chances(method: str, history: History, as_of: int, configured: Sequence[float]) -> list[float]:
    """What the methods that know no time give each stage: as configured, or as closed deals say."""
    if method != "stage":
        return list(configured)
    won, closed = closings_by_stage(history, as_of, len(configured))
    return [
        row.used for row in stage_probabilities([(str(stage), p) for stage, p in enumerate(configured)], won, closed)
    ]


def _forecast(
    method: str, history: History, origin: Origin, configured: Sequence[float], horizon_days: int
) -> tuple[list[float], Spread]:
    """The chance of each open deal and the range of their sum, as the method would have said."""
    if method == "timed":
        model = TimedModel(origin.known, configured)
        model.learn_from_misses(horizon_days)
        chances = [model.chance_within(horizon_days, run) for run in origin.runs]
        bets = map(Bet, origin.amounts, chances)
        return chances, shocked_spread(bets, model.shock_within(horizon_days))
    by_stage = stage_chances(method, history, origin.known.as_of, configured)
    chances = [by_stage[history.deals[run.deal].stage_on(origin.known.as_of)] for run in origin.runs]
    return chances, spread(map(Bet, origin.amounts, chances))


def _row(as_of: int, method: str, origin: Origin, chances: Sequence[float], made: Spread) -> BacktestRow:
    return BacktestRow(
        as_of,
        method,
        len(origin.runs),
        origin.known_amounts,
        made.mean_cents,
        made.p10,
        made.p50,
        made.p90,
        origin.actual,
        sum(origin.won),
        fsum(chances),
    )


def _score(method: str, rows: Sequence[BacktestRow], said: Sequence[tuple[float, bool]]) -> MethodScore:
    own = [row for row in rows if row.method == method]
    totals = [(row.expected_cents, row.actual_cents) for row in own]
    return MethodScore(
        method,
        wape(totals),
        bias(totals),
        brier(said),
        log_loss(said),
        inside_share([(row.p10, row.p90, row.actual_cents) for row in own]),
        len(own),
        len(said),
        calibration(said),
    )


def _ranking(scores: Sequence[MethodScore], resolved: int) -> list[str]:
    if resolved < FEWEST_RESOLVED:
        return []
    scored = [(score.brier, score.method) for score in scores if score.brier is not None]
    return [method for _, method in sorted(scored)]
