"""`pipeline win`: the deal is won."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import At, CheckIn, Deal, NextStep, Renewal, read_step
from pipeline_cli.domain.deal.after_sale import WORDS, read_typed
from pipeline_cli.domain.deal.closing import plan_closing
from pipeline_cli.domain.deal.edits import Edit, SetFields, SetFollowUp, SetNextStep
from pipeline_cli.domain.deal.steps import step_in_words
from pipeline_cli.domain.deal.typed import read_amount
from pipeline_cli.domain.rules.exit_criteria import check_criteria, met_criteria, missing
from pipeline_cli.domain.words.dates import dated, parse_at
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def win(
    context: typer.Context,
    deal: Deal,
    value: Annotated[
        str | None, typer.Option("--value", "-v", metavar="AMOUNT", help="What it brings in the end.")
    ] = None,
    check_in: CheckIn = None,
    renewal: Renewal = None,
    next_step: NextStep = None,
    at: At = None,
) -> None:
    """Close a deal as won. Exit criteria of its stage that do not hold are named, not enforced: the buyer has decided."""
    workspace: Workspace = context.obj
    clock, playbook = workspace.clock, workspace.playbook
    when = parse_at(at, clock)
    dates = read_typed(check_in, renewal, clock.today)
    step = None if next_step is None else read_step(next_step, clock)
    with workspace.write("win") as change:
        record = read_record(change, find(change, deal))
        facts = record.facts
        edits: list[Edit] = []
        if value is not None:
            amount = read_amount(value, playbook, facts.currency)
            edits.append(SetFields(facts.id, {"value_cents": amount.cents, "currency": amount.currency}))
        stage = workspace.pipeline(facts.pipeline).stage(facts.stage)
        checked = check_criteria(stage, record, playbook, clock) if stage else ()
        met = met_criteria([(stage, checked)], clock.day(when or clock.now)) if stage else ()
        edits += plan_closing(record, "won", None, when, clock, met)
        edits += [SetFollowUp(facts.id, kind, day) for kind, day in dates.items() if day]
        edits += [SetNextStep(facts.id, *step)] if step else []
        lacking = missing(checked)
        noted = f"; {step_in_words(step)}" if step else ""
        change.apply(edits, f"won {facts.title}{noted}{dated(when, clock)}")
    later = "".join(f" {WORDS[kind].capitalize()} on {day}." for kind, day in dates.items() if day)
    later += f" Next: {step_in_words(step)}." if step else ""
    workspace.confirm(f"Won {facts.id}, {facts.title}.{later}")
    if facts.value_cents is None and value is None:
        workspace.say(
            f"It has no value, so it counts as won but adds nothing: {workspace.command_name} edit {facts.id} --value 10k"
        )
    if lacking:
        workspace.say(
            f"Not met on leaving {stage.name if stage else facts.stage}: {'; '.join(one.text for one in lacking)}."
        )
