"""The events of a calendar file as text, cut out line by line, without what nobody needs of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.found_files import lines_of

_WANTED_NAMES = """
UID SEQUENCE DTSTAMP RECURRENCE-ID DTSTART DTEND DURATION RRULE RDATE EXDATE
SUMMARY ORGANIZER ATTENDEE STATUS CLASS TRANSP
"""
_WANTED = frozenset(_WANTED_NAMES.encode().split())
_ELSEWHERE, _IN_CALENDAR, _IN_EVENT, _IN_ZONE = range(4)
_PLACES = {"VCALENDAR": _IN_CALENDAR, "VEVENT": _IN_EVENT}
_MOST_BYTES = 1_000_000
"""Of one property, folded or not: a longer one is no date, name or address."""
_NO_MEETINGS = frozenset({"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"})
"""Methods of messages about an event, which say nothing of when it takes place."""


class Part(NamedTuple):
    """A piece of a calendar file, or what is wrong with it."""

    event: str | None = None
    """The lines of an event, from BEGIN to END."""
    calendar: Surroundings | None = None
    """Of the event."""
    complaint: str | None = None


class Surroundings:
    """What a calendar says of all its events."""

    def __init__(self) -> None:
        self.zone_name: str | None = None
        """X-WR-TIMEZONE"""
        self.method: str | None = None
        self.zones: dict[str, str] = {}
        """The lines of each VTIMEZONE, by its TZID; they may stand behind the events."""


class _Cutter:
    """Goes through the lines of a file and remembers where it is."""

    def __init__(self) -> None:
        self.calendar = Surroundings()
        self.inside: list[str] = []
        self.place = _ELSEWHERE
        self.lines: list[bytes] = []
        self.found: list[tuple[str, Surroundings]] = []
        self.has_calendar = False
        self.complaints: list[str] = []
        self.has_foreign_signs = False

    def take(self, line: bytes) -> None:
        head, _, value = line.partition(b":")
        name = head.partition(b";")[0].strip().upper()
        if name == b"BEGIN":
            self._begin(value.strip().upper().decode("ascii", "replace"))
        elif name == b"END":
            self._end(value.strip().upper().decode("ascii", "replace"))
        elif self.place == _IN_ZONE or (self.place == _IN_EVENT and name in _WANTED):
            self.lines.append(line)
        elif self.place == _IN_CALENDAR and name == b"X-WR-TIMEZONE":
            self.calendar.zone_name = self._decode(value).strip() or None
        elif self.place == _IN_CALENDAR and name == b"METHOD":
            self.calendar.method = self._decode(value).strip().upper()

    def _begin(self, component: str) -> None:
        if component in ("VCALENDAR", "VEVENT") and "VEVENT" in self.inside:
            self.complaints.append("an event has no end, and is left out")
            del self.inside[self.inside.index("VEVENT") :]
        if component == "VCALENDAR":
            self.inside, self.calendar, self.has_calendar = [], Surroundings(), True
        self.inside.append(component)
        if component in ("VEVENT", "VTIMEZONE"):
            self.lines = []
        self._find_place()
        if component == "VEVENT" or self.place == _IN_ZONE:
            self.lines.append(f"BEGIN:{component}".encode())

    def _end(self, component: str) -> None:
        if component not in self.inside:
            return
        if component == "VEVENT" or self.place == _IN_ZONE:
            self.lines.append(f"END:{component}\r\n".encode())
        while self.inside.pop() != component:
            pass
        self._find_place()
        if component == "VEVENT" and "VCALENDAR" in self.inside:
            self.found.append((self._decode(b"\r\n".join(self.lines)), self.calendar))
        elif component == "VTIMEZONE":
            text = self._decode(b"\r\n".join(self.lines))
            self.calendar.zones.setdefault(_zone_name(text), text)

    def _find_place(self) -> None:
        innermost = self.inside[-1] if self.inside else None
        usual = _PLACES.get(innermost or "", _ELSEWHERE)
        self.place = _IN_ZONE if "VTIMEZONE" in self.inside else usual

    def _decode(self, line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            self.has_foreign_signs = True
            return line.decode("utf-8", "replace")

    def finish(self) -> None:
        if not self.has_calendar:
            self.complaints.append("is no calendar")
        elif "VEVENT" in self.inside:
            self.complaints.append("ends in the middle of an event, which is left out")
        elif "VCALENDAR" in self.inside:
            self.complaints.append("ends before its end: what may have stood there is not known")
        if self.has_foreign_signs:
            self.complaints.append("is not UTF-8: signs that cannot be read are shown as \N{REPLACEMENT CHARACTER}")


def cut(file: BinaryIO) -> Iterator[Part]:
    """Its events, whatever else is in it, and what is wrong with the file as a whole. Raises OSError."""
    cutter = _Cutter()
    for line in _unfolded(lines_of(file)):
        cutter.take(line)
    cutter.finish()
    for complaint in dict.fromkeys(cutter.complaints):
        yield Part(complaint=complaint)
    for text, calendar in cutter.found:
        if calendar.method not in _NO_MEETINGS:
            yield Part(text, calendar)


def _unfolded(lines: Iterable[bytes]) -> Iterator[bytes]:
    """What is longer than a line can be is left out, with what follows of it."""
    pieces: list[bytes] = []
    size = 0
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            size += len(line)
            if size < _MOST_BYTES:
                pieces.append(line[1:])
            else:
                pieces.clear()
        elif line:
            if pieces:
                yield b"".join(pieces)
            pieces, size = [line], len(line)
    if pieces:
        yield b"".join(pieces)


def _zone_name(text: str) -> str:
    """Its TZID."""
    lines = (line.partition(":") for line in text.split("\r\n"))
    return next((value.strip() for head, _, value in lines if head.partition(";")[0].strip().upper() == "TZID"), "")
