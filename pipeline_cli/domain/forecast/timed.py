"""The method `timed`: the chance that each open deal is won by a day, from its stage, its days there and its silence."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from pipeline_cli.domain.forecast.configured import forward_chances, logit, sigmoid
from pipeline_cli.domain.forecast.counts import count_runs
from pipeline_cli.domain.forecast.direction import exit_directions
from pipeline_cli.domain.forecast.level import Level, fit_level
from pipeline_cli.domain.forecast.probability import pool_falling_neighbours
from pipeline_cli.domain.forecast.rates import exit_rates
from pipeline_cli.domain.forecast.recursion import LONGEST, Chances
from pipeline_cli.domain.forecast.runs import LOST, UNKNOWN, WON, History, Known, Run, known_on
from pipeline_cli.domain.record import NamedTuple

_GUESS_DEALS = 20
_NARROWEST = 0.01
"""A configured 0 or 100 % stands while nothing is known, and is a strong opinion afterwards, not the last word."""


class DealChance(NamedTuple):
    """What is expected of one open deal, and why."""

    id: int
    stage: int
    p_win: float
    """In the end (`TimedModel.chance_ever`), 0 to 1; the same for every horizon."""
    p_win_by_horizon: float
    """Within the horizon, 0 to 1, never above p_win."""
    days_in_stage: int
    """Days since it came, while `stage_seen` is False."""
    usual_days: float | None
    """Median days after which deals that were won left this stage (were won, while `stage_seen` is False); None: no
    such deal."""
    stage_seen: bool
    """False: its stage was inferred by an import, and when it got there is not known."""
    never_seen_won: bool
    """No deal that was won has been as long in this stage, or as old: history knows no such win."""
    amount_cents: int
    """The amount as known, or else the usual one of `TimedForecast`."""


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
        self._known = known
        self._configured = configured
        self._unknown = _typical_configured(known, configured)
        counts = count_runs(known.tally, len(configured))
        directions = exit_directions(counts, forward_chances(configured, counts, self._unknown))
        left = sum(counts.exits_of(counts.stages).values()) if len(counts.days) > counts.stages else 0
        self._guess_weight = _GUESS_DEALS / (_GUESS_DEALS + left)
        self._chances = Chances(counts.starts, exit_rates(counts), directions)
        self.level: Level = fit_level(known, self._chances)
        self._wins, self._history_days = count_wins(known), known.history_days
        self._guesses = pool_falling_neighbours(configured, [1.0] * len(configured))
        closed = sum(run.target in (WON, LOST) for run in known.latest.values())
        self._weight = 1.0 if known.is_one_sided else _GUESS_DEALS / (_GUESS_DEALS + closed)
        """Of the configured chance in the end; it is all there is while nothing was closed, or what is known is one-sided."""

    @property
    def is_a_guess(self) -> bool:
        """The chances in the end are the configured ones: nothing was closed, or what is known is one-sided."""
        return self._weight == 1.0

    def chance_ever(self, run: Run) -> float:
        """P(won in the end) of a deal in its open run: as seen within two years, and as configured while little was seen.

        sigma(w·logit c_s + (1 - w)·logit V), w = 20 / (20 + deals closed). Source: forecast.md, "A new record".
        """
        guess = self._guesses[self._stage_of(run)]
        if self.is_a_guess:
            return guess
        guess = min(max(guess, _NARROWEST), 1 - _NARROWEST)
        return sigmoid(self._weight * logit(guess) + (1 - self._weight) * logit(self._seen_within(LONGEST, run)))

    def chance_within(self, days: int, run: Run) -> float:
        """P(won within so many days), 0 to 1; rises with the days up to two years, and is never above `chance_ever`.

        How soon is learned from every stay, also where how it ends is a guess: chance_ever · V_days / V.
        """
        ever = self._seen_within(LONGEST, run)
        return self.chance_ever(run) * min(1.0, self._seen_within(days, run) / ever) if ever > 0 else 0.0

    def _stage_of(self, run: Run) -> int:
        return run.stage if run.stage != UNKNOWN else self._known.deals[run.deal].stage_on(self._known.as_of)

    def _seen_within(self, days: int, run: Run) -> float:
        """By what was seen alone.

        A deal whose stage was inferred has the chance V of all such deals, shifted by what the configured probability
        c_s of its stage has over their mean c: sigma(logit V + w·(logit c_s - logit c)), with w = 20 / (20 + exits seen
        of such deals), for nobody wrote down which stages the closed ones were won from.
        """
        if days <= 0:
            return 0.0
        as_of = self._known.as_of
        chance = self._as_configured(run, self._chances.won_within(days, run.stage, as_of - run.start))
        return self.level.apply(chance, self._known.idle_days(run.deal, as_of))

    def _as_configured(self, run: Run, chance: float) -> float:
        """The chance of a deal of inferred stages, shifted to its own."""
        if run.stage != UNKNOWN or not 0 < chance < 1:
            return chance
        own = self._configured[self._stage_of(run)]
        return sigmoid(logit(chance) + self._guess_weight * (logit(own) - logit(self._unknown)))

    def shock_within(self, days: int) -> float:
        """The shock common to all deals over a horizon of so many days."""
        return shock_of(self._wins, self._history_days, days)


def timed_forecast(history: History, as_of: int, configured: Sequence[float], horizon_days: int) -> TimedForecast:
    """The method of forecast.md, steps 0 to 6, reading no row later than the day `as_of` (`date.toordinal()`)."""
    return forecast_known(known_on(history, as_of), configured, horizon_days)


def forecast_known(known: Known, configured: Sequence[float], horizon_days: int) -> TimedForecast:
    """The same of what is taken as known."""
    as_of = known.as_of
    model = TimedModel(known, configured)
    usual, wins = usual_amount(known), known.wins
    deals = []
    for run in sorted(known.open_runs):
        deal = known.deals[run.deal]
        amount = deal.amount_on(as_of)
        days = as_of - run.start
        p_win = model.chance_ever(run)
        deals.append(
            DealChance(
                deal.id,
                deal.stage_on(as_of),
                p_win,
                p_win if horizon_days >= LONGEST else model.chance_within(horizon_days, run),
                days,
                wins.median_days.get(run.stage),
                run.stage != UNKNOWN,
                days > wins.longest_days.get(run.stage, -1) or as_of - deal.moves[0][0] > wins.oldest_days,
                usual if amount is None else amount,
            )
        )
    return TimedForecast(as_of, horizon_days, deals, model.shock_within(horizon_days), usual, count_wins(known), model)


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
    """`shock_of` what was known on a day."""
    return shock_of(count_wins(known), known.history_days, horizon_days)


def count_wins(known: Known) -> int:
    return sum(run.target == WON for run in known.latest.values())


def shock_of(wins: int, history_days: int, horizon_days: int) -> float:
    """sqrt(0.20² + 2/(wins + 4) + 0.10·min(2, horizon/history)²). Source: forecast.md, "Range"."""
    young = min(2.0, horizon_days / history_days) if history_days else 2.0
    return sqrt(0.20**2 + 2 / (wins + 4) + 0.10 * young**2)


def _typical_configured(known: Known, configured: Sequence[float]) -> float:
    """The mean configured probability of the open deals whose stage was inferred; 0.5 when there are none."""
    own = [configured[known.deals[run.deal].stage_on(known.as_of)] for run in known.open_runs if run.stage == UNKNOWN]
    return sum(sorted(own)) / len(own) if own else 0.5
