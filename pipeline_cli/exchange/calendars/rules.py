"""How a series repeats, bounded: a rule that is meant to keep a machine busy is refused before it is followed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from math import prod
from typing import Any

from pipeline_cli.exchange.calendars.versions import BrokenEvent

_MOST_STEPS = 200_000
"""Beginnings that are tried, from the first of a series on; a daily one has as many in 550 years."""
MOST_A_DAY = 8
"""Instances of one series on a day."""
_TOO_OFTEN = "repeats too often for an appointment"
_SECONDS = {
    "HOURLY": 3600,
    "DAILY": 86_400,
    "WEEKLY": 7 * 86_400,
    "MONTHLY": 28 * 86_400,
    "YEARLY": 365 * 86_400,
}
_MORE_OFTEN = ("SECONDLY", "MINUTELY")
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DAYS = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")


def bounded(text: str, start: datetime | date, end: datetime, zone: tzinfo) -> Any:
    """The rule (a vRecur) as it is until `end`, with UNTIL instead of COUNT. Raises BrokenEvent.

    `zone`: in which the days of a series of whole days are counted.
    """
    from icalendar import vRecur

    try:
        rule = vRecur.from_ical(text.replace(" ", ""))
        until = like(start, rule["UNTIL"][0], zone, at_its_end=True) if rule.get("UNTIL") else None
    except Exception as error:  # a broken rule breaks the library in any way
        raise BrokenEvent("repeats by a rule that cannot be read") from error
    last = like(start, end, zone)
    last = last if until is None else min(last, until)
    count = int(rule["COUNT"][0]) if rule.get("COUNT") else 0
    _refuse_endless(rule, start, last, count)
    rule.pop("COUNT", None)
    rule["UNTIL"] = [_as_until(last)]
    if count > 0:
        rule["UNTIL"] = [_as_until(_last_of(rule, start, last, count))]
    return rule


def like(start: datetime | date, moment: datetime | date, zone: tzinfo, *, at_its_end: bool = False) -> Any:
    """The moment as a beginning of that series: a day, or a time in its zone, at its time of the day if it says none."""
    if isinstance(start, datetime):
        if isinstance(moment, datetime):
            return (moment if moment.tzinfo else moment.replace(tzinfo=start.tzinfo)).astimezone(start.tzinfo)
        at = time(23, 59, 59) if at_its_end else start.time()
        return datetime.combine(moment, at, start.tzinfo)
    if not isinstance(moment, datetime):
        return moment
    is_midnight = moment.time() == time()  # many write a day so, in whatever zone
    return (moment if is_midnight or moment.tzinfo is None else moment.astimezone(zone)).date()


def _refuse_endless(rule: Mapping[str, Any], start: Any, last: Any, count: int) -> None:
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    if frequency in _MORE_OFTEN:
        raise BrokenEvent(_TOO_OFTEN)
    if frequency not in _SECONDS:
        raise BrokenEvent("repeats by a rule that cannot be read")
    interval = int(rule.get("INTERVAL", [1])[0])
    if interval < 1:
        raise BrokenEvent("repeats without an interval")
    steps = max(0, (last - start) // timedelta(seconds=_SECONDS[frequency] * interval)) + 1
    has_filter = any(name.startswith("BY") for name in rule)
    if count > 0 and not has_filter:
        steps = min(steps, count)
    in_one, times = _in_one_step(rule, frequency), prod(len(rule[name]) for name in _TIMES if name in rule)
    a_day = times * (24 / interval if frequency == "HOURLY" and "BYHOUR" not in rule else 1)
    if steps * in_one > _MOST_STEPS or a_day > MOST_A_DAY:
        raise BrokenEvent(_TOO_OFTEN)
    # The library looks for a day that does not exist until the year 9999.
    if any(abs(int(place)) > in_one for place in rule.get("BYSETPOS", ())) or not _has_days(rule):
        raise BrokenEvent("repeats on days that do not exist")


def _in_one_step(rule: Mapping[str, Any], frequency: str) -> int:
    """How many beginnings one period may have."""
    days = {"WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}.get(frequency, 1) if any(name in rule for name in _DAYS) else 1
    return days * prod(len(rule[name]) for name in _TIMES if name in rule)


def _has_days(rule: Mapping[str, Any]) -> bool:
    """Some day fulfils all conditions on days: looked for year by year, whatever the rule counts by."""
    conditions = {name: rule[name] for name in ("BYMONTH", *_DAYS) if name in rule}
    if not conditions.keys() - {"BYDAY"}:
        return True
    from dateutil.rrule import rrulestr
    from icalendar import vRecur

    yearly: Any = vRecur({"FREQ": ["YEARLY"], **conditions})
    return next(iter(rrulestr(yearly.to_ical().decode(), dtstart=datetime(2000, 1, 1))), None) is not None  # noqa: DTZ001  days alone


def _last_of(rule: Any, start: datetime | date, last: Any, count: int) -> datetime | date:
    """The last of so many beginnings, or `last`, which comes before it."""
    from dateutil.rrule import rrulestr

    begin = start if isinstance(start, datetime) else datetime.combine(start, time())
    found = list(islice(rrulestr(rule.to_ical().decode(), dtstart=begin), count))
    if len(found) < count:
        return last  # type: ignore[no-any-return]
    moment: datetime = found[-1]
    return moment if isinstance(start, datetime) else moment.date()


def _as_until(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
