"""A mail or a meeting that was captured, and what somebody logs of it by hand: which touchpoint of the day is meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pipeline_cli.domain.capture.verdict import EVENT, MAIL
from pipeline_cli.domain.deal.deal import DealRecord, Touchpoint
from pipeline_cli.domain.deal.edits import LogTouchpoint
from pipeline_cli.domain.deal.touch_sense import ATTEMPT, AUTOMATIC, plain, sense_of
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock

_LOGGED_AS = {MAIL: frozenset({"email"}), EVENT: frozenset({"meeting", "call", "demo"})}
"""Kinds of touchpoint by which somebody logs a mail or a meeting by hand."""
_BEFORE, _AFTER = timedelta(minutes=15), timedelta(hours=2)
"""Around the beginning of an event: a call in vain within it is that event, another one is a call besides."""


class Logged(NamedTuple):
    """What was logged by hand, as far as it tells which mail or event it was."""

    kind: str
    direction: str | None
    at: datetime
    sense: str | None


def may_be(item: str, at: datetime, direction: str | None, logged: Logged) -> bool:
    """Whether what was logged by hand, on the same day and deal, may be that mail or event.

    A call of theirs is none to which they were invited; a meeting may be called theirs by whoever was there.
    """
    word = plain(logged.kind)
    if word not in _LOGGED_AS[item]:
        return False
    if item != EVENT:
        return logged.direction in (None, direction)
    if word != "call":
        return True
    if logged.direction == "in" and direction == "out":
        return False
    return logged.sense != ATTEMPT or at - _BEFORE <= logged.at <= at + _AFTER


def captured_as(touch: LogTouchpoint, record: DealRecord, items: Mapping[int, str], clock: Clock) -> Touchpoint | None:
    """The captured touchpoint that is logged by hand now, with what is said of it; None: it is one more.

    `items`: of touchpoints that nobody said anything of yet, by number, what they were captured from. Of several that of
    the nearest time is meant.
    """
    day, logged = clock.day(touch.touched_at), Logged(touch.kind, touch.direction, touch.touched_at, touch.sense)
    same = [
        one
        for one in record.touchpoints
        if one.id in items
        and clock.day(one.touched_at) == day
        and may_be(items[one.id], one.touched_at, one.direction, logged)
        and (one.sense == AUTOMATIC) == (touch.sense == AUTOMATIC)
    ]
    return min(same, key=lambda one: abs(one.touched_at - touch.touched_at), default=None)


def told_of(captured: Touchpoint, touch: LogTouchpoint, declared: Mapping[str, bool]) -> Touchpoint:
    """The captured touchpoint with kind, outcome and words as typed, and theirs if that was said; its time stays."""
    words = " – ".join(part for part in (captured.note, touch.note) if part) or None
    outcome = touch.outcome or captured.outcome
    direction = "in" if touch.direction == "in" else captured.direction
    sense = sense_of(touch.kind, direction, outcome, declared)
    return captured._replace(
        kind=touch.kind,
        direction=direction,
        outcome=outcome,
        note=words,
        sense=sense.sense,
        awaits_answer=sense.awaits_answer,
    )


def without(record: DealRecord, touch: Touchpoint) -> DealRecord:
    """As it was before that touchpoint."""
    return record._replace(touchpoints=tuple(one for one in record.touchpoints if one.id != touch.id))
