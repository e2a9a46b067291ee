"""`funnel`: what history says about each stage, whole or by group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.funnel import (
    DealCount,
    FunnelTotals,
    StageFunnel,
    Stays,
    funnel_of,
    has_losses,
    stray_of,
    sum_up,
)
from pipeline_cli.domain.grouping import BY_PIPELINE, UNGROUPED, Scope, order_groups
from pipeline_cli.domain.history import is_one_sided
from pipeline_cli.domain.money import convert_cents
from pipeline_cli.domain.phrases import counted, long_day
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.undated import no_losses_line, undated_json, undated_line
from pipeline_cli.output.report import Cents, Report, Section
from pipeline_cli.reports.funnel_plot import plot_section
from pipeline_cli.reports.funnel_tables import COLUMNS, GROUP_ID, group_columns, interval_in_words, name_of_group, rate
from pipeline_cli.storage.funnel import read_cycles_by_group, read_deal_counts, read_stays, read_stray_counts
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.undated import read_undated
from pipeline_cli.workspace import Workspace

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


def funnel_report(
    workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], scope: Scope, *, plot: bool = False
) -> Report:
    """One pipeline as a whole or by group; several pipelines are groups themselves."""
    playbook = workspace.playbook
    grouped = scope.by != UNGROUPED or len(pipelines) > 1
    parts = [part for pipeline in pipelines for part in _parts(reader, playbook, pipeline, scope)]
    counts = [count for part in parts for count in part.counts]
    cycles = sorted(days for part in parts for days in part.cycles)
    totals = sum_up(counts, cycles, _convert(playbook), rated=has_losses(counts))
    undated = read_undated(reader, [pipeline.id for pipeline in pipelines])
    extra: dict[str, Any] = {"totals": _totals(totals), "undated": undated_json(undated)}
    left_out = undated_line(undated, "cycle and periods")
    sections = [Section("Totals", lines=[*_lines(totals, playbook.currency), *([left_out] if left_out else [])])]
    if grouped:
        extra["groups"] = [_group(part) for part in parts]
        shown = [{**_group(part), "name": part.name} for part in parts]
        sections.insert(0, Section("By group", group_columns(scope.by), shown))
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
        rows=[_row(part, row) for part in parts for row in part.rows] if totals.deals else [],
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
    stages, convert = pipeline.stage_ids, _convert(playbook)
    within = scope._replace(pipeline=pipeline.id, by=UNGROUPED if scope.by == BY_PIPELINE else scope.by)
    counts = read_deal_counts(reader, within, stages, playbook.currency)
    stays = read_stays(reader, within)
    cycles = read_cycles_by_group(reader, within)
    strays = {
        stray: read_stray_counts(reader, within, stray, playbook.currency)
        for stray in sorted({stage for _, stage in stays} - set(stages))
    }
    by_group = _split(counts) or {None: []}
    strays_of = {stray: _split(theirs) for stray, theirs in strays.items()}
    sizes = [(group, sum(count.deals for count in own)) for group, own in by_group.items()]
    rated = has_losses(counts)
    parts = []
    for group in order_groups(sizes, within.by):
        own, days = by_group[group], cycles.get(group, [])
        rows = funnel_of(stages, own, [stays.get((group, stage), Stays()) for stage in stages], convert, rated=rated)
        rows += [stray_of(stray, those[group], stays.get((group, stray), Stays()), convert, rated=rated)
                 for stray, those in strays_of.items() if group in those]  # fmt: skip
        whole = within.by == UNGROUPED
        name = pipeline.name if whole else _nameless(within) if group is None else group
        totals = sum_up(own, days, convert, rated=rated)
        parts.append(Part(pipeline.id if whole else group, name, rows, pipeline, totals, own, days))
    return parts


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


def _convert(playbook: Playbook) -> Any:
    return lambda cents, currency: convert_cents(cents, currency, playbook.currency, playbook.exchange_rates)


def _row(part: Part, row: StageFunnel) -> dict[str, Any]:
    stage = part.pipeline.stage(row.stage)
    return {
        **row._asdict(),
        "group": part.group,
        "group_name": part.name,
        "name": stage.name if stage else f"{row.stage} (not in pipeline.yaml)",
        "interval": interval_in_words(row.low, row.high),
        "win_rate_closed": rate(row.win_rate_closed, row.closed),
        "won_value": row.won_value_cents,
    }


def _totals(totals: FunnelTotals) -> dict[str, Any]:
    return {
        "deals": totals.deals,
        "won": totals.won,
        "won_value": Cents(totals.won_value_cents),
        "lost": totals.lost,
        "win_rate": totals.win_rate,
        "cycle_median": totals.cycle_median,
        "cycle_mean": totals.cycle_mean,
        "cycle_p90": totals.cycle_p90,
    }


def _group(part: Part) -> dict[str, Any]:
    totals = part.totals
    return {
        "group": part.group,
        "deals": totals.deals,
        "won": totals.won,
        "won_value": Cents(totals.won_value_cents),
        "lost": totals.lost,
        "open": totals.open,
        "win_rate": rate(totals.win_rate, totals.won + totals.lost),
        "cycle_median": totals.cycle_median,
    }


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
        lines.append(f"Won deals take {totals.cycle_median:,.1f} days (median), {totals.cycle_mean:,.1f} on average, "
                     f"nine of ten at most {totals.cycle_p90:,.1f}.")  # fmt: skip
    return lines
