"""Next steps as iCalendar (RFC 5545), which calendar programs open and subscribe to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from pipeline_cli.domain.record import NamedTuple

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f]")


class NextStepEntry(NamedTuple):
    """What is to be done on one deal, and when."""

    deal_key: str
    """The same for a deal in every export: a calendar replaces the step it knows by the one that came after it."""
    text: str
    due: date
    deal: str
    details: str
    """Further lines about the deal."""
    set_at: datetime


def write_calendar(entries: Iterable[NextStepEntry], name: str) -> bytes:
    """One all-day event a next step; the same steps give the same bytes."""
    from icalendar import Calendar, Event  # 175 ms, and no other command needs it

    calendar = Calendar()
    calendar.add("prodid", "-//pipeline//next steps//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _plain(name))
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.deal_key}@pipeline")
        event.add("dtstamp", entry.set_at)
        event.add("dtstart", entry.due)
        event.add("summary", _plain(f"{entry.text} ({entry.deal})"))
        event.add("description", _plain(entry.details))
        event.add("transp", "TRANSPARENT")  # a thing to do leaves the day free
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _plain(text: str) -> str:
    """Without the control characters that the format forbids."""
    return _NOT_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
