"""Findings on the stages themselves: too few, too many, one that does nothing, one that hides two."""

from __future__ import annotations

from pipeline_cli.domain.findings.finding import Finding, Found, Situation, Unjudged, ids_of
from pipeline_cli.domain.flow import ENOUGH, jumps_over, visits_of
from pipeline_cli.domain.history import percentile
from pipeline_cli.domain.phrases import counted

FEWEST, MOST = 3, 7
RARE = 0.05
"""Of the deals that got past a stage, those that were ever in it."""
AT_ONCE_DAYS = 1 / 24
ENOUGH_LOSSES = 10
DIFFERENT = 4
"""Times the first quartile of the stays that the third one is."""
DIFFERENT_DAYS = 7


def stage_count(situation: Situation) -> Found:
    """Fewer than 3 or more than 7 stages."""
    stages = len(situation.pipeline.stages)
    if stages < FEWEST:
        what, why = "too few", "a stage too few hides where deals die: split the one where most of them stop"
    elif stages > MOST:
        what, why = "too many", "a stage too many buries the goal: merge two that deals pass on the same day"
    else:
        return
    yield Finding(
        "stage_count", None, 0, None,
        f"The pipeline has {counted(stages, 'stage')}, {what}: {FEWEST} to {MOST} work.",
        f"In pipeline.yaml, which `pipeline config edit` opens, {why}; what is then left in a stage that is gone, "
        "`pipeline check` says how to move.",
        {"stages": stages, "limit": [FEWEST, MOST], "ids": []},
    )  # fmt: skip


def stage_to_split(situation: Situation) -> Found:
    """The stage where most losses happen, when they happen after very different stays: it hides two."""
    losses = situation.flow.losses
    total = sum(one.deals for one in losses.values())
    if total < ENOUGH_LOSSES:
        yield Unjudged("stage_count", f"{total} of {ENOUGH_LOSSES} losses to tell whether a stage should be split")
        return
    for stage in situation.pipeline.stages:
        here = losses.get(stage.id)
        if here is None or here.deals * 2 <= total or here.stays < ENOUGH_LOSSES:
            continue
        if here.high_days > DIFFERENT * here.low_days and here.high_days - here.low_days >= DIFFERENT_DAYS:
            yield Finding(
                "stage_count", stage.id, here.deals, None,
                f"{here.deals:,} of {total:,} losses happen in {stage.name}, a quarter of them within "
                f"{here.low_days:.0f} days and a quarter after {here.high_days:.0f} or more: it hides two stages.",
                f"`pipeline list status=lost stage={stage.id}` shows them: split it in pipeline.yaml between the early and "
                "the late ones.",
                {"losses": here.deals, "all_losses": total, "quartile_days": [here.low_days, here.high_days], "ids": []},
            )  # fmt: skip


def unused_stage(situation: Situation) -> Found:
    """A stage that deals jump over: of those that got past it, at most one in twenty was ever in it."""
    stages, flow = situation.pipeline.stage_ids, situation.flow
    judged = False
    for position, stage in enumerate(situation.pipeline.stages):
        visits, jumps = visits_of(flow, stage.id), jumps_over(flow, stages, position)
        judged = judged or visits + jumps >= ENOUGH
        if jumps < ENOUGH or visits > RARE * (visits + jumps) or situation.working_in(stage.id):
            continue
        yield Finding(
            "unused_stage", stage.id, jumps, None,
            f"Nobody stays in {stage.name}: {counted(jumps, 'move')} jumped over it, {visits:,} went into it.",
            _merge(stages, position),
            {"jumps": jumps, "visits": visits, "limit": RARE, "ids": []},
        )  # fmt: skip
    if not judged:
        yield Unjudged("unused_stage", f"no stage has been entered or passed {ENOUGH} times")


def pass_through_stage(situation: Situation) -> Found:
    """A stage that everybody leaves at once: nine of ten finished visits last less than an hour."""
    stages = situation.pipeline.stage_ids
    judged = False
    for position, stage in enumerate(situation.pipeline.stages):
        visits = situation.visits.get(stage.id, ())
        longest = percentile(visits, 0.9)
        if longest is None or len(visits) < ENOUGH:
            continue
        judged = True
        staying = [deal for deal in situation.working_in(stage.id) if deal.days_in_stage]
        if longest < AT_ONCE_DAYS and not staying:
            yield Finding(
                "pass_through_stage", stage.id, len(visits), None,
                f"Everybody leaves {stage.name} at once: nine of ten of {counted(len(visits), 'visit')} lasted less than "
                f"{max(1, round(longest * 1440 + 0.5))} min.",
                _merge(stages, position),
                {"visits": len(visits), "p90_days": longest, "limit_days": AT_ONCE_DAYS,
                 "ids": ids_of(situation.working_in(stage.id))},
            )  # fmt: skip
    if not judged:
        yield Unjudged("pass_through_stage", f"no stage has {ENOUGH} finished visits")


def _merge(stages: tuple[str, ...], position: int) -> str:
    """With the next stage; the last one with the one before."""
    other = stages[position + 1] if position + 1 < len(stages) else stages[position - 1]
    old = stages[position]
    return (f"Merge it with {other}: take it out of pipeline.yaml, which `pipeline config edit` opens, then "
            f"`pipeline check --map {old}={other}` moves its deals and their history.")  # fmt: skip
