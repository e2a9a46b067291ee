"""One event as a calendar file has it, read: a whole series, an instance that was changed, or an event of its own."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from pipeline_cli.domain.capture.events import Attendee
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.calendars.zones import Zones


class BrokenEvent(ValueError):
    """An event without a beginning, or whose times are none; says which, in a few words."""


class Version(NamedTuple):
    """An event as one file has it; several of one UID may be found."""

    uid: str
    slot: datetime | date | None
    """RECURRENCE-ID: the original beginning of an instance that was changed."""
    start: datetime | date
    end: datetime | date
    rules: tuple[str, ...]
    """RRULE, as written."""
    added: tuple[datetime | date, ...]
    """RDATE: beginnings beside those of the rules."""
    left_out: tuple[datetime | date, ...]
    """EXDATE"""
    and_future: bool
    """The change is one of all later instances, too."""
    summary: str
    organizer: Attendee | None
    attendees: tuple[Attendee, ...]
    status: str | None
    event_class: str | None
    is_transparent: bool
    sequence: int
    stamp: datetime | None
    source: str

    @property
    def repeats(self) -> bool:
        """It is a series."""
        return bool(self.rules or self.added) and self.slot is None


def read_version(text: str, zones: Zones, method: str | None, source: str) -> Version:
    """`text`: the lines of the event. Raises BrokenEvent."""
    from icalendar import Event

    try:
        with warnings.catch_warnings(action="ignore"):
            event = Event.from_ical(text)
            return _version(event, zones, method, source)
    except BrokenEvent:
        raise
    except Exception as error:  # a broken value breaks the library in any way
        raise BrokenEvent("cannot be read") from error


def _version(event: Any, zones: Zones, method: str | None, source: str) -> Version:
    start = _moment(event, "DTSTART", zones)
    if start is None:
        raise BrokenEvent("has no beginning that can be read")
    status = "CANCELLED" if method == "CANCEL" else _word(event, "STATUS")
    summary, organizer = _text(event, "SUMMARY"), next(_people(event, "ORGANIZER"), None)
    slot = _moment(event, "RECURRENCE-ID", zones)
    unread = {str(name).upper() for name, _ in event.errors}
    if "RRULE" in unread:
        raise BrokenEvent("repeats by a rule that cannot be read")
    if slot is None and ("RECURRENCE-ID" in event or "RECURRENCE-ID" in unread):
        raise BrokenEvent("does not say which of its series it is")
    return Version(
        uid=_text(event, "UID").strip() or _made_up_uid(start, summary, organizer),
        slot=slot,
        start=start,
        end=_end(event, start, zones),
        rules=tuple(_rules(event)),
        added=tuple(_moments(event, "RDATE", zones)),
        left_out=tuple(_moments(event, "EXDATE", zones)),
        and_future=slot is not None and event["RECURRENCE-ID"].params.get("RANGE", "").upper() == "THISANDFUTURE",
        summary=summary,
        organizer=organizer,
        attendees=tuple(_people(event, "ATTENDEE")),
        status=status,
        event_class=_word(event, "CLASS"),
        is_transparent=_word(event, "TRANSP") == "TRANSPARENT",
        sequence=_sequence(event),
        stamp=_stamp(event),
        source=source,
    )


def _first(event: Any, name: str) -> Any:
    """The library makes a list of what stands there twice."""
    value = event.get(name)
    return value[0] if isinstance(value, list) and value else value


def _text(event: Any, name: str) -> str:
    return str(_first(event, name) or "")


def _word(event: Any, name: str) -> str | None:
    return _text(event, name).strip().upper() or None


def _sequence(event: Any) -> int:
    try:
        return int(_text(event, "SEQUENCE"))
    except ValueError:
        return 0


def _made_up_uid(start: datetime | date, summary: str, organizer: Attendee | None) -> str:
    """Of an event without one: the same each time it is read."""
    words = f"{start.isoformat()}\n{summary}\n{'' if organizer is None else organizer.address}"
    return f"no-uid-{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _moment(event: Any, name: str, zones: Zones) -> datetime | date | None:
    """Aware, or a day; None where it stands not, or holds no time."""
    value = _first(event, name)
    moment = getattr(value, "dt", None)
    if isinstance(moment, tuple):  # a period
        moment = moment[0]
    return _placed(moment, value.params, zones) if isinstance(moment, date) else None


def _placed(moment: datetime | date, parameters: Any, zones: Zones) -> datetime | date:
    """In the zone that its name means, the calendar's, or the usual one."""
    if not isinstance(moment, datetime):
        return moment
    name = parameters.get("TZID") if parameters else None
    if isinstance(name, list):
        name = name[0]
    if moment.tzinfo is UTC or (moment.tzinfo is not None and moment.tzname() == "UTC" and not name):
        # A series in UTC of a calendar that is meant in one zone keeps to the clocks there.
        return moment.astimezone(zones.of_calendar or UTC)
    return moment.replace(tzinfo=zones.named(str(name)) if name else zones.without_name)


def _moments(event: Any, name: str, zones: Zones) -> Iterator[datetime | date]:
    value = event.get(name)
    for group in value if isinstance(value, list) else [] if value is None else [value]:
        for entry in getattr(group, "dts", ()):
            moment = entry.dt[0] if isinstance(entry.dt, tuple) else entry.dt
            if isinstance(moment, date):
                yield _placed(moment, group.params or entry.params, zones)


def _end(event: Any, start: datetime | date, zones: Zones) -> datetime | date:
    """Of the kind of its start, and not before it: what is wrong there costs the length alone."""
    end = _moment(event, "DTEND", zones)
    if end is None:
        end = start + _duration(event, start)
    is_day = not isinstance(start, datetime)
    if is_day == isinstance(end, datetime):
        return start + timedelta(days=is_day)
    return max(start, end)


def _duration(event: Any, start: datetime | date) -> timedelta:
    length = getattr(_first(event, "DURATION"), "dt", None)
    if not isinstance(length, timedelta) or length < timedelta(0):
        length = timedelta(0)
    return length if isinstance(start, datetime) else timedelta(days=max(1, length.days))


def _stamp(event: Any) -> datetime | None:
    stamp = getattr(_first(event, "DTSTAMP"), "dt", None)
    if not isinstance(stamp, datetime):
        return None
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)


def _rules(event: Any) -> Iterator[str]:
    value = event.get("RRULE")
    for rule in value if isinstance(value, list) else [] if value is None else [value]:
        text = rule.to_ical().decode("utf-8", "replace") if hasattr(rule, "to_ical") else str(rule)
        if text:
            yield text


def _people(event: Any, name: str) -> Iterator[Attendee]:
    value = event.get(name)
    for person in value if isinstance(value, list) else [] if value is None else [value]:
        parameters = getattr(person, "params", None) or {}
        address = _address(str(person), _parameter(parameters, "EMAIL"))
        if address:
            answer = (_parameter(parameters, "PARTSTAT") or "").upper() or None
            yield Attendee(address, _parameter(parameters, "CN"), answer)


def _parameter(parameters: Any, name: str) -> str | None:
    value = parameters.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return str(value).strip() or None if value is not None else None


def _address(value: str, beside: str | None) -> str | None:
    """That of `mailto:ann@acme.example`; where something else stands, such as a number, that of EMAIL beside it."""
    text = value.strip()
    if text[:7].casefold() == "mailto:":
        text = text[7:].partition("?")[0]
        text = unquote(text) if "%" in text else text
    elif beside:
        text = beside.removeprefix("mailto:")
    text = text.strip().strip("<>").strip()
    return text if "@" in text and not any(sign.isspace() for sign in text) else None


def earliest_day(text: str) -> str | None:
    """The digits of its first day, before anything is read: `20261127`; None where it may lie anywhere."""
    for line in text.split("\r\n"):
        upper = line[:60].upper()
        if upper.startswith(("RRULE", "RDATE", "RECURRENCE-ID")):
            return None
    for line in text.split("\r\n"):
        if line[:7].upper() == "DTSTART":
            digits = line.rpartition(":")[2].strip()[:8]
            return digits if len(digits) == 8 and digits.isdecimal() else None
    return None


def uid_in(text: str) -> str | None:
    """Its UID, before anything is read."""
    return next((line[4:].strip() for line in text.split("\r\n") if line[:4].upper() == "UID:"), None)
