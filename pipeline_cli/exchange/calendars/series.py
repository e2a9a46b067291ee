"""The events of one UID, unfolded: each instance of a series in a span of time, as its rule or a change of it has it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from pipeline_cli.domain.capture.events import INSTANCE, LEFT_OUT, SERIES, SINGLE, Occurrence
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.calendars.rules import MOST_A_DAY, bounded, like
from pipeline_cli.exchange.calendars.versions import BrokenEvent, Version

_BEYOND = timedelta(days=400)
"""A rule is followed so far past the span: an instance may have been moved into it."""
_NUMBER = "X-NUMBER"


class Span(NamedTuple):
    """The time in which series are unfolded; aware."""

    start: datetime
    end: datetime


def unfold(versions: Sequence[Version], span: Span, zone: tzinfo) -> Iterator[Occurrence]:
    """Versions of one UID: the latest of each counts. Single events come whenever they are. Raises BrokenEvent."""
    master = _latest(version for version in versions if version.slot is None)
    changes = [version for version in versions if version.slot is not None]
    if master is None:
        latest = _latest_changes(changes, None, zone)
        yield from (_occurrence(version, INSTANCE, version.start, version.end, version.slot) for version in latest)
    elif not changes and not master.repeats:
        yield _occurrence(master, SINGLE, master.start, master.end, None)
    else:
        yield _occurrence(master, SERIES, master.start, master.end, None)
        yield from _instances(master, _latest_changes(changes, master, zone), span, zone)
        for moment in master.left_out:
            slot = like(master.start, moment, zone)
            if span.start <= _instant(slot, zone) <= span.end:
                yield _occurrence(master, LEFT_OUT, slot, None, slot)


def _order(version: Version) -> tuple[int, datetime]:
    return version.sequence, version.stamp or datetime.min.replace(tzinfo=UTC)


def _latest(versions: Iterable[Version]) -> Version | None:
    return max(versions, key=_order, default=None)


def _latest_changes(changes: Iterable[Version], master: Version | None, zone: tzinfo) -> list[Version]:
    """Of each instance the latest; its original beginning in the form that the series has."""
    found: dict[datetime | date, Version] = {}
    for version in changes:
        if master is not None and version.slot is not None:
            version = version._replace(slot=like(master.start, version.slot, zone))  # noqa: PLW2901
        slot = version.slot
        if slot is not None and (slot not in found or _order(version) >= _order(found[slot])):
            found[slot] = version
    return list(found.values())


def _instances(master: Version, changes: Sequence[Version], span: Span, zone: tzinfo) -> Iterator[Occurrence]:
    from icalendar import Calendar
    from recurring_ical_events import of

    numbered = [master, *changes]
    calendar = Calendar()
    try:
        with warnings.catch_warnings(action="ignore"):
            calendar.add_component(_rule_event(master, span, zone))
            for number, version in enumerate(changes, 1):
                calendar.add_component(_changed_event(version, number))
            found = of(calendar).between(span.start, span.end)
    except BrokenEvent:
        raise
    except Exception as error:  # what is wrong with a series shows in many ways
        raise BrokenEvent("is a series that cannot be unfolded") from error
    if len(found) > MOST_A_DAY * ((span.end - span.start).days + 1):
        raise BrokenEvent("repeats too often for an appointment")
    for component in found:
        version, start = numbered[int(component[_NUMBER])], component["DTSTART"].dt
        yield _occurrence(version, INSTANCE, start, component["DTEND"].dt, _slot(version, start))


def _slot(version: Version, start: Any) -> datetime | date:
    """The original beginning; a change of all later instances moved each by the same time."""
    if version.slot is None:
        return start  # type: ignore[no-any-return]
    if not version.and_future:
        return version.slot
    moved: Any = version.start
    return start - (moved - like(moved, version.slot, UTC))  # type: ignore[no-any-return]


def _rule_event(master: Version, span: Span, zone: tzinfo) -> Any:
    event = _event(master, 0)
    for text in master.rules:
        event.add("rrule", bounded(text, master.start, span.end + _BEYOND, zone))
    for name, moments in (("rdate", master.added), ("exdate", master.left_out)):
        if moments:
            event.add(name, [like(master.start, moment, zone) for moment in moments])
    return event


def _changed_event(version: Version, number: int) -> Any:
    event = _event(version, number)
    parameters = {"RANGE": "THISANDFUTURE"} if version.and_future else None
    event.add("recurrence-id", version.slot, parameters)
    event.add("rrule", {"freq": "daily"})  # so that a change is gone when a later rule does not hold its day any more
    return event


def _event(version: Version, number: int) -> Any:
    """With nothing but what the series is counted by."""
    from icalendar import Event

    event = Event()
    event.add("uid", "one")
    event.add("dtstart", version.start)
    event.add("dtend", version.end)
    event.add("sequence", version.sequence)
    event[_NUMBER] = str(number)
    return event


def _occurrence(
    version: Version, form: str, start: datetime | date, end: datetime | date | None, slot: datetime | date | None
) -> Occurrence:
    return Occurrence(
        uid=version.uid,
        recurrence_id=None if slot is None else slot_text(slot),
        start=start,
        end=end,
        summary=version.summary,
        organizer=version.organizer,
        attendees=version.attendees,
        status=version.status,
        event_class=version.event_class,
        is_transparent=version.is_transparent,
        sequence=version.sequence,
        stamp=version.stamp,
        source=version.source,
        form=form,
    )


def slot_text(slot: datetime | date) -> str:
    """`20261027T140000Z`, or `20261027`."""
    return slot.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if isinstance(slot, datetime) else slot.strftime("%Y%m%d")


def _instant(moment: datetime | date, zone: tzinfo) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(), zone)
