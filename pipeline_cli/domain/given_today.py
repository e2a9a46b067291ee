"""Another today than the clock's: PIPELINE_TODAY for a whole run, `--as-of` for a report."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.dates import EARLIEST, LATEST, parse_date
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


def parse_as_of(said: str, clock: Clock) -> Clock:
    """The last millisecond of an earlier day; for today the clock itself. Raises UsageError."""
    day = parse_date(said, clock.today)
    if day > clock.today:
        raise UsageError(f"--as-of {day}: is after today ({clock.today}): name today or an earlier day.")
    if day == clock.today:
        return clock
    end = clock._replace(now=clock.start_of(day)).end_of_today
    return clock._replace(now=end - timedelta(milliseconds=1))
