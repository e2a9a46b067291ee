"""`pipeline confirm`: vouching for an exit criterion that no record can show."""

from typing import Annotated

import typer

from pipeline_cli.commands.options import Deal, joined
from pipeline_cli.domain.deal.edits import ConfirmCriterion, Edit, RevokeConfirmation
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.rules.exit_criteria import find_criterion
from pipeline_cli.domain.words.text import accept_or_none, quoted
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace


def confirm(
    context: typer.Context,
    deal: Deal,
    criterion: Annotated[
        str, typer.Argument(metavar="CRITERION", help="The id of the criterion, as `pipeline show DEAL` prints it.")
    ],
    text: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", help="How you know.")] = None,
    evidence: Annotated[str | None, typer.Option(metavar="TEXT", help="The same.")] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take the confirmation back.")] = False,
) -> None:
    """Vouch for an exit criterion, or take it back."""
    workspace: Workspace = context.obj
    typed = joined(text)
    if typed is not None and evidence is not None:
        raise UsageError(f"{quoted(typed)} and --evidence {quoted(evidence)} are both how you know: give one of them.")
    known = accept_or_none(evidence if typed is None else typed, "The evidence")
    with workspace.write("confirm") as change:
        record = read_record(change, find(change, deal))
        facts = record.facts
        pipeline = workspace.pipeline(facts.pipeline)
        stage, found = find_criterion(pipeline, facts.stage, criterion)
        is_confirmed = any(
            (confirmation.stage, confirmation.criterion) == (stage.id, found.id)
            for confirmation in record.confirmations
        )
        if revoke and not is_confirmed:
            raise RuleError(
                f"{found.id} of {stage.name} is not confirmed on deal {facts.id}: there is nothing to revoke."
            )
        edit: Edit = (
            RevokeConfirmation(facts.id, stage.id, found.id)
            if revoke
            else ConfirmCriterion(facts.id, stage.id, found.id, known)
        )
        verb = "revoked" if revoke else "confirmed"
        change.apply([edit], f"{verb} {stage.id}.{found.id} on {facts.title}")
    workspace.confirm(f"{verb.capitalize()} on {facts.id}, {facts.title}: {found.text}.")
