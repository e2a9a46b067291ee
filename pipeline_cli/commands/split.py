"""`pipeline split`: one deal becomes two, both with the whole history."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import Deal, joined
from pipeline_cli.domain.deal.merge import plan_split, worth_in_words
from pipeline_cli.domain.deal.steps import step_in_words
from pipeline_cli.domain.deal.typed import read_amount
from pipeline_cli.domain.words.text import accept_filled
from pipeline_cli.storage.merging import store_split
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def split(
    context: typer.Context,
    deal: Deal,
    title: Annotated[list[str], typer.Argument(metavar="TITLE...", help="What the new deal sells.")],
    value: Annotated[
        str, typer.Option("--value", "-v", metavar="AMOUNT", help="What it is worth, in the deal's currency.")
    ],
    keep_value: Annotated[
        bool, typer.Option("--keep-value", help="DEAL stays worth what it is, instead of less by that.")
    ] = False,
) -> None:
    """Make two deals of one, both with the whole history; DEAL is worth less by the value of the new one."""
    workspace: Workspace = context.obj
    name = accept_filled(joined(title) or "", "The title")
    with workspace.write("split") as change:
        record = read_record(change, find(change, deal))
        facts = record.facts
        amount = read_amount(value, workspace.playbook, facts.currency)
        plan = plan_split(record, name, amount, keeps_value=keep_value)
        worth, left = (worth_in_words(cents, facts.currency) for cents in (plan.value_cents, plan.left_cents))
        new = store_split(change, plan, f"split {name}, {worth}, off deal {facts.id}, {facts.title}")
    if amount.rounded:
        workspace.say(f"The value was rounded to {amount.cents / 100:.2f}.")
    workspace.confirm(f"Split off {new}, {name}: {worth}. {facts.id}, {facts.title}: {left}.", new)
    if record.steps:
        what = "The next step stays" if len(record.steps) == 1 else "The next steps stay"
        workspace.say(f"{what} with {facts.id}: {'; '.join(map(step_in_words, record.steps))}.")
    workspace.say(f"`{workspace.command_name} undo` makes them one again.")
