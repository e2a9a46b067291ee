"""When a deal that is won will be: by how long such deals take, and by its expected close date, as far as dates have held."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import exp, fsum, log, sqrt
from operator import itemgetter

from pipeline_cli.domain.forecast.runs import LOST, WON, Known, Run
from pipeline_cli.domain.forecast.timed import LONGEST, TimedModel
from pipeline_cli.domain.record import NamedTuple

Dates = Mapping[int, Sequence[tuple[int, int | None]]]
"""Deal, by its number -> (day, the close date expected from that day on) ascending; days are `date.toordinal()`."""
Share = Callable[[int], float]
"""So many days ahead -> the chance of being won by then, if it is won at all: 0 to 1, rising."""

_STEP = 30
_LOOKS = 12
"""Past days, 30 apart, of which it is asked when the deals open then were won, and what their dates said."""
_MOST_SEEN = 300
_FEWEST = 20
"""Wins seen before dates must have helped to be believed; below that they are believed as much as usual."""
_FOR, _AGAINST = 3.5, 1.5
"""Wins seen that speak for dates, and against them, before anything is known."""
_USUAL_MISS = 14.0
_USUAL_WEIGHT = 5
_MOST_EXACT = 0.4
"""Share of wins on the very day expected from which the field holds the day of closing, not what was expected."""
_WEIGHTS = [step / 20 for step in range(20)]


class DateSense(NamedTuple):
    """What an expected close date is worth as evidence."""

    weight: float = _FOR / (_FOR + _AGAINST)
    """Share of won deals that come by their date; the others come as if they had none. 0: dates do not help."""
    late: float = 0.0
    """Days after the date that the former come, in the mean."""
    miss: float = _USUAL_MISS
    """Mean distance in days from there."""
    wins: int = 0
    """Seen with a date, each on every day looked at."""
    helps: bool | None = None
    """Whether dates made the past better foreseen; None: too few wins to tell."""


def date_on(dates: Dates, deal: int, day: int) -> int | None:
    """The close date that was expected at the end of a day."""
    changes = dates.get(deal, ())
    since = bisect_right(changes, day, key=itemgetter(0)) - 1
    return changes[since][1] if since >= 0 else None


def share_of(model: TimedModel, run: Run, expected: int | None, today: int, sense: DateSense) -> Share:
    """When the deal in this run is won, if it is.

    (1 - w')·V_d ÷ V + w'·K(d), K the two-sided exponential around its date, given that it has not come yet. w' is the
    weight of dates for which so much of K lies ahead: w·A ÷ (w·A + 1 - w). A date that passes fades within its usual
    miss, and is no switch.
    """
    ever, within = model.chance_ever(run), model.within(run)

    def by_pace(days: int) -> float:
        return min(1.0, within(days) / ever) if ever > 0 and days < LONGEST else float(days > 0)

    if expected is None or not sense.weight:
        return by_pace
    centre = expected - today + sense.late
    ahead = 1 - _by(0, centre, sense.miss)
    weight = sense.weight * ahead / (sense.weight * ahead + 1 - sense.weight)

    def share(days: int) -> float:
        if days >= LONGEST:
            return 1.0
        by_date = (_by(days, centre, sense.miss) - 1 + ahead) / ahead if ahead > 0 else 0.0
        return (1 - weight) * by_pace(days) + weight * by_date

    return share


def _by(day: float, centre: float, miss: float) -> float:
    """The two-sided exponential around `centre`, half a day given to either side of whole days."""
    far = (day + 0.5 - centre) / miss
    return 1 - exp(-far) / 2 if far > 0 else exp(far) / 2


class _Seen(NamedTuple):
    """A deal that was won, on a day before."""

    days: int
    """From that day to the win."""
    known_for: int
    """Days from that day to the as-of day."""
    due: int
    """Days from that day to the date expected then; below 0: past."""
    stage: int
    age: int


def learn_dates(known: Known, model: TimedModel, dates: Dates) -> DateSense:
    """How far the dates of deals that were won have held, reading none that was set later than the day looked at."""
    seen = _wins_seen(known, dates)
    if not seen:
        return DateSense()
    late = fsum(one.days - one.due for one in seen) / (len(seen) + _USUAL_WEIGHT)
    off = fsum(abs(one.days - one.due - late) for one in seen)
    miss = max(1.0, (off + _USUAL_WEIGHT * _USUAL_MISS) / (len(seen) + _USUAL_WEIGHT))
    if sum(one.days == one.due for one in seen) > _MOST_EXACT * len(seen):
        return DateSense(wins=len(seen))
    pairs = [_chances(one, model, late, miss) for one in seen]
    weight = max(_WEIGHTS[1:], key=lambda w: _likelihood(pairs, w))
    if len(pairs) < _FEWEST:
        return DateSense(weight, late, miss, len(pairs))
    gains = [log((1 - weight) * pace + weight * date) - log(pace) for pace, date in pairs]
    mean = fsum(gains) / len(gains)
    error = sqrt(fsum((gain - mean) ** 2 for gain in gains) / len(gains) / len(gains))
    helps = mean > error
    return DateSense(weight if helps else 0.0, late, miss, len(pairs), helps)


class Pushes(NamedTuple):
    """Closed deals whose close date was moved to a later day before they closed, and the others that had one."""

    won: int
    closed: int
    other_won: int
    other_closed: int


def count_pushes(known: Known, dates: Dates) -> Pushes:
    """How often a pushed deal was still won. No chance goes by it: days in the stage and silence say it already."""
    won, closed = [0, 0], [0, 0]
    for index, run in known.latest.items():
        changes = dates.get(known.deals[index].id)
        if not changes or run.target not in (WON, LOST):
            continue
        said = [due for since, due in changes if due is not None and since <= run.stop]
        pushed = any(later > sooner for sooner, later in pairwise(said))
        closed[pushed] += 1
        won[pushed] += run.target == WON
    return Pushes(won[True], closed[True], won[False], closed[False])


def _likelihood(pairs: Sequence[tuple[float, float]], weight: float) -> float:
    before = _FOR * log(weight) + _AGAINST * log(1 - weight)
    return before + fsum(log((1 - weight) * pace + weight * date) for pace, date in pairs)


def _chances(one: _Seen, model: TimedModel, late: float, miss: float) -> tuple[float, float]:
    """That a deal won by now was won in the thirty days it was: by its pace, by its date; each at least a thousandth."""
    first = (one.days - 1) // _STEP * _STEP
    last = min(first + _STEP, one.known_for)
    whole = model.pace(one.stage, one.age, one.known_for)
    pace = (model.pace(one.stage, one.age, last) - model.pace(one.stage, one.age, first)) / whole if whole else 0.0
    start, end, middle = (_by(day, one.due + late, miss) for day in (0, one.known_for, first))
    date = (_by(last, one.due + late, miss) - middle) / (end - start) if end > start else 0.0
    return max(pace, 0.001), max(date, 0.001)


def _wins_seen(known: Known, dates: Dates) -> list[_Seen]:
    """Of the latest wins, each on every day looked at on which it was open and had a date."""
    won = sorted(
        ((run.stop, deal) for deal, run in known.latest.items() if run.target == WON and known.deals[deal].id in dates),
        reverse=True,
    )[:_MOST_SEEN]
    closed = {deal: stop for stop, deal in won}
    looks = [known.as_of - _STEP * (turn + 1) for turn in range(_LOOKS)]
    seen = []
    for deal, stage, start, stop, _ in known.runs:
        if deal not in closed:
            continue
        for look in looks:
            if start <= look < stop:
                due = date_on(dates, known.deals[deal].id, look)
                if due is not None:
                    seen.append(_Seen(closed[deal] - look, known.as_of - look, due - look, stage, look - start))
    return seen
