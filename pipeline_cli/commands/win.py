"""`pipeline win`: the deal is won."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.options import At, CheckIn, Deal, NextStep, Reason, Renewal, read_step
from pipeline_cli.commands.touch_beside import (
    Confirm,
    Inbound,
    Outcome,
    Touch,
    as_captured,
    read_touch_beside,
)
from pipeline_cli.domain.deal.after_sale import WORDS, read_typed
from pipeline_cli.domain.deal.closing import plan_closing, refuse_closed
from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.deal.edits import Edit, LogTouchpoint, SetFields, SetFollowUp, SetNextStep
from pipeline_cli.domain.deal.people import refuse_do_not_contact
from pipeline_cli.domain.deal.steps import step_in_words
from pipeline_cli.domain.deal.typed import read_amount, read_won_reason
from pipeline_cli.domain.rules.exit_criteria import check_criteria, met_criteria, missing
from pipeline_cli.domain.rules.one_line import Beside, plan_beside
from pipeline_cli.domain.words.dates import dated, parse_at, refuse_future
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


def win(
    context: typer.Context,
    deal: Deal,
    value: Annotated[
        str | None, typer.Option("--value", "-v", metavar="AMOUNT", help="What it brings in the end.")
    ] = None,
    reason: Reason = None,
    check_in: CheckIn = None,
    renewal: Renewal = None,
    next_step: NextStep = None,
    log: Touch = None,
    inbound: Inbound = False,
    outcome: Outcome = None,
    confirm: Confirm = None,
    at: At = None,
) -> None:
    """Close a deal as won. Exit criteria of its stage that do not hold are named, not enforced: the buyer has decided.

    How it was won is told in the same line: pipeline win acme -v 15k --log call they take it --confirm signed=by post
    """
    workspace: Workspace = context.obj
    clock, playbook = workspace.clock, workspace.playbook
    when = parse_at(at, clock)
    dates = read_typed(check_in, renewal, clock.today)
    step = None if next_step is None else read_step(next_step, clock)
    touch = read_touch_beside(workspace, log, when or clock.now, inbound=inbound, outcome=outcome)
    if touch is not None:
        refuse_future(touch.touched_at, clock, "A touchpoint")
    with workspace.write("win") as change:
        record = read_record(change, find(change, deal))
        refuse_closed(record, f"It cannot be {'won again' if record.facts.status == 'won' else 'won'}")
        facts = record.facts
        why = read_won_reason(reason, playbook.won_reasons_in(playbook.pipeline_of(facts.pipeline)))
        because = f": {why}" if why else ""
        noted = f"; {step_in_words(step)}" if step else ""
        summary = f"won {facts.title}{because}{noted}{dated(when, clock)}"
        told = _tell(workspace, change, record, touch, Beside(confirm or (), at=when), summary)
        record = read_record(change, facts.id) if told else record
        edits: list[Edit] = []
        if value is not None:
            amount = read_amount(value, playbook, facts.currency)
            edits.append(SetFields(facts.id, {"value_cents": amount.cents, "currency": amount.currency}))
        stage = workspace.pipeline(facts.pipeline).stage(facts.stage)
        checked = check_criteria(stage, record, playbook, clock) if stage else ()
        met = met_criteria([(stage, checked)], clock.day(when or clock.now)) if stage else ()
        edits += plan_closing(record, "won", why, when, clock, met)
        edits += [SetFollowUp(facts.id, kind, day) for kind, day in dates.items() if day]
        edits += [SetNextStep(facts.id, *step)] if step else []
        lacking = missing(checked)
        change.apply(edits, summary)
    later = "".join(f" {WORDS[kind].capitalize()} on {day}." for kind, day in dates.items() if day)
    later += f" Next: {step_in_words(step)}." if step else ""
    workspace.confirm(" ".join([f"Won {facts.id}, {facts.title}{because}.{later}", *told]))
    if facts.value_cents is None and value is None:
        workspace.say(
            f"It has no value, so it counts as won but adds nothing: {workspace.command_name} edit {facts.id} --value 10k"
        )
    if lacking:
        workspace.say(
            f"Not met on leaving {stage.name if stage else facts.stage}: {'; '.join(one.text for one in lacking)}."
        )


def _tell(
    workspace: Workspace,
    change: "Change",
    record: DealRecord,
    touch: LogTouchpoint | None,
    typed: Beside,
    summary: str,
) -> list[str]:
    """What led to it is in the record before the criteria are looked at. What is said of it."""
    if touch is None and not typed.confirm:
        return []
    beside = plan_beside(record, typed, workspace.playbook)
    edits, said, noted = list[Edit](), list[str](), list[str]()
    if touch is not None:
        if touch.direction == "out":
            refuse_do_not_contact(record)
        touch = touch._replace(deal_id=record.facts.id)
        _, touch, logged, captured = as_captured(workspace, change, record, touch)
        edits.append(logged)
        said += [f"Logged {touch.kind} ({touch.direction}).", *captured]
        noted.append(f"logged {touch.kind} {touch.direction}")
    change.apply([*edits, *beside.edits], "; ".join([summary, *noted, *beside.noted]))
    return [*said, *beside.said]
