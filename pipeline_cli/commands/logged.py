"""What one line of `log` does to one deal, and how it is said: the step it closes, the attempt it proposes, the move."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline_cli.domain.deal.deal import DealRecord, PlannedStep
from pipeline_cli.domain.deal.edits import CloseNextStep, LogTouchpoint, SetNextStep
from pipeline_cli.domain.deal.steps import step_in_words
from pipeline_cli.domain.deal.touch_sense import CONVERSATION
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.domain.rules.advance import AdvancePlan
from pipeline_cli.domain.rules.cadence import Proposal, close_attempt, propose_attempt
from pipeline_cli.domain.rules.fulfilled import fulfilled_step
from pipeline_cli.domain.rules.one_line import close_step
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.workspace import Workspace


class Logged(NamedTuple):
    """What one line did."""

    record: DealRecord
    """Before it."""
    touch: LogTouchpoint
    over: CloseNextStep | None
    step: SetNextStep | None
    besides: Sequence[str]
    moved: AdvancePlan | RuleError | None


def in_words(workspace: Workspace, made: Logged) -> str:
    """All of it in one line."""
    facts, touch, over, step, moved = made.record.facts, made.touch, made.over, made.step, made.moved
    closed = closed_step(made.record, over)
    came_of_it = f", {touch.outcome}" if touch.outcome and touch.sense != CONVERSATION else ""
    kind = workspace.playbook.kind_name(touch.kind)
    said = [f"Logged {kind} ({touch.direction}{came_of_it}) on {facts.id}, {facts.title}.", *made.besides]
    said += [f"{closed.text} is done."] if closed is not None and over is not None and over.done else []
    said += [f"Next: {step_in_words(step)}."] if step else []
    said += [f"{moved.from_stage.name} -> {moved.to_stage.name}."] if isinstance(moved, AdvancePlan) else []
    return " ".join(said)


def advice(workspace: Workspace, made: Logged) -> list[str]:
    """What is to be planned now, as far as nothing is."""
    facts, touch, over, step, moved = made.record.facts, made.touch, made.over, made.step, made.moved
    closed = closed_step(made.record, over)
    left = [one for one in made.record.steps if one != closed and (step is None or one.id not in step.instead)]
    lines = []
    if over is not None and closed is not None and not over.done and step is None:
        plan = command_line(workspace.command_name, "next", str(facts.id), "tomorrow", "What you agreed")
        heard = "They answered" if touch.sense == CONVERSATION else "They called"
        spoke = heard if touch.direction == "in" else "You spoke"
        lines.append(f"{spoke}, so {closed.text} is off the plan. What comes next: {plan}")
    is_planned = step is not None or bool(left)
    if isinstance(moved, AdvancePlan) and moved.to_stage.next_actions and not is_planned:
        lines.append(f"What to do in {moved.to_stage.name}: {'; '.join(moved.to_stage.next_actions)}.")
    return lines


def step_over(
    workspace: Workspace, record: DealRecord, touch: LogTouchpoint, *, done: bool | None, has_step: bool
) -> CloseNextStep | None:
    """What was said to be done; an attempt that was made; where the next step is told, what the touchpoint looks like."""
    clock, playbook = workspace.clock, workspace.playbook
    is_done = done
    if done is None:
        attempt = close_attempt(record, touch, clock)
        if attempt is not None:
            return attempt
        is_done = has_step and fulfilled_step(record.steps, touch, playbook, clock) is not None
    return close_step(record, touch, playbook, clock) if is_done else None


def in_place(
    step: SetNextStep, record: DealRecord, over: CloseNextStep | None
) -> tuple[SetNextStep, list[PlannedStep]]:
    """The step in place of all that are open but the one that is over by itself, and those."""
    instead = [one for one in record.steps if over is None or one.id != over.step]
    return step._replace(instead=tuple(one.id for one in instead)), instead


def closed_step(record: DealRecord, over: CloseNextStep | None) -> PlannedStep | None:
    return next((step for step in record.steps if over is not None and step.id == over.step), None)


def proposal_after(
    workspace: Workspace, record: DealRecord, touch: LogTouchpoint, *, is_asked_for: bool = False
) -> Proposal | None:
    pipeline = workspace.playbook.pipeline(record.facts.pipeline)
    return propose_attempt(record, touch, workspace.playbook, pipeline, workspace.clock, is_asked_for=is_asked_for)
