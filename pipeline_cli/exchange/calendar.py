"""Next steps as iCalendar (RFC 5545), which calendar programs open and subscribe to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pipeline_cli.domain.record import NamedTuple

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f]")


class NextStepEntry(NamedTuple):
    """What is to be done on one deal, and when; or was, and is over."""

    key: str
    """The same in every export: a calendar replaces what it knows of that key, also by the step that took its place."""
    text: str
    due: date
    deal: str
    details: str
    """Further lines about the deal."""
    changed_at: datetime
    """When it was set, or closed."""
    start: datetime | None = None
    """In UTC; None: some time that day."""
    minutes: int | None = None
    remind_minutes: int | None = None
    """Of what has a time: so long before it a calendar rings; None: it does not."""
    is_over: bool = False
    """Done, dropped, or gone with its deal."""
    sequence: int = 0
    """How often it was changed: a calendar keeps the highest."""


def write_calendar(entries: Iterable[NextStepEntry], name: str) -> bytes:
    """One event a next step, of the whole day where it has no time; the same steps give the same bytes.

    What is over stands in it as cancelled, so that a calendar which knows it takes it away.
    """
    from icalendar import Alarm, Calendar, Event  # 175 ms, and no other command needs it

    calendar = Calendar()
    calendar.add("prodid", "-//pipeline//next steps//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _plain(name))
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.key}@pipeline")
        event.add("dtstamp", entry.changed_at)
        event.add("last-modified", entry.changed_at)
        event.add("sequence", entry.sequence)
        event.add("status", "CANCELLED" if entry.is_over else "CONFIRMED")
        event.add("dtstart", entry.due if entry.start is None else entry.start)
        if entry.start is not None and entry.minutes:
            event.add("dtend", entry.start + timedelta(minutes=entry.minutes))
        event.add("summary", _plain(f"{entry.text} ({entry.deal})"))
        event.add("description", _plain(entry.details))
        # A thing to do leaves the day free; what takes a while does not.
        event.add("transp", "OPAQUE" if entry.start is not None and entry.minutes else "TRANSPARENT")
        if entry.start is not None and entry.remind_minutes is not None and not entry.is_over:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("trigger", -timedelta(minutes=entry.remind_minutes))
            alarm.add("description", _plain(entry.text))
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _plain(text: str) -> str:
    """Without the control characters that the format forbids."""
    return _NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
