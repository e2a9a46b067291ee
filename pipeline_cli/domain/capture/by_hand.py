"""A mail or a meeting that was captured, and what somebody logs of it by hand: which touchpoint of the day is meant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pipeline_cli.domain.capture.verdict import EVENT, MAIL
from pipeline_cli.domain.deal.deal import DealRecord, Touchpoint
from pipeline_cli.domain.deal.edits import LogTouchpoint
from pipeline_cli.domain.deal.touch_sense import ATTEMPT, AUTOMATIC, plain, sense_of
from pipeline_cli.domain.words.clock import Clock

_LOGGED_AS = {MAIL: frozenset({"email"}), EVENT: frozenset({"meeting", "call", "demo"})}
"""Kinds of touchpoint by which somebody logs a mail or a meeting by hand."""
_BEFORE, _AFTER = timedelta(minutes=15), timedelta(hours=2)
"""Around the beginning of an event: a call in vain within it is that event, another one is a call besides."""


def may_be(item: str, at: datetime, kind: str, logged_at: datetime, sense: str | None) -> bool:
    """Whether what was logged by hand, on the same day and deal, may be that mail or event."""
    word = plain(kind)
    if word not in _LOGGED_AS[item]:
        return False
    return item != EVENT or word != "call" or sense != ATTEMPT or at - _BEFORE <= logged_at <= at + _AFTER


def captured_as(touch: LogTouchpoint, record: DealRecord, items: Mapping[int, str], clock: Clock) -> Touchpoint | None:
    """The captured touchpoint that is logged by hand now, with what is said of it; None: it is one more.

    `items`: of touchpoints that nobody said anything of yet, by number, what they were captured from. Of several that of
    the nearest time is meant.
    """
    day = clock.day(touch.touched_at)
    same = [
        one
        for one in record.touchpoints
        if one.id in items
        and clock.day(one.touched_at) == day
        and may_be(items[one.id], one.touched_at, touch.kind, touch.touched_at, touch.sense)
        and (items[one.id] == EVENT or one.direction == touch.direction)
        and (one.sense == AUTOMATIC) == (touch.sense == AUTOMATIC)
    ]
    return min(same, key=lambda one: abs(one.touched_at - touch.touched_at), default=None)


def told_of(captured: Touchpoint, touch: LogTouchpoint, declared: Mapping[str, bool]) -> Touchpoint:
    """The captured touchpoint with the kind, outcome and words that were typed; its time and direction stay."""
    words = " – ".join(part for part in (captured.note, touch.note) if part) or None
    outcome = touch.outcome or captured.outcome
    sense = sense_of(touch.kind, captured.direction, outcome, declared)
    return captured._replace(
        kind=touch.kind, outcome=outcome, note=words, sense=sense.sense, awaits_answer=sense.awaits_answer
    )


def without(record: DealRecord, touch: Touchpoint) -> DealRecord:
    """As it was before that touchpoint."""
    return record._replace(touchpoints=tuple(one for one in record.touchpoints if one.id != touch.id))
