"""What `log` proposes after an attempt to reach somebody: the next one, as the cadence has it."""

from __future__ import annotations

from datetime import datetime

from pipeline_cli.domain.cadence import Attempt, attempts_in, is_attempt, next_attempt, planned_attempts
from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.deal import DealRecord, Touchpoint
from pipeline_cli.domain.edits import CloseNextStep, SetNextStep
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.shell import command_line


class Proposal(NamedTuple):
    deal_id: int
    made: int
    """Attempts without an answer, this one included."""
    of: int
    next: Attempt | None
    """None: the cadence has no more."""

    @property
    def step(self) -> SetNextStep | None:
        return self.next and SetNextStep(self.deal_id, self.next.step, self.next.due)

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


def close_attempt(record: DealRecord, direction: str, touched_at: datetime, clock: Clock) -> CloseNextStep | None:
    """What a touchpoint does to a next step that is an attempt: it was made, or they answered and none is needed."""
    facts, due = record.facts, record.facts.next_step_due
    if due is None or not is_attempt(facts.next_step):
        return None
    if direction == "in":
        answers = attempts_in((*record.touchpoints, _touch(direction, touched_at)), clock) is None
        return CloseNextStep(facts.id, done=False) if answers else None
    return CloseNextStep(facts.id, done=True) if due <= clock.day(touched_at) else None


def propose_attempt(
    record: DealRecord, touched_at: datetime, playbook: Playbook, pipeline: Pipeline | None, clock: Clock
) -> Proposal | None:
    """After an outbound touchpoint at that instant. None where nothing is to be planned: a closed or snoozed deal, one
    with a next step on a later day, or one that has answered since."""
    facts = record.facts
    sleeps = facts.snoozed_until is not None and facts.snoozed_until > clock.today
    is_planned = facts.next_step_due is not None and facts.next_step_due > clock.today
    if facts.status != "open" or sleeps or is_planned or pipeline is None:
        return None
    attempts = attempts_in((*record.touchpoints, _touch("out", touched_at)), clock)
    if attempts is None:
        return None
    cadence = playbook.cadence_in(pipeline, pipeline.stage(facts.stage))
    attempt = next_attempt(cadence, attempts)
    if attempt is not None and attempt.due < clock.today:
        attempt = attempt._replace(due=clock.today)
    return Proposal(facts.id, attempts.made, planned_attempts(cadence), attempt)


def _touch(direction: str, touched_at: datetime) -> Touchpoint:
    return Touchpoint("", direction, touched_at, None, None, inferred=False)
