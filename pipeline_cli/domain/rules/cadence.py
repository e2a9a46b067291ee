"""The cadence: when to try again with somebody who has not answered, and what `log` proposes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from pipeline_cli.domain.deal.deal import DealRecord, Touchpoint
from pipeline_cli.domain.deal.edits import CloseNextStep, LogTouchpoint, SetNextStep
from pipeline_cli.domain.deal.touch_sense import ATTEMPT, AUTOMATIC, CONVERSATION
from pipeline_cli.domain.playbook import Cadence, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.shell import command_line


class Attempt(NamedTuple):
    """The next attempt of a cadence."""

    number: int
    """1 for the first."""
    of: int
    due: date

    @property
    def name(self) -> str:
        """`attempt 3 of 6`."""
        return f"attempt {self.number} of {self.of}"

    @property
    def step(self) -> str:
        """The words of the next step that plans it: `is_attempt` knows it by them."""
        return f"Attempt {self.number} of {self.of}"


class Attempts(NamedTuple):
    """Attempts since they were last heard and since the last snooze, or ever when there was neither."""

    made: int
    first: date
    last: date


def is_attempt(step: str | None) -> bool:
    """Whether a next step is an attempt of the cadence: what does it is a touchpoint, and a conversation ends it."""
    words = (step or "").split()
    return len(words) == 4 and words[::2] == ["Attempt", "of"] and words[1].isdigit() and words[3].isdigit()


def is_made(step: str, attempts: Attempts) -> bool:
    """Whether a next step plans an attempt that is among those made."""
    return is_attempt(step) and int(step.split()[1]) <= attempts.made


def is_heard(touch: LogTouchpoint | Touchpoint) -> bool:
    """Whether they took part, or rang and you missed it: what ends a row of attempts."""
    return touch.sense == CONVERSATION or touch.awaits_answer


def attempts_in(touchpoints: Sequence[Touchpoint], clock: Clock, woke_on: date | None = None) -> Attempts | None:
    """Of touchpoints in the order they were logged; `woke_on`: the day a snooze ended, from which it begins anew.

    None: they were heard last, or nobody tried since.
    """
    days: list[date] = []
    for touch in sorted(touchpoints, key=lambda one: one.touched_at):
        if is_heard(touch):
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


class Proposal(NamedTuple):
    """The attempt that may follow the one that was just made."""

    deal_id: int
    made: int
    """Attempts without an answer, this one included."""
    of: int
    next: Attempt | None
    """None: the cadence has no more."""
    instead: tuple[int, ...] = ()
    """The steps that planned an earlier attempt."""

    @property
    def step(self) -> SetNextStep | None:
        """The proposal as a next step; None after the last attempt."""
        return self.next and SetNextStep(self.deal_id, self.next.step, self.next.due, instead=self.instead)

    @property
    def question(self) -> str:
        """Asked on a terminal, where there is a next attempt."""
        plan = "" if self.next is None else f"{self.next.step} would be on {self.next.due}. "
        return f"{plan}Make it the next step? [Y/n] "

    def in_words(self, program: str) -> str:
        """What to do about it, with the command to type."""
        if self.next is None:
            which = f"{self.made} of {self.of}" if self.made <= self.of else f"{self.made}, where {self.of} are planned"
            return f"That was attempt {which}: if nobody answers, `{program} prune` is next."
        line = command_line(program, "next", str(self.deal_id), str(self.next.due), self.next.step)
        return f"If nobody answers: {line}"


def close_attempt(record: DealRecord, touch: LogTouchpoint | Touchpoint, clock: Clock) -> CloseNextStep | None:
    """What a touchpoint does to the first step that is an attempt: it was made, before its day too, or you spoke and none
    is needed."""
    facts, planned = record.facts, next((step for step in record.steps if is_attempt(step.text)), None)
    if planned is None or touch.sense == AUTOMATIC:
        return None
    is_made = touch.direction == "out" and (touch.sense == ATTEMPT or planned.due <= clock.day(touch.touched_at))
    if is_heard(touch) and attempts_in(_with(record, touch), clock, facts.snoozed_until) is None:
        return CloseNextStep(facts.id, done=is_made, step=planned.id)
    return CloseNextStep(facts.id, done=True, step=planned.id) if is_made else None


def propose_attempt(
    record: DealRecord,
    touch: LogTouchpoint | Touchpoint,
    playbook: Playbook,
    pipeline: Pipeline | None,
    clock: Clock,
    *,
    is_asked_for: bool = False,
) -> Proposal | None:
    """After an attempt. None where nothing is to be planned: a closed or snoozed deal, one with a next step on a later
    day, one with whom you spoke since, or one that has its last chance, unless it `is_asked_for`."""
    facts = record.facts
    sleeps = facts.snoozed_until is not None and facts.snoozed_until > clock.today
    is_planned = any(step.due > clock.today and not is_attempt(step.text) for step in record.steps)
    if touch.sense != ATTEMPT or (facts.last_chance_at is not None and not is_asked_for):
        return None
    if facts.status != "open" or sleeps or is_planned or pipeline is None:
        return None
    attempts = attempts_in(_with(record, touch), clock, facts.snoozed_until)
    if attempts is None:
        return None
    cadence = playbook.cadence_in(pipeline, pipeline.stage(facts.stage))
    attempt = next_attempt(cadence, attempts)
    if attempt is not None and attempt.due < clock.today:
        attempt = attempt._replace(due=clock.today)
    instead = tuple(step.id for step in record.steps if is_attempt(step.text))
    return Proposal(facts.id, attempts.made, planned_attempts(cadence), attempt, instead)


def _with(record: DealRecord, touch: LogTouchpoint | Touchpoint) -> tuple[Touchpoint, ...]:
    new = Touchpoint(touch.kind, touch.direction, touch.touched_at, None, None, False, touch.sense, touch.awaits_answer)
    return (*record.touchpoints, new)
