"""What deals may bring in all: the distribution of a sum, of independent deals and of deals that share their luck."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from math import erf, exp, fsum, gcd, pi, sqrt
from operator import mul
from sys import byteorder

from pipeline_cli.domain.forecast.learning import logit, sigmoid
from pipeline_cli.domain.record import NamedTuple

FEWEST_CELLS = 20_000
_MOST_CELLS = 40_000
_GRID_EFFORT = 1_500_000
"""Cells times deals: 30 deals may have a finer grid than 500 in the same 20 ms."""

_CELL_BYTES = 12
_CELL_BITS = 8 * _CELL_BYTES
_WORDS = _CELL_BYTES // 4
SCALE = 48
"""A probability in a cell is counted in 2^-48: what is smaller rounds to nothing, so the tails drop by themselves."""
_CHANCE = 30
"""A deal's probability is counted in 2^-30, one digit of a Python integer: multiplying by it is one pass in C."""
_TRIM_EVERY = 16


def grid_of(bets: Sequence[tuple[int, float]]) -> tuple[range, list[float]]:
    """The sums (minor units, ascending) and the cumulative probability before and after each of them.

    `bets` are (amount above 0, probability above 0 and below 1), ascending: small amounts first keep the sums short.
    The cell is the greatest common divisor of the amounts when that makes at most 20,000 cells (the result
    is then exact but for 1e-8), else the total / 20,000 or less.
    """
    cell = cell_of([amount for amount, _ in bets], min(_MOST_CELLS, max(FEWEST_CELLS, _GRID_EFFORT // len(bets))))
    counts = whole_cells(bets, cell)
    first, packed = convolve(0, 1 << SCALE, [(count, p) for count, (_, p) in zip(counts, bets, strict=True)])
    masses = unpack(packed)
    return range(first * cell, (first + len(masses)) * cell, cell), cumulative(masses)


def cumulative(masses: Sequence[int]) -> list[float]:
    """The share of the whole before each mass, and 1 after the last."""
    whole = sum(masses)
    return [0.0, *(mass / whole for mass in accumulate(masses))]


def cell_of(amounts: Sequence[int], cells: int) -> int:
    """The width of a cell in minor units: the amounts' common unit, or as many of them as leave so many `cells`."""
    unit = gcd(*amounts)
    return unit * max(1, sum(amounts) // unit // cells)


def whole_cells(bets: Sequence[tuple[int, float]], cell: int) -> list[int]:
    """Each amount as a number of cells, rounded up or down so that the mean of the sum stays within half a cell."""
    counts = []
    owed = 0.0
    for amount, probability in bets:
        count, rest = divmod(amount, cell)
        down = owed + probability * rest
        up = down - probability * cell
        if rest and abs(up) < abs(down):
            counts.append(count + 1)
            owed = up
        else:
            counts.append(count)
            owed = down
    return counts


def convolve(first: int, packed: int, bets: Sequence[tuple[int, float]]) -> tuple[int, int]:
    """The packed distribution that begins at cell `first`, with each bet (cells, probability) added to it.

    All cells are one integer, 96 bits each: winning `count` cells is a shift, a probability a factor, and
    the sum of both the next distribution. Its unit is brought back to 2^-48 by a shift and a mask.
    """
    longest = 1 + packed.bit_length() // _CELL_BITS + sum(count for count, _ in bets)
    one = (1 << SCALE + 1) - 1
    mask = int.from_bytes(one.to_bytes(_CELL_BYTES, "little") * longest, "little")
    for step, (count, probability) in enumerate(bets, 1):
        won = round(probability * (1 << _CHANCE))
        packed = (packed * ((1 << _CHANCE) - won) + (packed * won << count * _CELL_BITS)) >> _CHANCE & mask
        if step % _TRIM_EVERY == 0:
            empty = ((packed & -packed).bit_length() - 1) // _CELL_BITS
            packed >>= empty * _CELL_BITS
            first += empty
    return first, packed


def scaled(packed: int, first: int, weight: float) -> int:
    """The packed distribution from cell 0 on, times a weight of 0 to 1: such may be added up."""
    share = round(weight * (1 << _CHANCE))
    cells = packed.bit_length() // _CELL_BITS + 1
    one = (1 << SCALE + 1) - 1
    mask = int.from_bytes(one.to_bytes(_CELL_BYTES, "little") * cells, "little")
    return (packed * share >> _CHANCE & mask) << first * _CELL_BITS


def pack(masses: Sequence[float]) -> int:
    """Probabilities of neighbouring cells as one integer."""
    units = [round(mass * (1 << SCALE)) for mass in masses]
    words = array("I", bytes(len(units) * _CELL_BYTES))
    words[0::_WORDS] = array("I", [unit & 0xFFFFFFFF for unit in units])
    words[1::_WORDS] = array("I", [unit >> 32 for unit in units])
    if byteorder == "big":
        words.byteswap()
    return int.from_bytes(words.tobytes(), "little")


def unpack(packed: int) -> list[int]:
    """The mass of each cell in 2^-48."""
    length = -(-packed.bit_length() // _CELL_BITS)
    words = array("I", packed.to_bytes(length * _CELL_BYTES, "little"))
    if byteorder == "big":
        words.byteswap()
    return [low + (high << 32) for low, high in zip(words[0::_WORDS], words[1::_WORDS], strict=True)]


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


_LISTED = 10
"""Up to so many deals every outcome is listed."""
_ONE_BY_ONE = 60
"""Up to so many deals each is added by itself."""
_NOTABLE = 30
"""So many of the largest of a bigger book are; its rest is as good as normal."""
_NOTABLE_SHARE = 0.01
"""What a deal must have of the variance of a bigger book to be among them."""
_CELLS = 1_000
_FINEST = 4_000
_SHOCK_EFFORT = 20_000
"""Cells times deals added exactly."""
_SHOCK_ROUNDING = 1e-9


def shocked_spread(bets: Iterable[Bet], shock: float, base_cents: int = 0) -> Spread:
    """The distribution of base_cents and the amounts of the bets that are won, with one shock z ~ N(0, 1) for all.

    Given z the bets are independent with p_i(z) = sigma(r·logit p_i + shock·z), r = sqrt(1 + π/8·shock²), so that
    over all z each is won with p_i (D. J. Spiegelhalter, S. L. Lauritzen, 1990: without r an unlikely deal would gain
    by uncertainty alone). The distributions for a row of z are mixed by the weights of z. Up to 10 bets exact for
    each z, up to 60 on a grid of 1/1,000 of the total or less, beyond with the largest on the grid and a normal
    for the rest. Source: forecast.md, "Range". The mean is Σ p·amount, as forecast. No draws: the same bets in any
    order give the same figures.
    """
    known = list(bets)
    mean = expected_sum(known, base_cents)
    base = base_cents + sum(bet.amount_cents for bet in known if bet.probability >= 1)
    uncertain = sorted(bet for bet in known if bet.amount_cents > 0 and 0 < bet.probability < 1)
    steepness = sqrt(1 + pi / 8 * shock**2)
    centred = [Bet(amount, sigmoid(steepness * logit(p))) for amount, p in uncertain]
    sums, reached = _listed(centred, shock) if len(centred) <= _LISTED else _on_grid(centred, shock)
    return Spread(mean, base, [(0, 1.0)], within(sums, uncertain), reached, rounding=_SHOCK_ROUNDING)


def shock_grid(step: float) -> list[tuple[float, float]]:
    """Points z from -4 to 4 and their weights, those of the normal density, which sum to 1."""
    points = [index * step for index in range(-round(4 / step), round(4 / step) + 1)]
    densities = [exp(-z * z / 2) for z in points]
    whole = fsum(densities)
    return [(z, density / whole) for z, density in zip(points, densities, strict=True)]


def _shifted(bets: Sequence[Bet], logits: float) -> list[float]:
    """sigma(logit p + logits) of each bet, by odds: one exponential for all."""
    factor = exp(logits)
    return [p * factor / (1 - p + p * factor) for _, p in bets]


def _listed(bets: Sequence[Bet], shock: float) -> tuple[Sequence[int], list[float]]:
    """Every sum the bets can make, ascending, and the probability reached before and after each."""
    sums = [0]
    for amount, _ in bets:
        sums += [total + amount for total in sums]
    mixed = [0.0] * len(sums)
    for z, weight in shock_grid(0.25):
        chances = [weight]
        for p in _shifted(bets, shock * z):
            chances = [chance * (1 - p) for chance in chances] + [chance * p for chance in chances]
        mixed = [a + b for a, b in zip(mixed, chances, strict=True)]
    rows = sorted(zip(sums, mixed, strict=True))
    return [total for total, _ in rows], [0.0, *accumulate(p for _, p in rows)]


def _on_grid(bets: Sequence[Bet], shock: float) -> tuple[Sequence[int], list[float]]:
    """The mixture over z on one grid: large bets one by one, the others as a normal given z."""
    large, rest = _split(bets)
    cell = cell_of([bet.amount_cents for bet in bets], min(_FINEST, max(_CELLS, _SHOCK_EFFORT // (len(large) + 1))))
    top = -(-sum(bet.amount_cents for bet in bets) // cell)
    counts = whole_cells(large, cell)
    zs = shock_grid(0.25 if rest else 0.5)
    starts = _normals(rest, [shock * z for z, _ in zs], cell, top)
    mixed = 0
    for (z, weight), (first, start) in zip(zs, starts, strict=True):
        begin, packed = convolve(first, start, list(zip(counts, _shifted(large, shock * z), strict=True)))
        mixed += scaled(packed, begin, weight)
    masses = unpack(mixed)
    return range(0, len(masses) * cell, cell), cumulative(masses)


def _split(bets: Sequence[Bet]) -> tuple[list[Bet], list[Bet]]:
    """The bets to be added one by one, and the rest; each ascending."""
    if len(bets) <= _ONE_BY_ONE:
        return list(bets), []
    variances = [p * (1 - p) * amount**2 for amount, p in bets]
    ranked = sorted(variances, reverse=True)
    bound = max(ranked[_NOTABLE], _NOTABLE_SHARE * fsum(variances))
    large = [bet for bet, v in zip(bets, variances, strict=True) if v > bound]
    return large, [bet for bet, v in zip(bets, variances, strict=True) if v <= bound]


def _normals(rest: Sequence[Bet], logits: Sequence[float], cell: int, top: int) -> list[tuple[int, int]]:
    """For each shift in logits the rest as (first cell, packed masses): N(Σ p·a, Σ p·(1-p)·a²) cut at its bounds.

    What lies between two points of z belongs to them as well: the step of the mean, squared over 12,
    is added to the variance, or a book of thousands would stand on as many separate peaks as there are points.
    """
    if not rest:
        return [(0, pack([1.0]))] * len(logits)
    amounts = [float(bet.amount_cents) for bet in rest]
    means, variances = [], []
    for shift in logits:
        expected = list(map(mul, amounts, _shifted(rest, shift)))
        means.append(sum(expected))
        variances.append(sum(map(mul, amounts, expected)) - sum(map(mul, expected, expected)))
    steps = [later - earlier for earlier, later in pairwise(means)]
    around = [(a + b) / 2 for a, b in zip([steps[0], *steps], [*steps, steps[-1]], strict=True)]
    return [
        _normal_cells(mean / cell, sqrt(variance + step**2 / 12) / cell, top)
        for mean, variance, step in zip(means, variances, around, strict=True)
    ]


def _normal_cells(mean: float, deviation: float, top: int) -> tuple[int, int]:
    """The masses of a normal by cells of width 1 around whole numbers, none below 0 and none above `top`."""
    first = max(0, round(mean - 5 * deviation))
    last = max(first, min(top, round(mean + 5 * deviation)))
    scale = max(deviation, 1e-9) * sqrt(2)
    below = [0.0, *((1 + erf((edge + 0.5 - mean) / scale)) / 2 for edge in range(first, last)), 1.0]
    return first, pack([b - a for a, b in pairwise(below)])
