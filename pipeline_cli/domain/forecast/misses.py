"""What the method `timed` learns from its own last misses: a shift of the level, and how much luck all deals share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from math import exp, fsum

from pipeline_cli.domain.forecast.learning import logit, sigmoid
from pipeline_cli.domain.forecast.runs import LOST, WON, Known, outcome_on
from pipeline_cli.domain.record import NamedTuple

LAGS = (1.0, 1.25, 1.5, 1.75)
"""Horizons back at which the record is forecast anew. A shorter lag would look at what has not had its time yet."""
FEWEST_CLOSED = 100
"""Deals closed by such a day. Below that, luck is most of any miss: it would move nothing."""
_YOUNGEST = 2.0
"""Horizons of history before there is anything to look back on."""
_WIDEST = 1.0
"""No miss counts as more than this shift of the logit."""
_USUAL = 0.2
"""Standard deviation of the level's drift before anything is known of it, on the logit scale."""
_BETWEEN = 0.5
"""How much of what the misses differ by is held against their mean. 0.25 to 1 make no difference that matters."""
_USUAL_WEIGHT = 4
"""Misses the usual shock counts for."""


class Forecasted(NamedTuple):
    """One deal that was open on a past day."""

    chance: float
    """Of being won within the horizon, as it would have been said that day."""
    amount_cents: int
    """As known that day."""
    came_cents: int
    """Its amount, if it was won within the horizon; else 0."""


class Miss(NamedTuple):
    """How far one past forecast was off."""

    as_of: int
    shift: float
    """Of all logits, by which the sum would have been what came; -1 to 1."""
    luck: float
    """The variance it would have had from coins alone."""
    wins: int
    """Known that day."""
    expected_cents: float = 0.0
    came_cents: float = 0.0


class Lesson(NamedTuple):
    """What the misses teach. As it stands: nothing."""

    shift: float = 0.0
    """Added to the logit of every chance within a horizon."""
    shared: float = _USUAL**2
    """Variance of the luck common to all deals, on the logit scale."""
    misses: Sequence[Miss] = ()


NOTHING = Lesson()


def past_days(known: Known, horizon: int) -> list[int]:
    """The days whose forecasts have had their time: none in a young or a small record."""
    if horizon <= 0 or known.history_days < _YOUNGEST * horizon:
        return []
    began = known.as_of - known.history_days
    days = [known.as_of - round(lag * horizon) for lag in LAGS]
    ends = sorted(run.stop for run in known.latest.values() if run.target in (WON, LOST))
    return [day for day in days if day - began >= horizon and bisect_right(ends, day) >= FEWEST_CLOSED]


def learn(known: Known, horizon: int, say: Callable[[Known], Iterator[tuple[int, float, int]]]) -> Lesson:
    """What the forecasts of the past days, made anew of what was known then, were off by.

    `say` gives for each deal open then its index in `known.deals`, its chance within the horizon and its amount.
    """
    days = past_days(known, horizon)
    misses = []
    for past in known.earlier(days):
        said = [
            Forecasted(chance, amount, _came(known, deal, past.as_of + horizon)) for deal, chance, amount in say(past)
        ]
        miss = miss_of(past.as_of, said, sum(run.target == WON for run in past.latest.values()))
        if miss is not None:
            misses.append(miss)
    return lesson_of(misses)


def _came(known: Known, deal: int, until: int) -> int:
    history = known.deals[deal]
    return (history.amount_on(until) or 0) if outcome_on(history, until) else 0


def miss_of(as_of: int, said: Sequence[Forecasted], wins: int) -> Miss | None:
    """What one past forecast was off by; None: nothing was at stake.

    Its variance by luck alone is Σ amount²·p·(1 - p) ÷ (Σ amount·p·(1 - p))².
    """
    at_stake = [one for one in said if one.amount_cents > 0 and 0 < one.chance < 1]
    slope = fsum(amount * p * (1 - p) for p, amount, _ in at_stake)
    if not slope:
        return None
    came = fsum(one.came_cents for one in at_stake)
    shift = _shift_to(came, [(amount, p) for p, amount, _ in at_stake])
    luck = fsum(amount**2 * p * (1 - p) for p, amount, _ in at_stake) / slope**2
    return Miss(as_of, shift, luck, wins, fsum(amount * p for p, amount, _ in at_stake), came)


def _shift_to(came: float, bets: Sequence[tuple[int, float]]) -> float:
    """The t with Σ amount·sigma(logit p + t) = what came, from -1 to 1, by Newton's method."""
    t = 0.0
    for _ in range(20):
        factor = exp(t)
        shares = [(amount, p * factor / (1 - p + p * factor)) for amount, p in bets]
        off = came - fsum([amount * p for amount, p in shares])
        slope = fsum([amount * p * (1 - p) for amount, p in shares])
        before, t = t, max(-_WIDEST, min(_WIDEST, t + off / slope))
        if abs(t - before) < 1e-9:
            break
    return t


def lesson_of(misses: Sequence[Miss]) -> Lesson:
    """The mean miss, drawn towards nothing by all that makes a miss but the level, and the shock that the misses show.

    shift = Σδ ÷ 4 · s0² ÷ (s0² + v + b/2), with v the mean of each miss's variance by luck and by what few wins teach,
    2/(wins + 4), and b the variance of the misses among themselves: a level that was off one way and then the other is
    no level. Where a record is too young for all four, those that lack count as no miss.
    s² = (4 · 0.2² + Σ max(0, δ² - luck)) ÷ (4 + n). Source: forecast.md, "Learning from one's own misses".
    """
    if not misses:
        return NOTHING
    mean = fsum(miss.shift for miss in misses) / len(misses)
    around = fsum((miss.shift - mean) ** 2 for miss in misses) / max(1, len(misses) - 1)
    noise = fsum(miss.luck + 2 / (miss.wins + 4) for miss in misses) / len(misses) + _BETWEEN * around
    seen = fsum(max(0.0, miss.shift**2 - miss.luck) for miss in misses)
    return Lesson(
        mean * len(misses) / len(LAGS) * _USUAL**2 / (_USUAL**2 + noise),
        (_USUAL_WEIGHT * _USUAL**2 + seen) / (_USUAL_WEIGHT + len(misses)),
        misses,
    )


def off_by(lesson: Lesson) -> float:
    """Σ |expected - came| of the misses, in minor units."""
    return fsum(abs(miss.expected_cents - miss.came_cents) for miss in lesson.misses)


def shifted(chance: float, lesson: Lesson, most: float) -> float:
    """The chance with the shift on its logit, never above `most`; nothing and certainty stay what they are."""
    if not lesson.shift or not 0 < chance < 1:
        return chance
    return min(most, sigmoid(logit(chance) + lesson.shift))
