"""Which method a record's own past trusts, and how its last forecasts did: a backtest short enough for every forecast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from zlib import crc32

from pipeline_cli.domain.forecast.backtest import (
    FEWEST_RESOLVED,
    METHODS,
    Origin,
    brier,
    origin_of,
    stage_chances,
    wape,
)
from pipeline_cli.domain.forecast.distribution import Bet, Spread, expected_sum, shocked_spread
from pipeline_cli.domain.forecast.runs import LOST, WON, History, known_on
from pipeline_cli.domain.forecast.timed import quick_model
from pipeline_cli.domain.record import NamedTuple

FEWEST_CLOSED = 20
"""Deals closed before the past chooses."""
_RENEWED = 1.05
"""The choice is made anew when so many times as many deals are closed."""
_USUAL = "timed"
_MARGIN = 0.98
"""Another method than the usual one must have at most this part of its error: less is luck."""
_DAYS = 6
_APART = 14
"""At least so many days between two of them, and at most twice as many as that."""
_MOST_DEALS = 800
"""Of a larger record every second deal is looked at, or every third, and so on: enough to tell methods apart."""


class Track(NamedTuple):
    """How one method did on the days that were replayed."""

    brier: float
    wape: float | None
    held: int
    """Days on which what came lay in its range."""


class Trust(NamedTuple):
    """What the past says of the methods."""

    method: str
    """The one to take."""
    closed: int
    """Deals closed when it was chosen; below 20 it is the usual one."""
    days: int
    """Past days replayed."""
    horizon: int
    tracks: Mapping[str, Track]
    """By method; empty where no day can be replayed."""
    ranked: bool
    """Enough of the deals closed within the horizons to tell the methods apart."""
    whole: bool = True
    """All deals were looked at: their totals are those of the record."""


def decided_on(closings: Sequence[int]) -> tuple[int, int] | None:
    """The day on which the choice was last made, and of how many closed deals: when there were 20, and then each time
    there were 5 % more. `closings`: days, ascending. None: fewer have closed.

    It depends on the record alone: no two copies of it choose otherwise, and a past day is told what it was then.
    """
    if len(closings) < FEWEST_CLOSED:
        return None
    step = FEWEST_CLOSED
    while (following := max(step + 1, ceil(step * _RENEWED))) <= len(closings):
        step = following
    return closings[step - 1], step


def decision(history: History, as_of: int) -> tuple[int, int]:
    """The day of the choice and the deals closed by then; where there is none yet, the as-of day."""
    latest = known_on(history, as_of).latest.values()
    closings = sorted(run.stop for run in latest if run.target in (WON, LOST))
    return decided_on(closings) or (as_of, len(closings))


def sample_of(history: History, day: int) -> tuple[History, bool]:
    """The deals that had begun, every second or third and so on of a large record, and whether that is all of them."""
    begun = [deal for deal in history.deals if deal.moves[0][0] <= day]
    every = max(1, -(-len(begun) // _MOST_DEALS))
    return History(begun[::every]), every == 1


def fingerprint(sample: History, day: int) -> int:
    """A number that is another one when anything is that a verdict of this day rests on."""
    known = [
        (
            [move for move in deal.moves if move[0] <= day],
            *((deal.closed_day, deal.won) if deal.closed_day is not None and deal.closed_day <= day else ()),
            deal.amount_cents if not deal.amounts else [row for row in deal.amounts if row[0] <= day],
            [touched for touched in deal.touch_days if touched <= day],
            *(deal.inferred, deal.guessed, deal.disqualified),
        )
        for deal in sample.deals
    ]
    return crc32(repr(known).encode())


def trusted(
    sample: History, decided: tuple[int, int], configured: Sequence[float], horizon: int, *, whole: bool = True
) -> Trust:
    """The verdict of the day on which it was last to be made (`decision`); the usual method where there is none."""
    day, closed = decided
    said: dict[str, list[tuple[float, bool]]] = {method: [] for method in METHODS}
    totals: dict[str, list[tuple[float, float]]] = {method: [] for method in METHODS}
    held, resolved = dict.fromkeys(METHODS, 0), 0
    days = _days(sample, day, horizon)
    for as_of in days:
        origin = origin_of(sample, as_of, horizon)
        resolved += len(origin.closed)
        for method in METHODS:
            chances, ranging = _say(method, sample, origin, configured, horizon)
            said[method] += zip(chances, origin.won, strict=True)
            bets = list(map(Bet, origin.amounts, chances))
            totals[method].append((expected_sum(bets), origin.actual))
            made = ranging(bets)
            held[method] += made.p10 <= origin.actual <= made.p90
    tracks = {
        method: Track(score, wape(totals[method]), held[method])
        for method in METHODS
        if (score := brier(said[method])) is not None
    }
    ranked = bool(tracks) and closed >= FEWEST_CLOSED and resolved >= FEWEST_RESOLVED
    return Trust(_best(tracks) if ranked else _USUAL, closed, len(days), horizon, tracks, ranked, whole)


def _say(
    method: str, history: History, origin: Origin, configured: Sequence[float], horizon: int
) -> tuple[list[float], Callable[[Sequence[Bet]], Spread]]:
    if method == _USUAL:
        model = quick_model(origin.known, configured, horizon)
        shock = model.shock_within(horizon)
        return [model.chance_within(horizon, run) for run in origin.runs], lambda bets: shocked_spread(bets, shock)
    by_stage = stage_chances(method, history, origin.known.as_of, configured)
    # A shock of nothing: the exact distribution of independent deals takes ten times as long.
    chances = [by_stage[history.deals[run.deal].stage_on(origin.known.as_of)] for run in origin.runs]
    return chances, lambda bets: shocked_spread(bets, 0.0)


def _best(tracks: Mapping[str, Track]) -> str:
    best = min(tracks, key=lambda method: tracks[method].brier)
    return best if tracks[best].brier <= _MARGIN * tracks[_USUAL].brier else _USUAL


def _days(history: History, day: int, horizon: int) -> list[int]:
    """Back from the last day whose horizon was over, but not into the first horizon of the record."""
    if not history.deals:
        return []
    last, first = day - horizon, history.deals[0].moves[0][0] + horizon
    apart = max(_APART, min(2 * _APART, (last - first) // _DAYS))
    return [last - apart * turn for turn in range(_DAYS) if last - apart * turn >= first]
