"""PIPELINE_TODAY: the day, or the instant, that somebody set for a whole run."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.dates import EARLIEST, LATEST
from pipeline_cli.domain.errors import UsageError


def parse_today(said: str, clock: Clock) -> datetime:
    """PIPELINE_TODAY: an instant, or a date, which means noon of that day."""
    try:
        instant = datetime.fromisoformat(said)
    except ValueError:
        raise UsageError(
            f"PIPELINE_TODAY={said}: is neither a date nor an instant: write 2026-11-21 or 2026-11-21T09:30."
        ) from None
    with suppress(ValueError):  # a date, 20261121 among its forms, means its noon
        instant = datetime.combine(date.fromisoformat(said), time(12))
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=clock.zone)
    if not EARLIEST.year < instant.year < LATEST.year:
        raise UsageError(
            f"PIPELINE_TODAY={said}: is out of range: name a day of the years {EARLIEST.year + 1} to {LATEST.year - 1}."
        )
    instant = instant.astimezone(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
