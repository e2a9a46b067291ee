"""`health`: the stages now, the totals, the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline_cli.domain.findings.find import MEANINGS, Findings, find_in_all
from pipeline_cli.domain.findings.finding import Finding, Situation
from pipeline_cli.domain.health import StageHealth, Totals, stage_health, sum_up
from pipeline_cli.domain.history import add_up, all_responses, share
from pipeline_cli.domain.periods import quota_held_against
from pipeline_cli.domain.phrases import long_day
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.prune import plan_prune
from pipeline_cli.domain.shell import as_called
from pipeline_cli.domain.undated import undated_json, undated_line
from pipeline_cli.domain.velocity import count_qualified
from pipeline_cli.output.report import COUNT, DAYS, MONEY, PERCENT, Cents, Column, Report, Section, Strong
from pipeline_cli.reports.closings import won_by_day
from pipeline_cli.reports.picture import Picture, take_picture
from pipeline_cli.reports.totals import TOTAL_WORDS, totals_json, totals_lines
from pipeline_cli.storage.flow import read_flow
from pipeline_cli.storage.outcomes import read_first_responses
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.undated import read_undated
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("stage", "Stage id", shown=False, meaning="The stage's id in pipeline.yaml"),
    Column("name", "Stage", priority=0, meaning="The stage"),
    Column("funnel", "Funnel", priority=9, meaning="top, middle or bottom of the funnel", shown=False),
    Column("deals", "Deals", COUNT, 0, "Open deals in it, snoozed ones included"),
    Column(
        "value", "Value", MONEY, 0, "What they are worth together; deals without a value count as nothing", whole=True
    ),
    Column("weighted", "Weighted", MONEY, 1, "Sum of value × probability", whole=True),
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


def health_report(workspace: Workspace, reader: Reader, *pipelines: Pipeline) -> Report:
    """The pipelines now, as known at the reader's clock: the findings are those of each, the totals of all together."""
    playbook, program = workspace.playbook, workspace.command_name
    pictures = [take_picture(reader, playbook, pipeline) for pipeline in pipelines]
    situations = [look_at(reader, picture) for picture in pictures]
    findings = find_in_all(situations)
    totals = total_of_all(reader, situations, pictures)
    undated = read_undated(reader, [pipeline.id for pipeline in pipelines])
    left_out = undated_line(undated, "cycle, velocity, periods and speed to lead")
    lines = totals_lines(totals, playbook.currency, playbook.first_response_hours(pipelines))
    is_empty = not (totals.open_deals or totals.won_deals or totals.lost_deals or totals.disqualified_deals)
    return Report(
        name="health",
        title=f"{', '.join(pipeline.name for pipeline in pipelines)}, {long_day(reader.clock.today)}",
        as_of=reader.clock.today,
        pipeline=pipelines[0].id if len(pipelines) == 1 else None,
        currency=playbook.currency,
        columns=COLUMNS,
        rows=[] if is_empty else _rows(situations),
        extra={
            "findings": [_finding(finding, program) for finding in findings.found],
            "totals": totals_json(totals),
            "unjudged": [one._asdict() for one in findings.unjudged],
            "undated": undated_json(undated),
        },
        sections=[]
        if is_empty
        else [
            Section("Totals", lines=[*lines, *([left_out] if left_out else [])]),
            Section("Findings", lines=list(_finding_lines(findings, program, pipelines))),
        ],
        empty='No deals yet. `pipeline add "Acme: workshop" --value 12k` adds one, `pipeline import deals.csv` many.',
        definitions={**TOTAL_WORDS, **MEANINGS},
    )


def look_at(reader: Reader, picture: Picture) -> Situation:
    """Everything the findings look at."""
    playbook, pipeline, clock = picture.playbook, picture.pipeline, picture.clock
    deals = picture.open_deals
    return Situation(
        pipeline, playbook, clock, deals, stage_health(deals, pipeline, picture.yardsticks),
        total_of(reader, [picture]), plan_prune(deals, playbook, pipeline, clock),
        picture.outcomes, picture.cycles, picture.visits, picture.reached,
        read_flow(reader, pipeline.id, pipeline.stages[0].id),
    )  # fmt: skip


def total_of_all(reader: Reader, situations: Sequence[Situation], pictures: Sequence[Picture]) -> Totals:
    """Of what has been looked at."""
    return situations[0].totals if len(situations) == 1 else total_of(reader, pictures)


def total_of(reader: Reader, pictures: Sequence[Picture]) -> Totals:
    """Of one pipeline, or of several together."""
    playbook, pipelines = pictures[0].playbook, [picture.pipeline for picture in pictures]
    quota = quota_held_against(playbook, pipelines)
    per = quota.per if quota else "month"
    return sum_up(
        [deal for picture in pictures for deal in picture.open_deals],
        sum(count_qualified(picture.open_deals, picture.pipeline) for picture in pictures),
        add_up([picture.outcomes for picture in pictures]),
        sorted(days for picture in pictures for days in picture.cycles),
        all_responses([read_first_responses(reader, pipeline.id) for pipeline in pipelines]),
        sum(won_by_day(reader, playbook, pipelines, per).values()), quota,
        playbook.first_response_hours(pipelines), reader.clock,
    )  # fmt: skip


def _rows(situations: Sequence[Situation]) -> list[dict[str, Any]]:
    """Of several pipelines, each stage with the name of its own in front, and its share of all."""
    if len(situations) == 1:
        return [_row(stage) for stage in situations[0].stages]
    total = sum(stage.weighted_cents for situation in situations for stage in situation.stages)
    return [
        _row(stage._replace(name=f"{situation.pipeline.name}: {stage.name}", share=share(stage.weighted_cents, total)))
        for situation in situations
        for stage in situation.stages
    ]


def _row(stage: StageHealth) -> dict[str, Any]:
    row = stage._asdict()
    return {**row, "value": row.pop("value_cents"), "weighted": round(row.pop("weighted_cents"))}


def _advice(finding: Finding, program: str) -> str:
    """With the options of this run in its commands, so that they meet the same files."""
    return as_called(finding.advice, program)


def _finding(finding: Finding, program: str) -> dict[str, Any]:
    value = None if finding.value_cents is None else Cents(finding.value_cents)
    return {
        "code": finding.code,
        "stage": finding.stage,
        "deals": finding.deals,
        "value": value,
        "message": finding.message,
        "advice": _advice(finding, program),
        "evidence": finding.evidence,
        "pipeline": finding.pipeline or None,
    }


def _finding_lines(findings: Findings, program: str, pipelines: Sequence[Pipeline]) -> Iterator[str]:
    """The code, what it says, and what to do about it, each on lines of its own; then what could not be judged."""
    names = {one.id: one.name for one in pipelines} if len(pipelines) > 1 else {}
    for finding in findings.found:
        where = ", ".join(part for part in (names.get(finding.pipeline), finding.stage) if part)
        yield Strong(f"{finding.code}: {where}" if where else finding.code)
        yield f"  {finding.message}"
        yield f"  -> {_advice(finding, program)}"
    if not findings.found:
        yield "Nothing stands out."
    if findings.unjudged:
        codes = dict.fromkeys(one.code for one in findings.unjudged)
        yield f"Too little data for: {', '.join(codes)} (--json says what is missing)."
