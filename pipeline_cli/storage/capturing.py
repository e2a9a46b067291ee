"""Mail and events in the record: what was captured, what waits for a decision, and how a capture is kept."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pipeline_cli.domain.capture.cards import CREATED, MERGED, Card, CardPerson, CardVerdict
from pipeline_cli.domain.capture.directory import Directory, KnownDeal, KnownPerson
from pipeline_cli.domain.capture.plan import GONE, IGNORED, CapturedItem, CapturePlan, Entry, TypedTouch, is_of_sender
from pipeline_cli.domain.capture.verdict import EVENT, MEETING, NEXT_STEP, QUEUE, SKIPPED, TOUCHPOINT, Verdict
from pipeline_cli.domain.deal.edits import (
    AddContact,
    CloseNextStep,
    ContactDetails,
    LogTouchpoint,
    RemoveTouchpoint,
    SetNextStep,
)
from pipeline_cli.domain.deal.touch_sense import AUTO_REPLY, sense_of
from pipeline_cli.domain.words.addresses import (
    EMAIL,
    PHONE,
    KeptAddress,
    is_email,
    keep_addresses,
    normal_form,
    normalise_email,
    read_kept,
)
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.journal import next_id
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.apply import apply_edit

_ITEMS = """SELECT id, kind, item_key, fate, reason, chosen_by, happened_at, deal_id, touchpoint_id, next_step_id, joined,
    direction, automatic, people, candidates, subject, excerpt, address, name, answers, version FROM main.captured"""


def read_directory(
    reader: Reader, me: Sequence[str], never: Sequence[str], more: Iterable[tuple[str, int]] = ()
) -> Directory:
    """Everybody of the record who is not forgotten, and every deal; `more`: addresses somebody is about to get."""
    from pipeline_cli.storage.record.forgotten import Forgotten

    deals_of: dict[int, list[int]] = {}
    for contact_id, deal_id in reader.connection.execute(
        "SELECT contact_id, deal_id FROM known_deal_contacts ORDER BY id"
    ):
        deals_of.setdefault(contact_id, []).append(deal_id)
    people, addresses = [], []
    for number, organization, opted_out, *columns in reader.connection.execute(
        "SELECT id, organization, opted_out, email, phone, addresses FROM known_contacts WHERE forgotten_at IS NULL "
        "ORDER BY id"
    ):
        people.append(KnownPerson(number, organization, tuple(deals_of.get(number, ())), bool(opted_out)))
        addresses += [(one.address, number) for one in read_kept(*columns) if one.kind == EMAIL]
    deals = [
        KnownDeal(number, title, from_text(created), closed and from_text(closed))
        for number, title, created, closed in reader.connection.execute(
            "SELECT id, title, created_at, closed_at FROM known_deals ORDER BY id"
        )
    ]
    forgotten = Forgotten(reader.connection)
    return Directory((*addresses, *more), people, deals, me, never, lambda address: forgotten.holds(address, None))


def read_items(reader: Reader) -> dict[tuple[str, str], CapturedItem]:
    """Everything that was captured, by kind and key."""
    return {(item.kind, item.key): item for item in map(_item, reader.connection.execute(f"{_ITEMS} ORDER BY id"))}


def read_card_people(reader: Reader) -> list[CardPerson]:
    """Everybody of the record who is not forgotten."""
    rows = reader.connection.execute(
        "SELECT id, name, organization, role, email, phone, addresses FROM known_contacts WHERE forgotten_at IS NULL "
        "ORDER BY id"
    )
    return [
        CardPerson(
            number,
            name,
            [one.address for one in read_kept(*columns) if one.kind == EMAIL],
            [one.address for one in read_kept(*columns) if one.kind == PHONE],
            organization,
            role,
        )
        for number, name, organization, role, *columns in rows
    ]


def read_waiting(reader: Reader) -> list[CapturedItem]:
    """What a person has to decide, the oldest first."""
    rows = reader.connection.execute(f"{_ITEMS} WHERE fate IN ('queue', 'suggestion') ORDER BY happened_at, id")
    return [_item(row) for row in rows]


def _item(row: Sequence[Any]) -> CapturedItem:
    names = CapturedItem._fields
    one = dict(zip(names, row, strict=True))
    return CapturedItem(
        **one
        | {
            "at": from_text(one["at"]),
            "joined": bool(one["joined"]),
            "is_automatic": bool(one["is_automatic"]),
            "people": tuple(json.loads(one["people"])),
            "candidates": tuple(json.loads(one["candidates"])),
            "answers": tuple(json.loads(one["answers"] or "[]")),
        }
    )


def read_deal_names(reader: Reader) -> list[tuple[int, str, str | None]]:
    """Number, title and number elsewhere of every deal."""
    return list(reader.connection.execute("SELECT id, title, external_id FROM known_deals ORDER BY id"))


def read_people_names(reader: Reader) -> dict[int, tuple[str, str]]:
    """Person -> name and first address; each the other where it is not known."""
    rows = reader.connection.execute("SELECT id, name, email, phone FROM known_contacts WHERE forgotten_at IS NULL")
    return {number: (name or email or phone, email or phone or name) for number, name, email, phone in rows}


def read_typed_touches(reader: Reader) -> list[TypedTouch]:
    """Touchpoints that no mailbox or calendar brought."""
    rows = reader.connection.execute(
        "SELECT id, deal_id, kind, direction, touched_at, contact_id, sense FROM main.touchpoints "
        "WHERE source IS NOT 'captured' ORDER BY touched_at, id"
    )
    return [
        TypedTouch(number, deal, kind, way, from_text(at), person, sense)
        for number, deal, kind, way, at, person, sense in rows
    ]


def read_ignored(reader: Reader) -> frozenset[str]:
    """Addresses, and domains with an @ before them, of which nothing is asked again."""
    return frozenset(row[0] for row in reader.connection.execute("SELECT address FROM main.ignored_senders"))


def read_bounced(reader: Reader) -> dict[str, str]:
    """Addresses, as the record has them, of which it is known that mail comes back, with the first day of that."""
    rows = reader.connection.execute("SELECT email, phone, addresses FROM known_contacts WHERE addresses IS NOT NULL")
    return {one.address: one.bounced_on for row in rows for one in read_kept(*row) if one.bounced_on}


def store_capture(change: Change, plan: CapturePlan, kinds: Sequence[str], summary: str, *, keeps: bool = True) -> None:
    """Does what was planned as one operation; `kinds`: of touchpoint, as pipeline.yaml has them.

    `keeps`: whether words of a mail are kept.
    """
    if change.public_id is None:
        change.begin_operation(summary)
    store = _Store(change, kinds, keeps=keeps)
    for entry in plan.entries:
        store.keep(entry)
    for address, day in plan.bounced:
        mark_bounced(change, address, day)


def store_cards(change: Change, verdicts: Sequence[CardVerdict], items: Mapping[tuple[str, str], CapturedItem]) -> bool:
    """Completes the people whose cards these are, and adds those who are new. True when something was new."""
    store = _CardStore(change)
    for place, verdict in enumerate(verdicts):
        store.keep(place, verdict, items)
    return store.wrote


class _CardStore:
    """The people of the cards of one capture."""

    def __init__(self, change: Change) -> None:
        self._change = change
        self._created: dict[int, int] = {}
        """Place of a card -> the person it created."""
        self.wrote = False

    def keep(self, place: int, verdict: CardVerdict, items: Mapping[tuple[str, str], CapturedItem]) -> None:
        """What one card adds, and whose it is."""
        if verdict.fate == CREATED:
            person: int | None = self._created.setdefault(place, self._add(verdict))
        else:
            person = verdict.person if verdict.joins is None else self._created[verdict.joins]
        if verdict.fate == MERGED and person is not None:
            self._complete(person, verdict)
        key = card_key(verdict.card)
        old = items.get(("card", key))
        people = list(verdict.candidates) if verdict.fate == QUEUE else [person] if person is not None else []
        if key and people and (old is None or list(old.people) != people or old.fate != _card_fate(verdict)):
            self._remember(key, verdict, people, old)

    def _begin(self) -> None:
        self.wrote = True
        if self._change.public_id is None:
            self._change.begin_operation("captured cards")

    def _add(self, verdict: CardVerdict) -> int:
        from pipeline_cli.storage.record.suppression import DoNotContact

        self._begin()
        addresses = _kept_of(verdict)
        unwanted = DoNotContact(self._change.connection)
        number = next_id(self._change.connection, "contacts")
        columns = keep_addresses(addresses)
        details = ContactDetails(verdict.name, columns.email, columns.phone)
        new = AddContact(details, verdict.organization, verdict.title, "address book", (), columns.addresses)
        apply_edit(self._change.journal, self._change.clock, new)
        if any(
            unwanted.holds(*((one.address, None) if one.kind == EMAIL else (None, one.address))) for one in addresses
        ):
            self._change.journal.update("contacts", number, {"opted_out": 1})
        return number

    def _complete(self, person: int, verdict: CardVerdict) -> None:
        """What the record says already stays."""
        row = self._change.connection.execute(
            "SELECT name, organization, role FROM contacts WHERE id = ?", (person,)
        ).fetchone()
        said = (verdict.name, verdict.organization, verdict.title)
        missing = {
            name: new
            for name, old, new in zip(("name", "organization", "role"), row, said, strict=True)
            if new and not old
        }
        self._begin()
        if missing:
            self._change.journal.update("contacts", person, missing)
        add_addresses(self._change, person, _kept_of(verdict))

    def _remember(self, key: str, verdict: CardVerdict, people: list[int], old: CapturedItem | None) -> None:
        if old is not None and old.fate == IGNORED:
            return
        self._begin()
        waits = verdict.fate == QUEUE
        columns = {
            "kind": "card",
            "item_key": key,
            "fate": _card_fate(verdict),
            "reason": verdict.reason if waits else None,
            "people": json.dumps(people),
            "subject": verdict.card.name if waits else None,
            "happened_at": to_text(self._change.clock.now),
            "captured_at": to_text(self._change.clock.now),
        }
        if old is None:
            self._change.journal.insert("captured", columns)
        else:
            self._change.journal.update("captured", old.id, columns)


def _card_fate(verdict: CardVerdict) -> str:
    return QUEUE if verdict.fate == QUEUE else "joined"


def card_key(card: Card) -> str:
    """By which a card is known again: its UID, else what is in it."""
    if card.uid:
        return card.uid
    said = "\0".join((card.name, *(one.text for one in (*card.emails, *card.phones))))
    return f"{zlib.crc32(said.encode('utf-8', 'surrogatepass')):08x}" if said else ""


def _kept_of(verdict: CardVerdict) -> list[KeptAddress]:
    return [
        *(KeptAddress(EMAIL, one.text, one.label) for one in verdict.emails if is_email(one.text)),
        *(KeptAddress(PHONE, one.text, one.label) for one in verdict.phones),
    ]


class _Store:
    """The rows of one capture."""

    def __init__(self, change: Change, kinds: Sequence[str], *, keeps: bool) -> None:
        self._change = change
        self._journal = change.journal
        self._clock = change.clock
        self._keeps = keeps
        self._mail_kind = _named(kinds, ("email", "e-mail", "mail"))
        self._meeting_kind = _named(kinds, ("meeting", "treffen", "termin"))

    def keep(self, entry: Entry) -> None:
        """One item with what it made."""
        verdict, old = entry.verdict, entry.old
        made: dict[str, Any] = {}
        if old is not None:
            self._take_away(entry)
        if verdict.fate in (TOUCHPOINT, MEETING):
            if entry.joins is not None:
                made = {"touchpoint_id": entry.joins, "joined": 1}
            elif old is not None and old.touchpoint_id is not None:
                made = self._move_touchpoint(old, verdict)
            else:
                made = {"touchpoint_id": self._log(verdict)}
        elif verdict.fate == NEXT_STEP:
            made = {"next_step_id": self._plan(verdict)}
        columns = self._columns(verdict) | made
        if old is None:
            self._journal.insert("captured", columns)
        else:
            self._journal.update("captured", old.id, columns)

    def _columns(self, verdict: Verdict) -> dict[str, Any]:
        waits = verdict.fate not in (TOUCHPOINT, MEETING, NEXT_STEP)
        return {
            "kind": verdict.kind,
            "item_key": verdict.key,
            "fate": GONE if verdict.fate == SKIPPED else verdict.fate,
            "reason": verdict.reason,
            "chosen_by": verdict.by,
            "happened_at": to_text(verdict.at),
            "deal_id": verdict.deal_id,
            "direction": verdict.direction,
            "automatic": int(verdict.is_automatic),
            "people": json.dumps(verdict.people),
            "candidates": json.dumps(verdict.candidates),
            # What became a touchpoint has its words there.
            "subject": verdict.subject if waits and self._keeps else None,
            "excerpt": verdict.excerpt if waits and self._keeps else None,
            "address": verdict.address,
            "name": verdict.name,
            "answers": json.dumps(verdict.answers) if verdict.answers else None,
            "version": verdict.version,
            "captured_at": to_text(self._clock.now),
        }

    def _log(self, verdict: Verdict) -> int:
        is_mail = verdict.fate == TOUCHPOINT
        kind = self._mail_kind if is_mail else self._meeting_kind
        direction = verdict.direction or "out"
        outcome = AUTO_REPLY if verdict.is_automatic else None
        sense = sense_of("email" if is_mail else "meeting", direction, outcome)
        number = next_id(self._change.connection, "touchpoints")
        assert verdict.deal_id is not None  # noqa: S101 - for the type checker: such a verdict has one
        apply_edit(
            self._journal,
            self._clock,
            LogTouchpoint(
                verdict.deal_id,
                kind,
                direction,
                verdict.at,
                outcome,
                self._words(verdict),
                sense.sense,
                sense.awaits_answer,
                verdict.people[0] if verdict.people else None,
                "captured",
            ),
        )
        return number

    def _words(self, verdict: Verdict) -> str | None:
        if not self._keeps:
            return None
        return " – ".join(filter(None, (verdict.subject, verdict.excerpt))) or None

    def _plan(self, verdict: Verdict) -> int:
        number = next_id(self._change.connection, "next_steps")
        local = verdict.at.astimezone(self._clock.zone)
        day = verdict.day or self._clock.day(verdict.at)
        assert verdict.deal_id is not None  # noqa: S101 - for the type checker: such a verdict has one
        apply_edit(
            self._journal,
            self._clock,
            SetNextStep(
                verdict.deal_id,
                verdict.subject or "Meeting",
                day,
                None if verdict.day else f"{local:%H:%M}",
                verdict.minutes,
            ),
        )
        return number

    def _move_touchpoint(self, old: CapturedItem, verdict: Verdict) -> dict[str, Any]:
        """To another day, or to another deal; what was logged by hand stays where it is."""
        if old.joined:
            return {"touchpoint_id": old.touchpoint_id, "deal_id": old.deal_id}
        assert old.touchpoint_id is not None  # noqa: S101 - for the type checker: it is asked before
        changes: dict[str, Any] = {"touched_at": to_text(verdict.at), "deal_id": verdict.deal_id}
        if verdict.kind == EVENT:
            changes["note"] = self._words(verdict)
        self._journal.update("touchpoints", old.touchpoint_id, changes)
        for deal_id in filter(None, (old.deal_id, verdict.deal_id)):
            self._journal.touch_deals(deal_id, deal_id)
        return {"touchpoint_id": old.touchpoint_id}

    def _take_away(self, entry: Entry) -> None:
        """What the item made before, where the event is another now: a step is over, a meeting never was."""
        old, verdict = entry.old, entry.verdict
        assert old is not None  # noqa: S101 - for the type checker: it is asked before
        if old.next_step_id is not None and old.deal_id is not None:
            took_place = verdict.fate == MEETING
            apply_edit(self._journal, self._clock, CloseNextStep(old.deal_id, done=took_place, step=old.next_step_id))
            self._journal.update("captured", old.id, {"next_step_id": None})
        stays = verdict.fate in (TOUCHPOINT, MEETING)
        if old.touchpoint_id is not None and old.deal_id is not None and not stays:
            if old.joined:
                self._journal.update("captured", old.id, {"touchpoint_id": None, "joined": 0})
            else:
                apply_edit(self._journal, self._clock, RemoveTouchpoint(old.deal_id, old.touchpoint_id))


def _named(kinds: Sequence[str], words: Sequence[str]) -> str:
    """The kind of pipeline.yaml that is called so; else the word itself."""
    return next((kind for word in words for kind in kinds if kind.casefold() == word), words[0])


def read_running_last_chances(reader: Reader) -> list[tuple[int, date]]:
    """Deal and deadline of each that runs."""
    rows = reader.connection.execute(
        "SELECT deal_id, deadline FROM known_last_chances WHERE ended_at IS NULL ORDER BY id"
    )
    return [(deal_id, date.fromisoformat(deadline)) for deal_id, deadline in rows]


def read_pipeline_of(reader: Reader, deal_id: int) -> str:
    """The id of a deal's pipeline."""
    return str(reader.connection.execute("SELECT pipeline FROM deals WHERE id = ?", (deal_id,)).fetchone()[0])


def move_deadline(change: Change, deal_id: int, deadline: date) -> None:
    """Of the last chance that runs."""
    rows = change.connection.execute("SELECT id FROM last_chances WHERE deal_id = ? AND ended_at IS NULL", (deal_id,))
    for (number,) in rows.fetchall():
        change.journal.update("last_chances", number, {"deadline": deadline.isoformat()})


def mark_bounced(change: Change, address: str, day: date) -> None:
    """From that day mail to it comes back; where that is known, from the earlier day."""
    wanted = normalise_email(address)
    rows = change.connection.execute(
        "SELECT id, email, phone, addresses FROM contacts WHERE coalesce(email, addresses) IS NOT NULL ORDER BY id"
    ).fetchall()
    for number, *columns in rows:
        known = read_kept(*columns)
        marked = [
            one._replace(bounced_on=min(one.bounced_on or day.isoformat(), day.isoformat()))
            if one.kind == EMAIL and normal_form(one) == wanted
            else one
            for one in known
        ]
        if tuple(marked) != known:
            change.journal.update("contacts", number, keep_addresses(marked)._asdict())


def add_addresses(change: Change, contact_id: int, new: Iterable[KeptAddress]) -> bool:
    """Gives a person further addresses, after those they have. True when one was not known."""
    columns = change.connection.execute(
        "SELECT email, phone, addresses FROM contacts WHERE id = ?", (contact_id,)
    ).fetchone()
    known = read_kept(*columns)
    forms = {(one.kind, normal_form(one)) for one in known}
    added = [one for one in new if (one.kind, normal_form(one)) not in forms]
    if added:
        change.journal.update("contacts", contact_id, keep_addresses((*known, *added))._asdict())
    return bool(added)


def ignore_sender(change: Change, address: str) -> None:
    """Nothing of the address, or of the domain after an @, is asked again; what waited of it is done with."""
    journal = change.journal
    if change.connection.execute("SELECT 1 FROM ignored_senders WHERE address = ?", (address,)).fetchone() is None:
        journal.insert("ignored_senders", {"address": address, "ignored_at": to_text(change.clock.now)})
    rows = change.connection.execute(
        "SELECT id, address FROM captured WHERE fate IN ('queue', 'suggestion') AND address IS NOT NULL"
    ).fetchall()
    for number, sender in rows:
        if is_of_sender(sender, {address}):
            ignore_item(change, number)


def ignore_item(change: Change, number: int) -> None:
    """It is left out, and not asked again."""
    journal = change.journal
    empty = {"subject": None, "excerpt": None, "address": None, "name": None, "answers": None}
    journal.update("captured", number, {"fate": "ignored", **empty})


def read_runs(reader: Reader) -> dict[str, tuple[datetime, str]]:
    """Source -> when it was last read, and in which state it was."""
    rows = reader.connection.execute("SELECT source, ran_at, state FROM main.capture_runs")
    return {source: (from_text(at), state) for source, at, state in rows}


def remember_runs(change: Change, states: Mapping[str, str]) -> None:
    """Says what was read; that is no part of the record, and no `undo` takes it back."""
    for source, state in states.items():
        change.connection.execute(
            "INSERT INTO capture_runs (source, ran_at, state) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (source) DO UPDATE SET ran_at = ?2, state = ?3",
            (source, to_text(change.clock.now), state),
        )


class Strangers:
    """Who wrote, or was written to, in earlier runs, and is nobody of the record: known again, and not by name."""

    def __init__(self, reader: Reader) -> None:
        from pipeline_cli.storage.record.suppression import key_path, read_keys

        self._connection = reader.connection
        rows = reader.connection.execute("SELECT digest, direction FROM main.strangers").fetchall()
        self._known = set(rows)
        self._path = key_path(reader.connection)
        self._keys = read_keys(self._path) if rows else ()

    def met_before(self, address: str, direction: str) -> bool:
        """An earlier run saw that address that way."""
        return any((_digest(key, address), direction) in self._known for key in self._keys)

    def remember(self, seen: Iterable[tuple[str, str]]) -> bool:
        """Address and direction of each. True when somebody is new."""
        from pipeline_cli.storage.record.suppression import make_key, read_keys

        new = {(address, direction) for address, direction in seen if not self.met_before(address, direction)}
        if not new:
            return False
        keys = self._keys or read_keys(self._path) or (make_key(self._path),)
        rows = sorted((_digest(keys[0], address), direction) for address, direction in new)
        self._connection.executemany("INSERT OR IGNORE INTO strangers (digest, direction) VALUES (?, ?)", rows)
        return True


def _digest(key: bytes, address: str) -> str:
    import hmac

    return hmac.digest(key, f"stranger:{address}".encode("utf-8", "surrogatepass"), "sha256").hex()
