"""What is won near the ends of quarters: measured in the own record, and a calendar that runs faster and slower by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import fsum

from pipeline_cli.domain.forecast.runs import OPEN, WON, Known
from pipeline_cli.domain.record import NamedTuple

_PART = 15
"""Days; a quarter has six parts, the last with one to three days more."""
_PARTS = 6
_SHORTEST = 270
"""Days of history, three quarters, before anything is said."""
_WEIGHT = 20.0
"""Wins an even calendar counts for, in each part."""
_LAST = date.max.toordinal()
_PROVEN = 20.5
"""Of the sum of (seen - expected)² ÷ expected over six parts: by chance once in a thousand (chi-squared, 5 degrees)."""


class Season(NamedTuple):
    """How fast time runs in each part of a quarter."""

    factors: Sequence[float]
    """1 where as much is won as anywhere."""
    wins: int
    proven: bool
    """More than chance would make of an even calendar."""


def part_of(day: int) -> int:
    """Which part of its quarter a day lies in: 0 to 5."""
    when = date.fromordinal(min(max(day, 1), _LAST))
    first = date(when.year, (when.month - 1) // 3 * 3 + 1, 1).toordinal()
    return min(_PARTS - 1, (day - first) // _PART)


def season_of(known: Known) -> Season | None:
    """(wins in the part + 20) ÷ (wins expected of the deals open on its days + 20), for each; None: too young, or no win."""
    length = known.history_days
    began = known.as_of - length
    change = [0] * (length + 2)
    wins = [0] * _PARTS
    for deal, run in known.latest.items():
        change[max(0, known.deals[deal].moves[0][0] - began)] += 1
        change[min(length + 1, (known.as_of + 1 if run.target == OPEN else run.stop) - began)] -= 1
        if run.target == WON:
            wins[part_of(run.stop)] += 1
    whole = sum(wins)
    if length < _SHORTEST or not whole:
        return None
    open_days = [0] * _PARTS
    still_open = 0
    for turn, step in enumerate(change[:-1]):
        still_open += step
        open_days[part_of(began + turn)] += still_open
    expected = [whole * days / sum(open_days) for days in open_days]
    far = fsum((seen - due) ** 2 / due for seen, due in zip(wins, expected, strict=True) if due)
    factors = [(seen + _WEIGHT) / (due + _WEIGHT) for seen, due in zip(wins, expected, strict=True)]
    return Season(factors, whole, far > _PROVEN)


def days_in_season(season: Season, as_of: int, days: int) -> int:
    """So many days from the as-of day on, as even days: their factors added up."""
    return round(fsum(season.factors[part_of(as_of + turn)] for turn in range(1, days + 1)))
