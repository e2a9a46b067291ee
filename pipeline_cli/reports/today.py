"""`today`: what to do now, open deals and closed ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from pipeline_cli.config.defaults import TOUCHPOINT_KINDS
from pipeline_cli.domain.deal.after_sale import SHOWN_DAYS, DueFollowUp
from pipeline_cli.domain.deal.deal import DealFacts
from pipeline_cli.domain.deal.touch_sense import is_live
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.agenda import SECTIONS, Day, Task, is_to_be_woken, plan_day
from pipeline_cli.domain.rules.choices import Choice, spelled_out, step_choices
from pipeline_cli.domain.rules.prune import CLOSE, LAST_CHANCE
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.dates import period_of
from pipeline_cli.domain.words.names import begins_with_organization
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted, in_sentences, long_day, short_day, unknown_word
from pipeline_cli.output.report import (
    CODE,
    DATE,
    ID,
    MONEY,
    NUMBER,
    Cents,
    Column,
    Group,
    Report,
    Section,
    Strong,
    reading,
)
from pipeline_cli.reports.rows import PIPELINE_ID, STAGE_OF_DEAL, in_home_currency, naming_pipelines
from pipeline_cli.reports.snapshot import PipelineSnapshot, Snapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.after_sale import read_due_closed_steps, read_due_follow_ups
from pipeline_cli.storage.record.captured import (
    DeadAddress,
    LateWord,
    count_waiting,
    read_dead_addresses,
    read_late_words,
)
from pipeline_cli.storage.record.facts import read_attempts, read_done_since
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
    Column("who", "Who", priority=0, meaning="Whose deal it is, and whom to speak to", least=18, machine=False),
    Column("title", "Title", priority=5, meaning="What is being sold", value="deal.facts.title", least=18),
    STAGE_OF_DEAL._replace(priority=7),
    Column("why", "Why", priority=0, meaning="The reasons, the strongest first", least=30),
    Column("due", "Due", DATE, 6, "The day it was or is due"),
    Column("value", "Value", MONEY, 0, "What the deal is worth, in the file's currency", value="deal.home_cents"),
    Column(
        "next_step", "Next step", priority=8, meaning="The next step it has", shown=False, value="deal.facts.next_step"
    ),
    Column("age_hours", "Hours", NUMBER, 9, "How long somebody has been waiting", shown=False),
    Column("command", "Command", shown=False, meaning="What to type"),
    Column(
        "typed", "pipeline …", CODE, 0, "What to type, after the name of the program", machine=False, value="command"
    ),
    PIPELINE_ID._replace(value="deal.facts.pipeline"),
    Column("section", shown=False, meaning=f"What is at stake: {', '.join(SECTIONS)}"),
    Column("organization", shown=False, meaning="Whose deal it is", value="deal.facts.organization"),
    Column("contact", shown=False, meaning="Whom to speak to", value="deal.facts.contact"),
)

_NO_DEALS = 'No open deals. `pipeline add "Acme: workshop" --value 12k` adds one.'
_WEEK = 7
_LINES_AROUND = 6
"""On a screen: the title, the line about the last prune and review, the prompt, two empty lines, and what is left out."""
_HEADING = 2
"""The heading and its rule are left away where not all fits with them, and so are the empty lines between the sections."""
_NARROW = 80


class Dead(NamedTuple):
    """What is for `prune` to remove, which no row speaks of."""

    ids: Sequence[int]
    cents: int
    """In the file's currency."""


class Plan(NamedTuple):
    """What there is to do."""

    tasks: list[Task]
    """By section, in each what is most at stake first."""
    has_deals: bool
    """There is an open deal, or a closed one to come back to."""
    dead: Dead
    done: Mapping[str, int]
    """Kind of touchpoint that has a goal -> how many of them this week has seen."""


def plan_tasks(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], stage: str | None = None) -> Plan:
    """What there is to do.

    `stage` is a word for the one stage whose deals are meant. Raises UsageError when there is none of that name.
    """
    stages = None if stage is None else _stages_named(stage, pipelines)
    snapshots = Snapshot(reader, workspace.playbook, pipelines).each
    dead = [
        one.deal
        for snapshot in snapshots
        for one in snapshot.prune
        if one.step in (LAST_CHANCE, CLOSE) and not is_to_be_woken(one.deal.facts, snapshot.clock)
    ]
    numbers = {deal.facts.id for deal in dead}
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
            numbers,
        )
        for one in snapshots
    ]
    dead = [deal for deal in dead if stages is None or _place_of(deal) in stages]
    tasks = [task for task in plan_day(days) if stages is None or _place_of(task.deal) in stages]
    return Plan(
        tasks,
        any(day.deals or day.follow_ups or day.closed_steps for day in days),
        Dead([deal.facts.id for deal in dead], sum(deal.home_cents or 0 for deal in dead)),
        _done_this_week(workspace.playbook, reader),
    )


def _done_this_week(playbook: Playbook, reader: Reader) -> Mapping[str, int]:
    if not playbook.goals:
        return {}
    monday, _ = period_of(reader.clock.today, "week")
    done = read_done_since(reader, reader.clock.start_of(monday))
    return {kind: done[kind] for kind in playbook.goals}


def today_report(
    workspace: Workspace,
    reader: Reader,
    pipelines: Sequence[Pipeline],
    limit: int | None = None,
    stage: str | None = None,
    height: int | None = None,
) -> Report:
    """The agenda of one or several pipelines; `height`: lines of the terminal that all of it should fit on."""
    plan = plan_tasks(workspace, reader, pipelines, stage)
    playbook, today = workspace.playbook, reader.clock.today
    last_prune, last_review = read_last_of(reader, "prune"), read_last_review_at(reader)
    last = f"Last prune: {_ago(last_prune, reader.clock)}. Last review: {_ago(last_review, reader.clock)}."
    waiting, unreachable = count_waiting(reader), read_dead_addresses(reader)
    late = read_late_words(reader) if waiting else []
    captured = [
        *_late(late, reader.clock, workspace.command_name),
        *_captured(waiting, unreachable, workspace.command_name),
    ]
    lines = [*_look_dead(plan.dead, playbook, workspace, pipelines), *captured, last] if plan.has_deals else captured
    is_roomy = height is None or _lines_needed(plan.tasks, lines, is_roomy=True) + len(plan.tasks) <= height
    shown = plan.tasks[:limit]
    if limit is None and height is not None:
        shown = _on_the_screen(plan.tasks, height - _lines_needed(plan.tasks, lines, is_roomy=is_roomy))
    remedy = f"`{_all_of_it(workspace, pipelines, stage)}` shows them" if limit is None else "leave --limit away"
    left = len(plan.tasks) - len(shown)
    room = None if height is None else height - _lines_needed(shown, lines, is_roomy=is_roomy) - len(shown)
    title = f"{today:%A}, {long_day(today)}"
    goals = ", ".join(
        f"{plan.done[kind]:,} of {goal:,} {_several(kind, playbook)}" for kind, goal in playbook.goals.items()
    )
    return Report(
        name="today",
        title=f"{title} · {goals} this week" if goals else title,
        as_of=today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=playbook.currency,
        columns=_columns_for(plan.tasks, pipelines, workspace, today),
        rows=shown,
        groups=_groups(plan.tasks, shown),
        headed=is_roomy,
        extra={
            "last_prune": last_prune,
            "last_review": last_review,
            "dead": {"deals": len(plan.dead.ids), "value": Cents(plan.dead.cents), "ids": list(plan.dead.ids)},
            "captured": {
                "waiting": waiting,
                "wrote_to_lost": [one._asdict() for one in late],
                "unreachable": [one._asdict() for one in unreachable],
            },
            "goals": [{"kind": kind, "done": plan.done[kind], "goal": goal} for kind, goal in playbook.goals.items()],
        },
        sections=_sections(shown, lines, workspace, today, room) if lines else [],
        empty="Nothing is due today." if plan.has_deals else _NO_DEALS,
        notes=[f"{left:,} more: {remedy}."] if left else [],
    )


def _late(late: Sequence[LateWord], clock: Clock, program: str) -> Iterator[str]:
    """Who wrote to a deal that is lost: they wait, too."""
    for one in late[:_MOST_LATE]:
        when, title = short_day(clock.day(one.at), clock.today), in_sentences(one.title)
        yield f"{one.deal_id}, {title}, is lost, and they wrote ({when}): `{program} reopen {one.deal_id}`."
    if len(late) > _MOST_LATE:
        yield f"And to {counted(len(late) - _MOST_LATE, 'other lost deal')}: `{program} capture review`."


_MOST_LATE = 3


def _captured(waiting: int, unreachable: Sequence[DeadAddress], program: str) -> Iterator[str]:
    """What mail brought that somebody has to decide, and whom no mail reaches any more."""
    if waiting:
        yield f"{counted(waiting, 'captured item')} to decide: `{program} capture review`."
    if unreachable:
        one, more = unreachable[0], len(unreachable) - 1
        others = f" and {counted(more, 'other', 'others')}" if more else ""
        yield f"Mail to {one.name} (deal {one.deal_id}){others} comes back: `{program} contact show c{one.contact_id}`."


def _look_dead(dead: Dead, playbook: Playbook, workspace: Workspace, pipelines: Sequence[Pipeline]) -> list[str]:
    if not dead.ids:
        return []
    only = ("--pipeline", pipelines[0].id) if len(pipelines) < len(playbook.pipelines) else ()
    worth = f" worth {dead.cents / 100:,.0f}" if dead.cents else ""
    look = "looks" if len(dead.ids) == 1 else "look"
    command = command_line(workspace.command_name, "prune", *only)
    return [f"{counted(len(dead.ids), 'deal')}{worth} {look} dead: `{command}`."]


def _several(kind: str, playbook: Playbook) -> str:
    """`calls`; a word of the user's own stays as it is, whatever its language."""
    return f"{kind}s" if kind in TOUCHPOINT_KINDS and kind not in playbook.kind_names else playbook.kind_name(kind)


def _groups(tasks: Sequence[Task], shown: Sequence[Task]) -> list[Group]:
    """The sections that have rows; of one that is cut, how much is not shown and what it is worth."""
    groups = []
    for section, title in SECTIONS.items():
        every = [task for task in tasks if task.section == section]
        rows = sum(task.section == section for task in shown)
        cents = sum(task.deal.home_cents or 0 for task in every[rows:])
        rest = f" · {len(every) - rows:,} more" + (f", worth {cents / 100:,.0f}" if cents else "")
        if rows:
            groups.append(Group(title + (rest if rows < len(every) else ""), rows))
    return groups


def _lines_needed(tasks: Sequence[Task], lines: Sequence[str], *, is_roomy: bool) -> int:
    """All that stands around the rows."""
    sections = len({task.section for task in tasks})
    between = sections + _HEADING if is_roomy else 0
    return _LINES_AROUND + sections + between + sum(-(-len(line) // _NARROW) for line in lines) - 1


def _on_the_screen(tasks: Sequence[Task], room: int) -> list[Task]:
    """As many as there is room for: the first of each section, then who waits, then section by section."""
    first = {section: index for index, section in reversed([(i, task.section) for i, task in enumerate(tasks)])}
    chosen = set(first.values())
    for index in range(len(tasks)):
        if len(chosen) >= max(room, len(first)):
            break
        chosen.add(index)
    return [tasks[index] for index in sorted(chosen)]


def _columns_for(
    tasks: Sequence[Task], pipelines: Sequence[Pipeline], workspace: Workspace, today: date
) -> Sequence[Column]:
    """Whoever has several deals here is told apart by what is being sold."""
    names = Counter(map(_name_of, tasks))
    columns = reading(
        COLUMNS,
        {
            "who": lambda task: _who(task.deal.facts, several=names[_name_of(task)] > 1),
            "why": lambda task: Strong(task.why) if task.due is not None and task.due < today else task.why,
            "command": lambda task: f"{workspace.command_name} {task.command}",
        },
    )
    return naming_pipelines(
        in_home_currency(columns, workspace.playbook),
        pipelines,
        before="stage",
        name=lambda task: workspace.playbook.pipeline_of(task.deal.facts.pipeline).name,
    )


def _name_of(task: Task) -> str:
    facts = task.deal.facts
    return facts.organization or facts.title


def _who(facts: DealFacts, *, several: bool) -> str:
    """`Acme, Ann Lee`; without an organization the title says whose deal it is."""
    if facts.organization is None or (several and begins_with_organization(facts.title, facts.organization)):
        said = facts.title
    else:
        said = f"{facts.organization}: {facts.title}" if several else facts.organization
    is_named = facts.contact is None or re.search(rf"\b{re.escape(facts.contact)}\b", said, re.IGNORECASE)
    return said if is_named else f"{said}, {facts.contact}"


def _all_of_it(workspace: Workspace, pipelines: Sequence[Pipeline], stage: str | None) -> str:
    only = pipelines[0].id if len(pipelines) < len(workspace.playbook.pipelines) else None
    words = ["today", "--all", *(("--pipeline", only) if only else ()), *(("--stage", stage) if stage else ())]
    return command_line(workspace.command_name, *words)


def _stages_named(word: str, pipelines: Sequence[Pipeline]) -> set[tuple[str, str]]:
    """(pipeline, stage)"""
    found = {(pipeline.id, stage.id) for pipeline in pipelines if (stage := pipeline.find_stage(word)) is not None}
    if not found:
        raise unknown_word("stage", word, (stage for pipeline in pipelines for stage in pipeline.stage_ids))
    return found


def _place_of(deal: ScoredDeal) -> tuple[str, str]:
    return deal.facts.pipeline, deal.facts.stage


def _sections(
    tasks: Sequence[Task], lines: Sequence[str], workspace: Workspace, today: date, room: int | None
) -> list[Section]:
    """What is dead and when it was last looked for; before that, as far as there is room, the other ways."""
    sections = []
    for title, said in _otherwise(tasks, workspace, today).items():
        needed = 2 + sum(-(-len(line) // _NARROW) for line in said)
        if said and (room is None or room >= needed):
            sections.append(Section(title, lines=said))
            room = None if room is None else room - needed
    return [*sections, Section("", lines=lines)]


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
