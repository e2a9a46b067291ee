"""Exact statistics of small counts: Fisher's test, the Clopper-Pearson interval, Holm's correction, the interval of a median.

Sources: R. A. Fisher, "Statistical Methods for Research Workers" (1935), section 21.02; C. J. Clopper, E. S. Pearson,
Biometrika 26 (1934); S. Holm, Scandinavian Journal of Statistics 6 (1979).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import comb

from pipeline_cli.domain.forecast.interval import beta_quantile

LEVEL = 0.95
"""Of every interval here; what lies outside is what a test at 5 % rejects."""
_AS_RARE = 1 + 1e-7
"""Two tables are as likely as one another although rounding tells them apart."""
_NOTHING = 1e-290


def fisher(won: int, lost: int, other_won: int, other_lost: int) -> float:
    """How often chance alone, with these totals, splits wins between two groups as unevenly or more: two-sided, 0 to 1."""
    drawn, wins, everything = won + lost, won + other_won, won + lost + other_won + other_lost
    least, most = max(0, drawn + wins - everything), min(drawn, wins)
    mode = min(max((drawn + 1) * (wins + 1) // (everything + 2), least), most)
    weights = {mode: 1.0}
    weight = 1.0
    for k in range(mode, most):
        weight *= (wins - k) * (drawn - k) / ((k + 1) * (everything - wins - drawn + k + 1))
        if weight < _NOTHING:
            break
        weights[k + 1] = weight
    weight = 1.0
    for k in range(mode, least, -1):
        weight *= k * (everything - wins - drawn + k) / ((wins - k + 1) * (drawn - k + 1))
        if weight < _NOTHING:
            break
        weights[k - 1] = weight
    seen = weights.get(won, 0.0) * _AS_RARE
    return min(1.0, sum(one for one in weights.values() if one <= seen) / sum(weights.values()))


@cache
def clopper_pearson(part: int, whole: int, level: float = LEVEL) -> tuple[float | None, float | None]:
    """The exact interval of a share, each bound 0 to 1; (None, None) of nothing."""
    if not whole:
        return None, None
    tail = (1 - level) / 2
    low = 0.0 if part == 0 else beta_quantile(tail, part, whole - part + 1)
    high = 1.0 if part == whole else beta_quantile(1 - tail, part + 1, whole - part)
    return low, high


def holm(chances: Sequence[float]) -> list[float]:
    """Each chance as it counts when all of them are looked at together: the order stays, none is above 1."""
    adjusted = [0.0] * len(chances)
    most = 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=lambda one: chances[one])):
        most = max(most, min(1.0, chances[place] * (len(chances) - rank)))
        adjusted[place] = most
    return adjusted


def median_interval(ascending: Sequence[float], level: float = LEVEL) -> tuple[float | None, float | None]:
    """Two of the values between which the true median lies, whatever their distribution; (None, None) of too few.

    The widest pair from the ends inwards whose binomial tails stay within the level.
    """
    n = len(ascending)
    if n > 1000:  # the binomial as a normal curve, to a hundredth of a place
        half = 1.959964 * n**0.5 / 2
        return ascending[max(0, int(n / 2 - half))], ascending[min(n - 1, int(n / 2 + half))]
    tail, place, total = 0, -1, 2**n
    while place + 1 < n and 2 * (tail + comb(n, place + 1)) <= (1 - level) * total:
        place += 1
        tail += comb(n, place)
    return (None, None) if place < 0 else (ascending[place], ascending[n - 1 - place])
