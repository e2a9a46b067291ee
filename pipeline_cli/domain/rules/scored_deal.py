"""A deal scored: clocks, weights, score and flags, each flag one small function with the number that raised it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from pipeline_cli.domain.deal.deal import Answer, DealFacts
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.qualification import Verdict, judge_qualification
from pipeline_cli.domain.words.clock import Clock


class Flag(NamedTuple):
    """What is wrong with a deal, the number that set it off and its limit."""

    flag: str
    number: float | int | None
    limit: float | int | None


class Baselines(Protocol):
    """What the deals of one pipeline are scored by: its rules, the day, and what history says; each read when asked for."""

    @property
    def playbook(self) -> Playbook: ...
    @property
    def pipeline(self) -> Pipeline: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def chances(self) -> Mapping[str, float]:
        """Stage -> share of the deals that reached it that are won, 0 to 1."""

    def chance_of(self, deal_id: int) -> float:
        """That an open deal is won in the end, 0 to 1, by all that history says of deals such as it."""

    @property
    def usual_cycle_days(self) -> float: ...
    @property
    def usual_visits(self) -> Mapping[str, tuple[float, int]]:
        """Stage -> median days of its finished visits, and how many there were."""

    @property
    def weighted_cents(self) -> float:
        """Of all open deals together."""

    @property
    def answers(self) -> Mapping[int, Mapping[str, Answer]]:
        """Deal -> question -> the latest answer."""

    @property
    def unasked(self) -> Verdict:
        """Of a deal that was asked nothing: most are, and judging each anew takes a quarter of the time."""

    def moves_back_of(self, deal_id: int) -> int:
        """How often it was moved to an earlier stage."""

    def gaps_of(self, deal_id: int) -> Sequence[str]:
        """Of the criteria it was forced past, those that still do not hold."""


class ScoredDeal:
    """One deal on one day. Clocks in calendar days of the configured zone; what needs history is read when asked for."""

    def __init__(self, facts: DealFacts, by: Baselines) -> None:
        clock = by.clock
        self.facts = facts
        self.by = by
        self.stage = by.pipeline.stage(facts.stage)
        """None when pipeline.yaml no longer has it."""
        self.position = by.pipeline.position(facts.stage)
        """Of its stage; None likewise."""
        cents = facts.value_cents
        self.home_cents = None if cents is None else by.playbook.in_home(cents, facts.currency)
        """Its value in the file's currency."""
        self.category = facts.category or (self.stage.category if self.stage else "omitted")
        self.snoozed = self.is_open and facts.snoozed_until is not None and facts.snoozed_until > clock.today
        self.idle_days = _days_of_silence(facts, facts.last_touch_at, clock)
        """Since the last touchpoint, or the creation without one, or since it woke."""
        self.quiet_days = _days_of_silence(facts, facts.quiet_since, clock)
        """As idle_days; what you sent after a last chance aside: its draft is no sign of life."""
        entered = facts.entered_stage_at
        self.days_in_stage = None if entered is None else max(0, clock.days_since(entered))
        self.age_days = max(0, clock.days_since(facts.created_at))

    @property
    def is_open(self) -> bool:
        """Neither won, lost nor disqualified."""
        return self.facts.status == "open"

    @property
    def snoozed_until(self) -> date | None:
        """None for a deal that is awake."""
        return self.facts.snoozed_until if self.snoozed else None

    @cached_property
    def probability(self) -> float:
        """The chance of being won in the end, 0 to 1: its own when set by hand, else what history says, nothing in a stage
        that pipeline.yaml no longer has; of a closed deal, what came of it. Every report means this one by `chance`."""
        if not self.is_open:
            return 1.0 if self.facts.status == "won" else 0.0
        if self.facts.probability is not None:
            return self.facts.probability
        return self.by.chance_of(self.facts.id) if self.stage else 0.0

    @property
    def chance_of_stage(self) -> float:
        """Its own when set by hand, else the share of its stage, whatever its age and silence."""
        own = self.facts.probability
        return self.by.chances.get(self.facts.stage, 0.0) if own is None else own

    @property
    def weighted_cents(self) -> float:
        """home_cents × probability; 0 without a value."""
        return (self.home_cents or 0) * self.probability

    @cached_property
    def verdict(self) -> Verdict:
        """What the answers of the qualification say."""
        answers = self.by.answers.get(self.facts.id, {})
        if not answers and not self.facts.fields:
            return self.by.unasked
        return judge_qualification(self.by.playbook.qualification_in(self.by.pipeline), answers, self.facts.fields)

    @property
    def is_qualified(self) -> bool:
        """By the questions of its pipeline."""
        return self.verdict.verdict == "qualified"

    @property
    def score(self) -> float | None:
        """None until a question is answered."""
        return self.verdict.score if self.verdict.yes or self.verdict.no or self.verdict.mismatches else None

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """In the order of FLAGS; a closed deal has none.

        A snoozed deal is silent: only flags about what it says, not about waiting, stay.
        """
        if not self.is_open:
            return ()
        raised = [rule(self) for name, rule in FLAGS.items() if not (self.snoozed and name in _SILENT_WHEN_SNOOZED)]
        return tuple([flag for flag in raised if flag is not None])

    def has(self, flag: str) -> bool:
        """Whether the flag of that name is raised."""
        return any(one.flag == flag for one in self.flags)


CONCENTRATED_ABOVE = 0.4
PUSHED_FROM = 3
ENOUGH_VISITS = 10


def idle(deal: ScoredDeal) -> Flag | None:
    """Idle days above the stage's idle_after_days."""
    if deal.stage is None or deal.idle_days <= deal.stage.idle_after_days:
        return None
    return Flag("idle", deal.idle_days, deal.stage.idle_after_days)


def stuck(deal: ScoredDeal) -> Flag | None:
    """Days in stage above max_days, or above twice the median visit when 10 finished visits are known."""
    if deal.stage is None or deal.days_in_stage is None:
        return None
    median, visits = deal.by.usual_visits.get(deal.stage.id, (0.0, 0))
    limit = min(deal.stage.max_days, 2 * median) if visits >= ENOUGH_VISITS else deal.stage.max_days
    return Flag("stuck", deal.days_in_stage, limit) if deal.days_in_stage > limit else None


def old(deal: ScoredDeal) -> Flag | None:
    """Age above cycle_multiple × the usual won cycle; not judged where the creation date is inferred."""
    limit = deal.by.playbook.prune_in(deal.by.pipeline).cycle_multiple * deal.by.usual_cycle_days
    if deal.facts.created_inferred or deal.age_days <= limit:
        return None
    return Flag("old", deal.age_days, limit)


def no_next_step(deal: ScoredDeal) -> Flag | None:
    """Nothing is planned."""
    return Flag("no_next_step", 0, 1) if deal.facts.next_step_due is None else None


def overdue(deal: ScoredDeal) -> Flag | None:
    """Days since the next step was due."""
    due = deal.facts.next_step_due
    return (
        Flag("overdue", (deal.by.clock.today - due).days, 0) if due is not None and due < deal.by.clock.today else None
    )


def no_value(deal: ScoredDeal) -> Flag | None:
    """Nobody said what it is worth."""
    return None if deal.facts.value_cents else Flag("no_value", 0, 1)


def no_close_date(deal: ScoredDeal) -> Flag | None:
    """Nobody said when it may close."""
    return Flag("no_close_date", 0, 1) if deal.facts.expected_close is None else None


def past_close_date(deal: ScoredDeal) -> Flag | None:
    """Days since the expected close date."""
    day = deal.facts.expected_close
    return (
        Flag("past_close_date", (deal.by.clock.today - day).days, 0)
        if day is not None and day < deal.by.clock.today
        else None
    )


def pushed(deal: ScoredDeal) -> Flag | None:
    """How often the close date was moved later, from 3 times on."""
    return Flag("pushed", deal.facts.pushes, PUSHED_FROM) if deal.facts.pushes >= PUSHED_FROM else None


def regressed(deal: ScoredDeal) -> Flag | None:
    """Moves to an earlier stage."""
    moves = deal.by.moves_back_of(deal.facts.id)
    return Flag("regressed", moves, 0) if moves else None


def criteria_gap(deal: ScoredDeal) -> Flag | None:
    """Criteria that the deal was forced past and that still do not hold."""
    gaps = len(deal.by.gaps_of(deal.facts.id))
    return Flag("criteria_gap", gaps, 0) if gaps else None


def unanswered(deal: ScoredDeal) -> Flag | None:
    """Attempts since the last conversation, from max_unanswered on."""
    limit = deal.by.playbook.cadence_in(deal.by.pipeline, deal.stage).max_unanswered
    return Flag("unanswered", deal.facts.unanswered, limit) if deal.facts.unanswered >= limit else None


def unqualified(deal: ScoredDeal) -> Flag | None:
    """Past the stage that requires qualification without having passed it: the yes answers, and how many it takes."""
    required_at = deal.by.pipeline.qualifying_position
    if required_at is None or deal.position is None or deal.position <= required_at:
        return None
    if deal.is_qualified:
        return None
    return Flag("unqualified", len(deal.verdict.yes), deal.by.playbook.qualification_in(deal.by.pipeline).min_yes)


def concentrated(deal: ScoredDeal) -> Flag | None:
    """The deal's share of the weighted value of all open deals, above 0.4."""
    total = deal.by.weighted_cents
    part = deal.weighted_cents / total if total else 0.0
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


def _days_of_silence(facts: DealFacts, last_touch_at: datetime | None, clock: Clock) -> int:
    """A snooze means wait: on waking the clock begins anew."""
    days = clock.days_since(last_touch_at or facts.created_at)
    if facts.snoozed_until is None or facts.snoozed_until > clock.today:
        return days
    return min(days, (clock.today - facts.snoozed_until).days)
