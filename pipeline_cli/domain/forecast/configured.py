"""Step 2 of the method `timed`: what the configured probabilities say about the next exit, shifted by what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log

from pipeline_cli.domain.forecast.counts import Counts
from pipeline_cli.domain.forecast.probability import pool_falling_neighbours
from pipeline_cli.domain.forecast.runs import LOST, UNKNOWN, WON

_NARROWEST = 1e-9
"""A configured 0 or 100 % stays one for every figure shown, and still has a logit."""
SHIFT_PENALTY = 4.0


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def logit(p: float) -> float:
    """ln(p / (1 - p)), for p at least a billionth away from 0 and 1."""
    p = min(max(p, _NARROWEST), 1 - _NARROWEST)
    return log(p / (1 - p))


def forward_chances(configured: Sequence[float], counts: Counts, unknown: float = 0.5) -> list[float]:
    """For each row of `counts` the chance, 0 to 1, that an exit is forward: sigma(logit π_s + δ).

    π_s = c_s / c_{s+1}, for the last stage c_s; a configured probability that falls is pooled first. One δ for all
    stages maximises Σ_s Binom(forward_s of forward_s + lost_s | sigma(logit π_s + δ)) - (4/2)·δ². Source: forecast.md,
    step 2. `unknown` is the configured probability taken for the UNKNOWN stage, whose exits are to the outcome.
    """
    rising = pool_falling_neighbours(configured, [1.0] * len(configured))
    following = [*rising[1:], 1.0]
    chances = [c / after if after else 0.0 for c, after in zip(rising, following, strict=True)]
    offsets = [logit(chance) for chance in [*chances, unknown][: len(counts.days)]]
    seen = []
    for row, offset in enumerate(offsets):
        exits = counts.exits_of(row)
        stage = row if row < counts.stages else UNKNOWN
        forward = sum(number for target, number in exits.items() if target == WON or target > stage)
        seen.append((forward, forward + exits[LOST], offset))
    shift = fit_shift(seen, SHIFT_PENALTY)
    return [sigmoid(offset + shift) for offset in offsets]


def fit_shift(seen: Sequence[tuple[float, float, float]], penalty: float, centre: float = 0.0) -> float:
    """The t that maximises Σ Binom(k of n | sigma(offset + t)) - penalty/2·(t - centre)², by Newton's method.

    `seen` are rows (k, n, offset). The sum is concave and the penalty bounds it: halved steps always arrive.
    """
    t = centre
    for _ in range(60):
        slope, curve = -penalty * (t - centre), penalty
        for k, n, offset in seen:
            p = sigmoid(offset + t)
            slope += k - n * p
            curve += n * p * (1 - p)
        step = max(-1.0, min(1.0, slope / curve))  # far out the curve is flat: a whole step would overshoot
        t += step
        if abs(step) < 1e-10:
            break
    return t
