"""What `log` proposes after an attempt to reach somebody: the next one, as the cadence has it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from pipeline_cli.domain.cadence import Attempt, attempts_in, next_attempt, planned_attempts
from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.deal import DealRecord, Touchpoint
from pipeline_cli.domain.edits import SetNextStep
from pipeline_cli.domain.playbook import Pipeline, Playbook
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
        return self.next and SetNextStep(self.deal_id, _capital(self.next.name), self.next.due)

    @property
    def question(self) -> str:
        """Asked on a terminal, where there is a next attempt."""
        plan = "" if self.next is None else f"{_capital(self.next.name)} would be on {self.next.due}. "
        return f"{plan}Make it the next step? [Y/n] "

    def in_words(self, program: str) -> str:
        """What to do about it, with the command to type."""
        if self.next is None:
            which = f"{self.made} of {self.of}" if self.made <= self.of else f"{self.made}, where {self.of} are planned"
            return f"That was attempt {which}: if nobody answers, `{program} prune` is next."
        line = command_line(program, "next", str(self.deal_id), str(self.next.due), _capital(self.next.name))
        return f"If nobody answers: {line}"


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
    touch = Touchpoint("", "out", touched_at, None, None, inferred=False)
    attempts = attempts_in((*record.touchpoints, touch), clock)
    if attempts is None:
        return None
    cadence = playbook.cadence_in(pipeline.stage(facts.stage))
    attempt = next_attempt(cadence, attempts)
    if attempt is not None and attempt.due < clock.today:
        attempt = attempt._replace(due=clock.today)
    return Proposal(facts.id, attempts.made, planned_attempts(cadence), attempt)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
