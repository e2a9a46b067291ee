"""`capture`: what became of each mail and event, what was left out and why, and what waits for a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeline_cli.domain.capture import verdict as words
from pipeline_cli.domain.capture.cards import CREATED, MERGED, TWO_PEOPLE, UNCHANGED, CardVerdict
from pipeline_cli.domain.capture.plan import GONE, IGNORED, CapturedItem, CapturePlan
from pipeline_cli.domain.capture.verdict import MAIL, Verdict
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import counted, in_sentences
from pipeline_cli.output.report import DATE, ID, INSTANT, YES_NO, Column, Report
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.captured import read_late_words
from pipeline_cli.workspace import Workspace

_WHO = Column("who", "Who", priority=0, meaning="The person, or the address of a stranger", machine=False)
_AT = Column("at", "When", INSTANT, 1, "When it was sent, or begins")
_SUBJECT = Column("subject", "Subject", priority=0, meaning="What it is about", least=16)
_DIRECTION = Column("direction", "Direction", shown=False, meaning="out: from me; in: to me")
_REASON = Column("reason", "Reason", shown=False, meaning="Why it is left out, or waits")
_WITH_WHOM = (
    Column("person", "Person", shown=False, meaning="The person's first address"),
    Column("people", "People", shown=False, meaning="The first address of each known person"),
    Column("candidates", "Candidates", shown=False, meaning="Deals it may belong to"),
    Column("candidate_ids", "Candidates elsewhere", shown=False, meaning="Their numbers elsewhere"),
    Column("address", "Address", shown=False, meaning="The address of a stranger"),
)
COLUMNS = (
    Column("kind", "Kind", shown=False, meaning="mail, event or card"),
    Column("id", "Id", shown=False, meaning="Message-ID, or UID and original start of an instance"),
    _AT,
    Column("day", "Day", DATE, shown=False, meaning="The day of an event that takes the whole of it"),
    _WHO,
    _SUBJECT,
    Column("fate", "Fate", shown=False, meaning="touchpoint, meeting, next_step, queue, suggestion, skipped or known"),
    _REASON,
    Column("by", "By", shown=False, meaning="What the deal was chosen by"),
    Column("deal", "Deal", ID, 0, "The number of the deal"),
    Column("external_id", "External id", shown=False, meaning="The deal's number elsewhere"),
    Column("title", "Title", priority=3, meaning="The title of the deal", machine=False),
    Column("became", "What became of it", priority=0, meaning="What became of it, and why", machine=False, least=18),
    _DIRECTION,
    Column("automatic", "Automatic", YES_NO, shown=False, meaning="No person wrote it"),
    *_WITH_WHOM,
    Column("bounced", "Bounced", shown=False, meaning="Addresses that mail comes back from"),
    Column("source", "Source", shown=False, meaning="The file it was found in"),
)
WAITING = (
    Column("item", "#", ID, 0, "How `capture assign` names it"),
    Column("kind", "Kind", shown=False, meaning="mail or event"),
    _AT,
    _WHO,
    _SUBJECT,
    Column("question", "What is to be decided", priority=0, meaning="Why it waits", machine=False, least=20),
    Column("fate", "Fate", shown=False, meaning="queue or suggestion"),
    _REASON,
    _DIRECTION,
    *_WITH_WHOM,
    Column("name", "Name", shown=False, meaning="As the stranger is called there"),
)
_LEFT_OUT = {
    words.BULK: "newsletters and lists",
    words.AUTOMATIC: "automatic",
    words.UNKNOWN: "from nobody you know",
    words.NEVER: "never to come in",
    words.DELETED: "deleted",
    words.DRAFT: "drafts",
    words.BEFORE: "older than `since`",
    words.CANCELLED: "cancelled",
    words.DECLINED: "declined",
    words.PRIVATE: "private",
    words.TRANSPARENT: "whole days that leave you free",
    words.FAR: "more than 60 days ahead",
    IGNORED: "of senders you ignore",
    "junk": "in junk folders",
    "trash": "in the trash",
    "no_mail": "files that are no mail",
    "me": "your own card",
    "no_person": "cards of groups and organizations",
    "empty": "empty cards",
    "forgotten": "cards of people you forgot",
}
"""Reason -> how a sentence calls what was left out for it."""
_ONE_LEFT_OUT = {
    words.BULK: "newsletter or list",
    words.DRAFT: "draft",
    words.TRANSPARENT: "whole day that leaves you free",
    "junk": "in a junk folder",
    "no_mail": "file that is no mail",
    "no_person": "card of a group or an organization",
    "empty": "empty card",
    "forgotten": "card of somebody you forgot",
}
"""The same of a single one, where that is said otherwise."""
_BECAUSE = {words.ONE_DEAL: "their deal", words.THREAD: "answers a mail of it", words.TITLE: "named in the subject"}
_QUESTION = {
    words.CLOSED_DEALS: "their deals are closed",
    words.NO_DEAL: "they are on no deal",
    words.SHARED: "several people have the address",
    TWO_PEOPLE: "a card fits two people: `contact merge` makes them one",
    words.COLLEAGUE: "new at an organization you know",
    words.EXCHANGE: "you have written with each other",
}


_NOTHING = "Nothing new."


class Names(NamedTuple):
    """What deals and people are called."""

    titles: Mapping[int, str]
    external_ids: Mapping[int, str | None]
    people: Mapping[int, tuple[str, str]]
    """Name, and first address or number."""


def read_names(reader: Reader) -> Names:
    """Of everybody and every deal."""
    from pipeline_cli.storage.capturing import read_deal_names, read_people_names

    deals = read_deal_names(reader)
    return Names(
        {number: title for number, title, _ in deals},
        {number: other for number, _, other in deals},
        read_people_names(reader),
    )


class Row(NamedTuple):
    """One item, in what columns show."""

    kind: str
    id: str
    at: datetime | None
    day: date | None
    who: str | None
    subject: str | None
    fate: str
    reason: str | None
    by: str | None
    deal: int | None
    external_id: str | None
    title: str | None
    became: str
    direction: str | None
    automatic: bool
    person: str | None
    people: tuple[str, ...]
    candidates: tuple[int, ...]
    candidate_ids: tuple[str | None, ...]
    address: str | None
    bounced: tuple[str, ...]
    source: str | None


def row_of(verdict: Verdict, names: Names) -> Row:
    """What became of it, with names."""
    people = tuple(names.people[one][1] for one in verdict.people if one in names.people)
    first = names.people.get(verdict.people[0]) if verdict.people else None
    return Row(
        verdict.kind,
        verdict.key,
        verdict.at,
        verdict.day,
        in_sentences(first[0]) if first else verdict.name or verdict.address,
        in_sentences(verdict.subject) or None,
        verdict.fate,
        verdict.reason,
        verdict.by,
        verdict.deal_id,
        names.external_ids.get(verdict.deal_id or 0),
        in_sentences(names.titles.get(verdict.deal_id or 0)),
        _became(verdict),
        verdict.direction,
        verdict.is_automatic,
        people[0] if people else None,
        people,
        verdict.candidates,
        tuple(names.external_ids.get(one) for one in verdict.candidates),
        verdict.address,
        verdict.bounced,
        verdict.source,
    )


def card_row(told: CardVerdict, names: Names) -> Row:
    """What became of a card."""
    card = told.card
    known = names.people.get(told.person or 0)
    return Row(
        words.CARD,
        card.uid or "",
        None,
        None,
        in_sentences(card.name) or None,
        ", ".join(in_sentences(one.text) or "" for one in (*told.emails, *told.phones)) or None,
        told.fate,
        told.reason,
        told.by,
        None,
        None,
        in_sentences(known[0]) if known else None,
        _CARD.get(told.fate, "") or f"left out: {_LEFT_OUT.get(told.reason or '', told.reason or '')}",
        None,
        automatic=False,
        person=known[1] if known else None,
        people=tuple(names.people[one][1] for one in told.candidates if one in names.people),
        candidates=(),
        candidate_ids=(),
        address=card.emails[0].text if card.emails else None,
        bounced=(),
        source=card.source,
    )


_CARD = {
    CREATED: "new person",
    MERGED: "completes the person",
    UNCHANGED: "nothing new",
    words.QUEUE: "fits two people",
}


def _became(verdict: Verdict) -> str:
    if verdict.fate == words.SKIPPED:
        return f"left out: {_LEFT_OUT.get(verdict.reason or '', verdict.reason or '')}"
    if verdict.fate in (words.QUEUE, words.SUGGESTION):
        return f"to decide: {question_of(verdict.reason, len(verdict.candidates))}"
    what = {
        words.MEETING: "meeting",
        words.NEXT_STEP: "next step",
        words.KNOWN: "there already",
        GONE: "taken away",
    }.get(verdict.fate, "automatic reply" if verdict.is_automatic else f"mail {verdict.direction or ''}".rstrip())
    because = _BECAUSE.get(verdict.by or "")
    return f"{what} ({because})" if because and verdict.by != words.ONE_DEAL else what


def question_of(reason: str | None, deals: int) -> str:
    """Why a person has to decide."""
    if reason == words.SEVERAL_DEALS:
        return f"which of {deals} deals?"
    return _QUESTION.get(reason or "", reason or "")


class Outcome(NamedTuple):
    """What a capture came to."""

    verdicts: Sequence[Verdict]
    """All that was looked at."""
    plan: CapturePlan
    unread: Mapping[str, int] = {}
    """Of what was not even looked at: files that are no mail, junk."""
    cards: Mapping[str, int] = {}
    """Fate -> how many cards."""
    waiting: int = 0
    """So many wait for a decision, those of earlier captures with them."""
    silent: tuple[int, ...] = ()
    """People who asked not to be contacted, to whom a mail went all the same."""
    told: Sequence[CardVerdict] = ()
    """What became of each card."""
    done: Sequence[str] = ()
    """The next steps that were done by it."""


def capture_report(
    workspace: Workspace, reader: Reader, outcome: Outcome, *, dry_run: bool, everything: bool
) -> Report:
    """Each item with what became of it; people see what is new, machines `everything`."""
    names = read_names(reader)
    new = {(entry.verdict.kind, entry.verdict.key): entry.verdict for entry in outcome.plan.entries}
    shown = [new.pop((verdict.kind, verdict.key), verdict) for verdict in outcome.verdicts] if everything else []
    rows = [row_of(verdict, names) for verdict in (*shown, *new.values())]
    rows += [card_row(one, names) for one in outcome.told if everything or one.fate in (CREATED, MERGED, words.QUEUE)]
    return Report(
        name="capture",
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=rows,
        empty=_NOTHING,
        notes=[one for one in sentences(outcome, dry_run=dry_run) if one != _NOTHING],
        extra={
            "dry_run": dry_run,
            "counts": counts_of(outcome),
            "left_out": {**outcome.plan.left_out, **outcome.unread},
            "cards": dict(outcome.cards),
            "done": list(outcome.done),
            "waiting": outcome.waiting,
            "opted_out": list(outcome.silent),
            "bounced": [{"address": address, "on": day} for address, day in outcome.plan.bounced],
        },
    )


def counts_of(outcome: Outcome) -> dict[str, int]:
    """How many new items had which fate."""
    found = {"touchpoint": 0, "meeting": 0, "next_step": 0, "queue": 0, "suggestion": 0, "gone": 0}
    for entry in outcome.plan.entries:
        fate = GONE if entry.verdict.fate == words.SKIPPED else entry.verdict.fate
        found[fate] = found.get(fate, 0) + 1
    return {**found, "bounced": len(outcome.plan.bounced), "known": outcome.plan.known}


def summary_of(plan: CapturePlan, cards: Mapping[str, int]) -> str:
    """What `history` says of it."""
    made = [entry.verdict for entry in plan.entries]
    mails = sum(verdict.kind == MAIL and verdict.fate == words.TOUCHPOINT for verdict in made)
    events = sum(verdict.fate in (words.MEETING, words.NEXT_STEP) for verdict in made)
    waiting = sum(verdict.fate in (words.QUEUE, words.SUGGESTION) for verdict in made)
    people = cards.get(CREATED, 0) + cards.get(MERGED, 0)
    parts = [
        counted(mails, "mail") if mails else "",
        counted(events, "event") if events else "",
        counted(people, "person", "people") if people else "",
        f"{waiting:,} to decide" if waiting else "",
    ]
    return f"captured {', '.join(filter(None, parts)) or 'changes'}"


def sentences(outcome: Outcome, *, dry_run: bool) -> Iterable[str]:
    """What was captured, what waits, what was left out and why."""
    counts = counts_of(outcome)
    mails = [entry.verdict for entry in outcome.plan.entries if entry.verdict.fate == words.TOUCHPOINT]
    came = sum(verdict.direction == "in" and not verdict.is_automatic for verdict in mails)
    sent = sum(verdict.direction == "out" and not verdict.is_automatic for verdict in mails)
    parts = [
        counted(came, "mail from them", "mails from them") if came else "",
        counted(sent, "mail of yours", "mails of yours") if sent else "",
        counted(len(mails) - came - sent, "automatic reply", "automatic replies") if len(mails) - came - sent else "",
        counted(counts["meeting"], "meeting") if counts["meeting"] else "",
        counted(counts["next_step"], "next step") if counts["next_step"] else "",
        counted(outcome.cards.get("created", 0), "new person", "new people") if outcome.cards.get("created") else "",
        counted(outcome.cards.get("merged", 0), "person completed", "people completed")
        if outcome.cards.get("merged")
        else "",
        f"{counted(counts['gone'], 'event')} taken away" if counts["gone"] else "",
    ]
    said = ", ".join(filter(None, parts))
    if said:
        yield f"{'Would capture' if dry_run else 'Captured'} {said}."
    elif not (counts["queue"] or counts["suggestion"]):
        yield _NOTHING
    if outcome.done:
        yield f"Done by that: {', '.join(outcome.done)}."
    for address, day in outcome.plan.bounced:
        yield f"Mail to {address} comes back since {day}: `pipeline contact show {address}`."
    if outcome.silent:
        people = ", ".join(f"c{one}" for one in outcome.silent)
        yield f"You wrote to {people}, who asked not to be contacted: it is logged, and shown."
    if outcome.waiting:
        yield f"{counted(outcome.waiting, 'item')} to decide: `pipeline capture review`."
    left_out = {**outcome.plan.left_out, **outcome.unread}
    if left_out:
        ordered = sorted(left_out.items(), key=lambda one: (-one[1], one[0]))
        yield ("Left out: " + ", ".join(f"{number:,} {_left_out(reason, number)}" for reason, number in ordered) + ".")


def _left_out(reason: str, number: int) -> str:
    many = _LEFT_OUT.get(reason, reason)
    return _ONE_LEFT_OUT.get(reason, many) if number == 1 else many


class WaitingRow(NamedTuple):
    """One item that waits for a decision."""

    item: int
    kind: str
    at: datetime
    who: str | None
    subject: str | None
    question: str
    fate: str
    reason: str | None
    direction: str | None
    person: str | None
    people: tuple[str, ...]
    candidates: tuple[int, ...]
    candidate_ids: tuple[str | None, ...]
    address: str | None
    name: str | None


def waiting_row(item: CapturedItem, names: Names) -> WaitingRow:
    """With names."""
    people = tuple(names.people[one][1] for one in item.people if one in names.people)
    first = names.people.get(item.people[0]) if item.people else None
    stranger = f"{item.name} <{item.address}>" if item.name and item.address else item.address
    return WaitingRow(
        item.id,
        item.kind,
        item.at,
        in_sentences(first[0]) if first else in_sentences(stranger),
        in_sentences(item.subject),
        question_of(item.reason, len(item.candidates)),
        item.fate,
        item.reason,
        item.direction,
        people[0] if people else None,
        people,
        item.candidates,
        tuple(names.external_ids.get(one) for one in item.candidates),
        item.address,
        item.name,
    )


def waiting_report(workspace: Workspace, reader: Reader, items: Sequence[CapturedItem]) -> Report:
    """What a person has to decide, the oldest first."""
    names = read_names(reader)
    rows: list[Any] = [waiting_row(item, names) for item in items]
    name = workspace.command_name
    notes = []
    if rows:
        first = rows[0]
        deal = first.candidates[0] if first.candidates else "DEAL"
        notes = [
            f"`{name} capture assign {first.item} {deal}` puts it on a deal; "
            f"after `{name} capture ignore ADDRESS` nobody is asked again."
        ]
        notes += [
            f"{one.deal_id}, {in_sentences(one.title)}, is lost; `{name} reopen {one.deal_id}` has it with what they wrote."
            for one in read_late_words(reader)[:1]
        ]
    return Report(
        name="capture_review",
        as_of=reader.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=WAITING,
        rows=rows,
        empty="Nothing waits for a decision.",
        notes=notes,
    )
