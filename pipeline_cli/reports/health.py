"""`health`: the stages now, the totals, the findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline_cli.domain.findings.find import find_findings
from pipeline_cli.domain.findings.finding import Finding, Situation
from pipeline_cli.domain.health import StageHealth, Totals, stage_health, sum_up
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.prune import plan_prune
from pipeline_cli.output.report import COUNT, DAYS, MONEY, PERCENT, Cents, Column, Report, Section
from pipeline_cli.reports.picture import Picture, hours_to_first_response, take_picture, won_by_day
from pipeline_cli.storage.reader import Reader
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("stage", "Stage id", shown=False, meaning="The stage's id in pipeline.yaml"),
    Column("name", "Stage", priority=0, meaning="The stage"),
    Column("funnel", "Funnel", priority=9, meaning="top, middle or bottom of the funnel", shown=False),
    Column("deals", "Deals", COUNT, 0, "Open deals in it, snoozed ones included"),
    Column("value", "Value", MONEY, 0, "What they are worth together; deals without a value count as nothing"),
    Column("weighted", "Weighted", MONEY, 1, "Sum of value × probability", whole=True),
    Column("share", "Share", PERCENT, 3, "Of the weighted value of all stages"),
    Column("median_days", "Days", DAYS, 2, "Days in stage: median over the open deals there"),
    Column("usual_days", "Usual", DAYS, 4, "Days in stage: median over finished visits"),
    Column("idle", "Idle", COUNT, 2, "Deals idle for longer than the stage's idle_after_days"),
    Column("stuck", "Stuck", COUNT, 2, "Deals in it for longer than max_days, or twice the usual visit"),
    Column("no_next_step", "No step", COUNT, 3, "Deals without a next step"),
    Column("overdue", "Overdue", COUNT, 3, "Deals whose next step is past its date"),
    Column("criteria_gap", "Gaps", COUNT, 5, "Deals forced past exit criteria that still do not hold"),
    Column("wip_limit", "Limit", COUNT, 6, "More open deals than this is a warning"),
)

_FINDING_COLUMNS = (
    Column("code", "Finding", priority=0, meaning="What the finding is called"),
    Column("message", "What", priority=0),
)

TOTAL_WORDS = {
    "win rate": "won ÷ (won + lost); disqualified deals are in neither",
    "win rate by value": "won value ÷ (won + lost value)",
    "cycle": "closed − created of won deals, in days: median and 90th percentile",
    "velocity": "open qualified deals × average won value × win rate ÷ median cycle, per day",
    "coverage": "open value due in the quota's period ÷ (quota − won so far); required: 1 ÷ win rate by value",
    "speed to lead": "first outbound touchpoint − creation, median hours",
}


def health_report(workspace: Workspace, reader: Reader, pipeline: Pipeline) -> Report:
    """The pipeline now, as known at the reader's clock."""
    picture = take_picture(reader, workspace.playbook, pipeline)
    situation = look_at(reader, picture)
    findings = find_findings(situation)
    totals = situation.totals
    return Report(
        name="health",
        title=f"{pipeline.name}, {reader.clock.today:%-d %B %Y}",
        as_of=reader.clock.today,
        pipeline=pipeline.id,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[_row(stage) for stage in situation.stages] if totals.open_deals or totals.won_deals else [],
        extra={"findings": [_finding(finding) for finding in findings], "totals": totals_json(totals)},
        sections=_sections(totals, findings, workspace.playbook.currency),
        empty='No deals yet. `pipeline add "Acme: workshop" --value 12k` adds one, `pipeline import deals.csv` many.',
        definitions=TOTAL_WORDS,
    )


def look_at(reader: Reader, picture: Picture) -> Situation:
    """Everything the findings look at."""
    playbook, pipeline, clock = picture.playbook, picture.pipeline, picture.clock
    deals = picture.open_deals
    per = playbook.quota.per if playbook.quota else "month"
    totals = sum_up(
        deals, picture.outcomes, picture.cycles, hours_to_first_response(reader, pipeline),
        sum(won_by_day(reader, playbook, pipeline, per).values()), pipeline, playbook, clock,
    )  # fmt: skip
    stages = stage_health(deals, pipeline, picture.yardsticks)
    return Situation(pipeline, playbook, clock, deals, stages, totals, plan_prune(deals, playbook, pipeline, clock))


def _row(stage: StageHealth) -> dict[str, Any]:
    row = stage._asdict()
    return {**row, "value": row.pop("value_cents"), "weighted": round(row.pop("weighted_cents"))}


def _finding(finding: Finding) -> dict[str, Any]:
    value = None if finding.value_cents is None else Cents(finding.value_cents)
    return {
        "code": finding.code,
        "stage": finding.stage,
        "deals": finding.deals,
        "value": value,
        "message": finding.message,
        "advice": finding.advice,
        "evidence": finding.evidence,
    }


def totals_json(totals: Totals) -> dict[str, Any]:
    """The totals under their names in section 'Machine output' of the README."""
    return {
        "open_deals": totals.open_deals,
        "open_value": Cents(totals.open_value_cents),
        "weighted_value": Cents(round(totals.weighted_cents)),
        "won_deals": totals.won_deals,
        "won_value": Cents(totals.won_value_cents),
        "lost_deals": totals.lost_deals,
        "disqualified_deals": totals.disqualified_deals,
        "win_rate": totals.win_rate,
        "win_rate_value": totals.win_rate_value,
        "cycle_median": totals.cycle_median,
        "cycle_p90": totals.cycle_p90,
        "velocity_per_day": None if totals.velocity_cents_per_day is None
        else Cents(round(totals.velocity_cents_per_day)),
        "coverage": totals.coverage,
        "required_coverage": totals.required_coverage,
        "speed_to_lead_hours": totals.speed_to_lead_hours,
    }  # fmt: skip


def _sections(totals: Totals, findings: Sequence[Finding], currency: str) -> list[Section]:
    lines = [
        f"{totals.open_deals} open deals worth {_money(totals.open_value_cents)} {currency}, "
        f"weighted {_money(totals.weighted_cents)}.",
        f"Won {totals.won_deals} worth {_money(totals.won_value_cents)}, lost {totals.lost_deals}, "
        f"disqualified {totals.disqualified_deals}.",
    ]
    if totals.win_rate is not None:
        by_value = "" if totals.win_rate_value is None else f", {totals.win_rate_value:.0%} by value"
        lines.append(f"Win rate {totals.win_rate:.0%} by count (n {totals.won_deals + totals.lost_deals}){by_value}.")
    if totals.cycle_median is not None and totals.cycle_p90 is not None:
        lines.append(f"Won deals take {totals.cycle_median:.0f} days (median), nine of ten at most "
                     f"{totals.cycle_p90:.0f}.")  # fmt: skip
    if totals.velocity_cents_per_day:
        lines.append(f"Velocity {_money(totals.velocity_cents_per_day)} {currency} a day.")
    if totals.coverage is not None:
        required = "" if totals.required_coverage is None else f", {totals.required_coverage:.1f} needed"
        lines.append(f"Coverage of the quota {totals.coverage:.1f}×{required}.")
    if totals.speed_to_lead_hours is not None:
        lines.append(f"Speed to lead {totals.speed_to_lead_hours:.1f} hours (median).")
    found = [line for finding in findings for line in (f"{finding.code}: {finding.message}", f"  {finding.advice}")]
    nothing = ["Nothing stands out."]
    return [Section("Totals", lines=lines), Section("Findings", lines=found or nothing)]


def _money(cents: float) -> str:
    from pipeline_cli.output.numbers import money

    return money(round(cents / 100) * 100)
