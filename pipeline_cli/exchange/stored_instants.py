"""Instants in the form of the record, `2026-11-21T09:30:00.000Z`, to milliseconds and back: a million of each an import.

By tables of days, minutes of the day and milliseconds of the minute, each entry made when it is first met: a quarter of
the time that `datetime` takes.
"""

from __future__ import annotations

from datetime import date, timedelta

from pipeline_cli.domain.dates import EARLIEST, LATEST

_EPOCH = date(1970, 1, 1)
_DAY, _MINUTE = 86_400_000, 60_000
_LENGTH = len("2026-11-21T09:30:00.000Z")
_DATE_ENDS, _MINUTE_ENDS = len("2026-11-21"), len("2026-11-21T09:30:")


def read_stored(text: str) -> int | None:
    """Milliseconds since 1970; None for a text of any other form, which may be a date all the same."""
    if len(text) != _LENGTH:
        return None
    try:
        return _DAYS[text[:_DATE_ENDS]] + _MINUTES[text[_DATE_ENDS:_MINUTE_ENDS]] + _RESTS[text[_MINUTE_ENDS:]]
    except ValueError:
        return None


def write_stored(milliseconds: int) -> str:
    """As `clock.to_text` gives it."""
    day, rest = divmod(milliseconds, _DAY)
    minute, rest = divmod(rest, _MINUTE)
    return _DAY_TEXTS[day] + _MINUTE_TEXTS[minute] + _REST_TEXTS[rest]


class _DayTexts(dict[int, str]):
    def __missing__(self, day: int) -> str:
        self[day] = text = (_EPOCH + timedelta(days=day)).isoformat()
        return text


class _MinuteTexts(dict[int, str]):
    def __missing__(self, minute: int) -> str:
        self[minute] = text = f"T{minute // 60:02}:{minute % 60:02}:"
        return text


class _RestTexts(dict[int, str]):
    def __missing__(self, milliseconds: int) -> str:
        self[milliseconds] = text = f"{milliseconds // 1000:02}.{milliseconds % 1000:03}Z"
        return text


_DAY_TEXTS, _MINUTE_TEXTS, _REST_TEXTS = _DayTexts(), _MinuteTexts(), _RestTexts()


class _Days(dict[str, int]):
    """These three raise ValueError for a text that is not exactly what the table above would make of its number."""

    def __missing__(self, text: str) -> int:
        day = date.fromisoformat(text)
        if day.isoformat() != text or not EARLIEST < day <= LATEST:
            raise ValueError(text)
        self[text] = found = (day - _EPOCH).days * _DAY
        return found


class _Minutes(dict[str, int]):
    def __missing__(self, text: str) -> int:
        minute = int(text[1:3]) * 60 + int(text[4:6])
        if not 0 <= minute < 1440 or _MINUTE_TEXTS[minute] != text:
            raise ValueError(text)
        self[text] = found = minute * _MINUTE
        return found


class _Rests(dict[str, int]):
    def __missing__(self, text: str) -> int:
        found = int(text[:2]) * 1000 + int(text[3:6])
        if not 0 <= found < _MINUTE or _REST_TEXTS[found] != text:
            raise ValueError(text)
        self[text] = found
        return found


_DAYS, _MINUTES, _RESTS = _Days(), _Minutes(), _Rests()
