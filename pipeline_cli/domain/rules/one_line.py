"""What one line of `log` changes beside the touchpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeline_cli.domain.deal.closing import refuse_closed, refuse_frozen
from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.deal.edits import (
    AnswerQuestion,
    CloseNextStep,
    ConfirmCriterion,
    Edit,
    LogTouchpoint,
    SetFields,
)
from pipeline_cli.domain.deal.typed import read_value
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.exit_criteria import find_criterion
from pipeline_cli.domain.rules.fulfilled import fulfilled_step
from pipeline_cli.domain.rules.qualification import read_answers
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import accept_filled


class Beside(NamedTuple):
    """What was typed beside the touchpoint."""

    confirm: Sequence[str] = ()
    """`problem`, or `problem=they lose two days a week`"""
    answers: Sequence[str] = ()
    """`budget=yes`"""
    value: str | None = None
    close: date | None = None
    at: datetime | None = None
    """When they were said, if not now."""


class Plan(NamedTuple):
    """What it changes."""

    edits: list[Edit]
    fields: Mapping[str, Any]
    """New values by column of the deal, which are among the edits."""
    said: list[str]
    """What was vouched for and answered, for whoever typed it."""
    noted: list[str]
    """The same in the words of `history`."""


def plan_beside(record: DealRecord, typed: Beside, playbook: Playbook) -> Plan:
    """In the order confirmations, answers, value, close date.

    Raises UsageError for what cannot be understood, RuleError for a criterion that judges itself and for what is frozen
    or not asked on a closed deal.
    """
    facts, edits, said, noted = record.facts, list[Edit](), list[str](), list[str]()
    for text in typed.confirm:
        name, sign, evidence = text.partition("=")
        stage, found = find_criterion(playbook.pipeline_of(facts.pipeline), facts.stage, name.strip())
        kept = accept_filled(evidence, "The evidence") if sign else None
        edits.append(ConfirmCriterion(facts.id, stage.id, found.id, kept, typed.at))
        said.append(f"Confirmed: {found.text}.")
        noted.append(f"confirmed {stage.id}.{found.id}")
    if typed.answers:
        refuse_closed(record, "It needs no qualification")
        asked = playbook.qualification_in(playbook.pipeline_of(facts.pipeline))
        answers = read_answers(typed.answers, (), asked)
        edits += [AnswerQuestion(facts.id, item, *answer, typed.at) for item, answer in answers.items()]
        noted.append(", ".join(f"{item}={answer}" for item, (answer, _) in answers.items()))
        said.append(f"Answered: {noted[-1]}.")
    fields: dict[str, Any] = {} if typed.value is None else read_value(typed.value, playbook, facts)
    fields |= {} if typed.close is None else {"expected_close": typed.close}
    refuse_frozen(facts, fields)
    edits += [SetFields(facts.id, fields)] if fields else []
    return Plan(edits, fields, said, noted)


def close_step(record: DealRecord, touch: LogTouchpoint, playbook: Playbook, clock: Clock) -> CloseNextStep:
    """The next step that the touchpoint looks like is done, else the earliest. Raises RuleError where there is none."""
    if not record.steps:
        raise RuleError(f"Deal {record.facts.id} has no next step that could be done: leave --done away.")
    step = fulfilled_step(record.steps, touch, playbook, clock) or record.steps[0]
    return CloseNextStep(record.facts.id, done=True, step=step.id)
