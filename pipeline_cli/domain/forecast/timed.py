"""The method `timed`: the chance that each open deal is won by a day, from its stage, its days there and its silence."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from pipeline_cli.domain.forecast.configured import forward_chances
from pipeline_cli.domain.forecast.counts import count_runs
from pipeline_cli.domain.forecast.direction import exit_directions
from pipeline_cli.domain.forecast.level import Level, fit_level
from pipeline_cli.domain.forecast.rates import exit_rates
from pipeline_cli.domain.forecast.recursion import LONGEST, Chances
from pipeline_cli.domain.forecast.runs import OPEN, WON, History, Known, Run, known_on


class DealChance(NamedTuple):
    """What is expected of one open deal, and why."""

    id: int
    stage: int
    p_win: float
    """Within two years, 0 to 1."""
    p_win_by_horizon: float
    """Within the horizon, 0 to 1, never above p_win."""
    days_in_stage: int
    usual_days: float | None
    """Median days after which deals that were won left this stage; None: no such deal."""
    never_seen_won: bool
    """No deal that was won has been as long in this stage, or as old: history knows no such win."""
    amount_cents: int
    """The amount as known, or else the usual one of `TimedForecast`."""
    amount_known: bool


class TimedForecast(NamedTuple):
    """The method's answer for all open deals of one pipeline at the end of a day."""

    as_of: int
    horizon_days: int
    deals: Sequence[DealChance]
    """In the order of `History.deals`."""
    shock: float
    """Standard deviation of the shock common to all deals, on the logit scale: for `shock.shocked_spread`."""
    usual_amount_cents: int
    """What a deal without an amount is taken for."""
    wins: int
    model: TimedModel


class TimedModel:
    """Steps 1 to 6 fitted to what was known at the end of one day."""

    def __init__(self, known: Known, configured: Sequence[float]) -> None:
        """`configured`: of each stage, the share of deals reaching it that are won, 0 to 1."""
        counts = count_runs(known.runs, len(configured))
        directions = exit_directions(counts, forward_chances(configured, counts))
        self._known = known
        self._chances = Chances(counts.starts, exit_rates(counts), directions)
        self.level: Level = fit_level(known, self._chances)

    def chance_within(self, days: int, run: Run) -> float:
        """P(won within so many days) of a deal in its open run, 0 to 1; rises with the days, up to two years."""
        if days <= 0:
            return 0.0
        base = self._chances.won_within(days, run.stage, self._known.as_of - run.start)
        return self.level.apply(base, self._known.idle_days(run.deal, self._known.as_of))


def timed_forecast(
    history: History, as_of: int, configured: Sequence[float], horizon_days: int, *, known: Known | None = None
) -> TimedForecast:
    """The method of forecast.md, steps 0 to 6, reading no row later than the day `as_of` (`date.toordinal()`)."""
    known = known or known_on(history, as_of)
    model = TimedModel(known, configured)
    won = {deal for deal, run in known.latest.items() if run.target == WON}
    usual = usual_amount(known)
    longest, medians, oldest = _wins_seen(known, won)
    deals = []
    for run in sorted(known.open_runs):
        deal = known.deals[run.deal]
        amount = deal.amount_on(as_of)
        days = as_of - run.start
        deals.append(
            DealChance(
                deal.id,
                run.stage,
                model.chance_within(LONGEST, run),
                model.chance_within(horizon_days, run),
                days,
                medians.get(run.stage),
                days > longest.get(run.stage, -1) or as_of - deal.moves[0][0] > oldest,
                usual if amount is None else amount,
                amount is not None,
            )
        )
    return TimedForecast(as_of, horizon_days, deals, shock_size(known, horizon_days), usual, len(won), model)


def usual_amount(known: Known) -> int:
    """(Σ amounts of won deals + 5·mean of all known amounts) / (won deals + 5), in minor units; 0: none is known."""
    amounts, of_won = [], []
    for index, run in known.latest.items():
        deal = known.deals[index]
        amount = deal.amount_on(known.as_of) if deal.amounts else deal.amount_cents
        if amount is not None:
            amounts.append(amount)
            if run.target == WON:
                of_won.append(amount)
    if not amounts:
        return 0
    return round((sum(of_won) + 5 * sum(amounts) / len(amounts)) / (len(of_won) + 5))


def shock_size(known: Known, horizon_days: int) -> float:
    """sqrt(0.20² + 2/(wins + 4) + 0.10·min(2, horizon/history)²). Source: forecast.md, "Range"."""
    wins = sum(run.target == WON for run in known.latest.values())
    young = min(2.0, horizon_days / known.history_days) if known.history_days else 2.0
    return sqrt(0.20**2 + 2 / (wins + 4) + 0.10 * young**2)


def _wins_seen(known: Known, won: set[int]) -> tuple[dict[int, int], dict[int, float], int]:
    """Of the deals that were won: longest and median days in each stage, and the age of the oldest at its win."""
    from statistics import median  # costs 8 ms of every start if imported at the top

    stays: dict[int, list[int]] = {}
    for deal, stage, start, stop, _ in known.runs:
        if deal in won:
            stays.setdefault(stage, []).append(stop - start)
    longest = {stage: max(days) for stage, days in stays.items()}
    medians = {stage: float(median(days)) for stage, days in stays.items()}
    oldest = max((known.latest[deal].stop - known.deals[deal].moves[0][0] for deal in won), default=0)
    return longest, medians, oldest
