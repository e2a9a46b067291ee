"""What independent deals may bring in all: the distribution of the sum, computed and never sampled."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import fsum

from pipeline_cli.domain.forecast.grid import grid_of
from pipeline_cli.domain.record import NamedTuple

MOST_EXACT = 20
"""Uncertain deals up to which every outcome is counted; beyond, sums are rounded to a grid."""
_SORTED_HALF = 13
"""2^13 sums are sorted once, each of the other half's at most 2^7 looks one up: the cheapest split of 20."""
_ROUNDING = 1e-12
"""0.9 + 0.1 must count as reaching 1, whatever binary fractions make of it."""
_GRID_ROUNDING = 1e-9
"""The same for a grid, whose probabilities are cut at 2^-48."""


class Bet(NamedTuple):
    """A deal that brings its amount or nothing."""

    amount_cents: int
    """0 or more."""
    probability: float
    """0 to 1."""


class Spread:
    """The distribution of a total: its mean, its quantiles and the chance of reaching a mark, in minor units.

    The total is base + one of `outer` + one of `sums`, drawn independently of each other; `reached[i]` is
    the probability of the first i of the ascending `sums` together.
    """

    __slots__ = ("_base", "_outer", "_reached", "_rounding", "_sums", "mean_cents", "p10", "p50", "p90")

    def __init__(
        self,
        mean_cents: float,
        base_cents: int,
        outer: Sequence[tuple[int, float]],
        sums: Sequence[int],
        reached: Sequence[float],
        rounding: float = _ROUNDING,
    ) -> None:
        self.mean_cents = mean_cents
        self._base = base_cents
        self._outer = outer
        self._sums = sums
        self._reached = reached
        self._rounding = rounding
        self.p10, self.p50, self.p90 = (self.quantile(share) for share in (0.1, 0.5, 0.9))

    def quantile(self, share: float) -> int:
        """The smallest sum whose cumulative probability reaches `share`, 0 < share <= 1."""
        share -= self._rounding
        if len(self._outer) == 1:
            index = bisect_left(self._reached, share, lo=1) - 1
            return self._base + self._outer[0][0] + self._sums[min(index, len(self._sums) - 1)]
        low, high = 0, self._outer[-1][0] + self._sums[-1]
        while low < high:
            middle = (low + high) // 2
            if self._chance_within(middle) >= share:
                high = middle
            else:
                low = middle + 1
        return self._base + low

    def chance_of(self, quota_cents: int) -> float:
        """P(total >= quota), 0 to 1."""
        missing = quota_cents - self._base
        if missing <= 0:
            return 1.0
        if missing > self._outer[-1][0] + self._sums[-1]:
            return 0.0
        return min(1.0, max(0.0, 1 - self._chance_within(missing - 1)))

    def _chance_within(self, cents: int) -> float:
        """P(total - base <= cents)."""
        sums, reached = self._sums, self._reached
        return fsum(p * reached[bisect_right(sums, cents - offset)] for offset, p in self._outer)


def spread(bets: Iterable[Bet], base_cents: int = 0) -> Spread:
    """The distribution of base_cents and the amounts of the bets that are won, each independent of the others.

    Exact for up to 20 uncertain bets: the sums of two groups of them are listed, and a sum of the whole is
    one of each (E. Horowitz, S. Sahni, 1974). Beyond, on a grid of at most 1/20,000 of the total, and exact
    again when the amounts share a unit that wide. The order of the bets changes no figure.
    """
    known = list(bets)
    mean = expected_sum(known, base_cents)
    base = base_cents + sum(bet.amount_cents for bet in known if bet.probability >= 1)
    uncertain = sorted(bet for bet in known if bet.amount_cents > 0 and 0 < bet.probability < 1)
    if len(uncertain) > MOST_EXACT:
        sums, reached = grid_of(uncertain)
        return Spread(mean, base, [(0, 1.0)], within(sums, uncertain), reached, rounding=_GRID_ROUNDING)
    inner = _subset_sums(uncertain[-_SORTED_HALF:])
    outer = _subset_sums(uncertain[:-_SORTED_HALF])
    return Spread(mean, base, outer, [total for total, _ in inner], [0.0, *accumulate(p for _, p in inner)])


def expected_sum(bets: Iterable[Bet], base_cents: int = 0) -> float:
    """base_cents + Σ p·amount, in minor units: the mean of the total, whatever the deals have in common."""
    return fsum([base_cents, *(bet.amount_cents * min(1.0, max(0.0, bet.probability)) for bet in bets)])


def within(sums: Sequence[int], bets: Sequence[tuple[int, float]]) -> Sequence[int]:
    """The sums of a grid, whose last cells may lie above all amounts together, none above that."""
    most = sum(amount for amount, _ in bets)
    return sums if sums[-1] <= most else [min(total, most) for total in sums]


def _subset_sums(bets: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Every sum the bets can make with its probability, ascending, equal sums as one."""
    chances = {0: 1.0}
    for amount, probability in bets:
        following = {total: p * (1 - probability) for total, p in chances.items()}
        for total, p in chances.items():
            following[total + amount] = following.get(total + amount, 0.0) + p * probability
        chances = following
    return sorted(chances.items())
