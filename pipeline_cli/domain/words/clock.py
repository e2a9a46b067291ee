"""What time it is for one command: read once in `cli.py`, told to everything below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pipeline_cli.domain.record import NamedTuple

FURTHER_DATES: list[Callable[[str, date, bool], date | None]] = []
"""Readers of days that our own grammar does not know, told the words, today and whether the day lies behind; they may load
a library, which this package may not."""


class Clock(NamedTuple):
    """The instant a command runs at, and the zone its days are counted in."""

    now: datetime
    """Aware, in UTC, whole milliseconds. With --as-of, the last millisecond of that day."""
    zone: tzinfo

    @property
    def today(self) -> date:
        """The day of the clock in its zone."""
        return self.now.astimezone(self.zone).date()

    @property
    def end_of_today(self) -> datetime:
        """The first instant of tomorrow: what happens at or after it is not known yet."""
        return self.start_of(self.today + timedelta(days=1))

    def start_of(self, day: date) -> datetime:
        """The first instant of a day in the zone, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def day(self, instant: datetime) -> date:
        """The day an instant falls on in the zone."""
        return instant.astimezone(self.zone).date()

    def days_since(self, instant: datetime) -> int:
        """Whole calendar days from the day of the instant to today; 0 on the same day, and before it.

        An instant is later than today where the clock was set back.
        """
        return max(0, (self.today - self.day(instant)).days)


def to_text(instant: datetime) -> str:
    """The form instants have in the database: UTC, milliseconds, `2026-11-21T09:30:00.000Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """An instant from the form of the database. Raises ValueError."""
    return datetime.fromisoformat(text)


def days_between(earlier: datetime, later: datetime) -> float:
    """Exact days, with their fraction."""
    return (later - earlier).total_seconds() / 86400
