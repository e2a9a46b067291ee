"""A forecast kept as it was made, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeline_cli.domain.record import NamedTuple


class KeptForecast(NamedTuple):
    """Of all open deals within the horizon. Money in minor units of `currency`."""

    made_at: datetime
    made_on: date
    """The day of it, in the zone of then."""
    pipelines: tuple[str, ...]
    method: str
    days: int
    until: date
    currency: str
    open_deals: int
    open_value_cents: int
    expected_cents: int
    expected_wins: float
    p10: int
    p50: int
    p90: int
    stage_weighted_cents: int
    configured_cents: int
    deals: Mapping[int, float]
    """Number of each open deal counted -> its chance within the horizon."""
    periods: Sequence[Mapping[str, Any]]
    """The rows by period as they were shown."""


class Compared(NamedTuple):
    """What was said, and what came."""

    kept: KeptForecast
    actual_cents: int
    """Value of those deals won by `until`, or so far."""
    actual_wins: int
    inside: bool | None
    """Between P10 and P90, the bounds included; None: its days are not over."""


def compare(kept: KeptForecast, wins: Mapping[int, tuple[date, int]], today: date) -> Compared:
    """`wins`: number of a won deal -> the day it was won, and its value."""
    came = [wins[deal] for deal in kept.deals if deal in wins]
    amounts = [cents for day, cents in came if kept.made_on <= day <= kept.until]
    actual = sum(amounts)
    over = kept.until < today
    return Compared(kept, actual, len(amounts), kept.p10 <= actual <= kept.p90 if over else None)
