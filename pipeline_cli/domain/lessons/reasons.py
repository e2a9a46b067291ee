"""Why deals were won and lost, as far as somebody said so: over time, by stage, and what ended without a decision apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline_cli.domain.lessons.compare import ALPHA, LEAST
from pipeline_cli.domain.lessons.exact import clopper_pearson, fisher, holm, median_interval
from pipeline_cli.domain.outcomes.history import percentile, share
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.names import normalise

UNDECIDED = frozenset(
    (
        "no decision",
        "nodecision",
        "no response",
        "no reply",
        "unresponsive",
        "ghosted",
        "went silent",
        "went dark",
        "status quo",
        "did nothing",
    )
)
"""Reasons that say nobody else was chosen either."""


class Reasoned(NamedTuple):
    """Closed deals alike in outcome, reason, stage and quarter."""

    outcome: str
    reason: str | None
    """None: nobody said one."""
    stage: str
    """Where they stood."""
    quarter: str | None
    """Of the closing; None: no file says when."""
    deals: int


class ReasonCount(NamedTuple):
    """One reason of one outcome."""

    outcome: str
    reason: str | None
    deals: int
    share: float | None
    """Of the deals with that outcome for which a reason is known; None of those without one."""
    low: float | None
    high: float | None
    """Exact, 95 %."""
    by_stage: dict[str, int]
    by_quarter: dict[str, int]
    is_undecided: bool


class Shift(NamedTuple):
    """A reason that has become more, or less, frequent among the losses."""

    reason: str
    late: int
    late_all: int
    early: int
    early_all: int
    adjusted: float
    """How often chance alone makes as large a difference, with all reasons looked at together."""


def is_undecided(reason: str | None) -> bool:
    """Whether such a loss was nobody's gain."""
    return reason is not None and " ".join(normalise(reason).replace("_", " ").replace("-", " ").split()) in UNDECIDED


def count_reasons(reasoned: Sequence[Reasoned], outcome: str) -> list[ReasonCount]:
    """Most frequent first, those without a reason last."""
    by_reason: dict[str | None, list[Reasoned]] = {}
    for one in reasoned:
        if one.outcome == outcome:
            by_reason.setdefault(one.reason, []).append(one)
    told = sum(one.deals for reason, those in by_reason.items() if reason is not None for one in those)
    found = []
    for reason, those in by_reason.items():
        deals = sum(one.deals for one in those)
        stages, quarters = Counter[str](), Counter[str]()
        for one in those:
            stages[one.stage] += one.deals
            if one.quarter is not None:
                quarters[one.quarter] += one.deals
        low, high = (None, None) if reason is None else clopper_pearson(deals, told)
        part = None if reason is None else share(deals, told)
        found.append(
            ReasonCount(outcome, reason, deals, part, low, high, dict(stages), dict(quarters), is_undecided(reason))
        )
    return sorted(found, key=lambda one: (one.reason is None, -one.deals, one.reason or ""))


def find_shifts(reasons: Sequence[ReasonCount], quarters: Sequence[str]) -> list[Shift]:
    """Proven changes of the losses' reasons between the last two of these quarters and all before them."""
    recent = set(quarters[-2:])
    told = [one for one in reasons if one.reason is not None]
    late = {one.reason: sum(n for quarter, n in one.by_quarter.items() if quarter in recent) for one in told}
    early = {one.reason: sum(n for quarter, n in one.by_quarter.items() if quarter not in recent) for one in told}
    late_all, early_all = sum(late.values()), sum(early.values())
    if min(late_all, early_all) < LEAST:
        return []
    looked_at = [str(one.reason) for one in told if late[one.reason] + early[one.reason] >= LEAST]
    chances = holm([fisher(late[one], late_all - late[one], early[one], early_all - early[one]) for one in looked_at])
    return [
        Shift(one, late[one], late_all, early[one], early_all, chance)
        for one, chance in zip(looked_at, chances, strict=True)
        if chance < ALPHA
    ]


class Lasting(NamedTuple):
    """How long deals of one outcome took, in days."""

    outcome: str
    """won | lost | no_decision"""
    deals: int
    median_days: float | None
    low: float | None
    high: float | None
    """Exact, 95 %; None: too few."""


def how_long(days: Sequence[tuple[str, str | None, float]]) -> list[Lasting]:
    """Of won deals, lost ones, and those that ended without a decision; `days` as (outcome, lost reason, days)."""
    kinds: dict[str, list[float]] = {"won": [], "lost": [], "no_decision": []}
    for outcome, reason, took in days:
        kinds["no_decision" if outcome == "lost" and is_undecided(reason) else outcome].append(took)
    found = []
    for name, those in kinds.items():
        ascending = sorted(those)
        found.append(Lasting(name, len(ascending), percentile(ascending, 0.5), *median_interval(ascending)))
    return found
