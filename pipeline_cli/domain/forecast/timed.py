"""The method `timed`, steps 5 and 6 and the whole: the chance that each open deal is won by a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from math import inf, log, sqrt
from typing import TYPE_CHECKING

from pipeline_cli.domain.forecast.learning import (
    Counts,
    Direction,
    count_runs,
    exit_directions,
    exit_rates,
    forward_chances,
    logit,
    sigmoid,
)
from pipeline_cli.domain.forecast.misses import NOTHING, Lesson, learn, off_by, shifted
from pipeline_cli.domain.forecast.probability import pool_falling_neighbours
from pipeline_cli.domain.forecast.runs import LOST, OPEN, UNKNOWN, WON, History, Known, Run, known_on
from pipeline_cli.domain.forecast.season import Season, days_in_season, season_of
from pipeline_cli.domain.record import NamedTuple

if TYPE_CHECKING:
    from array import array

    _Row = list[float] | array[float]

LONGEST = 730
"""Days: within two years means ever."""
_SOON = 180
"""The same in a forecast of a past day that is only to be compared with what came."""


class _Cell(NamedTuple):
    """One stage and bin: its daily chances, and the rows of `Chances` it writes and reads."""

    win: float
    """p_sb(W)."""
    onward: list[tuple[int, float]]
    """(stage j, p_sb(j))."""
    stay: float
    length: int
    stay_all: float
    """stay^length."""
    gains: _Row
    """c_sb(h), for h from 0."""
    first: _Row
    """V_h at the first age of the bin, for h from 0."""
    following: _Row
    """The same of the next bin."""


class Chances:
    """V_h(s, a): the chance that a deal in stage s for a days is won within h days, for h up to 730.

    V_0 = 0; V_{h+1}(s, a) = c_{s,b(a)}(h) + stay_{s,b(a)}·V_h(s, a+1), where c_sb(h) = p_sb(W) + Σ_j p_sb(j)·V_h(j, 0),
    p_sb(j) = h_sb·q_sb(j), stay = 1 - h_sb, and no bin ends the last. Source: forecast.md, step 5.

    c is the same for all ages of a bin, so only V at the first age of each bin is carried along: with a bin of
    L days, V_h(first) = Σ_{d<L} stay^d·c(h-1-d) + stay^L·V_{h-L}(first of the next bin), the sum by its recurrence
    in h. Every other age is that sum from where it stands (`won_within`).
    """

    def __init__(
        self,
        starts: Sequence[int],
        rates: Sequence[Sequence[float]],
        directions: Sequence[Sequence[Direction]],
    ) -> None:
        """`starts`: first day of each bin; `rates[s][b]` and `directions[s][b]`: chance of leaving, and where to."""
        self._starts = starts
        lengths = [end - start for start, end in zip(starts, [*starts[1:], starts[-1] + LONGEST + 1], strict=True)]
        # Lists are quicker, and hold four times as much.
        row_of = _as_array if len(rates) * len(lengths) > _MANY_CELLS else list[float]
        self._rows = [
            _stage_cells(lengths, row, targets, row_of) for row, targets in zip(rates, directions, strict=True)
        ]
        self._cells = [cell for row in self._rows for cell in row]
        self._sums = [0.0] * len(self._cells)
        """Σ_{d<L} stay^d·c(h-1-d) of each cell, at h = `_carried`."""
        self._carried = 0
        self._found: dict[tuple[int, int, int], float] = {}

    def won_within(self, days: int, stage: int, age: int) -> float:
        """V_days(stage, age), 0 to 1; more than 730 days are as 730."""
        days, age = min(days, LONGEST), min(age, self._starts[-1])
        key = (days, stage, age)
        if key not in self._found:
            self._carry(days)
            b = bisect_right(self._starts, age) - 1
            cell = self._rows[stage][b]
            left = min(days, self._starts[b] + cell.length - age)
            chance = cell.following[days - left] if left < days else 0.0
            for gain in cell.gains[days - left : days]:
                chance = gain + cell.stay * chance
            self._found[key] = min(1.0, max(0.0, chance))
        return self._found[key]

    def _carry(self, days: int) -> None:
        """Brings c and V up to h = days, all stages day by day: a deal may go anywhere, also back."""
        if days <= self._carried:
            return
        sums = self._sums
        # Bound once: this loop is most of what a forecast of a small record costs.
        cells = [(*cell, cell.gains.append, cell.first.append) for cell in self._cells]
        at_entry = [row[0].first for row in self._rows]
        for h in range(self._carried, days):
            entered = [first[h] for first in at_entry]
            for k, (win, onward, stay, length, stay_all, gains, _, following, add_gain, add_first) in enumerate(cells):
                gain = win
                for j, p in onward:
                    gain += p * entered[j]
                add_gain(gain)
                total = gain + stay * sums[k]
                if h >= length:
                    total -= stay_all * gains[h - length]
                    add_first(total + stay_all * following[h + 1 - length])
                else:
                    add_first(total)
                sums[k] = total
        self._carried = days


_MANY_CELLS = 1000


def _as_array(numbers: Iterable[float]) -> array[float]:
    from array import array  # few pipelines have so many stages

    return array("d", numbers)


def _stage_cells(
    lengths: Sequence[int],
    rates: Sequence[float],
    directions: Sequence[Direction],
    row_of: Callable[[Iterable[float]], _Row],
) -> list[_Cell]:
    """The bins of one stage, each linked to the next."""
    firsts = [row_of([0.0]) for _ in lengths]
    return [
        _Cell(
            rate * targets.get(WON, 0.0),
            [(j, rate * share) for j, share in targets.items() if j >= 0 and share > 0],
            1 - rate,
            length,
            (1 - rate) ** length,
            row_of([]),
            firsts[b],
            firsts[min(b + 1, len(lengths) - 1)],
        )
        for b, (length, rate, targets) in enumerate(zip(lengths, rates, directions, strict=True))
    ]


_MOST_LANDMARKS = 1000
_FEWER_LANDMARKS = 300
_WEEK = 7
_IDLE_CENTRE = 1.5
_SILENCE_PENALTY = 4.0
HORIZON = 90
"""Days after a landmark that are compared. One for every forecast: fitted to each horizon anew (which gains nothing on
any set tried), a longer one could give a smaller chance."""


class Level(NamedTuple):
    """What is added to the logit of a chance: `shift`, and `silence` (never above 0) times ln(1 + idle) - 1.5."""

    shift: float = 0.0
    silence: float = 0.0

    def apply(self, chance: float, idle_days: int) -> float:
        """sigma(logit p + β0 + β1·(ln(1 + idle) - 1.5)), 0 to 1; nothing and certainty stay what they are."""
        if not 0 < chance < 1:
            return chance
        return sigmoid(logit(chance) + self.shift + self.silence * (log(1 + idle_days) - _IDLE_CENTRE))


class Landmark(NamedTuple):
    """An open deal on a day of the past: what was expected of it then, and what came."""

    offset: float
    """Logit of the chance it had."""
    silence: float
    """ln(1 + idle) - 1.5."""
    won: float
    """1 or 0; between them where only a part of the horizon has passed."""
    weight: float


def fit_level(known: Known, chances: Chances, horizon: int = HORIZON, most: int = _MOST_LANDMARKS) -> Level:
    """β0 and β1 by logistic regression over landmarks, with ridge penalties. Source: forecast.md, step 6.

    They maximise (m / landmarks)·Σ weight·(won·ln p + (1 - won)·ln(1 - p)) - (10 + 0.5·m)/2·β0² - 4/2·β1², with m the
    distinct deals and β1 at most 0: what looks like silence helping is chance.
    """
    days = landmark_days(known, most)
    if not days:
        return Level()
    landmarks = [_landmark(known, chances, horizon, run, day) for run, day in days]
    deals = len({run.deal for run, _ in days})
    fitted = _newton(landmarks, deals, with_silence=True)
    return fitted if fitted.silence < 0 else _newton(landmarks, deals, with_silence=False)


def landmark_days(known: Known, most: int = _MOST_LANDMARKS) -> list[tuple[Run, int]]:
    """Each run with the days it is looked at: every week back from a week ago, thinned to about so many in all.

    More gain nothing. Thinned means every n-th week, and each deal its own weeks: the same few days for all would be
    one draw of luck.
    """
    deal_days = sum([number * days for (_, days, _), number in known.tally.items()])
    every = max(1, -(-deal_days // (_WEEK * most)))
    step = _WEEK * every
    newest = [known.as_of - _WEEK * (1 + turn) for turn in range(every)]
    found: list[tuple[Run, int]] = []
    for run in known.runs:
        deal, _, start, stop, _ = run
        last = newest[deal % every]
        if last >= stop:
            last -= -(-(last - stop + 1) // step) * step
        if last >= start:
            found += [(run, day) for day in range(last, start - 1, -step)]
    return found


def _landmark(known: Known, chances: Chances, horizon: int, run: Run, day: int) -> Landmark:
    offset = logit(chances.won_within(horizon, run.stage, day - run.start))
    silence = log(1 + known.idle_days(run.deal, day)) - _IDLE_CENTRE
    now = known.latest[run.deal]
    passed = known.as_of - day
    if now.target == OPEN and passed < horizon:
        still = chances.won_within(horizon - passed, now.stage, known.as_of - now.start)
        return Landmark(offset, silence, still, passed / horizon)
    return Landmark(offset, silence, float(now.target == WON and now.stop <= day + horizon), 1.0)


def _newton(landmarks: list[Landmark], deals: int, *, with_silence: bool) -> Level:
    """The two coefficients by Newton's method; the penalties keep the 2×2 system solvable."""
    scale = deals / len(landmarks)
    b0 = b1 = 0.0
    penalty0, penalty1 = 10 + 0.5 * deals, _SILENCE_PENALTY
    for _ in range(25):
        g0 = g1 = h00 = h01 = h11 = 0.0
        for offset, x, won, weight in landmarks:
            p = sigmoid(offset + b0 + b1 * x)
            miss, curve = weight * (won - p), weight * p * (1 - p)
            g0, g1 = g0 + miss, g1 + miss * x
            h00, h01, h11 = h00 + curve, h01 + curve * x, h11 + curve * x * x
        g0, h00 = scale * g0 - penalty0 * b0, scale * h00 + penalty0
        g1, h11 = scale * g1 - penalty1 * b1, scale * h11 + penalty1
        h01 = scale * h01 if with_silence else 0.0
        whole = h00 * h11 - h01 * h01
        step0 = (h11 * g0 - h01 * g1) / whole
        step1 = (h00 * g1 - h01 * g0) / whole if with_silence else 0.0
        longest = max(1.0, abs(step0), abs(step1))
        b0, b1 = b0 + step0 / longest, b1 + step1 / longest
        if max(abs(step0), abs(step1)) < 1e-6:  # the error is squared by each step
            break
    return Level(b0, b1)


_GUESS_DEALS = 20
_LITTLE_WEIGHT = 0.02
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
    stays_longest: bool
    """`never_seen_won` because of its days in its stage, not of its age alone."""


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

    def __init__(self, known: Known, configured: Sequence[float], longest: int = LONGEST) -> None:
        """`configured`: of each stage, the share of deals reaching it that are won, 0 to 1; `longest`: days that count as
        ever."""
        self.known = known
        self._longest = longest
        self.lesson: Lesson = NOTHING
        self.season: Season | None = None
        """None: it makes no difference that is proven, or did not help."""
        self._even_days: dict[int, int] = {}
        self._configured = configured
        self._unknown = _typical_configured(known, configured)
        self._wins, self._history_days = count_wins(known), known.history_days
        self._guesses = pool_falling_neighbours(configured, [1.0] * len(configured))
        closed = sum(run.target in (WON, LOST) for run in known.latest.values())
        self._weight = 1.0 if known.is_one_sided else _GUESS_DEALS / (_GUESS_DEALS + closed)
        """Of the configured chance in the end; it is all there is while nothing was closed, or what is known is one-sided."""

    # What is learned of how soon and from where is the dear part, and a record in which nothing was closed asks for none.

    @cached_property
    def _counts(self) -> Counts:
        return count_runs(self.known.tally, len(self._configured))

    @cached_property
    def _guess_weight(self) -> float:
        counts = self._counts
        left = sum(counts.exits_of(counts.stages).values()) if len(counts.days) > counts.stages else 0
        return _GUESS_DEALS / (_GUESS_DEALS + left)

    @cached_property
    def _chances(self) -> Chances:
        counts = self._counts
        directions = exit_directions(counts, forward_chances(self._configured, counts, self._unknown))
        return Chances(counts.starts, exit_rates(counts), directions)

    @cached_property
    def level(self) -> Level:
        """How far silence and luck shift a chance."""
        return fit_level(self.known, self._chances)

    @property
    def is_a_guess(self) -> bool:
        """The chances in the end are the configured ones: nothing was closed, or what is known is one-sided."""
        return self._weight == 1.0

    def chance_ever(self, run: Run) -> float:
        """P(won in the end) of a deal in its open run: as seen within two years, and as configured while little was seen.

        sigma(w·logit c_s + (1 - w)·logit V), w = 20 / (20 + deals closed). Source: forecast.md, "A new record".
        """
        return self._ever(run, 0.5 if self.is_a_guess else self._seen_within(self._longest, run))

    def _ever(self, run: Run, seen: float) -> float:
        """The same, of what was seen."""
        guess = self._guesses[self._stage_of(run)]
        if self.is_a_guess:
            return guess
        guess = min(max(guess, _NARROWEST), 1 - _NARROWEST)
        return sigmoid(self._weight * logit(guess) + (1 - self._weight) * logit(seen))

    def chance_within(self, days: int, run: Run) -> float:
        """P(won within so many days), 0 to 1; rises with the days up to two years, and is never above `chance_ever`.

        How soon is learned from every stay, also where how it ends is a guess: chance_ever · V_days / V. Then it is
        shifted by what the own past misses teach.
        """
        return self.within(run)(days)

    def within(self, run: Run) -> Callable[[int], float]:
        """`chance_within` of one run, for any number of days."""
        idle = self.known.idle_days(run.deal, self.known.as_of)
        seen = self._seen_within(self._longest, run, idle)
        ever = self._ever(run, seen)

        def chance(days: int) -> float:
            if seen <= 0:
                return 0.0
            days = days if self.season is None else self._in_season(days)
            return shifted(ever * min(1.0, self._seen_within(days, run, idle) / seen), self.lesson, ever)

        return chance

    def pace(self, stage: int, age: int, days: int) -> float:
        """V_days(stage, age) ÷ V: the share of the deals won from there that are by then."""
        ever = self._chances.won_within(LONGEST, stage, age)
        return self._chances.won_within(days, stage, age) / ever if ever > 0 else 0.0

    def run_of(self, deal_id: int) -> Run | None:
        """The run that an open deal is in now, by the deal's number."""
        return self._open_runs.get(deal_id)

    @cached_property
    def _open_runs(self) -> dict[int, Run]:
        return {self.known.deals[run.deal].id: run for run in self.known.open_runs}

    def _in_season(self, days: int) -> int:
        if self.season is None or days >= LONGEST:
            return days
        if days not in self._even_days:
            self._even_days[days] = days_in_season(self.season, self.known.as_of, days)
        return self._even_days[days]

    def learn_from_misses(self, days: int) -> None:
        """Takes to heart what its forecasts over so many days were off by, as far as they have had their time; and that more
        is won near the end of a quarter, where that is proven and would have made them less wrong."""
        if self.is_a_guess or days >= LONGEST:
            return
        self.lesson = learn(self.known, days, lambda past: self._said(past, days))
        season = season_of(self.known) if self.lesson.misses else None
        if season is None or not season.proven:
            return
        with_season = learn(self.known, days, lambda past: self._said(past, days, seasonal=True))
        if off_by(with_season) < off_by(self.lesson):
            self.lesson, self.season = with_season, season

    def _said(self, past: Known, days: int, *, seasonal: bool = False) -> Iterator[tuple[int, float, int]]:
        """What would have been said of the deals that were open on a past day: index, chance, amount.

        What is won in the end is looked at for half a year, and not at all once a thousand deals are closed, the past of
        that day at fewer places, and the usual amount is that of now: it takes a third of the time, and changes no miss
        that is worth a lesson.
        """
        model = quick_model(past, self._configured, days)
        model.season = season_of(past) if seasonal else None
        say = model.chance_within if model.season or model._weight > _LITTLE_WEIGHT else model._seen_within
        for run in past.open_runs:
            amount = past.deals[run.deal].amount_on(past.as_of)
            yield run.deal, say(days, run), self._usual if amount is None else amount

    @cached_property
    def _usual(self) -> int:
        return usual_amount(self.known)

    def _stage_of(self, run: Run) -> int:
        return run.stage if run.stage != UNKNOWN else self.known.deals[run.deal].stage_on(self.known.as_of)

    def _seen_within(self, days: int, run: Run, idle: int | None = None) -> float:
        """By what was seen alone.

        A deal whose stage was inferred has the chance V of all such deals, shifted by what the configured probability
        c_s of its stage has over their mean c: sigma(logit V + w·(logit c_s - logit c)), with w = 20 / (20 + exits seen
        of such deals), for nobody wrote down which stages the closed ones were won from.
        """
        if days <= 0:
            return 0.0
        as_of = self.known.as_of
        chance = self._as_configured(run, self._chances.won_within(days, run.stage, as_of - run.start))
        return self.level.apply(chance, self.known.idle_days(run.deal, as_of) if idle is None else idle)

    def _as_configured(self, run: Run, chance: float) -> float:
        """The chance of a deal of inferred stages, shifted to its own."""
        if run.stage != UNKNOWN or not 0 < chance < 1:
            return chance
        own = self._configured[self._stage_of(run)]
        return sigmoid(logit(chance) + self._guess_weight * (logit(own) - logit(self._unknown)))

    def shock_within(self, days: int) -> float:
        """The shock common to all deals over a horizon of so many days."""
        return shock_of(self._wins, self._history_days, days, self.lesson.shared)


def quick_model(past: Known, configured: Sequence[float], days: int) -> TimedModel:
    """A model of a past day that is only to be compared with what came within so many days: in a third of the time, what
    is won in the end is looked at for half a year, and the past of that day at fewer places."""
    model = TimedModel(past, configured, max(_SOON, days))
    model.level = fit_level(past, model._chances, HORIZON, _FEWER_LANDMARKS)
    return model


def timed_forecast(history: History, as_of: int, configured: Sequence[float], horizon_days: int) -> TimedForecast:
    """The method of forecast.md, steps 0 to 6, reading no row later than the day `as_of` (`date.toordinal()`)."""
    return forecast_known(known_on(history, as_of), configured, horizon_days, learning=True)


def forecast_known(
    known: Known, configured: Sequence[float], horizon_days: int, *, learning: bool = False
) -> TimedForecast:
    """The same of what is taken as known; `learning`: from its own past misses too."""
    as_of = known.as_of
    model = TimedModel(known, configured)
    if learning:
        model.learn_from_misses(horizon_days)
    usual, wins = model._usual, known.wins
    deals = []
    for run in sorted(known.open_runs):
        deal = known.deals[run.deal]
        amount = deal.amount_on(as_of)
        days = as_of - run.start
        p_win = model.chance_ever(run)
        none_from_here = inf if wins.some_unseen else -1
        stays = days > wins.longest_days.get(run.stage, none_from_here)
        deals.append(
            DealChance(
                deal.id,
                deal.stage_on(as_of),
                p_win,
                p_win if horizon_days >= LONGEST else model.chance_within(horizon_days, run),
                days,
                wins.median_days.get(run.stage),
                run.stage != UNKNOWN,
                stays or as_of - deal.moves[0][0] > wins.oldest_days,
                usual if amount is None else amount,
                stays,
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


def count_wins(known: Known) -> int:
    """Deals that were won by then."""
    return sum(run.target == WON for run in known.latest.values())


def shock_of(wins: int, history_days: int, horizon_days: int, shared: float = NOTHING.shared) -> float:
    """sqrt(s² + 2/(wins + 4) + 0.10·min(2, horizon/history)²), s² = 0.20² or what was learned. Source: forecast.md,
    "Range"."""
    young = min(2.0, horizon_days / history_days) if history_days else 2.0
    return sqrt(shared + 2 / (wins + 4) + 0.10 * young**2)


def _typical_configured(known: Known, configured: Sequence[float]) -> float:
    """The mean configured probability of the open deals whose stage was inferred; 0.5 when there are none."""
    own = [configured[known.deals[run.deal].stage_on(known.as_of)] for run in known.open_runs if run.stage == UNKNOWN]
    return sum(sorted(own)) / len(own) if own else 0.5
