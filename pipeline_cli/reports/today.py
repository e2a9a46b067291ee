"""`today`: what to do now, open deals and closed ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta

from pipeline_cli.domain.deal.after_sale import SHOWN_DAYS, DueFollowUp
from pipeline_cli.domain.deal.touch_sense import is_live
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.agenda import Day, Task, plan_day
from pipeline_cli.domain.rules.choices import Choice, spelled_out, step_choices
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted, long_day, short_day, unknown_word
from pipeline_cli.output.report import CODE, DATE, ID, MONEY, NUMBER, Column, Report, Section, Strong, reading
from pipeline_cli.reports.rows import PIPELINE_ID, in_home_currency, naming_pipelines
from pipeline_cli.reports.snapshot import PipelineSnapshot, Snapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.after_sale import read_due_closed_steps, read_due_follow_ups
from pipeline_cli.storage.record.facts import read_attempts
from pipeline_cli.storage.record.kept import read_last_review_at
from pipeline_cli.storage.record.operations import read_last_of
from pipeline_cli.storage.record.people import read_silenced
from pipeline_cli.workspace import Workspace


def due_follow_ups(snapshot: PipelineSnapshot) -> list[tuple[ScoredDeal, DueFollowUp]]:
    """Those that are due soon or were due, each with its won deal; most days there is none, and one query says so."""
    until = {kind: snapshot.clock.today + timedelta(days=days) for kind, days in SHOWN_DAYS.items()}
    due = read_due_follow_ups(snapshot.reader, snapshot.pipeline.id, until)
    deals = {deal.facts.id: deal for deal in _score({one.deal_id for one in due}, snapshot)}
    return [(deals[one.deal_id], one) for one in due]


def due_closed_steps(snapshot: PipelineSnapshot) -> list[ScoredDeal]:
    """The closed deals whose next step is due or was."""
    return _score(read_due_closed_steps(snapshot.reader, snapshot.pipeline.id, snapshot.clock.today), snapshot)


def _score(numbers: Collection[int], snapshot: PipelineSnapshot) -> list[ScoredDeal]:
    if not numbers:
        return []
    from pipeline_cli.storage.record.facts import read_facts

    return [ScoredDeal(fact, snapshot) for fact in read_facts(snapshot.reader, numbers=numbers)]


COLUMNS = (
    Column("id", "#", ID, 0, "The deal's number", value="deal.facts.id"),
    Column("title", "Title", priority=0, meaning="What is being sold", value="deal.facts.title"),
    Column("stage", "Stage", priority=3, meaning="Where it stands", value="deal.facts.stage"),
    Column("why", "Why", priority=0, meaning="The reason, with its number", least=28),
    Column("due", "Due", DATE, 1, "The day it was or is due"),
    Column("value", "Value", MONEY, 4, "What the deal is worth, in the file's currency", value="deal.home_cents"),
    Column(
        "next_step", "Next step", priority=6, meaning="The next step it has", shown=False, value="deal.facts.next_step"
    ),
    Column("age_hours", "Hours", NUMBER, 5, "How long somebody has been waiting", shown=False),
    Column("command", "Command", shown=False, meaning="What to type"),
    Column(
        "typed", "pipeline …", CODE, 0, "What to type, after the name of the program", machine=False, value="command"
    ),
    PIPELINE_ID._replace(value="deal.facts.pipeline"),
)

_NO_DEALS = 'No open deals. `pipeline add "Acme: workshop" --value 12k` adds one.'
_WEEK = 7
_LINES_AROUND = 11
"""On a screen: title, heading, last line, notes and the prompt that follows, with the empty lines between."""
_NARROW = 80
_FEWEST_ROWS = 5
_ROOM_FOR_A_DATE = len("last chance until 16 Oct (draft of 10 Oct)")


class Plan(NamedTuple):
    """What there is to do."""

    tasks: list[Task]
    """The most urgent first."""
    has_deals: bool
    """There is an open deal, or a closed one to come back to."""
    without_next_step: int
    """Open deals without a next step, snoozed ones aside."""


def plan_tasks(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], stage: str | None = None) -> Plan:
    """What there is to do.

    `stage` is a word for the one stage whose deals are meant. Raises UsageError when there is none of that name.
    """
    stages = None if stage is None else _stages_named(stage, pipelines)
    days = [
        Day(
            one.open_deals,
            one.pipeline,
            one.playbook,
            one.clock,
            read_attempts(reader, one.pipeline.id),
            due_follow_ups(one),
            due_closed_steps(one),
            read_silenced(reader, one.pipeline.id),
        )
        for one in Snapshot(reader, workspace.playbook, pipelines).each
    ]
    tasks = [task for task in plan_day(days) if stages is None or _place_of(task.deal) in stages]
    deals = [deal for day in days for deal in day.deals if stages is None or _place_of(deal) in stages]
    without_next_step = sum(deal.has("no_next_step") for deal in deals)
    return Plan(tasks, any(day.deals or day.follow_ups or day.closed_steps for day in days), without_next_step)


def today_report(
    workspace: Workspace,
    reader: Reader,
    pipelines: Sequence[Pipeline],
    limit: int | None = None,
    stage: str | None = None,
    height: int | None = None,
) -> Report:
    """The agenda of one or several pipelines; `height`: lines of the terminal that all of it should fit on."""
    tasks, has_deals, without_next_step = plan_tasks(workspace, reader, pipelines, stage)
    if limit is None and height is not None:
        limit = _rows_on(height, tasks, pipelines, workspace, reader.clock.today)
        remedy = f"`{_all_of_it(workspace, pipelines, stage)}` shows them"
    else:
        remedy = "leave --limit away"
    shown = tasks[:limit]
    last_prune, last_review = read_last_of(reader, "prune"), read_last_review_at(reader)
    return Report(
        name="today",
        title=f"{reader.clock.today:%A}, {long_day(reader.clock.today)}",
        as_of=reader.clock.today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=workspace.playbook.currency,
        columns=_columns_for(shown, pipelines, workspace, reader.clock.today),
        rows=shown,
        extra={"last_prune": last_prune, "last_review": last_review},
        sections=_sections(shown, pipelines, reader.clock, last_prune, last_review, workspace) if has_deals else [],
        empty=_nothing_due(workspace, pipelines, stage, without_next_step) if has_deals else _NO_DEALS,
        notes=[f"{len(tasks) - len(shown):,} more: {remedy}."] if len(shown) < len(tasks) else [],
    )


def _columns_for(
    tasks: Sequence[Task], pipelines: Sequence[Pipeline], workspace: Workspace, today: date
) -> Sequence[Column]:
    """Whole is what is at stake: until when a last chance runs, and what you said when you put a deal to sleep."""
    is_long = any(task.why.startswith(("last chance until", "you said")) for task in tasks)
    columns = reading(
        COLUMNS,
        {
            "why": lambda task: Strong(task.why) if task.due is not None and task.due < today else task.why,
            "command": lambda task: f"{workspace.command_name} {task.command}",
        },
    )
    return naming_pipelines(
        in_home_currency(
            [
                column._replace(least=_ROOM_FOR_A_DATE) if is_long and column.key == "why" else column
                for column in columns
            ],
            workspace.playbook,
        ),
        pipelines,
        before="stage",
        name=lambda task: workspace.playbook.pipeline_of(task.deal.facts.pipeline).name,
    )


def _all_of_it(workspace: Workspace, pipelines: Sequence[Pipeline], stage: str | None) -> str:
    only = pipelines[0].id if len(pipelines) < len(workspace.playbook.pipelines) else None
    words = ["today", "--all", *(("--pipeline", only) if only else ()), *(("--stage", stage) if stage else ())]
    return command_line(workspace.command_name, *words)


def _scope_of_list(workspace: Workspace, pipelines: Sequence[Pipeline]) -> list[str]:
    """The options that have `list` look at the same pipelines: it shows the first one unless told otherwise."""
    if len(pipelines) > 1:
        return ["--all-pipelines"]
    is_default = pipelines[0].id == workspace.playbook.default_pipeline.id
    return [] if is_default else ["--pipeline", pipelines[0].id]


def _nothing_due(workspace: Workspace, pipelines: Sequence[Pipeline], stage: str | None, without_next_step: int) -> str:
    if without_next_step == 0:
        return "Nothing is due today."
    have = "has" if without_next_step == 1 else "have"
    words = ["list", "flag=no_next_step", *([f"stage={stage}"] if stage else []), *_scope_of_list(workspace, pipelines)]
    remedy = f"`{command_line(workspace.command_name, *words)}` shows which"
    return f"Nothing is due today, but {counted(without_next_step, 'open deal')} {have} no next step: {remedy}."


def _stages_named(word: str, pipelines: Sequence[Pipeline]) -> set[tuple[str, str]]:
    """(pipeline, stage)"""
    found = {(pipeline.id, stage.id) for pipeline in pipelines if (stage := pipeline.find_stage(word)) is not None}
    if not found:
        raise unknown_word("stage", word, (stage for pipeline in pipelines for stage in pipeline.stage_ids))
    return found


def _place_of(deal: ScoredDeal) -> tuple[str, str]:
    return deal.facts.pipeline, deal.facts.stage


def _rows_on(
    height: int, tasks: Sequence[Task], pipelines: Sequence[Pipeline], workspace: Workspace, today: date
) -> int:
    """How many rows leave everything else of the report on the screen, which says more the more rows there are."""
    room = height - _LINES_AROUND
    for rows in range(room, _FEWEST_ROWS, -1):
        shown = tasks[:rows]
        parts = [[*_next_actions(shown, pipelines)], *_otherwise(shown, workspace, today).values()]
        if rows + sum(2 + sum(1 + len(line) // _NARROW for line in lines) for lines in parts if lines) <= room:
            return rows
    return _FEWEST_ROWS


def _sections(
    tasks: Sequence[Task],
    pipelines: Sequence[Pipeline],
    clock: Clock,
    last_prune: datetime | None,
    last_review: datetime | None,
    workspace: Workspace,
) -> list[Section]:
    helpful = list(_next_actions(tasks, pipelines))
    last = f"Last prune: {_ago(last_prune, clock)}. Last review: {_ago(last_review, clock)}."
    return [
        *([Section("What to do where no next step is set", lines=helpful)] if helpful else []),
        *(Section(title, lines=lines) for title, lines in _otherwise(tasks, workspace, clock.today).items() if lines),
        Section("", lines=[last]),
    ]


def _next_actions(tasks: Sequence[Task], pipelines: Sequence[Pipeline]) -> Iterator[str]:
    """Of each stage in which an open deal of the list has no next step."""
    listed = (task.deal.facts for task in tasks)
    without_next_step = {
        (deal.pipeline, deal.stage) for deal in listed if deal.status == "open" and deal.next_step is None
    }
    for pipeline in pipelines:
        for stage in pipeline.stages:
            if (pipeline.id, stage.id) in without_next_step and stage.next_actions:
                name = stage.name if len(pipelines) == 1 else f"{pipeline.name}, {stage.name}"
                yield f"{name}: {'; '.join(stage.next_actions)}."


def _otherwise(tasks: Sequence[Task], workspace: Workspace, today: date) -> dict[str, list[str]]:
    """What to type where it was not as the command of the row has it: the table has room for one."""
    program = workspace.command_name
    return {
        "Overdue, done or not": _done_or_not(tasks, program, today),
        "If nobody is there": _nobody_there(tasks, program, workspace.playbook),
        "To try again": _to_reopen(tasks, program),
    }


def _done_or_not(tasks: Sequence[Task], program: str, today: date) -> list[str]:
    named = [
        (f"{facts.title}, due {short_day(task.due, today)}", step_choices(facts.id))
        for task in tasks
        if (facts := task.deal.facts).status == "open"
        and task.due is not None
        and task.due < today
        and task.command == step_choices(facts.id)[0].command
    ]
    return spelled_out(named, program, most=1)


def _nobody_there(tasks: Sequence[Task], program: str, playbook: Playbook) -> list[str]:
    """To log a call says that you spoke."""
    live = [kind for kind in playbook.touchpoint_kinds if is_live(kind, playbook.conversations)]
    calls = [
        task.command
        for task in tasks
        if task.command in (command_line("log", str(task.deal.facts.id), kind) for kind in live)
    ]
    more = ", and so with the others" if len(calls) > 1 else ""
    return [f"`{program} {calls[0]} --no-answer`{more}."] if calls else []


def _to_reopen(tasks: Sequence[Task], program: str) -> list[str]:
    """Both ways out of what is due on a deal that was given up."""
    named = []
    for task in tasks:
        facts = task.deal.facts
        if facts.status in ("lost", "disqualified"):
            again = Choice(f"reopen {facts.id}", "if it is on again"), Choice(f"done {facts.id}", "if it is not")
            named.append((facts.title, again))
    return spelled_out(named, program, most=3)


def _ago(instant: datetime | None, clock: Clock) -> str:
    if instant is None:
        return "never (due)"
    days = clock.days_since(instant)
    said = {0: "today", 1: "yesterday"}.get(days, f"{days:,} days ago")
    return f"{said} (due)" if days > _WEEK else said
