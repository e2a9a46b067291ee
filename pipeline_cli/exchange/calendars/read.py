"""Reads calendars: files, and folders of them as vdirsyncer and khal keep them, one series at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from pipeline_cli.domain.capture.events import Occurrence
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.calendars.parts import Surroundings, cut
from pipeline_cli.exchange.calendars.series import Span, unfold
from pipeline_cli.exchange.calendars.versions import BrokenEvent, Version, earliest_day, read_version, uid_in
from pipeline_cli.exchange.calendars.zones import Zones
from pipeline_cli.exchange.found_files import Complain, find_files, why_unreadable

SUFFIXES = (".ics", ".ical", ".icalendar")


class _Found(NamedTuple):
    """An event of a file, not yet read."""

    text: str
    calendar: Surroundings
    source: str


def read_calendars(
    sources: Iterable[Path], window: tuple[datetime, datetime], zone: tzinfo, problem: Complain
) -> Iterator[Occurrence]:
    """The events of all of them, with the instances of series that touch the window.

    Single events after it come, too; those that were over before it may not.

    `window`: aware. `zone`: in which times without one are meant. A file or event that cannot be read is named to `problem`,
    once, and the rest goes on.
    """
    span = Span(*window)
    by_uid: dict[str | None, list[_Found]] = {}
    for path in find_files(sources, SUFFIXES, problem):
        for found in _events_of(path, problem):
            by_uid.setdefault(uid_in(found.text), []).append(found)
    zones: dict[int, Zones] = {}
    oldest = (span.start - timedelta(days=2)).strftime("%Y%m%d")
    for uid, group in by_uid.items():
        if uid is not None and len(group) == 1 and (earliest_day(group[0].text) or oldest) < oldest:
            continue  # it is over, and reading it would take most of the time
        groups = [group] if uid is not None else [[found] for found in group]
        for one in groups:
            yield from _unfolded(one, span, zone, zones, problem)


def _events_of(path: Path, problem: Complain) -> Iterator[_Found]:
    try:
        with path.open("rb") as file:
            for part in cut(file):
                if part.complaint is not None:
                    problem(str(path), part.complaint)
                elif part.event is not None and part.calendar is not None:
                    yield _Found(part.event, part.calendar, str(path))
    except OSError as error:
        problem(str(path), why_unreadable(error))


def _unfolded(
    group: Sequence[_Found], span: Span, zone: tzinfo, zones: dict[int, Zones], problem: Complain
) -> Iterator[Occurrence]:
    """Those of one UID, or the reason why there are none."""
    versions: list[Version] = []
    for found in group:
        try:
            versions.append(_version(found, zone, zones, problem))
        except BrokenEvent as broken:
            problem(found.source, f"{_named(found.text)} {broken}, and is left out")
    try:
        yield from list(unfold(versions, span, zone)) if versions else ()
    except BrokenEvent as broken:
        problem(group[0].source, f"{_named(group[0].text)} {broken}, and is left out")
    except (OverflowError, ValueError, ArithmeticError):
        problem(group[0].source, f"{_named(group[0].text)} lies beyond what can be counted, and is left out")


def _version(found: _Found, zone: tzinfo, zones: dict[int, Zones], problem: Complain) -> Version:
    calendar = found.calendar
    known = zones.get(id(calendar))
    if known is None:
        known = zones[id(calendar)] = Zones(calendar, zone, lambda words: problem(found.source, words))
    return read_version(found.text, known, calendar.method, found.source)


def _named(text: str) -> str:
    """The event in words: its summary, else its UID."""
    for name in ("SUMMARY", "UID"):
        for line in text.split("\r\n"):
            head, _, value = line.partition(":")
            if head.upper().partition(";")[0] == name and value.strip():
                return f"the event {quoted(value.strip()[:60])}"
    return "an event"
