"""The range of the method `timed`: deals that share their luck, because good and bad months come to all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from math import erf, exp, fsum, pi, sqrt
from operator import mul

from pipeline_cli.domain.forecast.configured import logit, sigmoid
from pipeline_cli.domain.forecast.distribution import Bet, Spread, expected_sum, within
from pipeline_cli.domain.forecast.grid import cell_of, convolve, cumulative, pack, scaled, unpack, whole_cells

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
_EFFORT = 20_000
"""Cells times deals added exactly."""
_ROUNDING = 1e-9


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
    return Spread(mean, base, [(0, 1.0)], within(sums, uncertain), reached, rounding=_ROUNDING)


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
    cell = cell_of([bet.amount_cents for bet in bets], min(_FINEST, max(_CELLS, _EFFORT // (len(large) + 1))))
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
