"""A finding, and what the rules that make findings look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.health import StageHealth, Totals
from pipeline_cli.domain.judged import JudgedDeal
from pipeline_cli.domain.playbook import Pipeline, Playbook
from pipeline_cli.domain.prune import Candidate


class Finding(NamedTuple):
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


class Situation(NamedTuple):
    """One pipeline at one instant."""

    pipeline: Pipeline
    playbook: Playbook
    clock: Clock
    deals: Sequence[JudgedDeal]
    """The open ones."""
    stages: Sequence[StageHealth]
    totals: Totals
    prune: Sequence[Candidate]
    """What prune would propose today."""


def value_of(deals: Iterable[JudgedDeal]) -> int:
    return sum(deal.home_cents or 0 for deal in deals)


def ids_of(deals: Iterable[JudgedDeal]) -> list[int]:
    return [deal.facts.id for deal in deals]


def some_of(ids: Sequence[int], most: int = 5) -> str:
    """`12, 14 and 3 more`"""
    shown = ", ".join(str(number) for number in ids[:most])
    return f"{shown} and {len(ids) - most} more" if len(ids) > most else shown


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 deal`, `2 deals`"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
