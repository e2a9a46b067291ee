"""Deals are judged: their clocks, weights and scores, and then, the weight of all being known, their flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.deal import Answer, DealFacts
from pipeline_cli.domain.flags import Yardsticks, raise_flags
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.money import convert_cents
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.qualification import Verdict, judge_qualification


def judge_deals(
    facts: Sequence[DealFacts], playbook: Playbook, pipeline: Pipeline, clock: Clock, yardsticks: Yardsticks,
    probabilities: Mapping[str, float], answers: Mapping[int, Mapping[str, Answer]], gaps: Mapping[int, int],
) -> tuple[JudgedDeal, ...]:  # fmt: skip
    """Clocks in calendar days of the configured zone; flags only on open deals.

    `probabilities`: stage -> 0 to 1; `gaps`: deal -> number of criteria still missing from when it was forced on.
    """
    qualification = playbook.qualification_in(pipeline)
    unasked = judge_qualification(qualification, {}, {})

    def verdict(one: DealFacts) -> Verdict:
        """Most deals were asked nothing: judging each anew takes a quarter of the time."""
        asked = one.id in answers or one.fields
        return judge_qualification(qualification, answers.get(one.id, {}), one.fields) if asked else unasked

    weighed = [_weigh(one, playbook, pipeline, clock, probabilities, verdict(one)) for one in facts]
    total = sum(deal.weighted_cents for deal in weighed if deal.facts.status == "open")
    yardsticks = yardsticks._replace(weighted_cents=total)
    return tuple(
        deal._replace(flags=raise_flags(deal, pipeline, playbook, clock, yardsticks, gaps.get(deal.facts.id, 0)))
        if deal.facts.status == "open"
        else deal
        for deal in weighed
    )


def _weigh(
    facts: DealFacts, playbook: Playbook, pipeline: Pipeline, clock: Clock, probabilities: Mapping[str, float],
    verdict: Verdict,
) -> JudgedDeal:  # fmt: skip
    stage = pipeline.stage(facts.stage)
    cents = facts.value_cents
    home = None if cents is None else convert_cents(cents, facts.currency, playbook.currency, playbook.exchange_rates)
    probability = probabilities.get(facts.stage, 0.0) if facts.probability is None else facts.probability
    if facts.status != "open":
        probability = 1.0 if facts.status == "won" else 0.0
    return JudgedDeal(
        facts=facts,
        position=pipeline.position(facts.stage),
        home_cents=home,
        probability=probability,
        weighted_cents=(home or 0) * probability,
        category=facts.category or (stage.category if stage else "omitted"),
        snoozed=facts.status == "open" and facts.snoozed_until is not None and facts.snoozed_until > clock.today,
        idle_days=_days_of_silence(facts, facts.last_touch_at, clock),
        days_in_stage=None if facts.entered_stage_at is None else max(0, clock.days_since(facts.entered_stage_at)),
        age_days=max(0, clock.days_since(facts.created_at)),
        verdict=verdict,
        flags=(),
        quiet_days=_days_of_silence(facts, facts.quiet_since, clock),
    )


def _days_of_silence(facts: DealFacts, last_touch_at: datetime | None, clock: Clock) -> int:
    """A snooze means wait: on waking the clock begins anew."""
    days = clock.days_since(last_touch_at or facts.created_at)
    if facts.snoozed_until is None or facts.snoozed_until > clock.today:
        return days
    return min(days, (clock.today - facts.snoozed_until).days)
