"""`pipeline snooze`: a deal is silent until a day."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline_cli.commands.options import Reason
from pipeline_cli.commands.several import AllMatching, Named, Planned, Yes, change_deals, split_names
from pipeline_cli.domain.deal.deal import DealRecord
from pipeline_cli.domain.deal.snoozing import plan_snooze, refuse_past
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import parse_date
from pipeline_cli.domain.words.text import accept_or_none, quoted
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.storage.change import Change


def snooze(
    context: typer.Context,
    deal: Annotated[
        str, typer.Argument(metavar="DEAL...", help="One or several; with --all-matching a filter, as `list` has it.")
    ],
    words: Annotated[
        list[str],
        typer.Argument(metavar="DATE [TEXT]...", help="The day it comes back, and why; today wakes it."),
    ],
    reason: Reason = None,
    all_matching: AllMatching = False,
    yes: Yes = False,
) -> None:
    """Silence a deal until a day: out of idle, prune and work-in-progress counts; then it comes back by itself.

    pipeline snooze acme 30d board meets then; pipeline snooze stage=proposal idle>30 2w --all-matching
    """
    workspace: Workspace = context.obj
    today = workspace.clock.today
    names, until, text = split_names(workspace, "snooze", [deal, *words])
    day = refuse_past(parse_date(until, today), today)
    if text is not None and reason is not None:
        raise UsageError(f"{quoted(text)} and --reason {quoted(reason)} are both why: give one of them.")
    why = accept_or_none(reason if text is None else text, "The reason")

    def plan(_: "Change", record: DealRecord) -> Planned:
        planned = plan_snooze(record, day, why, today)
        return Planned(planned.edits, planned.noted, [f"{record.facts.id}, {record.facts.title}: {planned.said}"])

    change_deals(workspace, "snooze", Named(names, all_matching, yes), plan)
