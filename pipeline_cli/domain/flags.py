"""Flags on an open deal, one small function each, each with the number that set it off and the limit it broke."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.judged import Flag, JudgedDeal
from pipeline_cli.domain.playbook import Pipeline, Playbook, Stage
from pipeline_cli.domain.record import NamedTuple

CONCENTRATED_ABOVE = 0.4
PUSHED_FROM = 3
ENOUGH_VISITS = 10


class Yardsticks(NamedTuple):
    """What history makes the limits: known before any deal is judged."""

    usual_cycle_days: float
    visits: Mapping[str, tuple[float, int]] = {}
    """Stage -> median days of its finished visits, and how many there were."""
    weighted_cents: float = 0
    """Of all open deals together."""


class Judging(NamedTuple):
    deal: JudgedDeal
    stage: Stage | None
    pipeline: Pipeline
    playbook: Playbook
    clock: Clock
    yardsticks: Yardsticks
    gap: int


def raise_flags(
    deal: JudgedDeal, pipeline: Pipeline, playbook: Playbook, clock: Clock, yardsticks: Yardsticks, gap: int
) -> tuple[Flag, ...]:
    """In the order of FLAGS. A snoozed deal is silent: only flags about what it says, not about waiting, stay."""
    judging = Judging(deal, pipeline.stage(deal.facts.stage), pipeline, playbook, clock, yardsticks, gap)
    raised = [rule(judging) for name, rule in FLAGS.items() if not (deal.snoozed and name in _SILENT_WHEN_SNOOZED)]
    return tuple([flag for flag in raised if flag is not None])


def idle(j: Judging) -> Flag | None:
    """Idle days above the stage's idle_after_days."""
    if j.stage is None or j.deal.idle_days <= j.stage.idle_after_days:
        return None
    return Flag("idle", j.deal.idle_days, j.stage.idle_after_days)


def stuck(j: Judging) -> Flag | None:
    """Days in stage above max_days, or above twice the median visit when 10 finished visits are known."""
    if j.stage is None or j.deal.days_in_stage is None:
        return None
    median, visits = j.yardsticks.visits.get(j.stage.id, (0.0, 0))
    limit = min(j.stage.max_days, 2 * median) if visits >= ENOUGH_VISITS else j.stage.max_days
    return Flag("stuck", j.deal.days_in_stage, limit) if j.deal.days_in_stage > limit else None


def old(j: Judging) -> Flag | None:
    """Age above cycle_multiple × the usual won cycle; not judged where the creation date is inferred."""
    limit = j.playbook.prune_in(j.pipeline).cycle_multiple * j.yardsticks.usual_cycle_days
    if j.deal.facts.created_inferred or j.deal.age_days <= limit:
        return None
    return Flag("old", j.deal.age_days, limit)


def no_next_step(j: Judging) -> Flag | None:
    return Flag("no_next_step", 0, 1) if j.deal.facts.next_step_due is None else None


def overdue(j: Judging) -> Flag | None:
    """Days since the next step was due."""
    due = j.deal.facts.next_step_due
    return Flag("overdue", (j.clock.today - due).days, 0) if due is not None and due < j.clock.today else None


def no_value(j: Judging) -> Flag | None:
    return None if j.deal.facts.value_cents else Flag("no_value", 0, 1)


def no_close_date(j: Judging) -> Flag | None:
    return Flag("no_close_date", 0, 1) if j.deal.facts.expected_close is None else None


def past_close_date(j: Judging) -> Flag | None:
    """Days since the expected close date."""
    day = j.deal.facts.expected_close
    return Flag("past_close_date", (j.clock.today - day).days, 0) if day is not None and day < j.clock.today else None


def pushed(j: Judging) -> Flag | None:
    """How often the close date was moved later, from 3 times on."""
    return Flag("pushed", j.deal.facts.pushes, PUSHED_FROM) if j.deal.facts.pushes >= PUSHED_FROM else None


def regressed(j: Judging) -> Flag | None:
    """Moves to an earlier stage."""
    return Flag("regressed", j.deal.facts.moves_back, 0) if j.deal.facts.moves_back else None


def criteria_gap(j: Judging) -> Flag | None:
    """Criteria that the deal was forced past and that still do not hold."""
    return Flag("criteria_gap", j.gap, 0) if j.gap else None


def unanswered(j: Judging) -> Flag | None:
    """Attempts since the last conversation, from max_unanswered on."""
    limit = j.playbook.cadence_in(j.pipeline, j.stage).max_unanswered
    return Flag("unanswered", j.deal.facts.unanswered, limit) if j.deal.facts.unanswered >= limit else None


def unqualified(j: Judging) -> Flag | None:
    """Past the stage that requires qualification without having passed it: the yes answers, and how many it takes."""
    required_at = j.pipeline.qualifying_position
    if required_at is None or j.deal.position is None or j.deal.position <= required_at:
        return None
    if j.deal.is_qualified:
        return None
    return Flag("unqualified", len(j.deal.verdict.yes), j.playbook.qualification_in(j.pipeline).min_yes)


def concentrated(j: Judging) -> Flag | None:
    """The deal's share of the weighted value of all open deals, above 0.4."""
    total = j.yardsticks.weighted_cents
    part = j.deal.weighted_cents / total if total else 0.0
    return Flag("concentrated", part, CONCENTRATED_ABOVE) if part > CONCENTRATED_ABOVE else None


FLAGS = {
    rule.__name__: rule
    for rule in (
        idle, stuck, old, no_next_step, overdue, no_value, no_close_date, past_close_date, pushed, regressed,
        criteria_gap, unanswered, unqualified, concentrated,
    )
}  # fmt: skip

_SILENT_WHEN_SNOOZED = {"idle", "stuck", "no_next_step", "overdue", "unanswered"}

MEANINGS = {
    "idle": "more idle days than the stage's idle_after_days",
    "stuck": "more days in the stage than its max_days, or than twice its median visit once 10 visits are known",
    "old": "older than cycle_multiple × the usual cycle of won deals (from 10 on; before, usual_cycle_days)",
    "no_next_step": "no next step is set",
    "overdue": "days since the next step was due",
    "no_value": "no value, or 0",
    "no_close_date": "no expected close date",
    "past_close_date": "days since the expected close date",
    "pushed": "the close date was moved later 3 times or more",
    "regressed": "moves to an earlier stage",
    "criteria_gap": "exit criteria it was forced past that still do not hold",
    "unanswered": "attempts since the last conversation, from max_unanswered on: mails out, calls nobody answered",
    "unqualified": "past the stage that requires qualification without it: yes answers, of min_yes",
    "concentrated": "over 40 % of the weighted value of all open deals",
}
"""For --explain."""
