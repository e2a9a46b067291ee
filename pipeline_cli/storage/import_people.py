"""The people of an import: found by address, or by name within an organization; known ones are completed, not changed."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pipeline_cli.domain.clock import Clock, to_text
from pipeline_cli.domain.edits import ContactDetails
from pipeline_cli.domain.incoming import IncomingContact, IncomingDeal
from pipeline_cli.storage.import_deals import Counts, DealIntake
from pipeline_cli.storage.journal import Journal, next_id
from pipeline_cli.storage.suppression import DoNotContact

_NOBODY = ContactDetails(None, None, None)
_COLUMNS = ("name", "email", "phone", "organization", "role", "source", "opted_out")


class PeopleIntake:
    """Everybody the record knows, by the two ways of recognising them."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self._journal = journal
        self._now = to_text(clock.now)
        self._by_email: dict[str, int] = {}
        self._by_name: dict[tuple[str | None, str | None], int] = {}
        self._since: dict[int, str] = {}
        self._next = next_id(journal.connection, "contacts")
        self._new: dict[int, dict[str, object]] = {}
        """Those this import adds, with what is known of them so far: written all at once."""
        self._do_not_contact = DoNotContact(journal.connection)
        self.unwanted: set[int] = set()
        """Those who came with an address that is not to be contacted: they are kept as opted out."""
        self.lost_entries = self._do_not_contact.lost
        self.counts = Counts()
        rows = journal.connection.execute("SELECT id, name, email, organization, created_at FROM contacts ORDER BY id")
        for contact_id, name, email, organization, created_at in rows:
            self._remember(contact_id, name, email, organization, created_at)

    def _remember(
        self, contact_id: int, name: str | None, email: str | None, organization: str | None, since: str
    ) -> None:
        if email is not None:
            self._by_email.setdefault(email.casefold(), contact_id)
        else:
            self._by_name.setdefault((name, organization), contact_id)
        self._since[contact_id] = since

    def take_contacts(self, contacts: Iterable[IncomingContact]) -> None:
        """The rows of a file of contacts."""
        for person in contacts:
            values: dict[str, object] = dict(zip(_COLUMNS, person[1:8], strict=True))
            is_unwanted = self._do_not_contact.holds(person.email, person.phone)
            values["opted_out"] = int(person.opted_out or is_unwanted)
            found = self._find(person.name, person.email, person.organization)
            if is_unwanted and found is not None:
                self.unwanted.add(found)
            if found is None:
                added = self._add(values, self._now)
                self.unwanted |= {added} if is_unwanted else set()
                self.counts.created += 1
            elif self._complete(found, values):
                self.counts.updated += 1
            else:
                self.counts.unchanged += 1

    def link(self, intake: DealIntake, deals: Iterable[IncomingDeal]) -> None:
        """The person each deal names, known from the day the deal was created."""
        connection = self._journal.connection
        linked = set(connection.execute("SELECT deal_id, contact_id FROM deal_contacts").fetchall())
        rows = []
        for deal in deals:
            first = ContactDetails(deal.contact_name, deal.email, deal.phone)
            for person in (first, *deal.more_contacts):
                if person == _NOBODY:
                    continue
                pair = (intake.ids[deal.key], self._person_of(deal, person))
                if pair not in linked:
                    linked.add(pair)
                    rows.append((*pair, to_text(deal.created_at)))
        self._write_new()
        self._journal.insert_many("deal_contacts", ("deal_id", "contact_id", "linked_at"), rows)

    def _person_of(self, deal: IncomingDeal, person: ContactDetails) -> int:
        values: dict[str, object] = {**person._asdict(), "organization": deal.organization}
        is_unwanted = self._do_not_contact.holds(person.email, person.phone)
        since = to_text(deal.created_at)
        found = self._find(person.name, person.email, deal.organization)
        if found is None:
            added = self._add({**values, "role": None, "source": None, "opted_out": int(is_unwanted)}, since)
            self.unwanted |= {added} if is_unwanted else set()
            return added
        if is_unwanted:
            values["opted_out"] = 1
            self.unwanted.add(found)
        if since < self._since[found] and found in self._new:
            self._since[found] = since
            self._new[found]["created_at"] = since
        self._complete(found, values)
        return found

    def _write_new(self) -> None:
        columns = (*_COLUMNS, "created_at")
        rows = (
            (contact_id, os.urandom(8).hex(), *(values[name] for name in columns))
            for contact_id, values in self._new.items()
        )
        self._journal.insert_with_ids("contacts", ("id", "public_id", *columns), rows)
        self._journal.remember_run("contacts", self._next - len(self._new))

    def _find(self, name: str | None, email: str | None, organization: str | None) -> int | None:
        if email is not None:
            return self._by_email.get(email.casefold())
        return self._by_name.get((name, organization))

    def _add(self, values: dict[str, object], since: str) -> int:
        contact_id = self._next
        self._next += 1
        self._new[contact_id] = {**values, "created_at": since}
        name, email, organization = (values[key] for key in ("name", "email", "organization"))
        self._remember(contact_id, name, email, organization, since)  # type: ignore[arg-type]
        return contact_id

    def _complete(self, contact_id: int, values: dict[str, object]) -> bool:
        """Fills in what is missing, and keeps an opt-out once it is there. True when that changed something."""
        new = self._new.get(contact_id)
        if new is not None:
            missing = {name: value for name, value in values.items() if value and not new[name]}
            new.update(missing)
            return bool(missing)
        names = list(values)
        row = self._journal.connection.execute(
            f"SELECT {', '.join(names)} FROM contacts WHERE id = ?", (contact_id,)
        ).fetchone()
        changes = {name: values[name] for name, old in zip(names, row, strict=True) if not old and values[name]}
        if changes:
            self._journal.update("contacts", contact_id, changes)
        return bool(changes)
