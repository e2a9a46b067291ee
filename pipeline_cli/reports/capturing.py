"""One run of `capture`: what lies in the sources is read, decided against the record, and kept as one operation."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline_cli.domain.capture.directory import Directory
from pipeline_cli.domain.capture.plan import CapturedItem, CapturePlan, as_verdict, plan_capture
from pipeline_cli.domain.capture.verdict import (
    BY_DRAFT,
    CARD,
    EVENT,
    HAND,
    MAIL,
    NEVER,
    NEXT_STEP,
    QUEUE,
    SKIPPED,
    TOUCHPOINT,
    Verdict,
)
from pipeline_cli.domain.playbook import CaptureSettings
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.last_chance import draft_mark
from pipeline_cli.domain.words.addresses import normalise_email
from pipeline_cli.output.report import Report
from pipeline_cli.reports.capture import Outcome, capture_report, summary_of
from pipeline_cli.reports.captured_steps import close_steps
from pipeline_cli.storage.capturing import (
    Strangers,
    move_deadline,
    read_bounced,
    read_directory,
    read_ignored,
    read_items,
    read_pipeline_of,
    read_running_last_chances,
    read_runs,
    read_typed_touches,
    remember_runs,
    store_capture,
    store_cards,
)
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.captured import count_waiting
from pipeline_cli.storage.record.people import read_public_ids
from pipeline_cli.workspace import Workspace

if TYPE_CHECKING:
    from pipeline_cli.domain.capture.cards import Card, CardVerdict
    from pipeline_cli.domain.capture.events import Occurrence
    from pipeline_cli.domain.capture.letter import Letter


class Sources(NamedTuple):
    """Paths and addresses that are read."""

    mail: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()

    @property
    def named(self) -> dict[str, str]:
        """Each under what it is."""
        return {f"{kind} {one}": one for kind, sources in self._asdict().items() for one in sources}


class Captured(NamedTuple):
    """What a run came to."""

    outcome: Outcome
    problems: Sequence[str] = ()
    """One line each: what could not be read."""
    report: Report | None = None
    """As far as somebody wants to see it."""
    is_all_unread: bool = False
    """There was nothing that could be read."""


class _Found:
    """What lies in the sources."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.occurrences: list[Occurrence] = []
        self.cards: list[Card] = []
        self.problems: list[str] = []
        self.unread: Counter[str] = Counter()


def run_capture(
    workspace: Workspace,
    settings: CaptureSettings,
    sources: Sources,
    since: datetime,
    *,
    dry_run: bool,
    form: str | None,
) -> Captured:
    """Reads first, and holds the record only to decide and to keep. `form`: of the report; None: none is wanted."""
    workspace.refuse_no_record()
    states = _states(sources)
    if not dry_run and form is None and _is_all_known(workspace, settings, states):
        return Captured(Outcome((), CapturePlan()))
    found = _Found()
    _read_cards(sources.contacts, found)
    with workspace.read() as reader:
        directory = read_directory(reader, settings.me, settings.never)
        items = read_items(reader)
        told = _decide_cards(reader, directory, found.cards, items)
        more = [(one.text, verdict.person) for verdict in told if verdict.person for one in verdict.emails]
        directory = read_directory(reader, settings.me, settings.never, more)
    keys = {item.key: item.deal_id for item in items.values() if item.kind == MAIL}
    _read_mail(workspace, settings, sources.mail, since, directory, keys, found)
    _read_calendars(workspace, sources.calendar, since, found)
    with workspace.write("capture", dry_run=dry_run) as change:
        outcome = _decide_and_keep(workspace, change, settings, sources, found, since, dry_run=dry_run)
        # What could not be read is so until the file is another.
        remember_runs(change, _with_record(change, settings, states))
        if change.public_id is None:
            change.keep("", "done")
        report = None
        if form is not None:
            report = capture_report(workspace, change, outcome, dry_run=dry_run, everything=form != "table")
    is_all_unread = bool(found.problems) and not (found.letters or found.occurrences or found.cards)
    return Captured(outcome, found.problems, report, is_all_unread)


def _states(sources: Sources) -> dict[str, str | None]:
    from pipeline_cli.exchange.mail.state import state_of

    return {name: state_of(source) for name, source in sources.named.items()}


def _is_all_known(workspace: Workspace, settings: CaptureSettings, states: Mapping[str, str | None]) -> bool:
    """The same files were read for the same people, and no event has begun since."""
    if not states or None in states.values():
        return False
    with workspace.read() as reader:
        runs = read_runs(reader)
        if any(name not in runs for name in states):
            return False
        if _with_record(reader, settings, states) != {name: runs[name][1] for name in states}:
            return False
        now = workspace.clock.now
        return not any(item.fate == NEXT_STEP and item.at <= now for item in read_items(reader).values())


def _with_record(reader: Reader, settings: CaptureSettings, states: Mapping[str, str | None]) -> dict[str, str]:
    """The state of each source with that of the record: whoever came into it since may have written before."""
    directory = read_directory(reader, settings.me, settings.never)
    known = (directory.fingerprint, settings, sorted(read_ignored(reader)), len(read_items(reader)), reader.clock.today)
    record = f"{zlib.crc32(repr(known).encode('utf-8', 'surrogatepass')):08x}"
    return {name: f"{state} {record}" if state is not None else _NOT_KNOWN for name, state in states.items()}


_NOT_KNOWN = "has to be read to know"


def _read_cards(sources: Sequence[str], found: _Found) -> None:
    if not sources:
        return
    from pipeline_cli.exchange.cards.read import read_cards

    def complain(path: str, why: str) -> None:
        found.problems.append(f"{path}: {why}")

    found.cards += read_cards([Path(source).expanduser() for source in sources], complain)


def _decide_cards(
    reader: Reader, directory: Directory, cards: Sequence[Card], items: Mapping[tuple[str, str], CapturedItem]
) -> list[CardVerdict]:
    if not cards:
        return []
    from pipeline_cli.domain.capture.cards import CardVerdict, decide_cards
    from pipeline_cli.domain.words.addresses import normalise_phone
    from pipeline_cli.storage.capturing import read_card_people
    from pipeline_cli.storage.forgotten_cards import without_forgotten

    refused = [any(directory.is_never(one.text) for one in card.emails) for card in cards]
    never = [CardVerdict(card, SKIPPED, NEVER) for card, is_refused in zip(cards, refused, strict=True) if is_refused]
    welcome = [card for card, is_refused in zip(cards, refused, strict=True) if not is_refused]
    people = read_card_people(reader)
    welcome, forgotten = without_forgotten(reader, welcome, directory, people, items)
    taken = {f"{public_id}@pipeline": number for number, public_id in read_public_ids(reader).items()}
    taken |= {item.key: item.people[0] for item in items.values() if item.kind == CARD and len(item.people) == 1}
    return [*decide_cards(welcome, directory, people, normalise_phone, taken), *forgotten, *never]


def _read_mail(
    workspace: Workspace,
    settings: CaptureSettings,
    sources: Sequence[str],
    since: datetime,
    directory: Directory,
    keys: Mapping[str, int | None],
    found: _Found,
) -> None:
    if not sources:
        return
    from pipeline_cli.domain.capture.letters import excerpts_wanted
    from pipeline_cli.exchange.mail.progress import Reading
    from pipeline_cli.exchange.mail.reading import read_mail

    reading = Reading()
    with workspace.row_count("mails") as watch:
        for letter in read_mail(
            sources,
            settings.keep,
            reading,
            wants_excerpt=excerpts_wanted(directory, keys),
            now=workspace.clock.now,
            since=since,
            password_command=settings.password_command,
        ):
            found.letters.append(letter)
            if not len(found.letters) % 256:
                watch("mail", len(found.letters))
    found.problems += reading.problems
    found.unread += reading.unread


def _read_calendars(workspace: Workspace, sources: Sequence[str], since: datetime, found: _Found) -> None:
    if not sources:
        return
    from pipeline_cli.domain.capture.events import AHEAD_DAYS
    from pipeline_cli.exchange.calendars.read import read_calendars

    clock = workspace.clock
    window = (since, clock.now + timedelta(days=AHEAD_DAYS + 1))
    paths = [Path(source).expanduser() for source in sources]

    def complain(path: str, why: str) -> None:
        found.problems.append(f"{path}: {why}")

    found.occurrences += read_calendars(paths, window, clock.zone, complain)


def _deals_of_events(items: Iterable[CapturedItem]) -> dict[str, int]:
    """By key; where a person chose, the rest of the series follows."""
    events = [(item, item.deal_id) for item in items if item.kind == EVENT and item.deal_id is not None]
    of_series = {item.key.partition(" ")[0]: deal_id for item, deal_id in events if item.by == HAND}
    return {**of_series, **{item.key: deal_id for item, deal_id in events}}


def _sent_from_drafts(workspace: Workspace, verdicts: Sequence[Verdict], letters: Sequence[Letter]) -> list[Verdict]:
    """Those too whose mail program kept nothing of the draft but its subject and to whom it is."""
    from pipeline_cli.exchange.last_chance_mail import read_sent_from
    from pipeline_cli.output.drafts import drafts_folder, read_drafts

    lying = [
        one for mail in read_drafts(drafts_folder(workspace.database_path)).values() if (one := read_sent_from(mail))
    ]
    if not lying:
        return list(verdicts)
    marks = {(one.subject, one.to): one.mark for one in lying}
    to = {letter.key: [normalise_email(one.email) for one in letter.to] for letter in letters}
    found = []
    for verdict in verdicts:
        mark = next(
            (marks[verdict.subject, one] for one in to.get(verdict.key, ()) if (verdict.subject, one) in marks), None
        )
        if mark and verdict.direction == "out" and verdict.draft is None and verdict.fate in (TOUCHPOINT, QUEUE):
            deal_id = int(mark.split()[1])
            verdict = verdict._replace(fate=TOUCHPOINT, reason=None, deal_id=deal_id, by=BY_DRAFT, draft=mark)  # noqa: PLW2901
        found.append(verdict)
    return found


def _count_from_the_sending(workspace: Workspace, change: Change, plan: CapturePlan) -> None:
    """A last chance whose letter was sent runs from that day."""
    running = {draft_mark(deal_id, deadline): deal_id for deal_id, deadline in read_running_last_chances(change)}
    for entry in plan.entries:
        deal_id = running.get(entry.verdict.draft or "")
        if deal_id is not None and deal_id == entry.verdict.deal_id:
            pipeline = workspace.playbook.pipeline_of(read_pipeline_of(change, deal_id))
            grace = workspace.playbook.prune_in(pipeline).grace_days
            move_deadline(change, deal_id, change.clock.day(entry.verdict.at) + timedelta(days=grace))


def _written_to(plan: CapturePlan, directory: Directory) -> tuple[int, ...]:
    """Those who asked not to be contacted."""
    sent = [
        entry.verdict for entry in plan.entries if entry.verdict.fate == TOUCHPOINT and entry.verdict.direction == "out"
    ]
    people = {one for verdict in sent for one in verdict.people if one in directory.people}
    return tuple(sorted(one for one in people if directory.people[one].opted_out))


def _decide_and_keep(
    workspace: Workspace,
    change: Change,
    settings: CaptureSettings,
    sources: Sources,
    found: _Found,
    since: datetime,
    *,
    dry_run: bool,
) -> Outcome:
    directory = read_directory(change, settings.me, settings.never)
    items = read_items(change)
    told = _decide_cards(change, directory, found.cards, items)
    if told and store_cards(change, told, items):
        directory = read_directory(change, settings.me, settings.never)
    verdicts: list[Verdict] = []
    if sources.mail:
        from pipeline_cli.domain.capture.letters import decide_letters

        strangers = Strangers(change)
        decided = decide_letters(
            found.letters,
            directory,
            {item.key: item.deal_id for item in items.values() if item.kind == MAIL},
            change.clock.now,
            since,
            met_before=strangers.met_before,
            earlier=[as_verdict(item) for item in items.values() if item.kind == MAIL],
            drafts={draft_mark(deal_id, deadline): deal_id for deal_id, deadline in read_running_last_chances(change)},
        )
        verdicts += _sent_from_drafts(workspace, decided.verdicts, found.letters)
        if not dry_run:
            strangers.remember((seen.address, seen.direction) for seen in decided.strangers)
    if sources.calendar:
        from pipeline_cli.domain.capture.events import decide_events

        verdicts += decide_events(
            found.occurrences,
            directory,
            change.clock.now,
            change.clock.zone,
            since,
            _deals_of_events(items.values()),
            [item.key for item in items.values() if item.kind == EVENT],
        )
    plan = plan_capture(
        verdicts,
        items,
        read_typed_touches(change),
        directory,
        change.clock,
        read_ignored(change),
        read_bounced(change),
    )
    counts = Counter(f"{one.fate}: {one.reason}" if one.fate == SKIPPED else one.fate for one in told)
    done: list[str] = []
    if plan.entries or plan.bounced:
        store_capture(change, plan, workspace.playbook.touchpoint_kinds, "", keeps=settings.keep != "nothing")
        done = close_steps(change, plan)
        _count_from_the_sending(workspace, change, plan)
    if change.public_id is not None:
        change.name_operation("; done: ".join((summary_of(plan, counts), *done)))
    unread = Counter(found.unread)
    unread += Counter(one.reason for one in told if one.fate == SKIPPED and one.reason)
    return Outcome(verdicts, plan, unread, counts, count_waiting(change), _written_to(plan, directory), told, done)
