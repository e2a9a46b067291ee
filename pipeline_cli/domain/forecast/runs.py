"""Step 0 of the method `timed`: each deal as runs of days that end in one stage, as known on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

LOST = -1
WON = -2
OPEN = -3
"""What ended a run, where it was not a stage: stages are 0 and up."""
_FAR = 10**9


class DealHistory(NamedTuple):
    """What happened to one deal. Days are `date.toordinal()`, in the record's zone."""

    id: int
    moves: Sequence[tuple[int, int]]
    """(day, stage index) in order. A deal that was reopened has its earlier closings here, as LOST or WON."""
    closed_day: int | None = None
    won: bool | None = None
    """Of the last closing; None: not closed."""
    touch_days: Sequence[int] = ()
    """Ascending."""
    amount_cents: int | None = None
    """None: not known. Holds for every day unless `amounts` says otherwise."""
    amounts: Sequence[tuple[int, int | None]] = ()
    """(day, minor units) ascending: the amount known from that day on, where it changed; None before the first."""

    def amount_on(self, day: int) -> int | None:
        """The amount as it was known at the end of a day."""
        if not self.amounts:
            return self.amount_cents
        return next((cents for since, cents in reversed(self.amounts) if since <= day), None)


class Run(NamedTuple):
    """Days in a row that ended in one stage: start, start + 1, … stop - 1."""

    deal: int
    """Index in `History.deals`."""
    stage: int
    start: int
    stop: int
    """The first day that ended elsewhere; the as-of day while target is OPEN."""
    target: int
    """What the run ended in: a stage, LOST, WON, or OPEN."""


class History:
    """All deals of a pipeline, first come first, with their runs; the order they are given in is of no account."""

    def __init__(self, deals: Iterable[DealHistory]) -> None:
        began = [_in_order(deal) for deal in deals if deal.moves]
        self.deals = sorted(began, key=lambda deal: (deal.moves[0][0], deal.id))
        self.runs = [run for index, deal in enumerate(self.deals) for run in _runs_of(index, deal)]


class Known(NamedTuple):
    """The runs as they were known at the end of a day, and where each deal stood."""

    as_of: int
    deals: Sequence[DealHistory]
    """Holds later rows too: read nothing of it but with a day."""
    runs: Sequence[Run]
    latest: dict[int, Run]
    """Deal index -> its last run. A deal is open, won or lost as that run's target says."""

    @property
    def open_runs(self) -> list[Run]:
        return [run for run in self.latest.values() if run.target == OPEN]

    @property
    def history_days(self) -> int:
        """From the first day of the first run to the as-of day; 0 without any."""
        return self.as_of - min((run.start for run in self.runs), default=self.as_of)

    def idle_days(self, deal: int, day: int) -> int:
        """Days from the last touchpoint or move of a deal up to a day, to that day."""
        moves, touches = self.deals[deal].moves, self.deals[deal].touch_days
        last = max([moved for moved, _ in moves if moved <= day])
        if touches and touches[0] <= day:
            last = max(last, touches[bisect_right(touches, day) - 1])
        return day - last


def known_on(history: History, as_of: int) -> Known:
    """What the history said at the end of the day `as_of`: a run that ended later is still open, with its days so far."""
    runs = [
        run if run.stop <= as_of else Run(run.deal, run.stage, run.start, as_of, OPEN)
        for run in history.runs
        if run.start <= as_of
    ]
    return Known(as_of, history.deals, runs, {run.deal: run for run in runs})


def _in_order(deal: DealHistory) -> DealHistory:
    """A deal that was closed before it was last moved (clocks differ, rows come late) was closed by that move."""
    last = deal.moves[-1][0]
    if deal.closed_day is None or deal.closed_day >= last:
        return deal
    return deal._replace(closed_day=last)


def _runs_of(index: int, deal: DealHistory) -> list[Run]:
    """The stage at the end of each day, neighbours that are equal as one: a self-move goes on with the same visit.

    A deal opened and closed on one day has no run. After a closing that was reopened a new run begins.
    """
    ends = dict(deal.moves)
    if deal.closed_day is not None:
        ends[deal.closed_day] = WON if deal.won else LOST
    runs = []
    stage, since = LOST, 0
    for day, target in sorted(ends.items()):
        if target == stage:
            continue
        if stage >= 0:
            runs.append(Run(index, stage, since, day, target))
        stage, since = target, day
    if stage >= 0:
        runs.append(Run(index, stage, since, _FAR, OPEN))
    return runs
