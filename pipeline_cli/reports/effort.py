"""`lessons --effort` and `--capacity`: where one's own touchpoints went, what came back, and how many deals they carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline_cli.domain.lessons.effort import (
    ENOUGH,
    REPLY_DAYS,
    WEEKS,
    Capacity,
    EffortRow,
    StageCapacity,
    Waste,
    add_waste,
    by_hour,
    by_weekday,
    sum_by,
    sum_waste,
    weigh_capacity,
)
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.grouping import Scope
from pipeline_cli.domain.words.text import counted, long_day
from pipeline_cli.output.report import COUNT, NUMBER, PERCENT, Column, Report, Section
from pipeline_cli.reports.funnel import rate
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.effort import (
    Touches,
    read_spent,
    read_spent_by_time,
    read_stage_work,
    read_waste,
    read_weeks,
)
from pipeline_cli.workspace import Workspace

_HEADINGS = {"kind": "Kind", "source": "Source", "stage": "Stage", "weekday": "Weekday", "hour": "Hour"}


class _Named(NamedTuple):
    """A row of the report."""

    row: EffortRow
    name: str


def interval_words(low: float | None, high: float | None) -> str:
    """`28–72%`; nothing without one."""
    from pipeline_cli.output.numbers import percent

    return "" if low is None or high is None else f"{percent(low).rstrip('%')}–{percent(high)}"


def _reply_rate(one: _Named) -> float | None:
    return rate(one.row.reply_rate, one.row.spent.judged)


COLUMNS = (
    Column("of", "By", priority=0, meaning="kind, source, stage, weekday or hour", value="row.of"),
    Column("value", shown=False, meaning="As it is stored; null: not known", value="row.value"),
    Column("name", "What", priority=0, machine=False, meaning="Its name"),
    Column(
        "touches", "Touches", COUNT, 0, "Touchpoints of ours, automatic replies left out", value="row.spent.touches"
    ),
    Column(
        "conversations",
        "Talks",
        COUNT,
        2,
        "Of those, conversations: both sides took part",
        value="row.spent.conversations",
    ),
    Column(
        "judged",
        shown=False,
        meaning=f"Of those that say they were ours, the ones at least {REPLY_DAYS} days old",
        value="row.spent.judged",
    ),
    Column(
        "answered",
        shown=False,
        meaning=f"Of the judged ones: conversations, and those answered within {REPLY_DAYS} days, before the next",
        value="row.spent.answered",
    ),
    Column(
        "reply_rate",
        "Answered",
        PERCENT,
        1,
        "answered ÷ judged; under 5 it says n",
        value=_reply_rate,
    ),
    Column(
        "low", shown=False, kind=PERCENT, meaning="Lower end of its interval", value=lambda one: one.row.interval[0]
    ),
    Column(
        "high", shown=False, kind=PERCENT, meaning="Upper end of its interval", value=lambda one: one.row.interval[1]
    ),
    Column(
        "interval",
        "95 %",
        priority=2,
        machine=False,
        meaning="Low to high: exact (Clopper and Pearson), 95 %, each touchpoint by itself",
        value=lambda one: interval_words(*one.row.interval),
    ),
    Column(
        "on_closed",
        "On closed",
        COUNT,
        3,
        "Of the touches, those on deals that are closed",
        value="row.spent.on_closed",
    ),
    Column(
        "for_nothing",
        "For nothing",
        COUNT,
        1,
        "Of those, on lost and disqualified deals",
        value="row.spent.for_nothing",
    ),
    Column("wasted", "Wasted", PERCENT, 1, "for nothing ÷ on closed", value="row.wasted"),
)
_SHOWN = [column for column in COLUMNS if column.key != "of"]

WORDS = {
    "touchpoints of ours": "what is not known to be theirs, automatic replies and inferred ones left out",
    "stage": "the one the deal stood in then",
    "weekday, hour": "in the zone of pipeline.yaml; a day without a time has no hour",
    "never qualified": "lost or disqualified before it passed the stage that asks for qualification",
    "--since": "touchpoints of that day or later",
}


def waste_of(reader: Reader, pipelines: Sequence[Pipeline], scope: Scope) -> Waste:
    """Touchpoints of ours by what became of the deal, over some pipelines."""
    parts = []
    for pipeline in pipelines:
        place = pipeline.qualifying_position
        qualified = None if place is None else pipeline.stage_ids[place + 1 :]
        counts = read_waste(reader, Touches(pipeline.id, scope.since), qualified)
        parts.append(sum_waste(counts, asks=place is not None))
    return add_waste(parts)


def waste_json(waste: Waste) -> dict[str, Any]:
    """For machines."""
    return {**waste._asdict(), "closed": waste.closed, "for_nothing": waste.for_nothing}


def waste_lines(waste: Waste) -> Iterator[str]:
    """`375 of your 584 touchpoints on closed deals (64%) were for nothing: 346 on lost deals …`"""
    from pipeline_cli.output.numbers import percent

    if not waste.closed:
        return
    share = percent(waste.for_nothing / waste.closed)
    if not waste.for_nothing:
        yield f"All of your {counted(waste.closed, 'touchpoint')} on closed deals went to deals that were won."
        return
    never = waste.never_qualified
    aside = f", {waste.disqualified:,} on disqualified ones" if waste.disqualified else ""
    never_words = f"; {never:,} of them on deals that never qualified" if never else ""
    yield (
        f"{waste.for_nothing:,} of your {counted(waste.closed, 'touchpoint')} on closed deals ({share}) were for nothing: "
        f"{waste.lost:,} on lost deals{aside}{never_words}."
    )


def effort_report(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], scope: Scope) -> Report:
    """By kind, source, stage, weekday and hour; `scope.since` is of the touchpoints."""
    playbook = workspace.playbook
    only = pipelines[0] if len(pipelines) == 1 else None
    touches = Touches(only.id if only else None, scope.since)
    rows = _rows(reader, touches, playbook, only)
    waste = waste_of(reader, pipelines, scope)
    since = "" if scope.since is None else f", from {reader.clock.day(scope.since)}"
    lines = list(waste_lines(waste))
    if rows and not rows[0].row.knows_replies:
        lines.append(
            "No touchpoint of yours is followed by one of theirs in the record, so nobody knows what was answered."
        )
    return Report(
        name="lessons",
        title=f"{only.name if only else 'Every pipeline'}: effort, {long_day(reader.clock.today)}{since}",
        as_of=reader.clock.today,
        pipeline=only.id if only else None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=rows,
        extra={"effort": waste_json(waste)},
        sections=[
            *(
                Section(f"By {of}", [_SHOWN[0], _SHOWN[1]._replace(heading=heading), *_SHOWN[2:]], own)
                for of, heading in _HEADINGS.items()
                if (own := [row for row in rows if row.row.of == of])
            ),
            Section("What it was for", lines=lines),
        ]
        if rows
        else [],
        empty="No touchpoint of ours yet: `pipeline log DEAL call` keeps one.",
        rows_drawn=False,
        definitions=WORDS,
    )


def _rows(reader: Reader, touches: Touches, playbook: Playbook, only: Pipeline | None) -> list[_Named]:
    spent = read_spent(reader, touches)
    knows = any(one.replied for *_, one in spent)
    times = read_spent_by_time(reader, touches)
    rows = sum_by("kind", [(kind, one) for kind, _, _, one in spent], knows_replies=knows)
    rows += sum_by("source", [(source, one) for _, source, _, one in spent], knows_replies=knows)
    if only is not None:
        by_stage = sum_by("stage", [(stage, one) for _, _, stage, one in spent], knows_replies=knows)
        places = {stage: place for place, stage in enumerate(only.stage_ids)}
        rows += sorted(by_stage, key=lambda row: places.get(str(row.value), len(places)))
    rows += by_weekday([(day, one) for day, _, one in times], knows_replies=knows)
    rows += by_hour([(at, one) for _, at, one in times], knows_replies=knows)
    return [_Named(row, _name_of(row, playbook, only)) for row in rows]


def _name_of(row: EffortRow, playbook: Playbook, only: Pipeline | None) -> str:
    if row.value is None:
        return "(none)"
    if row.of == "stage" and only is not None:
        return only.name_of(row.value)
    if row.of == "hour":
        return f"{row.value}:00"
    return playbook.kind_name(row.value) if row.of == "kind" else row.value


# Capacity

CAPACITY_COLUMNS = (
    Column("stage", shown=False, meaning="The stage's id in pipeline.yaml", value="row.stage"),
    Column("name", "Stage", priority=0, machine=False, meaning="The stage"),
    Column("open", "Open", COUNT, 0, "Open deals in it now, snoozed ones left out", value="row.open_deals"),
    Column("wip_limit", "Limit", COUNT, 1, "Its wip_limit in pipeline.yaml", value="row.wip_limit"),
    Column(
        "touches_per_deal_week",
        "A deal takes",
        NUMBER,
        1,
        "Touchpoints of ours a week that won deals took while they stood in it; "
        f"missing under {ENOUGH} of them, or where they stayed less than a week in all",
        value="row.touches_per_deal_week",
    ),
    Column("won_deals", "n", COUNT, 3, "Won deals that this rests on", value="row.won_deals"),
    Column(
        "touches_per_week",
        "You make",
        NUMBER,
        2,
        f"Touchpoints of ours a week on deals in it, mean of the last {WEEKS} full weeks",
        value="row.touches_per_week",
    ),
    Column(
        "needs",
        "They take",
        NUMBER,
        1,
        "Touchpoints a week that the open deals would take at that pace",
        value="row.needs",
    ),
    Column(
        "needs_at_limit", "At limit", NUMBER, 3, "The same, were it full to its wip_limit", value="row.needs_at_limit"
    ),
    Column(
        "carries",
        "Carries",
        COUNT,
        0,
        "Of the open deals that your usual touchpoints a week are enough for, spread as they are now, those in it",
        value="row.carries",
    ),
)


class _Stage(NamedTuple):
    """A row of the report."""

    row: StageCapacity
    name: str


def capacity_report(workspace: Workspace, reader: Reader, pipeline: Pipeline) -> Report:
    """How many open deals of one pipeline one's own touchpoints a week can carry."""
    since, by_week = read_weeks(reader, pipeline.id)
    work = read_stage_work(reader, pipeline.id, pipeline.stage_ids, since)
    capacity = weigh_capacity(work, by_week, {stage.id: stage.wip_limit for stage in pipeline.stages})
    return Report(
        name="lessons",
        title=f"{pipeline.name}: capacity, {long_day(reader.clock.today)}",
        as_of=reader.clock.today,
        pipeline=pipeline.id,
        currency=workspace.playbook.currency,
        columns=CAPACITY_COLUMNS,
        rows=[_Stage(row, pipeline.name_of(row.stage)) for row in capacity.stages] if by_week else [],
        extra={
            "capacity": {
                "weeks": capacity.weeks,
                "touches_per_week": capacity.touches_per_week,
                "open_deals": capacity.open_deals,
                "needs": capacity.needs,
                "carries": capacity.carries,
                "deals_at_limit": capacity.deals_at_limit,
                "needs_at_limit": capacity.needs_at_limit,
            }
        },
        sections=[Section("In all", lines=[*_capacity_lines(capacity)])] if by_week else [],
        empty="No full week with a touchpoint of ours yet: `pipeline log DEAL call` keeps one.",
        definitions={
            "pace": "that of the deals that were won: fewer touchpoints a deal may be enough, but nobody has seen it yet",
        },
    )


def _capacity_lines(capacity: Capacity) -> Iterator[str]:
    usual = capacity.touches_per_week or 0
    yield f"You make {usual:,.0f} touchpoints a week (median of {counted(capacity.weeks, 'full week')})."
    if capacity.carries is None:
        yield f"What a deal takes is not known: that takes {ENOUGH} won deals that stood in a stage, and open deals there."
        return
    yield (
        f"At the pace of the won ones, your {counted(capacity.open_deals, 'open deal')} would take {capacity.needs:,.0f} "
        f"a week: yours carry {capacity.carries:,}, spread as they are now."
    )
    if capacity.needs_at_limit:
        room = round(capacity.deals_at_limit * usual / capacity.needs_at_limit)
        yield (
            f"Full to their wip_limit the stages hold {counted(capacity.deals_at_limit, 'deal')}, which would take "
            f"{capacity.needs_at_limit:,.0f} a week: yours carry {room:,} of them."
        )
