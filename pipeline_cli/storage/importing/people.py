"""The people of an import: found by address, or by name within an organization; known ones are completed, not changed."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pipeline_cli.domain.deal.edits import ContactDetails
from pipeline_cli.domain.deal.incoming import IncomingContact, IncomingDeal
from pipeline_cli.domain.words.addresses import (
    EMAIL,
    KeptAddress,
    keep_addresses,
    normalise_email,
    normalised,
    read_kept,
)
from pipeline_cli.domain.words.clock import Clock, to_text
from pipeline_cli.domain.words.number_table import NumberTable
from pipeline_cli.storage.importing.deals import NEW, Batch, Counts, DealIntake
from pipeline_cli.storage.importing.events import read_taken_off
from pipeline_cli.storage.journal import Journal, next_id
from pipeline_cli.storage.record.suppression import DoNotContact

_NOBODY = ContactDetails(None, None, None)
_COLUMNS = ("name", "email", "phone", "organization", "role", "source", "opted_out", "addresses", "formerly")
_MOST_WAITING = 5000


class PeopleIntake:
    """Everybody the record knows, by the two ways of recognising them."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._now = to_text(clock.now)
        self._ids = NumberTable()
        """By address, or of those without one by name and organization."""
        self._first = self._next = next_id(journal.connection, "contacts")
        self._first_link = next_id(journal.connection, "deal_contacts")
        self._new: dict[int, dict[str, object]] = {}
        """Those this import adds and has not written yet, with what is known of them so far."""
        self._taken_off = read_taken_off(journal.connection)
        self._do_not_contact = DoNotContact(journal.connection)
        self._of_nowhere: set[int] = set()
        """Those of whom the file of contacts names no organization: that of a deal is not theirs."""
        self.unwanted: set[int] = set()
        """Those who came with an address that is not to be contacted: they are kept as opted out."""
        self.lost_entries = self._do_not_contact.lost
        self.counts = Counts()
        for contact_id, *who in journal.connection.execute(
            "SELECT id, name, email, organization, addresses FROM contacts ORDER BY id"
        ):
            self._remember(contact_id, *who)

    def _remember(
        self, contact_id: int, name: object, email: object, organization: object, more: object = None
    ) -> None:
        """By the first address and by all others."""
        others = read_kept(None, None, more) if isinstance(more, str) else ()
        keys = [_key(name, email, organization), *(normalise_email(one.address) for one in others if one.kind == EMAIL)]
        for key in keys:
            if self._ids.get(key) is None:
                self._ids.set(key, contact_id)

    def _find(self, name: object, email: object, organization: object, more: Iterable[KeptAddress]) -> int | None:
        """By any of their addresses; by name within the organization only without one."""
        keys = [_key(name, email, organization), *(normalise_email(one.address) for one in more if one.kind == EMAIL)]
        return next((found for key in keys if (found := self._ids.get(key)) is not None), None)

    def take_contacts(self, contacts: Iterable[IncomingContact]) -> None:
        """The rows of a file of contacts."""
        for person in contacts:
            self._take_person(person)
            if len(self._new) >= _MOST_WAITING:
                self._write_new()

    def _take_person(self, person: IncomingContact) -> None:
        columns = keep_addresses((*read_kept(person.email, person.phone, None), *person.more))
        known = read_kept(*columns)
        is_unwanted = any(
            self._do_not_contact.holds(*((one.address, None) if one.kind == EMAIL else (None, one.address)))
            for one in known
        )
        values: dict[str, object] = {
            "name": person.name,
            "email": columns.email,
            "phone": columns.phone,
            "organization": person.organization,
            "role": person.role,
            "source": person.source,
            "opted_out": int(person.opted_out or is_unwanted),
            "addresses": columns.addresses,
            "formerly": person.formerly,
        }
        found = self._find(person.name, columns.email, person.organization, known)
        if is_unwanted and found is not None:
            self.unwanted.add(found)
        if found is None:
            found = self._add(values, self._now)
            self.unwanted |= {found} if is_unwanted else set()
            self.counts.created += 1
        elif self._complete(found, values, self._now):
            self.counts.updated += 1
        else:
            self.counts.unchanged += 1
        if person.organization is None:
            self._of_nowhere.add(found)

    def link(self, batch: Batch, intake: DealIntake) -> None:
        """The people each deal names, known from the day the deal was created."""
        links = []
        there: dict[int, set[int]] = {}
        for position, deal, _ in batch:
            deal_id = intake.ids[position]
            for person in (ContactDetails(deal.contact_name, deal.email, deal.phone), *deal.more_contacts):
                if person == _NOBODY:
                    continue
                contact_id = self._person_of(deal, person)
                if deal_id not in there:
                    there[deal_id] = set() if intake.states[position] == NEW else self._linked(deal_id)
                if contact_id not in there[deal_id]:
                    there[deal_id].add(contact_id)
                    links.append((deal_id, contact_id, to_text(deal.created_at)))
        self._write_new()
        self._journal.add_rows("deal_contacts", ("deal_id", "contact_id", "linked_at"), links)

    def finish(self) -> None:
        """When everybody was taken."""
        self._write_new()
        self._journal.remember_run("contacts", self._first)
        self._journal.remember_run("deal_contacts", self._first_link)

    def _linked(self, deal_id: int) -> set[int]:
        """Those taken off the deal by hand among them, who are not linked again."""
        query = "SELECT contact_id FROM deal_contacts WHERE deal_id = ?"
        linked = {row[0] for row in self._journal.connection.execute(query, (deal_id,))}
        return linked | self._taken_off.get(deal_id, set())

    def _person_of(self, deal: IncomingDeal, person: ContactDetails) -> int:
        values: dict[str, object] = {**person._asdict(), "organization": deal.organization}
        is_unwanted = self._do_not_contact.holds(person.email, person.phone)
        since = to_text(deal.created_at)
        found = self._ids.get(_key(person.name, person.email, deal.organization))
        if found is None and (elsewhere := self._ids.get(_key(person.name, person.email, None))) in self._of_nowhere:
            found = elsewhere
        if found in self._of_nowhere:
            del values["organization"]
        if found is None:
            others = {"role": None, "source": None, "addresses": None, "formerly": None}
            added = self._add({**values, **others, "opted_out": int(is_unwanted)}, since)
            self.unwanted |= {added} if is_unwanted else set()
            return added
        if is_unwanted:
            values["opted_out"] = 1
            self.unwanted.add(found)
        self._complete(found, values, since)
        return found

    def _write_new(self) -> None:
        columns = (*_COLUMNS, "created_at")
        rows = (
            (contact_id, os.urandom(8).hex(), *(values[name] for name in columns))
            for contact_id, values in self._new.items()
        )
        self._journal.add_rows("contacts", ("id", "public_id", *columns), rows)
        self._new.clear()

    def _add(self, values: dict[str, object], since: str) -> int:
        contact_id = self._next
        self._next += 1
        self._new[contact_id] = {**values, "created_at": since}
        self._remember(contact_id, *(values[key] for key in ("name", "email", "organization", "addresses")))
        return contact_id

    def _complete(self, contact_id: int, values: dict[str, object], since: str) -> bool:
        """Fills in what is missing, and keeps an opt-out once it is there. True when that changed something.

        Somebody whom this import added is known since the earliest of their deals.
        """
        new = self._new.get(contact_id)
        known = new if new is not None else self._read(contact_id, values)
        missing = {name: value for name, value in values.items() if value and not known[name]}
        missing |= self._joint_addresses(contact_id, values, known)
        is_earlier = contact_id >= self._first and since < str(known["created_at"])
        changes = {**missing, "created_at": since} if is_earlier else missing
        if new is not None:
            new.update(changes)
        elif changes:
            change = self._journal.amend if contact_id >= self._first else self._journal.update
            change("contacts", contact_id, changes)
        return bool(missing)

    def _joint_addresses(
        self, contact_id: int, values: dict[str, object], known: dict[str, object]
    ) -> dict[str, object]:
        """Those of both, where the file brings one that is not the first of its kind, or another than the first."""
        brings = [
            name for name in ("email", "phone") if values.get(name) and known.get(name) not in (None, values[name])
        ]
        if not values.get("addresses") and (not brings or "role" not in values):
            return {}
        have = [self._row(one) for one in (known, values)]
        before = read_kept(*have[0])
        after = keep_addresses((*before, *read_kept(*have[1])))
        if set(normalised(read_kept(*after))) == set(normalised(before)):
            return {}
        self._remember(contact_id, None, after.email, None, after.addresses)
        return after._asdict()

    @staticmethod
    def _row(values: dict[str, object]) -> list[str | None]:
        return [None if (value := values.get(name)) is None else str(value) for name in ("email", "phone", "addresses")]

    def _read(self, contact_id: int, values: Iterable[str]) -> dict[str, object]:
        names = [*values, "created_at"]
        row = self._journal.connection.execute(
            f"SELECT {', '.join(names)} FROM contacts WHERE id = ?", (contact_id,)
        ).fetchone()
        return dict(zip(names, row, strict=True))


def _key(name: object, email: object, organization: object) -> object:
    return normalise_email(email) if isinstance(email, str) else (name, organization)
