"""Step 1 of the method `timed`: days spent and exits seen, by stage and by bin of days in stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from pipeline_cli.domain.forecast.runs import OPEN, Run

BIN_STARTS = (0, 1, 3, 7, 14, 30, 60, 90, 135, 180)
"""First day in stage of each bin; the last has no end."""
OLDEST = BIN_STARTS[-1]
BINS = range(len(BIN_STARTS))
_BIN_ENDS = (*BIN_STARTS[1:], 10**9)
_BIN_OF = [sum(start <= age for start in BIN_STARTS) - 1 for age in range(OLDEST + 1)]


class Counts(NamedTuple):
    """E[s][b] days spent and D[s][b][j] exits to j, for stage s, bin b and target j (a stage, LOST or WON)."""

    days: Sequence[Sequence[int]]
    exits: Sequence[Sequence[dict[int, int]]]

    def left(self, stage: int, bin_: int) -> int:
        """D_sb: all exits of a cell."""
        return sum(self.exits[stage][bin_].values())

    def exits_of(self, stage: int) -> Counter[int]:
        """D_sj: the exits of a stage by target."""
        total: Counter[int] = Counter()
        for cell in self.exits[stage]:
            total.update(cell)
        return total


def bin_of(age: int) -> int:
    """The bin of a number of days in stage."""
    return _BIN_OF[min(age, OLDEST)]


def count_runs(runs: Sequence[Run], stages: int) -> Counts:
    """Every run spends its days in the bins it crosses, and a finished one leaves in the bin of its last day.

    Open runs count with their days so far: that is what makes the rates right for deals not closed yet
    (right-censoring; occurrence / exposure rates, O. Aalen 1978).
    """
    tally = Counter((run.stage, run.stop - run.start, run.target) for run in runs)
    days = [[0 for _ in BINS] for _ in range(stages)]
    exits: list[list[dict[int, int]]] = [[{} for _ in BINS] for _ in range(stages)]
    for (stage, length, target), number in tally.items():
        for bin_, (start, end) in enumerate(zip(BIN_STARTS, _BIN_ENDS, strict=True)):
            if length <= start:
                break
            days[stage][bin_] += number * (min(length, end) - start)
        if target != OPEN:
            cell = exits[stage][bin_of(length - 1)]
            cell[target] = cell.get(target, 0) + number
    return Counts(days, exits)
