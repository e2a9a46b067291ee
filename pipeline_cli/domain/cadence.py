"""The cadence: when to try again with somebody who has not answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.deal import Touchpoint
from pipeline_cli.domain.playbook import Cadence
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.touch_sense import ATTEMPT, CONVERSATION


class Attempt(NamedTuple):
    """The next attempt of a cadence."""

    number: int
    """1 for the first."""
    of: int
    due: date

    @property
    def name(self) -> str:
        return f"attempt {self.number} of {self.of}"

    @property
    def step(self) -> str:
        """The words of the next step that plans it: `is_attempt` knows it by them."""
        return f"Attempt {self.number} of {self.of}"


class Attempts(NamedTuple):
    """Attempts since the last conversation and the last snooze, or ever when there was none."""

    made: int
    first: date
    last: date


def is_attempt(step: str | None) -> bool:
    """Whether a next step is an attempt of the cadence: what does it is a touchpoint, and a conversation ends it."""
    words = (step or "").split()
    return len(words) == 4 and words[::2] == ["Attempt", "of"] and words[1].isdigit() and words[3].isdigit()


def attempts_in(touchpoints: Sequence[Touchpoint], clock: Clock, woke_on: date | None = None) -> Attempts | None:
    """Of touchpoints in the order they were logged; `woke_on`: the day a snooze ended, from which it begins anew.

    None: you spoke last, or nobody tried since.
    """
    days: list[date] = []
    for touch in sorted(touchpoints, key=lambda one: one.touched_at):
        if touch.sense == CONVERSATION:
            days = []
        elif touch.sense == ATTEMPT and (woke_on is None or clock.day(touch.touched_at) >= woke_on):
            days.append(clock.day(touch.touched_at))
    return Attempts(len(days), days[0], days[-1]) if days else None


def planned_attempts(cadence: Cadence) -> int:
    """How many there are before a deal is `unanswered`."""
    return min(len(cadence.days), cadence.max_unanswered)


def next_attempt(cadence: Cadence, attempts: Attempts) -> Attempt | None:
    """None after the last one.

    Its day is counted from the first attempt, as `days` has it; whoever was late is given the same pause again, so that
    no two attempts come closer to each other than planned.
    """
    planned = planned_attempts(cadence)
    if attempts.made >= planned:
        return None
    day, before, start = cadence.days[attempts.made], cadence.days[attempts.made - 1], cadence.days[0]
    due = max(attempts.first + timedelta(days=day - start), attempts.last + timedelta(days=day - before))
    return Attempt(attempts.made + 1, planned, due)
