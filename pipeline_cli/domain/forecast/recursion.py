"""Step 5 of the method `timed`: from what happens on a day to the chance of being won within any number of days."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.forecast.counts import BIN_STARTS, BINS, OLDEST, bin_of
from pipeline_cli.domain.forecast.direction import Direction
from pipeline_cli.domain.forecast.runs import WON

LONGEST = 730
"""Days: within two years means ever."""
_LENGTHS = [end - start for start, end in zip(BIN_STARTS, (*BIN_STARTS[1:], BIN_STARTS[-1] + LONGEST + 1), strict=True)]
"""Days of each bin; nobody outlives the last within 730 days."""


class Chances:
    """V_h(s, a): the chance that a deal in stage s for a days is won within h days, for h up to 730.

    V_0 = 0; V_{h+1}(s, a) = c_{s,b(a)}(h) + stay_{s,b(a)}·V_h(s, a+1), where c_sb(h) = p_sb(W) + Σ_j p_sb(j)·V_h(j, 0),
    p_sb(j) = h_sb·q_sb(j), stay = 1 - h_sb, and a counts to 180. Source: forecast.md, step 5.

    c is the same for all ages of a bin, so only V at the first age of each bin is carried along: with a bin of
    L days, V_h(first) = Σ_{d<L} stay^d·c(h-1-d) + stay^L·V_{h-L}(first of the next bin), the sum by its recurrence
    in h. Every other age is that sum from where it stands (`won_within`).
    """

    def __init__(self, rates: Sequence[Sequence[float]], directions: Sequence[Sequence[Direction]]) -> None:
        self._stay = [[1 - rate for rate in row] for row in rates]
        self._gains: list[list[list[float]]] = [[[] for _ in BINS] for _ in rates]
        """c[s][b][h], for h from 0."""
        self._first: list[list[list[float]]] = [[[0.0] for _ in BINS] for _ in rates]
        """V[s][b][h] at the first age of the bin, for h from 0."""
        self._found: dict[tuple[int, int, int], float] = {}
        self._carry(rates, directions)

    def won_within(self, days: int, stage: int, age: int) -> float:
        """V_days(stage, age), 0 to 1; more than 730 days are as 730."""
        days, age = min(days, LONGEST), min(age, OLDEST)
        key = (days, stage, age)
        if key not in self._found:
            b = bin_of(age)
            left = days if b == BINS[-1] else min(days, BIN_STARTS[b + 1] - age)
            chance = 0.0 if b == BINS[-1] else self._first[stage][b + 1][days - left]
            stay = self._stay[stage][b]
            for gain in self._gains[stage][b][days - left : days]:
                chance = gain + stay * chance
            self._found[key] = chance
        return self._found[key]

    def _carry(self, rates: Sequence[Sequence[float]], directions: Sequence[Sequence[Direction]]) -> None:
        """Fills c and V for 730 days, all stages day by day: a deal may go anywhere, also back."""
        cells = [
            (
                rates[s][b] * directions[s][b].get(WON, 0.0),
                [(j, rates[s][b] * share) for j, share in directions[s][b].items() if j >= 0 and share > 0],
                self._stay[s][b],
                _LENGTHS[b],
                self._stay[s][b] ** _LENGTHS[b],
                self._gains[s][b],
                self._first[s][b],
                self._first[s][min(b + 1, BINS[-1])],
            )
            for s in range(len(rates))
            for b in BINS
        ]
        sums = [0.0] * len(cells)
        entered = [0.0] * len(rates)
        for h in range(LONGEST):
            for k, (win, onward, stay, length, stay_all, gains, first, following) in enumerate(cells):
                gain = win
                for j, p in onward:
                    gain += p * entered[j]
                gains.append(gain)
                total = gain + stay * sums[k]
                if h >= length:
                    total -= stay_all * gains[h - length]
                sums[k] = total
                first.append(total + stay_all * following[h + 1 - length] if h >= length else total)
            entered = [first[0][h + 1] for first in self._first]
