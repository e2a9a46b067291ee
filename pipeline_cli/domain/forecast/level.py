"""Step 6 of the method `timed`: how far the chances were off in the past, in all and for deals gone silent."""

from __future__ import annotations

from math import log

from pipeline_cli.domain.forecast.configured import logit, sigmoid
from pipeline_cli.domain.forecast.recursion import Chances
from pipeline_cli.domain.forecast.runs import OPEN, WON, Known, Run
from pipeline_cli.domain.record import NamedTuple

_MOST_LANDMARKS = 1000
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


def fit_level(known: Known, chances: Chances, horizon: int = HORIZON) -> Level:
    """β0 and β1 by logistic regression over landmarks, with ridge penalties. Source: forecast.md, step 6.

    They maximise (m / landmarks)·Σ weight·(won·ln p + (1 - won)·ln(1 - p)) - (10 + 0.5·m)/2·β0² - 4/2·β1², with m the
    distinct deals and β1 at most 0: what looks like silence helping is chance.
    """
    days = landmark_days(known)
    if not days:
        return Level()
    landmarks = [_landmark(known, chances, horizon, run, day) for run, day in days]
    deals = len({run.deal for run, _ in days})
    fitted = _newton(landmarks, deals, with_silence=True)
    return fitted if fitted.silence < 0 else _newton(landmarks, deals, with_silence=False)


def landmark_days(known: Known) -> list[tuple[Run, int]]:
    """Each run with the days it is looked at: every week back from a week ago, thinned to about 1,000 in all.

    More gain nothing. Thinned means every n-th week, and each deal its own weeks: the same few days for all would be
    one draw of luck.
    """
    deal_days = sum([number * days for (_, days, _), number in known.tally.items()])
    every = max(1, -(-deal_days // (_WEEK * _MOST_LANDMARKS)))
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
