"""Open deals scored: clocks, weights, scores and flags, each flag one small function with the number that raised it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pipeline_cli.domain.deal.deal import Answer, DealFacts
from pipeline_cli.domain.playbook import Pipeline, Playbook, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.qualification import Verdict, judge_qualification
from pipeline_cli.domain.words.clock import Clock


class Flag(NamedTuple):
    flag: str
    number: float | int | None
    limit: float | int | None


class ScoredDeal(NamedTuple):
    facts: DealFacts
    position: int | None
    """Of its stage; None when pipeline.yaml no longer has it."""
    home_cents: int | None
    """Its value in the file's currency."""
    probability: float
    """Its own, or else its stage's, 0 to 1."""
    weighted_cents: float
    """home_cents × probability; 0 without a value."""
    category: str
    snoozed: bool
    idle_days: int
    """Since the last touchpoint, or the creation without one, or since it woke."""
    days_in_stage: int | None
    age_days: int
    verdict: Verdict
    flags: tuple[Flag, ...]
    quiet_days: int = 0
    """As idle_days; what you sent after a last chance aside: its draft is no sign of life."""

    @property
    def is_open(self) -> bool:
        return self.facts.status == "open"

    @property
    def snoozed_until(self) -> date | None:
        """None for a deal that is awake."""
        return self.facts.snoozed_until if self.snoozed else None

    @property
    def is_qualified(self) -> bool:
        return self.verdict.verdict == "qualified"

    @property
    def score(self) -> float | None:
        """None until a question is answered."""
        return self.verdict.score if self.verdict.yes or self.verdict.no or self.verdict.mismatches else None

    def has(self, flag: str) -> bool:
        return any(one.flag == flag for one in self.flags)


CONCENTRATED_ABOVE = 0.4
PUSHED_FROM = 3
ENOUGH_VISITS = 10


class Baselines(NamedTuple):
    """What history makes the limits: known before any deal is judged."""

    usual_cycle_days: float
    visits: Mapping[str, tuple[float, int]] = {}
    """Stage -> median days of its finished visits, and how many there were."""
    weighted_cents: float = 0
    """Of all open deals together."""


class Scoring(NamedTuple):
    deal: ScoredDeal
    stage: Stage | None
    pipeline: Pipeline
    playbook: Playbook
    clock: Clock
    baselines: Baselines
    gap: int


def raise_flags(
    deal: ScoredDeal, pipeline: Pipeline, playbook: Playbook, clock: Clock, baselines: Baselines, gap: int
) -> tuple[Flag, ...]:
    """In the order of FLAGS. A snoozed deal is silent: only flags about what it says, not about waiting, stay."""
    scoring = Scoring(deal, pipeline.stage(deal.facts.stage), pipeline, playbook, clock, baselines, gap)
    raised = [rule(scoring) for name, rule in FLAGS.items() if not (deal.snoozed and name in _SILENT_WHEN_SNOOZED)]
    return tuple([flag for flag in raised if flag is not None])


def idle(j: Scoring) -> Flag | None:
    """Idle days above the stage's idle_after_days."""
    if j.stage is None or j.deal.idle_days <= j.stage.idle_after_days:
        return None
    return Flag("idle", j.deal.idle_days, j.stage.idle_after_days)


def stuck(j: Scoring) -> Flag | None:
    """Days in stage above max_days, or above twice the median visit when 10 finished visits are known."""
    if j.stage is None or j.deal.days_in_stage is None:
        return None
    median, visits = j.baselines.visits.get(j.stage.id, (0.0, 0))
    limit = min(j.stage.max_days, 2 * median) if visits >= ENOUGH_VISITS else j.stage.max_days
    return Flag("stuck", j.deal.days_in_stage, limit) if j.deal.days_in_stage > limit else None


def old(j: Scoring) -> Flag | None:
    """Age above cycle_multiple × the usual won cycle; not judged where the creation date is inferred."""
    limit = j.playbook.prune_in(j.pipeline).cycle_multiple * j.baselines.usual_cycle_days
    if j.deal.facts.created_inferred or j.deal.age_days <= limit:
        return None
    return Flag("old", j.deal.age_days, limit)


def no_next_step(j: Scoring) -> Flag | None:
    return Flag("no_next_step", 0, 1) if j.deal.facts.next_step_due is None else None


def overdue(j: Scoring) -> Flag | None:
    """Days since the next step was due."""
    due = j.deal.facts.next_step_due
    return Flag("overdue", (j.clock.today - due).days, 0) if due is not None and due < j.clock.today else None


def no_value(j: Scoring) -> Flag | None:
    return None if j.deal.facts.value_cents else Flag("no_value", 0, 1)


def no_close_date(j: Scoring) -> Flag | None:
    return Flag("no_close_date", 0, 1) if j.deal.facts.expected_close is None else None


def past_close_date(j: Scoring) -> Flag | None:
    """Days since the expected close date."""
    day = j.deal.facts.expected_close
    return Flag("past_close_date", (j.clock.today - day).days, 0) if day is not None and day < j.clock.today else None


def pushed(j: Scoring) -> Flag | None:
    """How often the close date was moved later, from 3 times on."""
    return Flag("pushed", j.deal.facts.pushes, PUSHED_FROM) if j.deal.facts.pushes >= PUSHED_FROM else None


def regressed(j: Scoring) -> Flag | None:
    """Moves to an earlier stage."""
    return Flag("regressed", j.deal.facts.moves_back, 0) if j.deal.facts.moves_back else None


def criteria_gap(j: Scoring) -> Flag | None:
    """Criteria that the deal was forced past and that still do not hold."""
    return Flag("criteria_gap", j.gap, 0) if j.gap else None


def unanswered(j: Scoring) -> Flag | None:
    """Attempts since the last conversation, from max_unanswered on."""
    limit = j.playbook.cadence_in(j.pipeline, j.stage).max_unanswered
    return Flag("unanswered", j.deal.facts.unanswered, limit) if j.deal.facts.unanswered >= limit else None


def unqualified(j: Scoring) -> Flag | None:
    """Past the stage that requires qualification without having passed it: the yes answers, and how many it takes."""
    required_at = j.pipeline.qualifying_position
    if required_at is None or j.deal.position is None or j.deal.position <= required_at:
        return None
    if j.deal.is_qualified:
        return None
    return Flag("unqualified", len(j.deal.verdict.yes), j.playbook.qualification_in(j.pipeline).min_yes)


def concentrated(j: Scoring) -> Flag | None:
    """The deal's share of the weighted value of all open deals, above 0.4."""
    total = j.baselines.weighted_cents
    part = j.deal.weighted_cents / total if total else 0.0
    return Flag("concentrated", part, CONCENTRATED_ABOVE) if part > CONCENTRATED_ABOVE else None


FLAGS = {
    rule.__name__: rule
    for rule in (
        idle,
        stuck,
        old,
        no_next_step,
        overdue,
        no_value,
        no_close_date,
        past_close_date,
        pushed,
        regressed,
        criteria_gap,
        unanswered,
        unqualified,
        concentrated,
    )
}

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


def score_deals(
    facts: Sequence[DealFacts],
    playbook: Playbook,
    pipeline: Pipeline,
    clock: Clock,
    baselines: Baselines,
    probabilities: Mapping[str, float],
    answers: Mapping[int, Mapping[str, Answer]],
    gaps: Mapping[int, int],
) -> tuple[ScoredDeal, ...]:
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
    baselines = baselines._replace(weighted_cents=total)
    return tuple(
        deal._replace(flags=raise_flags(deal, pipeline, playbook, clock, baselines, gaps.get(deal.facts.id, 0)))
        if deal.facts.status == "open"
        else deal
        for deal in weighed
    )


def _weigh(
    facts: DealFacts,
    playbook: Playbook,
    pipeline: Pipeline,
    clock: Clock,
    probabilities: Mapping[str, float],
    verdict: Verdict,
) -> ScoredDeal:
    stage = pipeline.stage(facts.stage)
    cents = facts.value_cents
    home = None if cents is None else playbook.in_home(cents, facts.currency)
    probability = probabilities.get(facts.stage, 0.0) if facts.probability is None else facts.probability
    if facts.status != "open":
        probability = 1.0 if facts.status == "won" else 0.0
    return ScoredDeal(
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
