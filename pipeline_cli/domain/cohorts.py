"""Deals by when they were created, and how many of them were won within so many days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline_cli.domain.clock import Clock, days_between
from pipeline_cli.domain.record import NamedTuple

SPANS = (30, 60, 90, 180)
"""Days of 24 hours after the creation."""


class Cohort(NamedTuple):
    """As counted."""

    name: str | None
    """`2026-11`, `2026-Q4`; None: creation not known."""
    deals: int
    won: int
    lost: int
    open: int
    youngest: datetime
    """When its last member was created."""
    won_within: tuple[int, ...]
    """Deals won within each of the SPANS."""


def won_within(cohort: Cohort, clock: Clock) -> tuple[int | None, ...]:
    """For each of the SPANS the deals won within it; None while the youngest member is younger than that."""
    if cohort.name is None:
        return (None,) * len(SPANS)
    age = days_between(cohort.youngest, clock.now)
    return tuple(won if age >= span else None for span, won in zip(SPANS, cohort.won_within, strict=True))


def order_cohorts(cohorts: Sequence[Cohort]) -> list[Cohort]:
    """As time goes; the one whose creation is not known last."""
    return sorted(cohorts, key=lambda cohort: (cohort.name is None, cohort.name or ""))
