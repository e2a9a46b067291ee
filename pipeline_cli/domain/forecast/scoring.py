"""How right forecasts were: of totals, of single deals, and of ranges."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, log

from pipeline_cli.domain.record import NamedTuple

_SUREST = 1e-6
"""A forecast of 0 that came true would cost infinitely much: no probability is taken as surer than this."""


class Tenth(NamedTuple):
    """The deals whose probability lay in one tenth: what was said of them, and what came."""

    low: float
    high: float
    deals: int
    expected: float
    """Mean probability."""
    observed: float
    """Share that was won."""


def wape(totals: Sequence[tuple[float, float]]) -> float | None:
    """Σ|forecast - actual| / Σ actual over (forecast, actual); None when nothing came at all."""
    came = fsum(actual for _, actual in totals)
    return fsum(abs(forecast - actual) for forecast, actual in totals) / came if came else None


def bias(totals: Sequence[tuple[float, float]]) -> float | None:
    """Σ(forecast - actual) / Σ actual: +0.5 is half too much; None when nothing came at all."""
    came = fsum(actual for _, actual in totals)
    return fsum(forecast - actual for forecast, actual in totals) / came if came else None


def brier(deals: Sequence[tuple[float, bool]]) -> float | None:
    """Mean of (p - won)² over (probability, won): 0 is perfect, always saying 0.5 costs 0.25 (G. W. Brier, 1950)."""
    return fsum((p - won) ** 2 for p, won in deals) / len(deals) if deals else None


def log_loss(deals: Sequence[tuple[float, bool]]) -> float | None:
    """Mean of -ln(the probability given to what came), each at least a millionth (I. J. Good, 1952)."""
    if not deals:
        return None
    given = (min(max(p if won else 1 - p, _SUREST), 1 - _SUREST) for p, won in deals)
    return -fsum(log(p) for p in given) / len(deals)


def inside_share(ranges: Sequence[tuple[float, float, float]]) -> float | None:
    """Share of (low, high, actual) with the actual in its range, the bounds included."""
    return sum(low <= actual <= high for low, high, actual in ranges) / len(ranges) if ranges else None


def calibration(deals: Sequence[tuple[float, bool]]) -> list[Tenth]:
    """Each tenth of the probabilities that holds deals: 0 to under 0.1, … 0.9 to 1."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for p, won in deals:
        groups.setdefault(min(int(p * 10), 9), []).append((p, won))
    return [
        Tenth(
            tenth / 10,
            (tenth + 1) / 10,
            len(group),
            fsum(p for p, _ in group) / len(group),
            sum(won for _, won in group) / len(group),
        )
        for tenth, group in sorted(groups.items())
    ]
