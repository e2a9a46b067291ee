"""The form of the dates, instants and amounts of one column, found by the evidence of all of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.dates import EARLIEST, LATEST, parse_offset
from pipeline_cli.domain.words.money import ParsedMoney, decimal_sign, parse_money
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.written_dates import read_serial, read_written

_NUMBER = re.compile(r"[0-9][0-9.,' \u00a0\u202f\u2009’]*")
_MOST_PLAIN_DIGITS = 13


class UnreadableNumberError(ValueError):
    """A column or a value that cannot be read, with the reason as its message."""


class NumberEvidence:
    """What the values of one column say about its decimal sign."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, str]] = {}
        """Decimal sign -> line and text of the first value that needs it."""
        self._open: tuple[int, str] | None = None
        self.above_one = False
        """Some value is greater than 1: then a column of probabilities is in percent."""

    def add(self, line: int, text: str) -> None:
        """One more cell of the column."""
        if text.isdigit():
            self.above_one = self.above_one or int(text[:9]) > 1
            return
        found = _NUMBER.search(text)
        if found is None:
            return
        number = found[0].rstrip(" .,'\u00a0\u202f\u2009’")
        sign = decimal_sign(number)
        if sign in {".", ","}:
            self._first.setdefault(sign, (line, text))
        elif sign == "?":
            self._open = self._open or (line, text)
        whole = re.split(r"[.,]", number)[0]
        self.above_one = self.above_one or (whole.isdigit() and int(whole[:9]) > 1)

    def decimal(self) -> str | None:
        """`.` or `,`; None: no value needs to know. Raises UnreadableNumberError when both or neither can be right."""
        if len(self._first) == 2:
            (line, text), (other_line, other_text) = self._first["."], self._first[","]
            raise UnreadableNumberError(
                f"{quoted(text)} in line {line} has a decimal point, {quoted(other_text)} in line {other_line} a decimal "
                "comma: write the column in one form."
            )
        if self._first:
            return next(iter(self._first))
        if self._open:
            raise UnreadableNumberError(
                f"{quoted(self._open[1])} may have decimals or thousands, and no value of the column decides it: say "
                "--decimal . or --decimal ,"
            )
        return None

    @property
    def is_open(self) -> bool:
        """No value decides it, and some value needs to know."""
        return not self._first and self._open is not None

    @property
    def open_line(self) -> int:
        """Where the reason for refusing the column stands."""
        lines = [line for line, _ in self._first.values()]
        return max(lines) if len(lines) == 2 else (self._open or (1, ""))[0]


def read_amount(text: str, decimal: str | None) -> ParsedMoney:
    """An amount in the column's form. Raises UnreadableNumberError with the reason: negative, not a number, too much."""
    if text.isdigit() and text.isascii() and len(text) <= _MOST_PLAIN_DIGITS:
        return ParsedMoney(int(text) * 100, None, rounded=False)
    whole, point, rest = text.partition(".")
    is_short = len(rest) == 2 and len(whole) <= _MOST_PLAIN_DIGITS and text.isascii()
    if point and decimal != "," and is_short and whole.isdigit() and rest.isdigit():
        return ParsedMoney(int(whole + rest), None, rounded=False)
    try:
        return parse_money(text, decimal)
    except UsageError as error:
        raise UnreadableNumberError(str(error)) from None


def read_probability(text: str, *, is_percent: bool) -> float:
    """0 to 1 of `40 %`, `40` in a column of percent, or `0.4`. Raises UnreadableNumberError."""
    number = text.strip().rstrip("%").strip().replace(",", ".")
    try:
        value = float(number) / (100 if is_percent or text.strip().endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1 or not number.lstrip(".")[:1].isdigit():
        raise UnreadableNumberError(f"{quoted(text)} is not a probability: give 0 to 100 percent.")
    return value


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
        self.first_serial: int | None = None
        """The line of the first value that is a spreadsheet's number of days."""

    def add(self, line: int, text: str) -> None:
        """A text that is not empty."""
        if text[4:5] == "-" and text[7:8] == "-" and text[:4].isdigit():
            self.dates += 1
            return
        form = _NUMERIC.fullmatch(text.strip())
        if form is None and read_written(text) is not None:
            self.dates += 1
            if self.first_serial is None and read_serial(text) is not None:
                self.first_serial = line
            return
        if form is None or (len(form["a"]) < 3 and len(form["c"]) == 3) or len(form["a"]) == 3:
            self.words += 1
            self.first_word = self.first_word or (line, text)
            return
        self.dates += 1
        if len(form["a"]) == 4:
            return
        first, second = int(form["a"]), int(form["b"])
        if first > 12 >= second or (form["sign"] == "." and second <= 12):  # nobody writes the month first with dots
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
            written = read_written(text)
            if written is None:
                raise UnreadableDateError(f"{quoted(text)} is not a date: write it as 2026-11-21 or 2026-11-21 09:30.")
            return written
        year, month, day = self._parts(form)
        try:
            offset = parse_offset(form["zone"]) if form["zone"] else None
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
    """An instant of so many milliseconds since 1970, in UTC."""
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
