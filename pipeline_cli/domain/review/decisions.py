"""Open deals that need a decision, what to type about each, and the few things that matter most."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from pipeline_cli.domain.deal.touch_sense import is_live
from pipeline_cli.domain.findings.finding import Finding
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.cadence import is_attempt
from pipeline_cli.domain.rules.prune import CLOSE, KEPT, WAIT, Candidate
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import counted

CODES = {
    "reply_owed": "they wrote, and you have not answered for idle_after_days, or something else is to be decided",
    "call_owed": "the same of a call of theirs that you missed",
    "last_chance_over": "the deadline of its last chance has come without an answer: close it",
    "dead": "prune would remove it: close it, or log what keeps it alive",
    "past_close_date": "its expected close date has passed: name another, or close it",
    "overdue": "its next step is past its date: do it, or name another",
    "attempt_overdue": "the next attempt to reach somebody is past its date: make it, and log it",
    "no_next_step": "it stands in a late stage (bottom of the funnel, else the second half of the stages) without a next "
    "step",
    "stuck": "longer in its stage than max_days, or than twice the usual visit",
}
"""The most pressing first. Snoozed deals, and those whose last chance is running, need none."""

DEAD = frozenset(("last_chance_over", "dead"))
"""What `prune` proposes all at once."""


class Decision(NamedTuple):
    """Numbers, ids and codes alone: a kept review must hold no word about a person."""

    deal_id: int
    code: str
    number: float
    limit: float
    stage: str
    cents: int
    weighted_cents: int

    @property
    def why(self) -> str:
        """The reason with its number."""
        days = counted(round(self.number), "day")
        return {
            "reply_owed": f"they wrote {days} ago, and you have not answered",
            "call_owed": f"they rang {days} ago, and you have not called back",
            "last_chance_over": f"last chance over, idle {days}",
            "dead": f"dead by your rules, idle {days}",
            "past_close_date": f"expected to close {days} ago",
            "overdue": f"next step {days} overdue",
            "attempt_overdue": f"next attempt {days} overdue",
            "no_next_step": "in a late stage without a next step",
            "stuck": f"{days} in its stage > {round(self.limit, 1):g}",
        }[self.code]

    @property
    def short_why(self) -> str:
        """The same in 13 cells, for a table of 80."""
        days = f"{round(self.number)}d"
        return {
            "reply_owed": f"wrote {days} ago",
            "call_owed": f"rang {days} ago",
            "last_chance_over": f"no answer {days}",
            "dead": f"dead, {days}",
            "past_close_date": f"close {days} ago",
            "overdue": f"overdue {days}",
            "attempt_overdue": f"overdue {days}",
            "no_next_step": "no next step",
            "stuck": f"{days} in stage",
        }[self.code]


def find_decisions(
    deals: Iterable[ScoredDeal], pipeline: Pipeline, playbook: Playbook, prune: Sequence[Candidate], clock: Clock
) -> tuple[Decision, ...]:
    """Of the open deals of one pipeline; the dearest first, deals without a value last."""
    candidates = {one.deal.facts.id: one for one in prune}
    late = late_stages(pipeline)
    found = []
    for deal in deals:
        reason = None if deal.snoozed else _reason(deal, candidates.get(deal.facts.id), late)
        if not deal.snoozed and deal.facts.awaits_since is not None:
            reason = _owed(deal, deal.facts.awaits_since, pipeline, playbook, clock, reason)
        if reason is not None:
            code, number, limit = reason
            found.append(
                Decision(
                    deal.facts.id,
                    code,
                    number,
                    limit,
                    deal.facts.stage,
                    deal.home_cents or 0,
                    round(deal.weighted_cents),
                )
            )
    return tuple(sorted(found, key=by_value))


def by_value(decision: Decision) -> tuple[int, int, int]:
    """The order of decisions: by value, then by weighted value."""
    return -decision.cents, -decision.weighted_cents, decision.deal_id


def late_stages(pipeline: Pipeline) -> frozenset[str]:
    """The bottom of the funnel; where no stage is called so, the second half."""
    bottom = [stage.id for stage in pipeline.stages if stage.funnel == "bottom"]
    return frozenset(bottom or pipeline.stage_ids[(len(pipeline.stages) + 1) // 2 :])


def _reason(deal: ScoredDeal, candidate: Candidate | None, late: frozenset[str]) -> tuple[str, float, float] | None:
    if candidate is not None and candidate.step == WAIT:
        return None
    if candidate is not None and candidate.step != KEPT:
        is_over = candidate.step == CLOSE and candidate.deadline is not None
        return "last_chance_over" if is_over else "dead", deal.idle_days, candidate.limit
    return next((found for rule in _RULES if (found := rule(deal, late)) is not None), None)


_Reason = tuple[str, float, float]


def _owed(
    deal: ScoredDeal, since: datetime, pipeline: Pipeline, playbook: Playbook, clock: Clock, reason: _Reason | None
) -> _Reason | None:
    """Who waits for you comes before whatever else there is to decide; for so few days that is a matter of `today`."""
    stage, days = pipeline.stage(deal.facts.stage), clock.days_since(since)
    limit = stage.idle_after_days if stage else 0
    if reason is None and days <= limit:
        return None
    rang = is_live(deal.facts.awaits_kind or "", playbook.conversations)
    return "call_owed" if rang else "reply_owed", days, limit


def _flagged(code: str) -> Callable[[ScoredDeal, frozenset[str]], tuple[str, float, float] | None]:
    def rule(deal: ScoredDeal, late: frozenset[str]) -> tuple[str, float, float] | None:
        if code == "no_next_step" and deal.facts.stage not in late:
            return None
        for flag in deal.flags:
            if flag.flag == code:
                named = "attempt_overdue" if code == "overdue" and is_attempt(deal.facts.next_step) else code
                return named, flag.number or 0, flag.limit or 0
        return None

    return rule


_RULES = tuple(_flagged(code) for code in ("past_close_date", "overdue", "no_next_step", "stuck"))


MOST = 3
_COMMAND = re.compile(r"`pipeline ([^`]+)`")
_ABOUT_A_DEAL = re.compile(r"[a-z]+ (\d+)\b")
_ALREADY_FOUND = {"dead", "last_chance_over", "overdue", "attempt_overdue", "no_next_step"}
"""Decisions that `dead_weight` and `untouched_plan` speak of."""
_ON_STAGES = {"stage_count", "unused_stage", "pass_through_stage"}
"""Findings on how the file is written: they matter where open deals with a value stand in the way of it."""


class Priority(NamedTuple):
    """One thing, with its number and what to type; program words, numbers and ids alone."""

    code: str
    """Of the finding or of the decision."""
    deals: int
    stake_cents: int
    """What it ranks by: weighted value of the deals it is about; of a finding about none, what it says itself."""
    sentence: str
    command: str
    """What to type after the name of the program; of decisions that of the dearest is looked up when it is shown."""

    @property
    def deal_id(self) -> int | None:
        """The deal that the command is about."""
        about = _ABOUT_A_DEAL.match(self.command)
        return int(about[1]) if about else None


class _Candidate(NamedTuple):
    priority: Priority
    ids: frozenset[int]


def rank_priorities(
    findings: Sequence[Finding], decisions: Sequence[Decision], weighted: Mapping[int, float]
) -> tuple[Priority, ...]:
    """The three with most at stake; one whose deals are mostly those of one before it says nothing new."""
    found = [_of_finding(finding, weighted) for finding in findings] + _of_decisions(decisions, weighted)
    found = [one for one in found if one.priority.stake_cents or one.priority.code not in _ON_STAGES]
    found.sort(key=lambda one: (-one.priority.stake_cents, -one.priority.deals, one.priority.code))
    chosen: list[_Candidate] = []
    for one in found:
        is_told = any(one.ids and len(one.ids & other.ids) * 2 > len(one.ids) for other in chosen)
        if not is_told and len(chosen) < MOST:
            chosen.append(one)
    return tuple(one.priority for one in chosen)


def _of_finding(finding: Finding, weighted: Mapping[int, float]) -> _Candidate:
    ids = frozenset(finding.evidence.get("ids") or ())
    stake = sum(weighted.get(deal_id, 0.0) for deal_id in ids) if ids else finding.value_cents or 0
    said = _COMMAND.search(finding.advice)
    command = said[1] if said else f"list stage={finding.stage} --sort -value" if finding.stage else "health"
    command += finding.narrowing if not said else ""
    return _Candidate(Priority(finding.code, finding.deals, round(stake), finding.message, command), ids)


def _of_decisions(decisions: Sequence[Decision], weighted: Mapping[int, float]) -> list[_Candidate]:
    by_code: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.code not in _ALREADY_FOUND:
            by_code.setdefault(decision.code, []).append(decision)
    return [_of_group(code, group, weighted) for code, group in by_code.items()]


def _of_group(code: str, group: Sequence[Decision], weighted: Mapping[int, float]) -> _Candidate:
    """`group`: dearest first."""
    ids = frozenset(one.deal_id for one in group)
    one = len(group) == 1
    what = {
        "past_close_date": f"{'is' if one else 'are'} past the expected close date",
        "stuck": f"{'has' if one else 'have'} stood too long in {'its' if one else 'their'} stage",
        "reply_owed": f"{'waits' if one else 'wait'} for your answer",
        "call_owed": f"{'waits' if one else 'wait'} for you to call back",
    }[code]
    sentence = f"{counted(len(group), 'open deal')} {what}."
    stake = round(sum(weighted.get(deal_id, 0.0) for deal_id in ids))
    return _Candidate(Priority(code, len(group), stake, sentence, f"show {group[0].deal_id}"), ids)
