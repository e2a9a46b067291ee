"""When a mail says that it was written or received, from what is written there in many ways."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_NAMES.split(), 1)}
_USUAL = re.compile(
    r"\s*(?:[a-z]{3},)?\s*(\d{1,2})\s+([a-z]{3})\s+(\d{4})\s+(\d\d):(\d\d)(?::(\d\d))?\s+([+-])(\d\d)(\d\d)\s*(?:\([^()]*\)\s*)?",
    re.IGNORECASE,
)
_LONGEST = 300


def read_date(text: str) -> datetime | None:
    """In UTC; without a zone it is meant so. None for what is no date, or one that no calendar has."""
    usual = _USUAL.fullmatch(text) if len(text) < _LONGEST else None
    try:
        return _of_usual(usual) if usual is not None else _of_any(text)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def read_received(text: str) -> datetime | None:
    """The date at the end of a Received."""
    return read_date(text.rpartition(";")[2])


def _of_usual(found: re.Match[str]) -> datetime | None:
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    number = _MONTHS.get(month.lower())
    if number is None:
        return None
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset >= timedelta(days=1):
        return None
    # a leap second is the one before: no clock here knows it
    instant = datetime(int(year), number, int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=UTC)
    return instant + offset if sign == "-" else instant - offset


def _of_any(text: str) -> datetime | None:
    from email.utils import parsedate_tz

    found = parsedate_tz(" ".join(text[:_LONGEST].split()))
    if found is None:
        return None
    year, month, day, hour, minute, second, *_, offset = found
    instant = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    if abs(offset or 0) >= 86_400:
        return None
    return instant - timedelta(seconds=offset or 0)
