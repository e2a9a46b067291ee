"""Days, instants, spans and periods as people type and name them: `friday`, `3d`, `2026-11`; and other todays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.clock import FURTHER_DATES, Clock
from pipeline_cli.domain.words.text import quoted

EARLIEST = date(1970, 1, 1)
LATEST = date(2199, 12, 31)
"""A later day is a slip of the finger: no deal is planned that far ahead."""
MOST_DAYS = 3660
"""The longest span, ten years."""
MOST_WORDS = 6
"""Of a date that is typed without quotes, as in `27 November 2026 at 2:30 pm`."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_UNITS = {"day": "d", "week": "w", "month": "m", "quarter": "q", "year": "y"}
_FORMS = (
    "type 2026-11-21, 21 Nov, 21.11., today, yesterday, tomorrow, friday, next friday, last friday, 3d, -3d, 2w, in 3 weeks, "
    "eow, eom, eoq or eoy"
)
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"|\s*(?P<only>[ap]\.?m\.?))"
)
_TIME = rf"(?:(?P<day>.*?)(?:\s+|,\s*|(?<=\d)T))?(?:at\s+)?{_CLOCK}\s*(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?"


def parse_date(text: str, today: date, *, past: bool = False) -> date:
    """The day a text means, seen from `today`.

    - ISO days, also `2026/11/27`; `27 Nov`, `Nov 27`, `27 November 2026`, `27.11.`, `27.11.26`. A day without a year lies
      ahead (`past`: behind), today included;
    - today, yesterday, tomorrow; `friday` or `fri`: the next one after today, so that today's own weekday is seven days
      ahead (`past`: the latest, today included); `next friday`: that of next week; `last friday`: the latest before today;
    - `3d`, `-2w`, `1m`, `1y`, `in 3 weeks`, `in a month`, `2 days ago`, `next month` from today, a month ending where a
      shorter one ends;
    - eow (Sunday), eom, eoq, eoy, `end of month`: the end of this week, month, quarter, year, today included.

    What is none of these is read by the library that the program has for it, if that is sure of one day.
    Raises UsageError for other words, for what could be two days, impossible days and days outside 1970 to 2199.
    """
    word = " ".join(text.split()).lower()
    try:
        day = _own_grammar(word, text, today, past=past)
        day = day or next((found for read in FURTHER_DATES if (found := read(word, today, past))), None)
    except (OverflowError, ValueError):
        raise _out_of_range(text) from None
    if day is None:
        raise UsageError(f"{quoted(text)} is not a date: {_FORMS}.")
    if not EARLIEST <= day <= LATEST:
        raise _out_of_range(text)
    return day


def parse_when(text: str, clock: Clock, *, past: bool = True) -> datetime:
    """The instant a text means, in UTC, whole milliseconds: a day, a time of today (`14:30`, `9am`), or both.

    `past`: a day without a year, or a weekday, lies behind. A day alone is noon of it in the clock's zone, today alone is
    now. A time without an offset is the zone's; one that happens twice, when clocks go back, is the first. Raises
    UsageError as `parse_date`, and for a time that is skipped.
    """
    form = _as_time(text)
    if form is None:
        day = parse_date(text, clock.today, past=past)
        return clock.now if day == clock.today else _instant(day, time(12), clock, text)
    day = parse_date(form["day"], clock.today, past=past) if form["day"] else clock.today
    return _instant_of(form, day, clock, text)


def parse_day_and_time(text: str, clock: Clock) -> tuple[date, str | None]:
    """The day a text means, and the time of that day on the clock of the zone, `14:30`, where it names one: `fri 9am`.

    A time alone is of today. Raises UsageError as `parse_date`, and for a time that is none, is skipped that day, or has
    seconds.
    """
    form = _as_time(text)
    if form is None:
        return parse_date(text, clock.today), None
    day = parse_date(form["day"], clock.today) if form["day"] else clock.today
    local = _instant_of(form, day, clock, text).astimezone(clock.zone)
    if local.second or local.microsecond:
        raise UsageError(f"{quoted(text)} is not a time to the minute: type it as 14:30.")
    return local.date(), f"{local:%H:%M}"


def _instant_of(form: re.Match[str], day: date, clock: Clock, text: str) -> datetime:
    milliseconds = int((form["fraction"] or "0").ljust(3, "0")[:3])
    try:
        moment = time(_hour_of(form), int(form["minute"] or 0), int(form["second"] or 0), milliseconds * 1000)
        offset = parse_offset(form["zone"]) if form["zone"] else None
    except ValueError:
        raise UsageError(f"{quoted(text)} is not a time of day: type it as 14:30 or 2026-11-20 14:30.") from None
    if offset is not None:
        return datetime.combine(day, moment, offset).astimezone(UTC)
    return _instant(day, moment, clock, text)


def _as_time(text: str) -> re.Match[str] | None:
    """A time of day, with or without a day before it; `27.11` is a day and no time."""
    form = re.fullmatch(_TIME, text.strip(), re.ASCII | re.IGNORECASE)
    if form is None or form["minute"] is None or ":" in text[form.start("hour") :] or form["half"]:
        return form
    return None


def _hour_of(form: re.Match[str]) -> int:
    """Raises ValueError for 13pm and 0am."""
    hour, half = int(form["hour"]), (form["half"] or form["only"] or "").lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half.startswith("p") else 0)


def is_when(text: str) -> bool:
    """Whether a text reads as a day, a time of day or both, whatever day it is."""
    form = _as_time(text)
    day = text if form is None else form["day"]
    try:
        return not day or _own_grammar(" ".join(day.split()).lower(), day, date(2020, 2, 1)) is not None
    except UsageError:
        return any(letter.isdigit() for letter in day)  # meant as one: what is wrong with it is told when it is read
    except (OverflowError, ValueError):
        return False


def day_part(text: str) -> str:
    """Of a day with a time of day, the day as typed; empty for a time alone."""
    form = _as_time(text)
    return text if form is None else form["day"] or ""


def split_day(words: Sequence[str], *, timed: bool = False) -> tuple[str, str] | None:
    """The day that words begin with, the longest that reads as one, and the text behind it; None: they begin with none.

    `timed`: a time of day may follow it, or stand alone.
    """
    for end in range(min(len(words), MOST_WORDS), 0, -1):
        day = " ".join(words[:end])
        if is_when(day) and (timed or _as_time(day) is None):
            return day, " ".join(words[end:])
    return None


def parse_at(text: str | None, clock: Clock) -> datetime | None:
    """When something happened, if that was said. Raises UsageError as `parse_when`."""
    return None if text is None else parse_when(text, clock)


def refuse_future(instant: datetime, clock: Clock, what: str) -> None:
    """Raise UsageError when an instant falls on a later day than today; later today is allowed.

    `what` begins the sentence: `A touchpoint`, `A move`.
    """
    day = clock.day(instant)
    if day > clock.today:
        raise UsageError(
            f"{what} cannot be in the future: {day} is later than today, {clock.today}. Leave --at away for now, "
            "or give a day that has been, such as yesterday."
        )


def dated(instant: datetime | None, clock: Clock) -> str:
    """The end of a line of history for what was given a time of its own: `, back-dated to 2026-11-20 14:30`, or nothing."""
    if instant is None:
        return ""
    return f", {'back-dated to' if instant < clock.now else 'dated'} {instant.astimezone(clock.zone):%Y-%m-%d %H:%M}"


def parse_days(text: str) -> int:
    """A span in days, 1 to 3660: `30`, `30d`, `2w`, `3m`, `1y`. A month is a twelfth of 365 days, rounded."""
    form = re.fullmatch(r"(\d{1,5})\s*([dwmy]?)", text.strip().lower(), re.ASCII)
    if form is None:
        raise UsageError(f"{quoted(text)} is not a span of days: type one such as 30d, 2w, 3m or 1y.")
    count = int(form[1])
    days = {"": count, "d": count, "w": 7 * count, "m": round(365 * count / 12), "y": 365 * count}[form[2]]
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"{quoted(text)} is not a usable span: it must be from 1 to {MOST_DAYS} days.")
    return days


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or that month's last day. Raises ValueError beyond year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


def _own_grammar(word: str, text: str, today: date, *, past: bool = False) -> date | None:
    """None: it is none of our forms. Raises UsageError for what could be two days or does not exist."""
    return (
        _named_day(word, today)
        or _weekday(word, today, past=past)
        or _relative_day(word, today)
        or _iso_day(word, text)
        or _calendar_day(word, text, today, past=past)
    )


def _named_day(word: str, today: date) -> date | None:
    days_ahead = {"today": 0, "yesterday": -1, "tomorrow": 1, "eow": 6 - today.weekday()}
    word = re.sub(r"^(?:the )?end of (?:the |this )?(week|month|quarter|year)$", lambda found: f"eo{found[1][0]}", word)
    if word in days_ahead:
        return today + timedelta(days=days_ahead[word])
    months_ahead = {"eom": 0, "eoq": (3 - today.month) % 3, "eoy": 12 - today.month}
    return month_end(add_months(today, months_ahead[word])) if word in months_ahead else None


def _weekday(word: str, today: date, *, past: bool) -> date | None:
    form = re.fullmatch(r"(?:(last|next|this|on) )?([a-z]+)\.?", word)
    number = None if form is None else _place(form[2], _WEEKDAYS)
    if form is None or number is None:
        return None
    if form[1] == "last":
        return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    if form[1] == "next":
        return today + timedelta(days=7 - today.weekday() + number)
    if past:
        return today - timedelta(days=(today.weekday() - number) % 7)
    return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)


def _place(name: str, names: Sequence[str]) -> int | None:
    """Of a name or its beginning, three letters at least: `tue`, `thurs`, `sept`."""
    found = [number for number, whole in enumerate(names) if len(name) >= 3 and whole.startswith(name)]
    return found[0] if len(found) == 1 else None


def _relative_day(word: str, today: date) -> date | None:
    form = re.fullmatch(r"(?:in (?=\d))?([+-]?\d{1,6})\s?([dwmy])", word, re.ASCII)
    if form is not None:
        return _further(today, int(form[1]), form[2])
    units = "|".join(_UNITS)
    form = re.fullmatch(rf"(in )?(\d{{1,4}}|an?|one) ({units})s?( ago)?|(next|last) ({units})", word, re.ASCII)
    if form is None or (form[1] and form[4]):
        return None
    if form[5]:
        return _further(today, 1 if form[5] == "next" else -1, _UNITS[form[6]])
    count = int(form[2]) if form[2].isdigit() else 1
    return _further(today, -count if form[4] else count, _UNITS[form[3]])


def _further(today: date, count: int, unit: str) -> date:
    if unit in "dw":
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    return add_months(today, count * {"m": 1, "q": 3, "y": 12}[unit])


def _iso_day(word: str, text: str) -> date | None:
    form = re.fullmatch(r"(\d{4})([-/])(\d{2})\2(\d{2})", word, re.ASCII)
    return None if form is None else _existing(int(form[1]), int(form[3]), int(form[4]), text)


def _calendar_day(word: str, text: str, today: date, *, past: bool) -> date | None:
    """`27 nov`, `nov 27, 2026`, `27.11.`, `27.11.26`, `27/11/2026`."""
    found = _day_and_month(word, text)
    if found is None:
        return None
    day, month, year = found
    if year is not None:
        return _existing(int(year) + (2000 if len(year) == 2 else 0), month, day, text)
    # The first year whose calendar has it: 29 February waits for a leap year.
    for step in range(9):
        candidate = today.year + (-step if past else step)
        with suppress(ValueError):
            there = date(candidate, month, day)
            if (there <= today) if past else (there >= today):
                return there
    return _existing(today.year, month, day, text)


def _day_and_month(word: str, text: str) -> tuple[int, int, str | None] | None:
    """Day, month, and the year if there is one. Raises UsageError for what could be two days."""
    form = re.fullmatch(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2})?)?", word, re.ASCII)
    if form is not None:
        return int(form[1]), int(form[2]), form[3]
    form = re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?", word, re.ASCII)
    if form is not None:
        first, second = int(form[1]), int(form[2])
        if first <= 12 and second <= 12 and first != second:
            one, other = (
                f"{day} {_MONTHS[month - 1][:3].title()}" for day, month in ((first, second), (second, first))
            )
            raise UsageError(f"{quoted(text)} could be {one} or {other}: type the one that is meant.")
        day, month = (second, first) if second > 12 else (first, second)
        return day, month, form[3]
    form = re.fullmatch(
        r"(?:([a-z]+)\.?\s?(\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th|\.)?\s?(?:of )?([a-z]+)\.?)(?:,?\s(\d{4}))?",
        word,
        re.ASCII,
    )
    month_place = None if form is None else _place(form[1] or form[4], _MONTHS)
    if form is None or month_place is None:
        return None
    return int(form[2] or form[3]), month_place + 1, form[5]


def _existing(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UsageError(f"{quoted(text)} does not exist in the calendar: {_FORMS}.") from None


def _out_of_range(text: str) -> UsageError:
    return UsageError(f"{quoted(text)} is out of range: a date lies between {EARLIEST} and {LATEST}.")


def parse_offset(text: str) -> timezone:
    """`Z`, `UTC`, `GMT`, `+01`, `-0530`, `+05:30`. Raises ValueError for one there is none of."""
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if minutes > 59:
        raise ValueError
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def _instant(day: date, moment: time, clock: Clock, text: str) -> datetime:
    local = datetime.combine(day, moment, clock.zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(clock.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        went = "did not happen: the clocks went" if instant < clock.now else "will not happen: the clocks go"
        raise UsageError(f"{quoted(text)} {went} forward then. Give an hour later.")
    return instant


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
    day = parse_date(said, clock.today, past=True)
    if day > clock.today:
        raise UsageError(f"--as-of {day}: is after today ({clock.today}): name today or an earlier day.")
    if day == clock.today:
        return clock
    end = clock._replace(now=clock.start_of(day)).end_of_today
    return clock._replace(now=end - timedelta(milliseconds=1))


PERIODS = ("week", "month", "quarter", "year")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Of each period that whole months divide."""


def period_of(day: date, per: str) -> tuple[date, date]:
    """First and last day of the week (Monday on), month, quarter or year of a day."""
    if per == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    months = MONTHS[per]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months) - timedelta(days=1)


def period_name(day: date, per: str) -> str:
    """`2026-W47` (ISO), `2026-11`, `2026-Q4`, `2026`."""
    if per == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if per == "quarter":
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day.year}" if per == "year" else f"{day:%Y-%m}"


def periods_from(day: date, until: date, per: str) -> Iterator[tuple[date, date]]:
    """The period of `day` and those after it, up to the one that holds `until`."""
    first, last = period_of(day, per)
    while True:
        yield first, last
        if last >= until:
            return
        first, last = period_of(last + timedelta(days=1), per)
