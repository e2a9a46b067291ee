"""`sources`: what each source of leads brings, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.deal.after_sale import WonDeal
from pipeline_cli.domain.outcomes.funnel import DealCount
from pipeline_cli.domain.outcomes.history import (
    holds_buyers_alone,
    is_one_sided,
    no_losses_line,
    undated_json,
    undated_line,
)
from pipeline_cli.domain.outcomes.sources import SourceResult, result_of
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.words.grouping import Scope, order_groups
from pipeline_cli.domain.words.text import counted, long_day
from pipeline_cli.output.numbers import json_row
from pipeline_cli.output.report import COUNT, DAYS, MONEY, PERCENT, Column, Report, Section
from pipeline_cli.reports.funnel import INTERVAL, describe_span, rate
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.after_sale import read_won_deals
from pipeline_cli.storage.record.funnel import read_cycles_by_group, read_deal_counts
from pipeline_cli.storage.record.outcomes import read_undated
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("source", "Source id", shown=False, meaning="The source as stored; null: none is known"),
    Column(
        "name",
        "Source",
        priority=0,
        meaning="The source",
        machine=False,
        value=lambda one: "(none)" if one.source is None else one.source,
    ),
    Column("leads", "Leads", COUNT, 0, "Deals of the source, of every status"),
    Column("open", "Open", COUNT, 4, "Of those, still open"),
    Column("won", "Won", COUNT, 1, "Of those, won"),
    Column("lost", "Lost", COUNT, 3, "Of those, lost; what is missing to leads is disqualified"),
    Column(
        "conversion",
        "Conversion",
        PERCENT,
        0,
        "won ÷ leads: open and disqualified ones in the denominator; under 5 closed deals it says n; "
        "missing where nothing was lost and most was won",
        value=lambda one: rate(one.conversion, one.won + one.lost),
    ),
    Column("low", "Low", PERCENT, meaning="Lower end of the 80 % interval of the conversion, Jeffreys", shown=False),
    Column("high", "High", PERCENT, meaning="Upper end of the 80 % interval of the conversion, Jeffreys", shown=False),
    INTERVAL,
    Column("cost", "Cost", MONEY, 3, "What getting the leads cost, as far as it is known"),
    Column("cost_per_lead", "Per lead", MONEY, 3, "cost ÷ leads"),
    Column("cost_per_won", "Per won", MONEY, 2, "cost ÷ won"),
    Column("won_value", "Won value", MONEY, 1, "Worth of the won deals"),
    Column("average_won_value", "Average", MONEY, 4, "Won value ÷ won deals that have a value", whole=True),
    Column("cycle_median", "Cycle", DAYS, 4, "Days: median of closed − created, won deals with both dates only"),
    Column("customers", "Customers", COUNT, 5, "Who bought: organizations, or people where none is named; each once"),
    Column("value_per_customer", "Per customer", MONEY, 3, "Won value ÷ customers", whole=True),
)
_TOTALS = [column for column in COLUMNS if column.key != "source"]


def sources_report(workspace: Workspace, reader: Reader, pipelines: Sequence[Pipeline], scope: Scope) -> Report:
    """One pipeline, or all of them together; grouped by the source."""
    playbook = workspace.playbook
    only = pipelines[0] if len(pipelines) == 1 else None
    within = scope._replace(pipeline=only.id if only else None)
    cycles = read_cycles_by_group(reader, within)
    by_source: dict[str | None, list[DealCount]] = {}
    for count in read_deal_counts(reader, within, (), playbook.currency):
        by_source.setdefault(count.group, []).append(count)
    won: dict[str | None, list[WonDeal]] = {}
    for deal in read_won_deals(reader, within):
        won.setdefault(deal.source, []).append(deal)
    sizes = [(source, sum(count.deals for count in counts)) for source, counts in by_source.items()]
    results = [
        result_of(by_source[source], cycles.get(source, []), playbook.in_home, won.get(source, []), source)
        for source in order_groups(sizes, within.by)
    ]
    every = [count for counts in by_source.values() for count in counts]
    total = result_of(
        every,
        sorted(days for those in cycles.values() for days in those),
        playbook.in_home,
        [deal for those in won.values() for deal in those],
    )
    if holds_buyers_alone(total.won, total.lost, total.leads - total.won - total.lost):
        total, *results = (one._replace(conversion=None, low=None, high=None) for one in (total, *results))
    undated = read_undated(reader, [pipeline.id for pipeline in pipelines])
    has_span = scope.since is not None or scope.until is not None
    left_out = undated_line(undated, "the cycle and --from and --to" if has_span else "the cycle")
    lines = _lines(total, playbook.currency)
    if left_out and (undated.cycles or has_span):
        lines.append(left_out)
    return Report(
        name="sources",
        title=f"{only.name if only else 'Every pipeline'}: sources, {long_day(reader.clock.today)}"
        f"{describe_span(scope, reader.clock)}",
        as_of=reader.clock.today,
        pipeline=only.id if only else None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=results,
        extra={"totals": json_row(_TOTALS, total), "undated": undated_json(undated)},
        sections=[Section("Totals", lines=lines)] if total.leads else [],
        empty='No deals yet. `pipeline add "Acme: workshop" --source referral` adds one with its source.',
    )


def _lines(total: SourceResult, currency: str) -> list[str]:
    from pipeline_cli.output.numbers import money, percent, whole_money

    share = "" if total.conversion is None else f", {percent(total.conversion)} of them won"
    lines = [
        f"{counted(total.leads, 'lead')}{share}; {total.won:,} won worth "
        f"{whole_money(total.won_value_cents)} {currency}."
    ]
    if is_one_sided(total.won, total.lost):
        lines.append(no_losses_line(total.won))
    if total.value_per_customer_cents is not None:
        each = whole_money(total.value_per_customer_cents)
        lines.append(f"{counted(total.customers, 'customer')}, each worth {each} {currency} so far.")
    if total.cost_cents is None:
        lines.append("No cost is known: `pipeline edit DEAL --cost 50` tells one.")
    else:
        lines.append(f"They cost {money(total.cost_cents)} {currency}.")
    return lines
