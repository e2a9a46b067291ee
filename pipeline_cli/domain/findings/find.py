"""Every finding there is, in the order they are shown: deals to decide on, the work, the flow, the stages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipeline_cli.domain.findings import deals as effort
from pipeline_cli.domain.findings import deals as past
from pipeline_cli.domain.findings import deals as present
from pipeline_cli.domain.findings import stages
from pipeline_cli.domain.findings import stages as load
from pipeline_cli.domain.findings.finding import Finding, Found, Situation, Unjudged
from pipeline_cli.domain.findings.stages import bottleneck
from pipeline_cli.domain.record import NamedTuple

RULES: tuple[Callable[[Situation], Found], ...] = (
    present.dead_weight,
    past.out_of_history,
    present.untouched_plan,
    effort.slow_first_response,
    effort.unqualified_effort,
    effort.wasted_effort,
    present.over_capacity,
    present.crowded_close,
    bottleneck,
    load.top_heavy,
    load.bottom_heavy,
    load.starved,
    past.more_leads_or_more_closing,
    stages.stage_count,
    stages.stage_to_split,
    stages.unused_stage,
    stages.pass_through_stage,
)

MEANINGS = {
    "dead_weight": "open deals that `prune` would remove, as a share of all, those whose last chance is running aside; the "
    "win rate reads too high until then",
    "out_of_history": "open deals older than any deal that was ever won; from 5 won deals on",
    "untouched_plan": "open deals without a next step, or with one that is overdue",
    "slow_first_response": "open deals of the first stage, without a touchpoint of ours for longer than "
    "first_response_hours",
    "unqualified_effort": "over a third of the touchpoints of the last 30 days that we made went to deals that are "
    "disqualified, past the stage that requires qualification without it, or cannot qualify any more; from 5 on",
    "wasted_effort": "over a third of the touchpoints that we made in the last 365 days on deals that are closed now went "
    "to deals that were lost or disqualified before they passed the stage that requires qualification; from 20 on",
    "over_capacity": "more open deals in a stage than its wip_limit, snoozed ones not counted",
    "crowded_close": "more open deals in the last stage than its wip_limit, or at least 3 and over a third of all",
    "bottleneck": "a stage with two of: more waiting than its wip_limit or than 1.5 × arrivals × mean stay; usual "
    "visit above max_days or most of its deals stuck; fewer going on (80 % interval) than the probabilities plan; "
    "from 5 exits on",
    "top_heavy": "stages of the top of the funnel hold over 1.5 × arrivals a day (of 90 days) × mean stay",
    "bottom_heavy": "stages of the bottom hold over half of the open value, and fewer deals arrive in 30 days than wins "
    "for the quota (without one: as many as of late) ÷ win rate",
    "starved": "fewer open deals than quota ÷ average won value ÷ win rate; from 5 closed deals on",
    "more_leads_or_more_closing": "what the best of the last four quarters' number of new deals, or its win rate, would "
    "add to a usual quarter; said when one adds a fifth or more",
    "stage_count": "fewer than 3 or more than 7 stages; or one that holds over half of at least 10 losses, whose stays "
    "differ fourfold and by a week between the quartiles: split it",
    "unused_stage": "at least 5 moves jumped over the stage, and at most one deal in twenty was ever in it",
    "pass_through_stage": "nine of ten of at least 5 finished visits lasted less than an hour",
}


class Findings(NamedTuple):
    """What was found, and what could not be judged."""

    found: tuple[Finding, ...]
    unjudged: tuple[Unjudged, ...]


_OF_ONE_PIPELINE = re.compile(r"`(pipeline (?:list|sources|funnel|health|lessons)\b[^`]*)`")
"""Commands that show the default pipeline unless told otherwise."""


def find_findings(situation: Situation) -> Findings:
    """What the rules say of the situation, and which of them have too little to go by."""
    said = [one for rule in RULES for one in rule(situation)]
    return Findings(
        tuple(_placed(one, situation) for one in said if isinstance(one, Finding)),
        tuple(one for one in said if isinstance(one, Unjudged)),
    )


def find_in_all(situations: Sequence[Situation]) -> Findings:
    """The findings of each pipeline, one pipeline after the other; then those of several together."""
    parts = [find_findings(situation) for situation in situations]
    together = [*load.starved_together(situations)] if len(situations) > 1 else []
    return Findings(
        (*(one for part in parts for one in part.found), *(one for one in together if isinstance(one, Finding))),
        (*(one for part in parts for one in part.unjudged), *(one for one in together if isinstance(one, Unjudged))),
    )


def _placed(finding: Finding, situation: Situation) -> Finding:
    """With the name of the pipeline in the commands that it prints, where they would show another."""
    pipeline = situation.pipeline
    narrowing = "" if pipeline.id == situation.playbook.default_pipeline.id else f" --pipeline {pipeline.id}"
    advice = _OF_ONE_PIPELINE.sub(rf"`\1{narrowing}`", finding.advice) if narrowing else finding.advice
    return finding._replace(advice=advice, pipeline=pipeline.id, narrowing=narrowing)
