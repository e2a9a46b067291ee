"""Step 5 of the method `timed`: from what happens on a day to the chance of being won within any number of days."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from pipeline_cli.domain.forecast.direction import Direction
from pipeline_cli.domain.forecast.runs import WON
from pipeline_cli.domain.record import NamedTuple

LONGEST = 730
"""Days: within two years means ever."""


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
    gains: list[float]
    """c_sb(h), for h from 0."""
    first: list[float]
    """V_h at the first age of the bin, for h from 0."""
    following: list[float]
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
        self._rows = [_stage_cells(lengths, row, targets) for row, targets in zip(rates, directions, strict=True)]
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
        self._carried = max(days, self._carried)


def _stage_cells(lengths: Sequence[int], rates: Sequence[float], directions: Sequence[Direction]) -> list[_Cell]:
    """The bins of one stage, each linked to the next."""
    firsts: list[list[float]] = [[0.0] for _ in lengths]
    return [
        _Cell(
            rate * targets.get(WON, 0.0),
            [(j, rate * share) for j, share in targets.items() if j >= 0 and share > 0],
            1 - rate,
            length,
            (1 - rate) ** length,
            [],
            firsts[b],
            firsts[min(b + 1, len(lengths) - 1)],
        )
        for b, (length, rate, targets) in enumerate(zip(lengths, rates, directions, strict=True))
    ]
