"""A finding, and what the rules that make findings look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from pipeline_cli.domain.outcomes.flow import Flow
from pipeline_cli.domain.outcomes.health import StageHealth, Totals
from pipeline_cli.domain.outcomes.history import Outcomes
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.prune import Candidate
from pipeline_cli.domain.rules.scored_deal import Baselines, ScoredDeal


class Finding(NamedTuple):
    """One sentence about the pipeline with its advice, its numbers and the deals it is about."""

    code: str
    stage: str | None
    deals: int
    """How many it is about."""
    value_cents: int | None
    message: str
    advice: str
    """One sentence that names deals or a command to type next."""
    evidence: Mapping[str, Any]
    """The numbers behind it; `ids` are the deals."""
    pipeline: str = ""
    """Its id; nothing for a finding on several together."""
    narrowing: str = ""
    """What a printed `list` or `funnel` needs at its end to look at this pipeline; nothing for the default one."""


class Unjudged(NamedTuple):
    """A finding that keeps silent because there is too little to go by."""

    code: str
    reason: str
    """What there is of what it takes: `2 of 5 won deals`."""


Found = Iterator[Finding | Unjudged]


class Situation(Baselines, Protocol):
    """One pipeline at one instant: all that the rules look at."""

    @property
    def open_deals(self) -> Sequence[ScoredDeal]: ...
    @property
    def stages(self) -> Sequence[StageHealth]: ...
    @property
    def totals(self) -> Totals: ...
    @property
    def prune(self) -> Sequence[Candidate]:
        """What prune would propose today."""

    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def cycles(self) -> Sequence[float]:
        """Days of the won deals, shortest first."""

    @property
    def visits(self) -> Mapping[str, Sequence[float]]:
        """Stage -> days of its finished visits, shortest first."""

    @property
    def reached(self) -> Mapping[int, int]:
        """Open deal -> the furthest position it ever reached."""

    @property
    def flow(self) -> Flow: ...


def working_in(situation: Situation, *stages: str) -> list[ScoredDeal]:
    """The open deals of some stages, snoozed ones left out, the longest in their stage first."""
    deals = [deal for deal in situation.open_deals if deal.facts.stage in stages and not deal.snoozed]
    return sorted(deals, key=lambda deal: (-(deal.days_in_stage or 0), deal.facts.id))


def count_closed(situation: Situation) -> int:
    """Won and lost: the n of the win rate."""
    return situation.totals.won_deals + situation.totals.lost_deals


def value_of(deals: Iterable[ScoredDeal]) -> int:
    """Their value in minor units of the home currency; deals without one count as nothing."""
    return sum(deal.home_cents or 0 for deal in deals)


def ids_of(deals: Iterable[ScoredDeal]) -> list[int]:
    """Their numbers, in their order."""
    return [deal.facts.id for deal in deals]


def some_of(ids: Sequence[int], most: int = 5) -> str:
    """`12, 14 and 3 more`"""
    shown = ", ".join(str(number) for number in ids[:most])
    return f"{shown} and {len(ids) - most:,} more" if len(ids) > most else shown


def is_or_are(number: int) -> str:
    """The verb of so many."""
    return "is" if number == 1 else "are"
