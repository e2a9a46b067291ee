"""`pipeline advance`: on to a later stage, when the exit criteria hold, with what meets them in the same line."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.options import At, Deal, NextStep, Reason, Step, read_step
from pipeline_cli.commands.touch_beside import Answers, Confirm
from pipeline_cli.domain.errors import NotAdvanced, RuleError, UsageError
from pipeline_cli.domain.rules.advance import AdvancePlan, plan_advance
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.domain.words.text import accept_or_none
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.domain.deal.deal import DealRecord
    from pipeline_cli.domain.rules.one_line import Beside
    from pipeline_cli.storage.change import Change


def advance(
    context: typer.Context,
    deal: Deal,
    to: Annotated[str | None, typer.Option(metavar="STAGE", help="A stage further on, if not the next one.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Go on though criteria are missing; needs --reason.")] = False,
    reason: Reason = None,
    confirm: Confirm = None,
    set_: Answers = None,
    value: Annotated[str | None, typer.Option("--value", "-v", metavar="AMOUNT", help="What it is worth now.")] = None,
    close: Annotated[str | None, typer.Option(metavar="DATE", help="When it will close.")] = None,
    done: Annotated[bool, typer.Option("--done", help="The next step it had is done.")] = False,
    next_step: NextStep = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="With --next: in place of every step that is open.")
    ] = False,
    at: At = None,
) -> None:
    """Move a deal on; refused with the checklist while exit criteria are missing, and what else was said is kept.

    What the record cannot know goes into the same line: pipeline advance acme --confirm problem=their words --close 30d
    --done -n fri Send the offer
    """
    workspace: Workspace = context.obj
    clock = workspace.clock
    why, when = accept_or_none(reason, "The reason"), parse_at(at, clock)
    step = None if next_step is None else read_step(next_step, clock)
    if replace and step is None:
        raise UsageError("--replace goes with --next: say what comes in the place of the steps that are open.")
    is_told = bool(confirm or set_ or value is not None or close is not None or done or step)
    with workspace.write("advance") as change:
        record = read_record(change, find(change, deal))
        said = list[str]()
        if is_told:
            from pipeline_cli.domain.rules.one_line import Beside
            from pipeline_cli.domain.words.dates import parse_date

            closes = None if close is None else parse_date(close, clock.today)
            typed = Beside(confirm or (), set_ or (), value, closes, when)
            said = _tell(workspace, change, record, typed, step, done=done, replace=replace)
            record = read_record(change, record.facts.id)
        facts, pipeline = record.facts, workspace.pipeline(record.facts.pipeline)
        moved: AdvancePlan | RuleError
        try:
            moved = plan_advance(
                record, pipeline, workspace.playbook, clock, to, force, why, when, workspace.command_name
            )
        except RuleError as error:
            if not said:
                raise
            moved = error
        else:
            move = moved.move
            forced = f", forced past {', '.join(move.criteria_missing)}" if move.forced else ""
            went = f"{moved.from_stage.name} -> {moved.to_stage.name}{forced}"
            change.apply([move], f"{facts.title}: {went}{dated(when, clock)}")
            if said:
                change.add_to_summary(f"; {went}{dated(when, clock)}")
    if isinstance(moved, RuleError):
        workspace.confirm(f"On {facts.id}, {facts.title}: {' '.join(said)}")
        raise NotAdvanced(moved)
    workspace.confirm(" ".join([f"{facts.id}, {facts.title}: {went}.", *said]))
    if moved.to_stage.next_actions and facts.next_step is None:
        workspace.say(f"What to do in {moved.to_stage.name}: {'; '.join(moved.to_stage.next_actions)}.")


def _tell(
    workspace: Workspace,
    change: "Change",
    record: "DealRecord",
    typed: "Beside",
    step: Step | None,
    *,
    done: bool,
    replace: bool,
) -> list[str]:
    """What the line says beside the move, which is in the record before the criteria are looked at. What is said of it."""
    from pipeline_cli.domain.deal.closing import refuse_closed
    from pipeline_cli.domain.deal.edits import CloseNextStep, Edit, SetNextStep
    from pipeline_cli.domain.deal.steps import step_in_words
    from pipeline_cli.domain.rules.one_line import plan_beside
    from pipeline_cli.reports.changes import edited_in_words

    facts = record.facts
    refuse_closed(record, "It cannot be moved on")
    if done and not record.steps:
        raise RuleError(f"Deal {facts.id} has no next step that could be done: leave --done away.")
    beside = plan_beside(record, typed, workspace.playbook)
    told = edited_in_words(facts, beside.fields, workspace.playbook, workspace.clock)
    steps: list[Edit] = [CloseNextStep(facts.id, done=True, step=record.steps[0].id)] if done else []
    instead = tuple(one.id for one in record.steps[done:]) if replace else ()
    steps += [SetNextStep(facts.id, *step)._replace(instead=instead)] if step else []
    over = [f"{record.steps[0].text} is done"] if done else []
    ahead = [f"Next: {step_in_words(step)}"] if step else []
    change.apply([*beside.edits, *steps], "; ".join([facts.title, *beside.noted, *told, *over, *ahead]))
    return [*beside.said, *(f"{one[0].upper()}{one[1:]}." for one in (*told, *over, *ahead))]
