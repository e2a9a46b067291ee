"""Open deals that need a decision, each once for its most pressing reason, with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline_cli.domain.cadence import is_attempt
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Pipeline
from pipeline_cli.domain.prune import CLOSE, KEPT, WAIT, Candidate
from pipeline_cli.domain.record import NamedTuple

CODES = {
    "last_chance_over": "the deadline of its last chance has passed without an answer: close it",
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
            "last_chance_over": f"no answer {days}",
            "dead": f"dead, {days}",
            "past_close_date": f"close {days} ago",
            "overdue": f"overdue {days}",
            "attempt_overdue": f"overdue {days}",
            "no_next_step": "no next step",
            "stuck": f"{days} in stage",
        }[self.code]


def find_decisions(deals: Iterable[JudgedDeal], pipeline: Pipeline, prune: Sequence[Candidate]) -> tuple[Decision, ...]:
    """Of the open deals of one pipeline; the dearest first, deals without a value last."""
    candidates = {one.deal.facts.id: one for one in prune}
    late = late_stages(pipeline)
    found = []
    for deal in deals:
        reason = None if deal.snoozed else _reason(deal, candidates.get(deal.facts.id), late)
        if reason is not None:
            code, number, limit = reason
            found.append(
                Decision(deal.facts.id, code, number, limit, deal.facts.stage, deal.home_cents or 0,
                         round(deal.weighted_cents))
            )  # fmt: skip
    return tuple(sorted(found, key=dearest))


def dearest(decision: Decision) -> tuple[int, int, int]:
    """The order of decisions: by value, then by weighted value."""
    return -decision.cents, -decision.weighted_cents, decision.deal_id


def late_stages(pipeline: Pipeline) -> frozenset[str]:
    """The bottom of the funnel; where no stage is called so, the second half."""
    bottom = [stage.id for stage in pipeline.stages if stage.funnel == "bottom"]
    return frozenset(bottom or pipeline.stage_ids[(len(pipeline.stages) + 1) // 2 :])


def _reason(deal: JudgedDeal, candidate: Candidate | None, late: frozenset[str]) -> tuple[str, float, float] | None:
    if candidate is not None and candidate.step == WAIT:
        return None
    if candidate is not None and candidate.step != KEPT:
        is_over = candidate.step == CLOSE and candidate.deadline is not None
        return "last_chance_over" if is_over else "dead", deal.idle_days, candidate.limit
    return next((found for rule in _RULES if (found := rule(deal, late)) is not None), None)


def _flagged(code: str) -> Callable[[JudgedDeal, frozenset[str]], tuple[str, float, float] | None]:
    def rule(deal: JudgedDeal, late: frozenset[str]) -> tuple[str, float, float] | None:
        if code == "no_next_step" and deal.facts.stage not in late:
            return None
        for flag in deal.flags:
            if flag.flag == code:
                named = "attempt_overdue" if code == "overdue" and is_attempt(deal.facts.next_step) else code
                return named, flag.number or 0, flag.limit or 0
        return None

    return rule


_RULES = tuple(_flagged(code) for code in ("past_close_date", "overdue", "no_next_step", "stuck"))
