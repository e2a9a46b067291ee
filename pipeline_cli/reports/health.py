"""`health`: the stages now, the totals and what they mean, the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline_cli.domain.findings.find import MEANINGS, Findings, find_in_all
from pipeline_cli.domain.outcomes.health import StageHealth, Totals
from pipeline_cli.domain.outcomes.history import (
    is_one_sided,
    no_losses_line,
    share,
    undated_json,
    undated_line,
)
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.words.shell import as_called
from pipeline_cli.domain.words.text import counted, long_day
from pipeline_cli.output.numbers import json_row, json_rows, percent, whole_money
from pipeline_cli.output.report import (
    COUNT,
    DAYS,
    MONEY,
    PERCENT,
    Cents,
    Column,
    Report,
    Section,
    Strong,
    amounts,
    figures,
)
from pipeline_cli.reports.largest import of_which
from pipeline_cli.reports.snapshot import PipelineSnapshot, Snapshot

TOTAL_WORDS = {
    "win rate": "won ÷ (won + lost); disqualified deals are in neither; missing where nothing was lost",
    "win rate by value": "won value ÷ (won + lost value)",
    "cycle": "closed − created of won deals where both are known, in days: median, mean and 90th percentile",
    "velocity": "open qualified deals × average won value × win rate ÷ median cycle, per day; its effects are those of "
    "10 % more of one input, the others as they are",
    "coverage": "open value due in the quota's period ÷ (quota − won so far); required: 1 ÷ win rate by value",
    "speed to lead": "first outbound touchpoint before the closing − creation, in hours: median, 90th percentile, share "
    "within first_response_hours, n deals that had one; those that had none are counted beside it",
}


def _of_velocity(totals: Totals) -> float | None:
    return totals.velocity.cents_per_day if totals.velocity else None


def _effects(totals: Totals) -> dict[str, Cents] | None:
    if totals.velocity is None:
        return None
    return {name: Cents(round(cents)) for name, cents in totals.velocity.effects().items()}


def _speed_to_lead(totals: Totals) -> dict[str, Any]:
    speed = totals.speed_to_lead
    return {
        "p90_hours": speed.p90_hours if speed else None,
        "within_limit": speed.within if speed else None,
        "deals": speed.deals if speed else 0,
        "never_answered": totals.never_answered,
    }


_TOTALS = (
    *figures("open_deals"),
    *amounts("open_value"),
    Column("weighted_value", kind=MONEY, value="weighted_cents"),
    *figures("won_deals"),
    *amounts("won_value"),
    *figures("lost_deals", "disqualified_deals", "win_rate", "win_rate_value", "cycle_median", "cycle_p90"),
    Column("velocity_per_day", kind=MONEY, value=_of_velocity),
    *figures("coverage", "required_coverage"),
    Column("speed_to_lead_hours", value=lambda totals: totals.speed_to_lead and totals.speed_to_lead.median_hours),
    *figures("cycle_mean"),
    Column("velocity_effects", value=_effects),
    Column("speed_to_lead", value=_speed_to_lead),
)
"""Under their names in section 'Machine output' of the README; what came later stands at the end."""
_FINDINGS = (
    *figures("code", "stage", "deals"),
    *amounts("value"),
    *figures("message", "advice", "evidence"),
    Column("pipeline", value=lambda finding: finding.pipeline or None),
)


def totals_lines(totals: Totals, largest: str, currency: str, first_response_hours: float) -> Iterator[str]:
    """One sentence a figure; figures that cannot be computed are left out. `largest`: of the weighted value, in words."""
    yield (
        f"{counted(totals.open_deals, 'open deal')} worth {whole_money(totals.open_value_cents)} {currency}, "
        f"weighted {whole_money(totals.weighted_cents)}{largest}."
    )
    yield (
        f"Won {totals.won_deals:,} worth {whole_money(totals.won_value_cents)}, lost {totals.lost_deals:,}; "
        f"disqualified {totals.disqualified_deals:,}, in no win rate."
    )
    if totals.win_rate is not None:
        by_value = "" if totals.win_rate_value is None else f", {percent(totals.win_rate_value)} by value"
        closed = totals.won_deals + totals.lost_deals
        yield f"Win rate {percent(totals.win_rate)} by count (n {closed:,}){by_value}."
    elif is_one_sided(totals.won_deals, totals.lost_deals):
        yield no_losses_line(totals.won_deals)
    if totals.cycle_median is not None and totals.cycle_p90 is not None and totals.cycle_mean is not None:
        yield (
            f"Won deals take {counted(round(totals.cycle_median), 'day')} (median; mean {totals.cycle_mean:.0f}), "
            f"nine of ten at most {totals.cycle_p90:.0f}."
        )
    yield from _velocity_lines(totals, currency)
    if totals.coverage is not None:
        required = "" if totals.required_coverage is None else f", {totals.required_coverage:.1f}× needed"
        yield f"Coverage of the quota {totals.coverage:.1f}×{required}."
    speed, never = totals.speed_to_lead, totals.never_answered
    if speed is not None:
        silent = f"; {never:,} more never answered" if never else ""
        yield (
            f"Speed to lead {speed.median_hours:,.1f} h (median; nine of ten at most {speed.p90_hours:,.1f} h), "
            f"{percent(speed.within)} within {first_response_hours:g} h (n {speed.deals:,}){silent}."
        )
    elif never:
        yield f"Speed to lead: none of {counted(never, 'deal')} was ever answered."


def _velocity_lines(totals: Totals, currency: str) -> Iterator[str]:
    if totals.velocity is None:
        return
    if not totals.velocity.open_qualified:
        if totals.open_deals:
            yield f"Velocity 0 {currency} a day: no open deal is qualified, `pipeline qualify DEAL` asks the questions."
        return
    effects = {
        name: f"{'+' if cents >= 0 else '-'}{whole_money(abs(cents))}"
        for name, cents in totals.velocity.effects().items()
    }
    yield (
        f"Velocity {whole_money(totals.velocity.cents_per_day)} {currency} a day; 10% more open qualified deals "
        f"{effects['open_deals']}, won value {effects['won_value']}, win rate {effects['win_rate']}, "
        f"cycle {effects['cycle']}."
    )


COLUMNS = (
    Column("stage", "Stage id", shown=False, meaning="The stage's id in pipeline.yaml"),
    Column("name", "Stage", priority=0, meaning="The stage"),
    Column("funnel", "Funnel", priority=9, meaning="top, middle or bottom of the funnel", shown=False),
    Column("deals", "Deals", COUNT, 0, "Open deals in it, snoozed ones included"),
    Column(
        "value", "Value", MONEY, 0, "What they are worth together; deals without a value count as nothing", whole=True
    ),
    Column("weighted", "Weighted", MONEY, 1, "Sum of value × chance", whole=True),
    Column("share", "Share", PERCENT, 3, "Of the weighted value of all stages", bar=True),
    Column("median_days", "Days", DAYS, 2, "Days in stage: median over the open deals there"),
    Column("usual_days", "Usual", DAYS, 4, "Days in stage: median over finished visits"),
    Column("idle", "Idle", COUNT, 2, "Deals idle for longer than the stage's idle_after_days"),
    Column("stuck", "Stuck", COUNT, 2, "Deals in it for longer than max_days, or twice the usual visit"),
    Column("no_next_step", "No step", COUNT, 3, "Deals without a next step"),
    Column("overdue", "Overdue", COUNT, 3, "Deals whose next step is past its date"),
    Column("criteria_gap", "Gaps", COUNT, 5, "Deals forced past exit criteria that still do not hold"),
    Column("wip_limit", "Limit", COUNT, 6, "More open deals than this is a warning"),
)


def health_report(snapshot: Snapshot, program: str) -> Report:
    """The pipelines at that instant: the findings are those of each, the totals of all together.

    `program`: how it was called, for the commands it prints.
    """
    playbook, pipelines, today = snapshot.playbook, snapshot.pipelines, snapshot.clock.today
    findings = find_in_all(snapshot.each)
    totals, undated = snapshot.totals, snapshot.undated
    left_out = undated_line(undated, "cycle, velocity, periods and speed to lead")
    largest = of_which(snapshot.open_deals, totals.weighted_cents)
    lines = totals_lines(totals, largest, playbook.currency, playbook.first_response_hours(pipelines))
    is_empty = not (totals.open_deals or totals.won_deals or totals.lost_deals or totals.disqualified_deals)
    return Report(
        name="health",
        title=f"{', '.join(pipeline.name for pipeline in pipelines)}, {long_day(today)}",
        as_of=today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=[] if is_empty else _rows(snapshot.each),
        tables=("totals", "findings"),
        extra={
            "findings": json_rows(
                _FINDINGS, [one._replace(advice=as_called(one.advice, program)) for one in findings.found]
            ),
            "totals": json_row(_TOTALS, totals),
            "unjudged": findings.unjudged,
            "undated": undated_json(undated),
            "captured": {
                "touchpoints": snapshot.captured.touchpoints,
                "of": snapshot.captured.of,
                "last_at": snapshot.captured.last_at,
            },
        },
        sections=[]
        if is_empty
        else [
            Section("Totals", lines=[*lines, *_captured_line(snapshot), *([left_out] if left_out else [])]),
            Section("Findings", lines=list(_finding_lines(findings, program, pipelines))),
        ],
        empty='No deals yet. `pipeline add "Acme: workshop" --value 12k` adds one, `pipeline import deals.csv` many.',
        definitions={**TOTAL_WORDS, **MEANINGS},
    )


def _captured_line(snapshot: Snapshot) -> Iterator[str]:
    """How much of the record was typed by nobody; nothing where mail was never read."""
    state = snapshot.captured
    if state.last_at is not None and state.share is not None:
        last = snapshot.clock.day(state.last_at)
        yield (
            f"{state.touchpoints:,} of {state.of:,} touchpoints captured ({percent(state.share)}), "
            f"last on {long_day(last)}."
        )


def _rows(snapshots: Sequence[PipelineSnapshot]) -> Sequence[StageHealth]:
    """Of several pipelines, each stage with the name of its own in front, and its share of all."""
    if len(snapshots) == 1:
        return snapshots[0].stages
    total = sum(stage.weighted_cents for snapshot in snapshots for stage in snapshot.stages)
    return [
        stage._replace(name=f"{snapshot.pipeline.name}: {stage.name}", share=share(stage.weighted_cents, total))
        for snapshot in snapshots
        for stage in snapshot.stages
    ]


def _finding_lines(findings: Findings, program: str, pipelines: Sequence[Pipeline]) -> Iterator[str]:
    """The code, what it says, and what to do about it, each on lines of its own; then what could not be judged."""
    names = {pipeline.id: pipeline.name for pipeline in pipelines} if len(pipelines) > 1 else {}
    for finding in findings.found:
        where = ", ".join(part for part in (names.get(finding.pipeline), finding.stage) if part)
        yield Strong(f"{finding.code}: {where}" if where else finding.code)
        yield f"  {finding.message}"
        yield f"  -> {as_called(finding.advice, program)}"
    if not findings.found:
        yield "Nothing stands out."
    if findings.unjudged:
        codes = dict.fromkeys(one.code for one in findings.unjudged)
        yield f"Too little data for: {', '.join(codes)} (--json says what is missing)."
