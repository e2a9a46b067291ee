"""`today`: what to do now."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.agenda import Day, Task, plan_day
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.output.report import DATE, ID, MONEY, NUMBER, Column, Report
from pipeline_cli.reports.picture import take_picture
from pipeline_cli.storage.operations import read_last_of
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number"),
    Column("title", "Title", priority=0, meaning="What is being sold"),
    Column("stage", "Stage", priority=3, meaning="Where it stands"),
    Column("why", "Why", priority=0, meaning="The reason, with its number"),
    Column("due", "Due", DATE, 2, "The day it was or is due"),
    Column("value", "Value", MONEY, 2, "What the deal is worth, in the file's currency"),
    Column("next_step", "Next step", priority=6, meaning="The next step it has", shown=False),
    Column("age_hours", "Hours", NUMBER, 5, "How long somebody has been waiting", shown=False),
)

_PRUNE_EVERY_DAYS = 7


def today_report(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], limit: int | None = None
) -> Report:
    """The agenda of one or several pipelines, the most urgent first."""
    pictures = [take_picture(reader, workspace.playbook, pipeline) for pipeline in pipelines]
    days = [Day(one.open_deals, one.pipeline, workspace.playbook, reader.clock) for one in pictures]
    tasks = plan_day(days)
    is_empty = not any(day.deals for day in days)
    shown = tasks if limit is None else tasks[:limit]
    last_prune = read_last_of(reader, "prune")
    notes = [f"{len(tasks) - len(shown)} more: leave --limit away."] if len(shown) < len(tasks) else []
    if shown:
        notes.append(f"First deal {shown[0].deal.facts.id}; then type: {workspace.command_name} {shown[0].command}")
    if not is_empty and (last_prune is None or reader.clock.days_since(last_prune) > _PRUNE_EVERY_DAYS):
        when = "never" if last_prune is None else f"{reader.clock.days_since(last_prune)} days ago"
        notes.append(f"Last pruned: {when}. `pipeline prune` shows what is dead.")
    return Report(
        name="today",
        title=f"{reader.clock.today:%A}, {reader.clock.today.day} {reader.clock.today:%B %Y}",
        as_of=reader.clock.today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[_row(task) for task in shown],
        extra={"last_prune": last_prune, "last_review": None},
        empty='No open deals. `pipeline add "Acme: workshop" --value 12k` adds one.' if is_empty
        else "Nothing is due today.",
        notes=notes,
    )  # fmt: skip


def _row(task: Task) -> dict[str, object]:
    facts = task.deal.facts
    return {
        "id": facts.id,
        "title": facts.title,
        "stage": facts.stage,
        "why": task.why,
        "due": task.due,
        "value": task.deal.home_cents,
        "next_step": facts.next_step,
        "age_hours": task.age_hours,
    }
