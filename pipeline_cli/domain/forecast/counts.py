"""Step 1 of the method `timed`: days spent and exits seen, by stage and by bin of days in stage."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from pipeline_cli.domain.forecast.runs import OPEN, UNKNOWN, Tally
from pipeline_cli.domain.record import NamedTuple

USUAL_STARTS = (0, 1, 3, 7, 14, 30, 60, 90, 135, 180)
"""First day in stage of each bin; the last has no end."""
_EVIDENCE = 3.0
"""None seen where three were due has a chance of e^-3, 5 in 100: the rule of three."""


class Counts(NamedTuple):
    """E[s][b] days spent and D[s][b][j] exits to j, for stage s, bin b and target j (a stage, LOST or WON).

    A last row more than there are stages is that of the UNKNOWN stage; without such runs there is none.
    """

    stages: int

    starts: Sequence[int]
    """First day in stage of each bin."""
    days: Sequence[Sequence[int]]
    exits: Sequence[Sequence[dict[int, int]]]

    @property
    def bins(self) -> range:
        return range(len(self.starts))

    def left(self, stage: int, bin_: int) -> int:
        """D_sb: all exits of a cell."""
        return sum(self.exits[stage][bin_].values())

    def exits_of(self, stage: int) -> Counter[int]:
        """D_sj: the exits of a stage by target."""
        total: Counter[int] = Counter()
        for cell in self.exits[stage]:
            total.update(cell)
        return total


def count_runs(tally: Tally, stages: int) -> Counts:
    """Every run spends its days in the bins it crosses, and a finished one leaves in the bin of its last day.

    Open runs count with their days so far: that is what makes the rates right for deals not closed yet
    (right-censoring; occurrence / exposure rates, O. Aalen 1978). Source: forecast.md, step 1.
    """
    starts = _starts(tally)
    rows = stages + any(stage == UNKNOWN for stage, _, _ in tally)
    ends = (*starts[1:], 10**9)
    days = [[0 for _ in starts] for _ in range(rows)]
    exits: list[list[dict[int, int]]] = [[{} for _ in starts] for _ in range(rows)]
    for (stage, length, target), number in tally.items():
        for bin_, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if length <= start:
                break
            days[stage][bin_] += number * (min(length, end) - start)
        if target != OPEN:
            cell = exits[stage][bisect_right(starts, length - 1) - 1]
            cell[target] = cell.get(target, 0) + number
    return Counts(stages, starts, days, exits)


def _starts(tally: Tally) -> Sequence[int]:
    """The usual bins, and one more from the longest stay on that ever ended, once that is no accident.

    Deals that sit longer than any that ever left must not be taken for those that left at the end of their bin.
    It is no accident when at the overall rate of exits three or more of them should have left by now.
    """
    longest = max((length for _, length, target in tally if target != OPEN), default=0)
    left = sum(number for (_, _, target), number in tally.items() if target != OPEN)
    spent = sum(number * length for (_, length, _), number in tally.items())
    beyond = sum(number * max(0, length - longest) for (_, length, _), number in tally.items())
    if beyond * left < _EVIDENCE * spent or longest in USUAL_STARTS:
        return USUAL_STARTS
    return sorted((*USUAL_STARTS, longest))
