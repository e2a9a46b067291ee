"""`pipeline next`: the one thing to do next on a deal."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.options import asleep_in_words
from pipeline_cli.commands.several import AllMatching, Named, Planned, Yes, change_deals, split_names
from pipeline_cli.domain.deal.deal import DealFacts, DealRecord
from pipeline_cli.domain.deal.edits import SetNextStep
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import parse_date
from pipeline_cli.domain.words.text import accept_filled
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


def next(  # noqa: A001 - the word people type
    context: typer.Context,
    deal: Annotated[
        str, typer.Argument(metavar="DEAL...", help="One or several; with --all-matching a filter, as `list` has it.")
    ],
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="DATE [TEXT]...",
            help="When: tomorrow, friday, 3d, 2026-12-01; and what to do; without it, the same on another day.",
        ),
    ],
    all_matching: AllMatching = False,
    yes: Yes = False,
) -> None:
    """Set the next step of a deal, open or closed, in place of the one it has.

    pipeline next acme next friday send the offer; pipeline next 75 80 3d call them
    """
    workspace: Workspace = context.obj
    names, due, text = split_names(workspace, "next", [deal, *words])
    day = parse_date(due, workspace.clock.today)
    given = None if text is None else accept_filled(text, "The next step")

    def plan(_: "Change", record: DealRecord) -> Planned:
        facts = record.facts
        what = given or _same(facts)
        late = f" (that day is past: today is {workspace.clock.today})" if day < workspace.clock.today else ""
        closed = "" if facts.status == "open" else f", which is {facts.status}"
        said = f"Next on {facts.id}, {facts.title}{closed}: {what}, due {day}{late}.{_before(facts, given)}"
        return Planned(
            [SetNextStep(facts.id, what, day)],
            f"next step of {facts.title}: {what}, due {day}",
            [said, *asleep_in_words(workspace, facts)],
        )

    change_deals(workspace, "next", Named(names, all_matching, yes), plan)


def _before(facts: DealFacts, given: str | None) -> str:
    if facts.next_step is None:
        return ""
    return (
        f" In place of: {facts.next_step}, due {facts.next_step_due}." if given else f" It was {facts.next_step_due}."
    )


def _same(facts: DealFacts) -> str:
    """The step it has. Raises UsageError when it has none."""
    if facts.next_step is None:
        raise UsageError(f"TEXT is missing: deal {facts.id} has no next step yet, so say what to do.")
    return facts.next_step
