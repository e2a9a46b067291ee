"""How far a share of few deals may be trusted: the Jeffreys interval.

Source: L. D. Brown, T. T. Cai, A. DasGupta, "Interval Estimation for a Binomial Proportion",
Statistical Science 16 (2001), section 3.1.3; the incomplete beta function by its continued
fraction, DLMF 8.17.22, evaluated by Lentz's method.
"""

from __future__ import annotations

from functools import cache
from math import exp, lgamma, log, log1p, sqrt

_TINY = 1e-300
_ENOUGH = 3e-16
_LONGEST = 100_000
"""The fraction needs about sqrt(a + b) terms: this is far more than a million deals take."""


@cache
def jeffreys(won: int, closed: int, level: float = 0.8) -> tuple[float | None, float | None]:
    """The interval of the true share when `won` of `closed` deals were won, each bound 0 to 1.

    low and high are the (1 ± level) / 2 quantiles of Beta(won + 1/2, closed - won + 1/2);
    low is 0 when none was won and high is 1 when all were. (None, None) when none is closed.
    Raises ValueError unless 0 <= won <= closed.
    """
    if not 0 <= won <= closed:
        raise ValueError(f"{won} won of {closed} closed deals is impossible")
    if closed == 0:
        return None, None
    a, b = won + 0.5, closed - won + 0.5
    low = 0.0 if won == 0 else beta_quantile((1 - level) / 2, a, b)
    high = 1.0 if won == closed else beta_quantile((1 + level) / 2, a, b)
    return low, high


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b): P(X <= x) for X ~ Beta(a, b), a and b above 0."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(_log_front(x, a, b))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def beta_quantile(share: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = share, 0 < share < 1: Newton's method, halving where it would leave the bracket."""
    low, high = 0.0, 1.0
    x = _first_guess(share, a, b)
    for _ in range(100):
        excess = beta_share(x, a, b) - share
        if excess < 0:
            low = x
        else:
            high = x
        # Far in a tail the density is too small for a float: any huge step leaves the bracket, which halves it.
        step = excess * x * (1 - x) * exp(min(-_log_front(x, a, b), 700))
        if abs(step) <= 1e-9 * min(x, 1 - x):  # the error is squared by each step: this one leaves none
            return x - step
        x = x - step if low < x - step < high else (low + high) / 2
    return x


def _first_guess(share: float, a: float, b: float) -> float:
    """The normal quantile (Abramowitz and Stegun 26.2.22) around the mean, or the mean where that leaves 0 to 1."""
    t = sqrt(-2 * log(min(share, 1 - share)))
    distance = t - (2.30753 + 0.27061 * t) / (1 + 0.99229 * t + 0.04481 * t * t)
    mean = a / (a + b)
    guess = mean + (distance if share > 0.5 else -distance) * sqrt(a * b / (a + b + 1)) / (a + b)
    return guess if 0 < guess < 1 else mean


def _log_front(x: float, a: float, b: float) -> float:
    """ln(x^a (1-x)^b / B(a, b))."""
    return a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of DLMF 8.17.22, for x < (a + 1) / (a + b + 2), where it converges fast."""
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _LONGEST):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / _away_from_zero(1 + even * d)
        c = _away_from_zero(1 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / _away_from_zero(1 + odd * d)
        c = _away_from_zero(1 + odd / c)
        value *= d * c
        if abs(d * c - 1) < _ENOUGH:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
