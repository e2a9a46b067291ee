"""The people of an import: found by address, or by name within an organization; known ones are completed, not changed."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pipeline_cli.domain.clock import Clock, to_text
from pipeline_cli.domain.edits import ContactDetails
from pipeline_cli.domain.incoming import IncomingContact, IncomingDeal
from pipeline_cli.storage.import_deals import Counts, DealIntake
from pipeline_cli.storage.journal import Journal

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
        self._added: set[int] = set()
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
            values["opted_out"] = int(person.opted_out)
            found = self._find(person.name, person.email, person.organization)
            if found is None:
                self._add(values, self._now)
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
        self._journal.insert_many("deal_contacts", ("deal_id", "contact_id", "linked_at"), rows)

    def _person_of(self, deal: IncomingDeal, person: ContactDetails) -> int:
        values: dict[str, object] = {**person._asdict(), "organization": deal.organization}
        since = to_text(deal.created_at)
        found = self._find(person.name, person.email, deal.organization)
        if found is None:
            return self._add({**values, "role": None, "source": None, "opted_out": 0}, since)
        if since < self._since[found] and found in self._added:
            self._since[found] = since
            self._journal.connection.execute("UPDATE contacts SET created_at = ? WHERE id = ?", (since, found))
        self._complete(found, values)
        return found

    def _find(self, name: str | None, email: str | None, organization: str | None) -> int | None:
        if email is not None:
            return self._by_email.get(email.casefold())
        return self._by_name.get((name, organization))

    def _add(self, values: dict[str, object], since: str) -> int:
        contact_id = self._journal.insert("contacts", {"public_id": os.urandom(8).hex(), **values, "created_at": since})
        self._added.add(contact_id)
        name, email, organization = (values[key] for key in ("name", "email", "organization"))
        self._remember(contact_id, name, email, organization, since)  # type: ignore[arg-type]
        return contact_id

    def _complete(self, contact_id: int, values: dict[str, object]) -> bool:
        """Fills in what is missing, and keeps an opt-out once it is there. True when that changed something."""
        names = list(values)
        row = self._journal.connection.execute(
            f"SELECT {', '.join(names)} FROM contacts WHERE id = ?", (contact_id,)
        ).fetchone()
        changes = {name: values[name] for name, old in zip(names, row, strict=True) if not old and values[name]}
        if changes:
            self._journal.update("contacts", contact_id, changes)
        return bool(changes)
