"""`funnel`: what history says about each stage, whole or by group, as tables or as bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from pipeline_cli.domain.outcomes.funnel import (
    ENOUGH,
    DealCount,
    FunnelTotals,
    StageFunnel,
    Stays,
    funnel_of,
    has_losses,
    removed_stage,
    sum_up,
)
from pipeline_cli.domain.outcomes.history import (
    holds_buyers_alone,
    is_one_sided,
    no_losses_line,
    share,
    undated_json,
    undated_line,
)
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.grouping import BY_PIPELINE, UNGROUPED, Grouping, Scope, order_groups
from pipeline_cli.domain.words.text import counted, long_day
from pipeline_cli.output.numbers import json_row, json_rows
from pipeline_cli.output.report import (
    COUNT,
    DAYS,
    MONEY,
    PERCENT,
    TEXT,
    Bar,
    Column,
    Report,
    Section,
    ThinRate,
    amounts,
    figures,
    under,
)
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.funnel import read_cycles_by_group, read_deal_counts, read_removed_counts, read_stays
from pipeline_cli.storage.record.outcomes import read_undated
from pipeline_cli.workspace import Workspace

Plotted = tuple[str, Pipeline, Sequence[StageFunnel]]
"""The name of a group, its pipeline, and what it counts."""

_MEANING = (
    "Deals that reached the stage, and their share of those that reached the one before. "
    "A bar is their share of all that entered{of}."
)


def plot_section(parts: Sequence[Plotted], *, grouped: bool) -> Section:
    """The groups side by side under each stage; under each pipeline its stages, where these differ."""
    if not grouped:
        bars = [bar for _, bar in _steps(*parts[0])]
    elif len({pipeline.id for _, pipeline, _ in parts}) > 1:
        bars = [bar for part in parts for bar in [Bar(part[0]), *(_under(bar.label, bar) for _, bar in _steps(*part))]]
    else:
        bars = list(_by_stage(parts))
    return Section("How far deals get", lines=[_MEANING.format(of=" in the group" if grouped else "")], bars=bars)


def _by_stage(parts: Sequence[Plotted]) -> Iterator[Bar]:
    each = [(name, dict(_steps(name, pipeline, rows))) for name, pipeline, rows in parts]
    for stage, first in each[0][1].items() if each else ():
        yield Bar(first.label)
        yield from (_under(name, steps[stage]) for name, steps in each)


def _under(name: str, bar: Bar) -> Bar:
    return bar._replace(label=f"  {name}")


def _steps(_: str, pipeline: Pipeline, rows: Sequence[StageFunnel]) -> Iterator[tuple[str, Bar]]:
    """A bar for each stage that pipeline.yaml has, and one for what was won."""
    known = [row for row in rows if row.next is not None]
    start = known[0].entered if known else 0
    rate = None
    for row in known:
        yield row.stage, Bar(pipeline.name_of(row.stage), share(row.entered, start) or 0.0, row.entered, rate)
        rate = row.to_next
    if known:
        yield "won", Bar("Won", share(known[-1].won, start) or 0.0, known[-1].won, rate)


def _in_words(interval: Any) -> str:
    from pipeline_cli.output.numbers import percent

    low, high = interval.low, interval.high
    return "" if low is None or high is None else f"{percent(low)[:-1]}–{percent(high)}"


INTERVAL = Column(
    "interval",
    "80 %",
    TEXT,
    2,
    "Low to high: the true rate lies in it in eight of ten cases",
    machine=False,
    value=_in_words,
)

_OF_A_STAGE = (
    Column(
        "entered",
        "Entered",
        COUNT,
        0,
        "Deals that reached it: were ever in it or a later stage, or were won; "
        "skipping it counts, moving back takes nothing away",
    ),
    Column("next", "Next", COUNT, 8, "Of those, the deals that reached the next stage; for the last stage, those won"),
    Column("to_next", "To next", PERCENT, 1, "next ÷ entered: counts deals, never moves", bar=True),
    Column("won", "Won", COUNT, 4, "Of the deals that reached it, those won"),
    Column("lost", "Lost", COUNT, 3, "Of the deals that reached it, those lost"),
    Column("disqualified", "Disq.", COUNT, 5, "Of the deals that reached it, those disqualified: in entered, not lost"),
    Column("open", "Open", COUNT, 2, "Of the deals that reached it, those still open, wherever they are now"),
    Column(
        "win_rate_all",
        "Won of all",
        PERCENT,
        3,
        "won ÷ entered: open and disqualified deals in the denominator; missing where nothing was lost and most was won",
    ),
    Column(
        "win_rate_closed",
        "Win rate",
        PERCENT,
        1,
        f"won ÷ (won + lost): open and disqualified deals left out; under {ENOUGH} closed deals it says n",
        value=lambda row: rate(row.win_rate_closed, row.closed),
    ),
    Column(
        "low", "Low", PERCENT, meaning="Lower end of the 80 % interval of won ÷ (won + lost), Jeffreys", shown=False
    ),
    Column(
        "high", "High", PERCENT, meaning="Upper end of the 80 % interval of won ÷ (won + lost), Jeffreys", shown=False
    ),
    INTERVAL,
    Column(
        "visits",
        "Visits",
        COUNT,
        6,
        "Finished stays in it; a move to itself starts none, and one that an inferred move begins or ends is left out",
    ),
    Column("median_days", "Days", DAYS, 1, "Days in stage: median over the finished visits"),
    Column("open_visits", "Open visits", COUNT, 7, "Stays of open deals that are in it now, arrival known"),
    Column(
        "median_days_open",
        "So far",
        DAYS,
        2,
        "Days in stage: median over the open visits, up to now or the end of the day of --as-of",
    ),
    Column("won_value", "Won value", MONEY, 6, "Worth of the won deals that reached it"),
)
COLUMNS = (
    Column("stage", "Stage id", shown=False, meaning="The stage's id in pipeline.yaml", value="row.stage"),
    Column(
        "name",
        "Stage",
        priority=0,
        meaning="The stage; one that pipeline.yaml no longer has stands last, and counts the deals that were in it",
        machine=False,
        value="name",
    ),
    *under("row", _OF_A_STAGE),
)

GROUP_ID = Column(
    "group", "Group id", shown=False, meaning="The stored value, a month, a quarter; null: none", value="part.group"
)
_GROUPS = (
    Column("group"),
    *under(
        "totals",
        (
            *figures("deals", "won"),
            *amounts("won_value"),
            *figures("lost", "open"),
            Column("win_rate", value=lambda totals: rate(totals.win_rate, totals.won + totals.lost)),
            Column("cycle_median"),
        ),
    ),
)
_TOTALS = (
    *figures("deals", "won"),
    *amounts("won_value"),
    *figures("lost", "win_rate", "cycle_median", "cycle_mean", "cycle_p90"),
)


def name_of_group(by: Grouping) -> Column:
    """The column that names the groups."""
    heading = (by.name if by != UNGROUPED else "pipeline").replace("_", " ")
    return Column(
        "group_name",
        heading[:1].upper() + heading[1:],
        priority=0,
        machine=False,
        meaning="The group",
        value="part.name",
    )


def group_columns(by: Grouping) -> list[Column]:
    """The columns of the groups."""
    return [
        name_of_group(by)._replace(key="name", value="name"),
        *under(
            "totals",
            (
                Column("deals", "Deals", COUNT, 0, "Deals in the group"),
                Column("won", "Won", COUNT, 1, "Of them, those won"),
                Column("lost", "Lost", COUNT, 2, "Of them, those lost"),
                Column("open", "Open", COUNT, 3, "Of them, those still open"),
                Column(
                    "win_rate",
                    "Win rate",
                    PERCENT,
                    0,
                    "won ÷ (won + lost)",
                    value=lambda totals: rate(totals.win_rate, totals.won + totals.lost),
                ),
                Column("won_value", "Won value", MONEY, 2, "What the won ones were worth"),
                Column("cycle_median", "Cycle", DAYS, 3, "Median of closed − created, won deals only"),
            ),
        ),
    ]


def rate(share: float | None, n: int) -> float | None:
    """Greyed, and with its n, when it rests on too little."""
    return share if share is None or n >= ENOUGH else ThinRate(share, n)


WORDS = {
    "win rate": "won ÷ (won + lost); open and disqualified deals are in neither; missing where nothing was lost",
    "cycle": "closed − created of the won deals, in exact days; deals whose creation or closing is inferred are left out",
    "month, quarter, --from, --to": "of the creation (--cohort closed: of the closing), in the zone of pipeline.yaml; "
    "without such a date: null, and outside of --from and --to",
}


class Part(NamedTuple):
    """What one group counts, or the whole of an ungrouped funnel."""

    group: str | None
    name: str
    rows: Sequence[StageFunnel]
    pipeline: Pipeline
    totals: FunnelTotals
    counts: Sequence[DealCount]
    cycles: Sequence[float]


class _Placed(NamedTuple):
    """A row of the report: a stage of a group."""

    part: Part
    row: StageFunnel

    @property
    def name(self) -> str:
        stage = self.part.pipeline.stage(self.row.stage)
        return stage.name if stage else f"{self.row.stage} (not in pipeline.yaml)"


def funnel_report(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], scope: Scope, *, plot: bool = False
) -> Report:
    """One pipeline as a whole or by group; several pipelines are groups themselves."""
    playbook = workspace.playbook
    grouped = scope.by != UNGROUPED or len(pipelines) > 1
    parts = [part for pipeline in pipelines for part in _parts(reader, playbook, pipeline, scope)]
    counts = [count for part in parts for count in part.counts]
    cycles = sorted(days for part in parts for days in part.cycles)
    totals = sum_up(counts, cycles, playbook.in_home, rated=has_losses(counts))
    undated = read_undated(reader, [pipeline.id for pipeline in pipelines])
    extra: dict[str, Any] = {"totals": json_row(_TOTALS, totals), "undated": undated_json(undated)}
    left_out = undated_line(undated, "cycle and periods")
    sections = [Section("Totals", lines=[*_lines(totals, playbook.currency), *([left_out] if left_out else [])])]
    if grouped:
        extra["groups"] = json_rows(_GROUPS, parts)
        sections.insert(0, Section("By group", group_columns(scope.by), parts))
    if plot:
        sections.insert(0, plot_section([(part.name, part.pipeline, part.rows) for part in parts], grouped=grouped))
    pipeline = pipelines[0] if len(pipelines) == 1 else None
    return Report(
        name="funnel",
        title=f"{pipeline.name if pipeline else 'Every pipeline'}: funnel, {long_day(reader.clock.today)}"
        f"{describe_span(scope, reader.clock)}",
        as_of=reader.clock.today,
        pipeline=pipeline.id if pipeline else None,
        currency=playbook.currency,
        columns=[GROUP_ID, name_of_group(scope.by), *COLUMNS] if grouped else COLUMNS,
        rows=[_Placed(part, row) for part in parts for row in part.rows] if totals.deals else [],
        extra=extra,
        sections=sections if totals.deals else [],
        empty="No deals to count. `pipeline import deals.csv --moves moves.csv` brings a history.",
        definitions=WORDS,
    )


def describe_span(scope: Scope, clock: Clock) -> str:
    """`, created from 2026-01-01 to 2026-03-31`, for a title."""
    first = "" if scope.since is None else f" from {clock.day(scope.since)}"
    last = "" if scope.until is None else f" to {clock.day(scope.until) - timedelta(days=1)}"
    return f", {scope.cohort}{first}{last}" if first or last else ""


def _parts(reader: Reader, playbook: Playbook, pipeline: Pipeline, scope: Scope) -> list[Part]:
    """One for each group; one for the pipeline when pipelines are the groups."""
    stages, convert = pipeline.stage_ids, playbook.in_home
    within = scope._replace(pipeline=pipeline.id, by=_grouping_in(pipeline, scope.by))
    counts = read_deal_counts(reader, within, stages, playbook.currency)
    stays = read_stays(reader, within)
    cycles = read_cycles_by_group(reader, within)
    removed = {
        removed: read_removed_counts(reader, within, removed, playbook.currency)
        for removed in sorted({stage for _, stage in stays} - set(stages))
    }
    by_group = _split(counts) or {None: []}
    by_removed_stage = {removed: _split(theirs) for removed, theirs in removed.items()}
    sizes = [(group, sum(count.deals for count in own)) for group, own in by_group.items()]
    rated, number = has_losses(counts), Counter[str]()
    for count in counts:
        number[count.status] += count.deals
    bought = holds_buyers_alone(number["won"], number["lost"], number["open"] + number["disqualified"])
    parts = []
    for group in order_groups(sizes, within.by):
        own, days = by_group[group], cycles.get(group, [])
        rows = funnel_of(stages, own, [stays.get((group, stage), Stays()) for stage in stages], convert, rated=rated)
        rows += [
            removed_stage(removed, those[group], stays.get((group, removed), Stays()), convert, rated=rated)
            for removed, those in by_removed_stage.items()
            if group in those
        ]
        if bought:
            rows = [row._replace(win_rate_all=None) for row in rows]
        whole = within.by == UNGROUPED
        name = pipeline.name if whole else _nameless(within) if group is None else group
        name = pipeline.name_of(name) if within.by.name == "stage" else name
        totals = sum_up(own, days, convert, rated=rated)
        parts.append(Part(pipeline.id if whole else group, name, rows, pipeline, totals, own, days))
    return parts


def _grouping_in(pipeline: Pipeline, by: Grouping) -> Grouping:
    """Pipelines that are groups are none by themselves; facts of stages are those of the pipeline."""
    if by == BY_PIPELINE:
        return UNGROUPED
    if by.kind != "stage":
        return by
    facts = {"stage": "id", "funnel": "funnel", "category": "category"}
    return by._replace(by_stage=tuple((stage.id, getattr(stage, facts[by.name])) for stage in pipeline.stages))


def _nameless(scope: Scope) -> str:
    """The group of null."""
    if scope.by.kind != "period":
        return "(none)"
    return "no closing date" if scope.cohort == "closed" else "not known"


def _split(counts: Sequence[DealCount]) -> dict[str | None, list[DealCount]]:
    by_group: dict[str | None, list[DealCount]] = {}
    for count in counts:
        by_group.setdefault(count.group, []).append(count)
    return by_group


def _lines(totals: FunnelTotals, currency: str) -> list[str]:
    from pipeline_cli.output.numbers import percent, whole_money

    worth = f" worth {whole_money(totals.won_value_cents)} {currency}" if totals.won else ""
    lines = [f"{counted(totals.deals, 'deal')}: {totals.won:,} won{worth}, {totals.lost:,} lost, {totals.open:,} open."]
    aside = totals.deals - totals.won - totals.lost - totals.open
    if aside:
        lines.append(f"{aside:,} disqualified: among the deals entered, in no win rate.")
    if totals.win_rate is not None:
        lines.append(f"Win rate {percent(totals.win_rate)} of the closed (n {totals.won + totals.lost:,}).")
    elif is_one_sided(totals.won, totals.lost):
        lines.append(no_losses_line(totals.won))
    if totals.cycle_median is not None and totals.cycle_mean is not None and totals.cycle_p90 is not None:
        lines.append(
            f"Won deals take {totals.cycle_median:,.1f} days (median), {totals.cycle_mean:,.1f} on average, "
            f"nine of ten at most {totals.cycle_p90:,.1f}."
        )
    return lines
