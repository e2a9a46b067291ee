"""Step 0 of the method `timed`: each deal as runs of days that end in one stage, as known on a day."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from operator import itemgetter

from pipeline_cli.domain.record import NamedTuple

UNKNOWN = -1
"""A stage nobody wrote down. Tables by stage have its row last, so that -1 finds it there; stages are 0 and up."""
LOST = -2
WON = -3
OPEN = -4
"""What ended a run, where it was not a stage."""
_FAR = 10**9

Tally = Counter[tuple[int, int, int]]
"""(stage, days, target) -> how many runs were so."""


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
    guessed: bool = False
    """A later move was inferred too: through which stages it went is not known."""

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

    def __init__(self, deals: Iterable[DealHistory], *, undated_wins: int = 0) -> None:
        """`undated_wins`: won deals that are not among these, for nobody said when they were won."""
        began = [_in_order(deal) for deal in deals if deal.moves]
        self.deals = sorted(began, key=lambda deal: (deal.moves[0][0], deal.id))
        self.runs = [run for index, deal in enumerate(self.deals) for run in _runs_of(index, deal)]
        seen = {run.deal for run in self.runs}
        self._won_unseen = min(
            (deal.closed_day or 0 for index, deal in enumerate(self.deals) if deal.won and index not in seen),
            default=_FAR,
        )
        if undated_wins:
            self._won_unseen = 0

    def has_unseen_wins(self, day: int) -> bool:
        """By that day deals were won of which no stay is known: on the day they came, or nobody said when."""
        return self._won_unseen <= day


class Wins(NamedTuple):
    """What history says of the deals that were won."""

    longest_days: dict[int, int]
    """Stage -> the longest stay of any of them."""
    median_days: dict[int, float]
    """Stage -> their median stay."""
    oldest_days: int
    """The age of the oldest at its win."""
    some_unseen: bool
    """Of some of them it is not known through which stages they went."""


class Known:
    """The runs as they were known at the end of a day, and where each deal stood."""

    def __init__(
        self, as_of: int, deals: Sequence[DealHistory], runs: Sequence[Run], *, has_unseen_wins: bool = False
    ) -> None:
        """`has_unseen_wins`: as `History` says of that day."""
        self.as_of = as_of
        self._has_unseen_wins = has_unseen_wins
        self.deals = deals
        """Holds later rows too: read nothing of it but with a day."""
        self.runs = runs
        self.latest = {run.deal: run for run in runs}
        """Deal index -> its last run. A deal is open, won or lost as that run's target says."""

    @cached_property
    def tally(self) -> Tally:
        """Exits by stage and target."""
        return tally_of(self.runs)

    @property
    def open_runs(self) -> list[Run]:
        """The run that each open deal is in now."""
        return [run for run in self.latest.values() if run.target == OPEN]

    @cached_property
    def history_days(self) -> int:
        """From the first day of the first run to the as-of day; 0 without any."""
        return self.as_of - min((run.start for run in self.runs), default=self.as_of)

    @cached_property
    def wins(self) -> Wins:
        """What was won, and when."""
        return _wins_of(self)

    @cached_property
    def is_one_sided(self) -> bool:
        """Deals were won, and among those whose stays are known only wins or only losses: how deals end cannot be learned
        from that. Disqualified ones are no loss."""
        ends = {
            run.target for run in self.latest.values() if run.target != LOST or not self.deals[run.deal].disqualified
        }
        if WON in ends:
            return LOST not in ends
        return self._has_unseen_wins

    def idle_days(self, deal: int, day: int) -> int:
        """Days from the last touchpoint or move of a deal up to a day, to that day."""
        moves, touches = self.deals[deal].moves, self.deals[deal].touch_days
        last = max([moved for moved, _ in moves if moved <= day])
        if touches and touches[0] <= day:
            last = max(last, touches[bisect_right(touches, day) - 1])
        return day - last

    def earlier(self, days: Sequence[int]) -> list[Known]:
        """What was known at the end of each of these days, none later than the as-of day."""
        first = min(days, default=0)
        before = [run for run in self.runs if run.stop <= first and run.target != OPEN]
        after = [run for run in self.runs if run.stop > first or run.target == OPEN]
        over = tally_of(before)
        found = []
        for day in days:
            since = [
                run if run.stop <= day else Run(run.deal, run.stage, run.start, day, OPEN)
                for run in after
                if run.start <= day
            ]
            known = Known(day, self.deals, [*before, *since], has_unseen_wins=self._has_unseen_wins)
            known.tally = over + tally_of(since)
            found.append(known)
        return found

    def with_lost(self, lost: Collection[int]) -> Known:
        """What would be known had these open deals (ids) been lost on the as-of day; all else is taken over."""
        closed = {
            index: _in_order(deal._replace(closed_day=self.as_of, won=False))
            for index, deal in enumerate(self.deals)
            if deal.id in lost
        }
        before = [run for run in self.runs if run.deal in closed]
        after = [run for index, deal in closed.items() for run in _runs_of(index, deal)]
        staying = [run for run in self.runs if run.deal not in closed]
        known = Known(
            self.as_of,
            [closed.get(index, deal) for index, deal in enumerate(self.deals)],
            sorted([*staying, *after], key=itemgetter(0)),
            has_unseen_wins=self._has_unseen_wins,
        )
        known.tally = self.tally + tally_of(after) - tally_of(before)
        known.wins = self.wins
        return known


def known_on(history: History, as_of: int) -> Known:
    """What the history said at the end of the day `as_of`: a run that ended later is still open, with its days so far."""
    runs = [
        run if run.stop <= as_of else Run(run.deal, run.stage, run.start, as_of, OPEN)
        for run in history.runs
        if run.start <= as_of
    ]
    return Known(as_of, history.deals, runs, has_unseen_wins=history.has_unseen_wins(as_of))


def tally_of(runs: Iterable[Run]) -> Tally:
    """All that the rates of leaving are learned from."""
    return Counter([(stage, stop - start, target) for _, stage, start, stop, target in runs])


def outcome_on(deal: DealHistory, day: int) -> bool | None:
    """Won or not at the end of a day; None: open. What was closed and reopened later was closed until then."""
    if deal.closed_day is not None and deal.closed_day <= day:
        return bool(deal.won)
    standing = 0
    for moved, target in deal.moves:
        if moved > day:
            break
        standing = target
    return None if standing >= 0 else standing == WON


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


def _wins_of(known: Known) -> Wins:
    won = {deal for deal, run in known.latest.items() if run.target == WON}
    stays: dict[int, list[int]] = {}
    for deal, stage, start, stop, _ in known.runs:
        if deal in won:
            stays.setdefault(stage, []).append(stop - start)
    for days in stays.values():
        days.sort()
    return Wins(
        {stage: days[-1] for stage, days in stays.items()},
        {stage: (days[(len(days) - 1) // 2] + days[len(days) // 2]) / 2 for stage, days in stays.items()},
        max((known.latest[deal].stop - known.deals[deal].moves[0][0] for deal in won), default=0),
        UNKNOWN in stays or any(known.deals[deal].guessed for deal in won),
    )
