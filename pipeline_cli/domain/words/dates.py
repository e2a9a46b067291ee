"""Days, instants, spans and periods as people type and name them: `friday`, `3d`, `2026-11`; and other todays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import quoted

EARLIEST = date(1970, 1, 1)
LATEST = date(2199, 12, 31)
"""A later day is a slip of the finger: no deal is planned that far ahead."""
MOST_DAYS = 3660
"""The longest span, ten years."""
MOST_WORDS = 5
"""Of a date that is typed without quotes, as in `27 November 2026 at 14:30`."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FORMS = "type 2026-11-21, today, yesterday, tomorrow, friday, last friday, 3d, -3d, 2w, 1m, eow, eom, eoq or eoy"
_TIME = (
    r"(?:(?P<day>.*?)(?:\s+|(?<=\d)[Tt]))?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?"
)


def parse_date(text: str, today: date) -> date:
    """The day a text means, seen from `today`.

    ISO days; today, yesterday, tomorrow; `friday` or `fri`: the next one after today, so that today's own weekday is
    seven days ahead; `last friday`: the latest before today; `3d`, `-2w`, `1m`, `1y` from today, a month ending where a
    shorter one ends; eow (Sunday), eom, eoq, eoy: the end of this week, month, quarter, year, today included.
    Raises UsageError for other words, impossible days and days outside 1970 to 2199.
    """
    word = " ".join(text.split()).lower()
    try:
        day = _named_day(word, today) or _weekday(word, today) or _relative_day(word, today) or _iso_day(word, text)
    except (OverflowError, ValueError):
        raise _out_of_range(text) from None
    if day is None:
        raise UsageError(f"{quoted(text)} is not a date: {_FORMS}.")
    if not EARLIEST <= day <= LATEST:
        raise _out_of_range(text)
    return day


def parse_when(text: str, clock: Clock) -> datetime:
    """The instant a text means, in UTC, whole milliseconds: a day, a time of today (`14:30`), or both.

    A day alone is noon of it in the clock's zone, today alone is now. A time without an offset is the zone's; one that
    happens twice, when clocks go back, is the first. Raises UsageError as `parse_date`, and for a time that is skipped.
    """
    form = re.fullmatch(_TIME, text.strip(), re.ASCII)
    if form is None:
        day = parse_date(text, clock.today)
        return clock.now if day == clock.today else _instant(day, time(12), clock, text)
    day = parse_date(form["day"], clock.today) if form["day"] else clock.today
    milliseconds = int((form["fraction"] or "0").ljust(3, "0")[:3])
    try:
        moment = time(int(form["hour"]), int(form["minute"]), int(form["second"] or 0), milliseconds * 1000)
        offset = parse_offset(form["zone"]) if form["zone"] else None
    except ValueError:
        raise UsageError(f"{quoted(text)} is not a time of day: type it as 14:30 or 2026-11-20 14:30.") from None
    if offset is not None:
        return datetime.combine(day, moment, offset).astimezone(UTC)
    return _instant(day, moment, clock, text)


def is_when(text: str) -> bool:
    """Whether a text reads as a day, a time of day or both, whatever day it is."""
    form = re.fullmatch(_TIME, text.strip(), re.ASCII)
    day = text if form is None else form["day"]
    try:
        return not day or bool(parse_date(day, date(2020, 2, 1)))
    except UsageError:
        return False


def split_day(words: Sequence[str]) -> tuple[str, str] | None:
    """The day that words begin with, the longest that reads as one, and the text behind it; None: they begin with none."""
    for end in range(min(len(words), MOST_WORDS), 0, -1):
        day = " ".join(words[:end])
        if is_when(day) and re.fullmatch(_TIME, day, re.ASCII) is None:
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


def _named_day(word: str, today: date) -> date | None:
    days_ahead = {"today": 0, "yesterday": -1, "tomorrow": 1, "eow": 6 - today.weekday()}
    if word in days_ahead:
        return today + timedelta(days=days_ahead[word])
    months_ahead = {"eom": 0, "eoq": (3 - today.month) % 3, "eoy": 12 - today.month}
    return month_end(add_months(today, months_ahead[word])) if word in months_ahead else None


def _weekday(word: str, today: date) -> date | None:
    name = word.removeprefix("last ")
    for number, weekday in enumerate(_WEEKDAYS):
        if name in {weekday, weekday[:3]}:
            if name != word:
                return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    return None


def _relative_day(word: str, today: date) -> date | None:
    form = re.fullmatch(r"([+-]?\d{1,6})\s?([dwmy])", word, re.ASCII)
    if form is None:
        return None
    count, unit = int(form[1]), form[2]
    if unit in "dw":
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    return add_months(today, count * (12 if unit == "y" else 1))


def _iso_day(word: str, text: str) -> date | None:
    form = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", word, re.ASCII)
    if form is None:
        return None
    try:
        return date(int(form[1]), int(form[2]), int(form[3]))
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
        raise UsageError(f"{quoted(text)} did not happen: the clocks went forward then. Give an hour later.")
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
    day = parse_date(said, clock.today)
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
