"""The cadence: when to try again with somebody who has not answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.deal import Touchpoint
from pipeline_cli.domain.playbook import Cadence
from pipeline_cli.domain.record import NamedTuple


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
    """Outbound touchpoints since the last inbound one, or ever when there was none."""

    made: int
    first: date
    last: date


def is_attempt(step: str | None) -> bool:
    """Whether a next step is an attempt of the cadence: what does it is a touchpoint, and an answer ends it."""
    words = (step or "").split()
    return len(words) == 4 and words[::2] == ["Attempt", "of"] and words[1].isdigit() and words[3].isdigit()


def attempts_in(touchpoints: Sequence[Touchpoint], clock: Clock) -> Attempts | None:
    """None: they answered last, or nobody tried yet."""
    answered = max((touch.touched_at for touch in touchpoints if touch.direction == "in"), default=None)
    days = sorted(
        clock.day(touch.touched_at)
        for touch in touchpoints
        if touch.direction == "out" and (answered is None or touch.touched_at > answered)
    )
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
