"""Dates and instants of one column: which form they have, by the evidence of the whole column, and what each one is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from pipeline_cli.domain.dates import EARLIEST, LATEST
from pipeline_cli.domain.phrases import quoted
from pipeline_cli.exchange.stored_instants import read_stored

DMY, MDY = "dmy", "mdy"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT_TEXTS = 20_000
_NUMERIC = re.compile(
    r"(?P<a>\d{1,4})(?P<sign>[-/.])(?P<b>\d{1,2})(?P=sign)(?P<c>\d{1,4})\.?"
    r"(?:(?:,?\s+|T)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


class UnreadableDateError(ValueError):
    """A text that is no date, with the reason as its message."""


class DateEvidence:
    """What the values of one column say about its form; blank ones say nothing."""

    def __init__(self) -> None:
        self.dates = self.words = 0
        self.day_first: tuple[int, str] | None = None
        """The line and text of the first value that only reads day first; so with `month_first`."""
        self.month_first: tuple[int, str] | None = None
        self.open: tuple[int, str] | None = None
        """The first value that reads both ways."""
        self.first_word: tuple[int, str] | None = None

    def add(self, line: int, text: str) -> None:
        """A text that is not empty."""
        if text[4:5] == "-" and text[7:8] == "-" and text[:4].isdigit():
            self.dates += 1
            return
        form = _NUMERIC.fullmatch(text.strip())
        if form is None or (len(form["a"]) < 3 and len(form["c"]) == 3) or len(form["a"]) == 3:
            self.words += 1
            self.first_word = self.first_word or (line, text)
            return
        self.dates += 1
        if len(form["a"]) == 4:
            return
        first, second = int(form["a"]), int(form["b"])
        if first > 12 >= second:
            self.day_first = self.day_first or (line, text)
        elif second > 12 >= first:
            self.month_first = self.month_first or (line, text)
        elif first != second:
            self.open = self.open or (line, text)

    def order(self) -> str | None:
        """dmy, mdy, or None when no value needs one. Raises UnreadableDateError when the column leaves it open."""
        if self.day_first and self.month_first:
            (day_line, day_text), (month_line, month_text) = self.day_first, self.month_first
            raise UnreadableDateError(
                f"{quoted(day_text)} in line {day_line} is day first, {quoted(month_text)} in line {month_line} month "
                "first: write the column in one form, or say --date-order dmy or mdy."
            )
        if self.day_first or self.month_first:
            return DMY if self.day_first else MDY
        if self.open:
            raise UnreadableDateError(
                f"{quoted(self.open[1])} may be day first or month first, and no value of the column decides it: "
                "say --date-order dmy or --date-order mdy."
            )
        return None

    def has_no_dates(self) -> bool:
        """Words outnumber dates: the column only sounds like one."""
        return self.words > self.dates


class DateReader:
    """Reads the values of one column; the order of day and month is asked for once, when a value needs it."""

    def __init__(self, zone: tzinfo, order: Callable[[], str | None]) -> None:
        self._zone = zone
        self._ask_order = order
        self._order: str | None = None
        self._has_asked = False
        self.known: dict[str, int] = {}
        """Texts read lately: dates repeat."""

    def milliseconds(self, text: str) -> int:
        """Milliseconds since 1970 in UTC; a date alone is the start of its day in the zone. Raises UnreadableDateError."""
        quick = read_stored(text)
        if quick is not None:
            return quick
        known = self.known.get(text)
        if known is None:
            known = to_milliseconds(self._instant(text))
            if len(self.known) >= _KEPT_TEXTS:
                self.known.clear()
            self.known[text] = known
        return known

    def instant(self, text: str) -> datetime:
        """In UTC, whole milliseconds. Raises UnreadableDateError."""
        return from_milliseconds(self.milliseconds(text))

    def day(self, text: str) -> date:
        """The day alone; of an instant with an offset, the day it is in the zone. Raises UnreadableDateError."""
        moment = self._moment(text)
        return (moment.astimezone(self._zone) if moment.tzinfo else moment).date()

    def _instant(self, text: str) -> datetime:
        moment = self._moment(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)

    def _moment(self, text: str) -> datetime:
        if text[4:5] == "-" and text[7:8] == "-":
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                moment = self._numeric(text)
        else:
            moment = self._numeric(text)
        if not EARLIEST < moment.date() <= LATEST:
            raise UnreadableDateError(f"{quoted(text)} is out of range: a date lies between {EARLIEST} and {LATEST}.")
        return moment

    def _numeric(self, text: str) -> datetime:
        form = _NUMERIC.fullmatch(text.strip())
        if form is None:
            raise UnreadableDateError(f"{quoted(text)} is not a date: write it as 2026-11-21 or 2026-11-21 09:30.")
        year, month, day = self._parts(form)
        try:
            offset = _offset(form["zone"]) if form["zone"] else None
            return datetime.combine(date(year, month, day), _time(form), offset)
        except ValueError:
            raise UnreadableDateError(f"{quoted(text)} is not in the calendar, or not a time of day.") from None

    def _parts(self, form: re.Match[str]) -> tuple[int, int, int]:
        first, second, third = int(form["a"]), int(form["b"]), int(form["c"])
        if len(form["a"]) == 4 and len(form["c"]) <= 2:
            return first, second, third
        if len(form["a"]) > 2 or len(form["c"]) not in {2, 4}:
            raise UnreadableDateError(f"{quoted(form[0])} is not a date: write it as 2026-11-21.")
        if not self._has_asked:
            self._order, self._has_asked = self._ask_order(), True
        year = third if len(form["c"]) == 4 else 2000 + third
        return (year, first, second) if self._order == MDY else (year, second, first)


def to_milliseconds(instant: datetime) -> int:
    """Milliseconds since 1970, cut, not rounded."""
    passed = instant - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1000 + passed.microseconds // 1000


def from_milliseconds(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def _time(form: re.Match[str]) -> time:
    if form["hour"] is None:
        return time()
    hour = int(form["hour"])
    if form["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if form["half"][0] in "Pp" else 0)
    microseconds = int((form["fraction"] or "0")[:6].ljust(6, "0"))
    return time(hour, int(form["minute"]), int(form["second"] or 0), microseconds)


def _offset(text: str) -> timezone:
    if text in {"Z", "z", "UTC", "GMT"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if text[0] == "-" else span)
