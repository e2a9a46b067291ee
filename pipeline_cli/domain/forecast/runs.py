"""Step 0 of the method `timed`: each deal as runs of days that end in one stage, as known on a day."""

# No `from __future__ import annotations`: typing compiles each annotation that comes as text, 1 ms of every start here.

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

UNKNOWN = -1
"""A stage nobody wrote down. Tables by stage have its row last, so that -1 finds it there; stages are 0 and up."""
LOST = -2
WON = -3
OPEN = -4
"""What ended a run, where it was not a stage."""
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
    inferred: int = 0
    """So many of the first moves were inferred, not seen: they say how far the deal had come, not since when."""
    disqualified: bool = False
    """The last closing said so: it counts as lost, but in no win rate."""

    def amount_on(self, day: int) -> int | None:
        """The amount as it was known at the end of a day."""
        if not self.amounts:
            return self.amount_cents
        return next((cents for since, cents in reversed(self.amounts) if since <= day), None)

    def stage_on(self, day: int) -> int:
        """The stage at the end of a day, inferred or seen, of a deal that was there by then."""
        return [stage for moved, stage in self.moves if moved <= day and stage >= 0][-1]


class Run(NamedTuple):
    """Days in a row that ended in one stage: start, start + 1, … stop - 1."""

    deal: int
    """Index in `History.deals`."""
    stage: int
    """Or UNKNOWN: the whole time before the first move that was seen."""
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

    def with_lost(self, lost: Collection[int], day: int) -> "History":
        """The history it would be had these deals (ids) been lost that day; the runs of all others are taken over."""
        closed = {
            index: _in_order(deal._replace(closed_day=day, won=False))
            for index, deal in enumerate(self.deals)
            if deal.id in lost
        }
        changed = History(())
        changed.deals = [closed.get(index, deal) for index, deal in enumerate(self.deals)]
        runs = [run for run in self.runs if run.deal not in closed]
        runs += [run for index, deal in closed.items() for run in _runs_of(index, deal)]
        changed.runs = sorted(runs, key=lambda run: run.deal)
        return changed


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
    """Nothing happens after the last closing, and nobody closes what has not begun: clocks differ, rows come late."""
    closed = deal.closed_day
    if closed is None or deal.moves[-1][0] <= closed:
        return deal
    moves = [move for move in deal.moves if move[0] <= closed] or [deal.moves[0]]
    return deal._replace(moves=moves, closed_day=max(closed, moves[0][0]))


def _runs_of(index: int, deal: DealHistory) -> list[Run]:
    """The stage at the end of each day, neighbours that are equal as one: a self-move goes on with the same visit.

    A deal opened and closed on one day has no run. After a closing that was reopened a new run begins.
    """
    ends = {day: UNKNOWN for day, _ in deal.moves[: deal.inferred]} | dict(deal.moves[deal.inferred :])
    if deal.closed_day is not None:
        ends[deal.closed_day] = WON if deal.won else LOST
    runs = []
    stage, since = LOST, 0
    for day, target in sorted(ends.items()):
        if target == stage:
            continue
        if stage >= UNKNOWN:
            runs.append(Run(index, stage, since, day, target))
        stage, since = target, day
    if stage >= UNKNOWN:
        runs.append(Run(index, stage, since, _FAR, OPEN))
    return runs
