"""What becomes of the events of a calendar: a meeting, a next step, a question, or nothing, and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pipeline_cli.domain.capture import verdict as words
from pipeline_cli.domain.capture.directory import Choice, Directory
from pipeline_cli.domain.capture.verdict import EVENT, MEETING, NEXT_STEP, QUEUE, SKIPPED, Verdict
from pipeline_cli.domain.record import NamedTuple

AHEAD_DAYS = 60
"""What begins later is nothing yet."""

SINGLE, INSTANCE, LEFT_OUT, SERIES = "single", "instance", "left_out", "series"
"""Forms of an occurrence: an event of its own; one of a series, as the rule has it or changed; an instance that the series
leaves out (EXDATE); a series as such, which says that what it does not hold any more is gone."""

_SUBJECT_SIGNS = 500
_SLOT = re.compile(r"(\d{8})(?:T(\d{6})Z)?")


class Attendee(NamedTuple):
    """Somebody an event is with."""

    address: str
    name: str | None = None
    answer: str | None = None
    """PARTSTAT in capitals: ACCEPTED, DECLINED, TENTATIVE, NEEDS-ACTION …"""


class Occurrence(NamedTuple):
    """An event, or one instance of a series, as a calendar has it."""

    uid: str
    recurrence_id: str | None
    """`20261027T140000Z`, the original beginning of an instance in UTC, or its day, `20261027`; None for no instance."""
    start: datetime | date
    """Aware, or the day of an event that takes the whole of it."""
    end: datetime | date | None
    """Of the same kind; the day after the last one."""
    summary: str
    organizer: Attendee | None
    attendees: Sequence[Attendee]
    status: str | None
    """In capitals: CONFIRMED, TENTATIVE, CANCELLED."""
    event_class: str | None
    """In capitals: PUBLIC, PRIVATE, CONFIDENTIAL."""
    is_transparent: bool
    sequence: int
    stamp: datetime | None
    """DTSTAMP, aware."""
    source: str
    form: str = SINGLE


def event_key(uid: str, recurrence_id: str | None) -> str:
    """By which an event is known again; of an instance the UID and its original beginning, with a space between."""
    return uid if recurrence_id is None else f"{uid} {recurrence_id}"


def version_of(occurrence: Occurrence) -> str:
    """`0000000002 20261121T120000Z`: versions compare as texts, the later is the greater."""
    stamp = "" if occurrence.stamp is None else occurrence.stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{max(0, min(occurrence.sequence, 10**10 - 1)):010d} {stamp}".rstrip()


def decide_events(
    occurrences: Iterable[Occurrence],
    directory: Directory,
    now: datetime,
    zone: tzinfo,
    since: datetime | None = None,
    deal_of: Mapping[str, int] | None = None,
    known: Collection[str] = (),
) -> list[Verdict]:
    """What becomes of each, by its beginning; of several versions of one, the one with the higher SEQUENCE counts.

    `zone`: in which whole days begin. `deal_of`: by key or UID, deals known of earlier, for events of people who have
    several. `known`: keys captured before; only of these it is said that a series does not hold them any more.
    The occurrences have to reach AHEAD_DAYS ahead, or what lies further seems gone.
    """
    chosen: dict[str, Occurrence] = {}
    heads: dict[str, Occurrence] = {}
    for occurrence in occurrences:
        if occurrence.form in (SINGLE, SERIES):
            heads[occurrence.uid] = _later(heads.get(occurrence.uid), occurrence)
        if occurrence.form != SERIES:
            key = event_key(occurrence.uid, occurrence.recurrence_id)
            chosen[key] = _later(chosen.get(key), occurrence)
    verdicts = [
        verdict
        for key, occurrence in chosen.items()
        if (verdict := _decide(key, occurrence, directory, _Times(now, zone, since), deal_of or {}, known)) is not None
    ]
    verdicts += _gone(chosen, heads, known, _Times(now, zone, since))
    return sorted(verdicts, key=lambda verdict: (verdict.at, verdict.key))


class _Times(NamedTuple):
    now: datetime
    zone: tzinfo
    since: datetime | None

    def instant(self, moment: datetime | date) -> datetime:
        if isinstance(moment, datetime):
            return moment.astimezone(UTC)
        return datetime.combine(moment, time(), self.zone).astimezone(UTC)

    @property
    def horizon(self) -> datetime:
        return self.now + timedelta(days=AHEAD_DAYS)


def _later(one: Occurrence | None, other: Occurrence) -> Occurrence:
    return other if one is None or version_of(other) >= version_of(one) else one


def _decide(
    key: str,
    event: Occurrence,
    directory: Directory,
    times: _Times,
    deal_of: Mapping[str, int],
    known: Collection[str],
) -> Verdict | None:
    """None for what is no item of its own: an instance that its series leaves out or that is too far ahead."""
    at = times.instant(event.start)
    base = Verdict(
        EVENT,
        key,
        SKIPPED,
        at,
        _one_line(event.summary),
        day=None if isinstance(event.start, datetime) else event.start,
        minutes=_minutes(event),
        version=version_of(event),
        source=event.source,
    )
    if event.form == LEFT_OUT:
        return base._replace(reason=words.CANCELLED) if key in known else None
    if at > times.horizon and event.form == INSTANCE and key not in known and _is_far_slot(event, times):
        return None
    known_people = _known_people(event, directory)
    reason = _why_not(event, directory, times, known_people)
    if reason is not None:
        return base._replace(reason=reason)
    base = base._replace(people=known_people.people, direction=_direction(event, directory))
    choice = directory.choose_deal(known_people.people, event.summary, at, (key, event.uid), deal_of)
    if known_people.are_shared:
        several = choice.candidates or ((choice.deal_id,) if choice.deal_id is not None else ())
        choice = Choice(reason=words.SHARED, candidates=several)
    if choice.deal_id is None:
        return base._replace(fate=QUEUE, reason=choice.reason, candidates=choice.candidates)
    fate = MEETING if at <= times.now else NEXT_STEP
    return base._replace(fate=fate, deal_id=choice.deal_id, by=choice.by)


def _is_far_slot(event: Occurrence, times: _Times) -> bool:
    """The rule of the series has it that far ahead: it was not moved there."""
    slot = None if event.recurrence_id is None else _slot_instant(event.recurrence_id, times)
    return slot is None or slot > times.horizon


def _why_not(event: Occurrence, directory: Directory, times: _Times, known_people: _People) -> str | None:
    """The first reason that holds."""
    at = times.instant(event.start)
    if event.status == "CANCELLED":
        return words.CANCELLED
    if any(directory.is_never(person.address) for person in _everybody(event)):
        return words.NEVER
    if any(person.answer == "DECLINED" and directory.is_mine(person.address) for person in event.attendees):
        return words.DECLINED
    if event.event_class in ("PRIVATE", "CONFIDENTIAL"):
        return words.PRIVATE
    if event.is_transparent and not isinstance(event.start, datetime):
        return words.TRANSPARENT
    if not known_people.people:
        return words.DECLINED if known_people.have_declined else words.UNKNOWN
    if times.since is not None and at < times.since:
        return words.BEFORE
    return words.FAR if at > times.horizon else None


def _everybody(event: Occurrence) -> Iterator[Attendee]:
    if event.organizer is not None:
        yield event.organizer
    yield from event.attendees


class _People(NamedTuple):
    people: tuple[int, ...]
    """Those who did not decline, the one meant first."""
    are_shared: bool = False
    """It could be any of them: several have an address that it names."""
    have_declined: bool = False
    """Somebody known was asked and declined."""


def _known_people(event: Occurrence, directory: Directory) -> _People:
    """Who is known of the organizer and the attendees, in the order in which they stand there."""
    found: dict[int, None] = {}
    declined: set[int] = set()
    shared: list[Mapping[int, str]] = []
    for attendee in _everybody(event):
        if directory.is_mine(attendee.address):
            continue
        owners = directory.owners_of(attendee.address)
        if attendee.answer == "DECLINED":
            declined.update(owners)
        elif len(owners) == 1:
            found.setdefault(next(iter(owners)))
        elif owners:
            shared.append(owners)
    people = tuple(person for person in found if person not in declined)
    unclear = [owners for owners in shared if not owners.keys() & set(people)]
    if unclear:
        everybody = [*people, *(person for owners in unclear for person in owners)]
        return _People(tuple(dict.fromkeys(everybody)), are_shared=True)
    return _People(people, have_declined=bool(declined))


def _direction(event: Occurrence, directory: Directory) -> str:
    """That of who invited; an event without an organizer is my own."""
    return "out" if event.organizer is None or directory.is_mine(event.organizer.address) else "in"


def _minutes(event: Occurrence) -> int | None:
    """None for a whole day, and for what has no length."""
    if not isinstance(event.start, datetime) or not isinstance(event.end, datetime):
        return None
    # in UTC, since two times of one zone are subtracted as a wall clock shows them
    minutes = round((event.end.astimezone(UTC) - event.start.astimezone(UTC)) / timedelta(minutes=1))
    return minutes if minutes > 0 else None


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_SUBJECT_SIGNS]


def _gone(
    chosen: Mapping[str, Occurrence], heads: Mapping[str, Occurrence], known: Collection[str], times: _Times
) -> Iterator[Verdict]:
    """Instances captured before that the series does not hold any more, as long as they lie ahead: a meeting that took
    place stays one, whatever the rule says now. An event that became a series is now an instance of it."""
    for key in known:
        uid, recurrence_id = _parts(key, heads)
        if key in chosen or uid not in heads:
            continue
        at = times.instant(heads[uid].start) if recurrence_id is None else _slot_instant(recurrence_id, times)
        if at is not None and (recurrence_id is None or times.now < at <= times.horizon):
            head = heads[uid]
            subject, version = _one_line(head.summary), version_of(head)
            yield Verdict(EVENT, key, SKIPPED, at, subject, words.CANCELLED, version=version, source=head.source)


def _parts(key: str, heads: Collection[str]) -> tuple[str, str | None]:
    """The UID of a key, and which instance it is."""
    uid, space, last = key.rpartition(" ")
    return (uid, last) if space and key not in heads and _SLOT.fullmatch(last) else (key, None)


def _slot_instant(recurrence_id: str, times: _Times) -> datetime | None:
    match = _SLOT.fullmatch(recurrence_id)
    if match is None:
        return None
    try:
        if match[2] is None:
            return times.instant(datetime.strptime(match[1], "%Y%m%d").date())  # noqa: DTZ007  it is a day
        return datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
