"""Which next steps are to be notified of now, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pipeline_cli.domain.deal.steps import start_of
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.names import begins_with_organization
from pipeline_cli.domain.words.text import counted, short_day

MOST_AT_ONCE = 5
"""Further ones are counted in one notice: whoever begins with forty overdue steps is not told forty times."""


class StepToTell(NamedTuple):
    """An open next step, with what a notice says of its deal."""

    key: str
    """Of this step, at this time, for good: it is told once."""
    deal_id: int
    title: str
    organization: str | None
    text: str
    due: date
    time: str | None
    remind_minutes: int | None
    is_asleep: bool
    """Its deal is snoozed, and was when the step was set."""


class Notice(NamedTuple):
    """What a notification shows."""

    title: str
    body: str
    keys: tuple[str, ...]
    """The steps that it tells of."""


def due_now(steps: Iterable[StepToTell], remind_minutes: int | None, clock: Clock) -> list[StepToTell]:
    """Those whose reminder has come, or of which the day has; `remind_minutes`: where a step names none."""
    return [step for step in steps if not step.is_asleep and _is_due(step, remind_minutes or 0, clock)]


def _is_due(step: StepToTell, remind_minutes: int, clock: Clock) -> bool:
    if step.time is None:
        return step.due <= clock.today
    before = remind_minutes if step.remind_minutes is None else step.remind_minutes
    return start_of(step.due, step.time, clock) - timedelta(minutes=before) <= clock.now


def plan_notices(steps: list[StepToTell], clock: Clock, program: str) -> list[Notice]:
    """One for each step, and one for all that are more than a few."""
    shown = steps if len(steps) <= MOST_AT_ONCE else steps[: MOST_AT_ONCE - 1]
    notices = [Notice(_title(step, clock), _body(step, program), (step.key,)) for step in shown]
    rest = steps[len(shown) :]
    if rest:
        title = f"{counted(len(rest), 'more step')} due"
        notices.append(Notice(title, f"{program} today", tuple(step.key for step in rest)))
    return notices


def _title(step: StepToTell, clock: Clock) -> str:
    when = step.time or "Today"
    if step.due != clock.today:
        late = "Overdue since " if step.due < clock.today else ""
        when = f"{late}{short_day(step.due, clock.today)}{f' {step.time}' if step.time else ''}"
    return f"{when}: {step.text}"


def _body(step: StepToTell, program: str) -> str:
    whose = "" if begins_with_organization(step.title, step.organization) else step.organization
    return f"{', '.join(part for part in (step.title, whose) if part)}: {program} show {step.deal_id}"
