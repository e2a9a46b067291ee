"""What a capture does with what was decided: what is new, what has changed, what was waiting and is clear now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from pipeline_cli.domain.capture.by_hand import Logged, may_be
from pipeline_cli.domain.capture.directory import Choice, Directory
from pipeline_cli.domain.capture.verdict import (
    EVENT,
    FAR,
    HAND,
    KNOWN,
    MAIL,
    MEETING,
    NEXT_STEP,
    QUEUE,
    SHARED,
    SKIPPED,
    SUGGESTION,
    TOUCHPOINT,
    UNKNOWN,
    Verdict,
)
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import without_tag
from pipeline_cli.domain.words.clock import Clock

GONE, IGNORED = "gone", "ignored"
"""Fates of what was captured before: an event that is none any more, something nobody wants to hear of again."""


class CapturedItem(NamedTuple):
    """A mail or an event of which the record knows already."""

    id: int
    kind: str
    key: str
    fate: str
    reason: str | None
    by: str | None
    at: datetime
    deal_id: int | None
    touchpoint_id: int | None
    next_step_id: int | None
    joined: bool
    """The touchpoint was logged by hand."""
    direction: str | None
    is_automatic: bool
    people: tuple[int, ...]
    candidates: tuple[int, ...]
    subject: str | None
    excerpt: str | None
    address: str | None
    name: str | None
    answers: tuple[str, ...]
    version: str | None


class TypedTouch(NamedTuple):
    """A touchpoint that was logged by hand."""

    id: int
    deal_id: int
    kind: str
    direction: str | None
    at: datetime
    contact_id: int | None
    sense: str | None = None


class Entry(NamedTuple):
    """What is done with one item."""

    verdict: Verdict
    old: CapturedItem | None = None
    """As the record has it."""
    joins: int | None = None
    """The touchpoint, logged by hand, that it is."""


class CapturePlan(NamedTuple):
    """All that a capture changes, and what it leaves out."""

    entries: tuple[Entry, ...] = ()
    """In the order of their instants."""
    bounced: tuple[tuple[str, date], ...] = ()
    """Addresses, as the record has them, and the day mail to them came back."""
    left_out: Mapping[str, int] = {}
    """Reason -> how many."""
    known: int = 0
    """So many were captured before."""


def plan_capture(
    verdicts: Iterable[Verdict],
    items: Mapping[tuple[str, str], CapturedItem],
    touches: Sequence[TypedTouch],
    directory: Directory,
    clock: Clock,
    ignored: Collection[str] = (),
    bounced_before: Mapping[str, str] | None = None,
) -> CapturePlan:
    """`touches`: those logged by hand; `ignored`: senders of whom nothing is asked, addresses and domains with an @.

    `bounced_before`: addresses as the record has them, and the day, as text, from which it knows that mail comes back.
    """
    left_out: Counter[str] = Counter()
    entries: list[Entry] = []
    bounced: dict[str, date] = {}
    known = 0
    for verdict in verdicts:
        for address in verdict.bounced:
            day = clock.day(verdict.at)
            if day.isoformat() < (bounced_before or {}).get(address, "~"):
                bounced[address] = min(day, bounced.get(address, day))
        old = items.get((verdict.kind, verdict.key))
        if verdict.fate == KNOWN or (old is not None and not _changes(old, verdict)):
            known += 1
        elif old is None and verdict.fate == SKIPPED:
            left_out[verdict.reason or UNKNOWN] += 1
        elif verdict.fate in (QUEUE, SUGGESTION) and _is_ignored(verdict, ignored):
            left_out[IGNORED] += 1
        elif not (old is None and verdict.reason == FAR):
            entries.append(Entry(verdict, old))
    entries += _decided_now(items.values(), entries, directory)
    entries.sort(key=lambda entry: (entry.verdict.at, entry.verdict.kind, entry.verdict.key))
    return CapturePlan(
        tuple(_joining(entries, items.values(), touches, clock)), tuple(sorted(bounced.items())), left_out, known
    )


def _changes(old: CapturedItem, verdict: Verdict) -> bool:
    """A mail does when what it answers came to light; an event when it is another version, or when its time has come."""
    if old.fate == IGNORED or old.by == HAND:
        return old.kind == EVENT and old.fate != IGNORED and _is_another_event(old, verdict)
    if old.kind == MAIL:
        return verdict.fate != SKIPPED and (old.fate, old.deal_id) != (verdict.fate, verdict.deal_id)
    return _is_another_event(old, verdict)


def _is_another_event(old: CapturedItem, verdict: Verdict) -> bool:
    if verdict.fate in (SKIPPED, KNOWN):
        return verdict.fate == SKIPPED and old.fate not in (GONE, QUEUE) and verdict.reason != FAR
    if verdict.fate == QUEUE:
        return old.by != HAND and (old.fate != QUEUE or old.at != verdict.at)
    return old.fate != verdict.fate or old.at != verdict.at or old.version != verdict.version


def _is_ignored(verdict: Verdict, ignored: Collection[str]) -> bool:
    if verdict.address is None:
        return False
    return is_of_sender(verdict.address, ignored)


def is_of_sender(address: str, senders: Collection[str]) -> bool:
    """It is one of them, with a +tag or without, or at the domain that follows an @."""
    domain = f"@{address.rpartition('@')[2]}"
    return not {address, without_tag(address), domain}.isdisjoint(senders)


def _decided_now(items: Iterable[CapturedItem], entries: Sequence[Entry], directory: Directory) -> list[Entry]:
    """What was waiting and is clear now: a deal was closed, a mail it answers came in, an address belongs to somebody."""
    of_mail = [item for item in items if item.kind == MAIL]
    in_order = {item.key: (item.at, item.key) for item in of_mail}
    deal_of = {item.key: item.deal_id for item in of_mail if item.deal_id is not None}
    chosen = {item.key for item in of_mail if item.by == HAND}
    chosen |= {entry.verdict.key for entry in entries if entry.verdict.by == HAND}
    for told in (entry.verdict for entry in entries):
        if told.kind == MAIL and told.deal_id is not None:
            in_order.setdefault(told.key, (told.at, told.key))
            deal_of[told.key] = told.deal_id
    again = {(entry.verdict.kind, entry.verdict.key) for entry in entries}
    waiting = [item for item in items if item.fate in (QUEUE, SUGGESTION) and (item.kind, item.key) not in again]
    found = []
    for item in sorted(waiting, key=lambda item: (item.at, item.key)):
        answered = [key for key in item.answers if key in deal_of and in_order[key] < (item.at, item.key)]
        verdict = decide_again(item, directory, {key: deal_of[key] for key in answered}, chosen)
        if verdict is not None:
            found.append(Entry(verdict, item))
            if verdict.deal_id is not None and item.kind == MAIL:
                deal_of[item.key] = verdict.deal_id
    return found


def decide_again(
    item: CapturedItem, directory: Directory, deal_of: Mapping[str, int], chosen: Collection[str] = ()
) -> Verdict | None:
    """What becomes of something that waited for a decision; None: it still waits. `chosen`: by a person."""
    people = item.people
    if item.fate == SUGGESTION or item.reason == SHARED:
        owners = tuple(directory.owners_of(item.address)) if item.address else ()
        if len(owners) != 1:
            return None
        people = (*owners, *(one for one in people if one not in owners))
    alive = tuple(one for one in people if one in directory.people)
    if not alive:
        return None
    choice = directory.choose_deal(alive, item.subject or "", item.at, item.answers, deal_of, chosen)
    if choice.deal_id is None and item.fate == QUEUE and item.reason != SHARED:
        return None
    return _verdict_of(item, alive, choice)


def _verdict_of(item: CapturedItem, people: tuple[int, ...], choice: Choice) -> Verdict:
    return Verdict(
        kind=item.kind,
        key=item.key,
        fate=QUEUE if choice.deal_id is None else TOUCHPOINT if item.kind == MAIL else MEETING,
        at=item.at,
        subject=item.subject or "",
        reason=choice.reason,
        deal_id=choice.deal_id,
        by=choice.by,
        direction=item.direction,
        is_automatic=item.is_automatic,
        people=people,
        candidates=choice.candidates,
        excerpt=item.excerpt,
        answers=item.answers,
        version=item.version,
    )


def as_verdict(item: CapturedItem) -> Verdict:
    """What was decided of it in an earlier run, for that to be thought over."""
    choice = Choice(item.deal_id, item.by, item.reason, item.candidates)
    return _verdict_of(item, item.people, choice)


def assigned(item: CapturedItem, deal_id: int, now: datetime) -> Verdict:
    """As a person decided it. An event that lies ahead is a next step."""
    fate = TOUCHPOINT if item.kind == MAIL else NEXT_STEP if item.at > now else MEETING
    return _verdict_of(item, item.people, Choice(deal_id, HAND))._replace(fate=fate)


def _joining(
    entries: Sequence[Entry], items: Iterable[CapturedItem], touches: Sequence[TypedTouch], clock: Clock
) -> list[Entry]:
    """A mail or meeting that somebody logged by hand that day, on that deal and with that person, is that touchpoint."""
    taken = {item.touchpoint_id for item in items}
    by_day: dict[tuple[int, date], list[TypedTouch]] = {}
    for touch in touches:
        by_day.setdefault((touch.deal_id, clock.day(touch.at)), []).append(touch)
    found = []
    for entry in entries:
        verdict = entry.verdict
        if (
            verdict.fate in (TOUCHPOINT, MEETING)
            and verdict.deal_id
            and not verdict.is_automatic
            and not _has_touch(entry)
        ):
            for touch in by_day.get((verdict.deal_id, clock.day(verdict.at)), ()):
                if touch.id not in taken and _is_the_same(touch, verdict):
                    taken.add(touch.id)
                    entry = entry._replace(joins=touch.id)  # noqa: PLW2901 - the entry that is kept
                    break
        found.append(entry)
    return found


def _has_touch(entry: Entry) -> bool:
    return entry.old is not None and entry.old.touchpoint_id is not None


def _is_the_same(touch: TypedTouch, verdict: Verdict) -> bool:
    logged = Logged(touch.kind, touch.direction, touch.at, touch.sense)
    return may_be(verdict.kind, verdict.at, verdict.direction, logged) and (
        touch.contact_id is None or touch.contact_id in verdict.people
    )
