"""Edits of people into rows, all through the journal."""

from __future__ import annotations

import os

from pipeline_cli.domain import edits
from pipeline_cli.domain.addresses import Address, addresses_of
from pipeline_cli.domain.clock import Clock, to_text
from pipeline_cli.storage import suppression
from pipeline_cli.storage.journal import Journal


def add_deal_contact(journal: Journal, clock: Clock, edit: edits.AddDealContact) -> None:
    if edit.known_id is not None:
        given = {name: new for name, new in edit.contact._asdict().items() if new is not None}
        journal.update("contacts", edit.known_id, given)
        return
    row = journal.connection.execute("SELECT organization FROM deals WHERE id = ?", (edit.deal_id,)).fetchone()
    link_contact(journal, edit.deal_id, edit.contact, row[0], to_text(clock.now))


def remove_deal_contact(journal: Journal, clock: Clock, edit: edits.RemoveDealContact) -> None:
    query = "SELECT id FROM deal_contacts WHERE deal_id = ? AND contact_id = ?"
    for (row_id,) in journal.connection.execute(query, tuple(edit)).fetchall():
        journal.delete("deal_contacts", row_id)


def link_contact(
    journal: Journal, deal_id: int, contact: edits.ContactDetails, organization: str | None, since: str
) -> None:
    """The person with that address, or else a new one; what is known of them is not overwritten."""
    contact_id = _find_contact(journal, contact, organization)
    if contact_id is None:
        contact_id = _insert_contact(journal, contact, organization, since)
    else:
        _complete_contact(journal, contact_id, contact)
    _link(journal, contact_id, deal_id, since)


def _insert_contact(
    journal: Journal, contact: edits.ContactDetails, organization: str | None, since: str, **more: str | None
) -> int:
    return journal.insert(
        "contacts",
        {
            "public_id": os.urandom(8).hex(),
            **contact._asdict(),
            "organization": organization,
            **more,
            "created_at": since,
        },
    )


def _find_contact(journal: Journal, contact: edits.ContactDetails, organization: str | None) -> int | None:
    """By address; without one, by name within the organization."""
    if contact.email is not None:
        row = journal.connection.execute(
            "SELECT id FROM contacts WHERE email = ? COLLATE NOCASE ORDER BY id LIMIT 1", (contact.email,)
        ).fetchone()
    else:
        row = journal.connection.execute(
            "SELECT id FROM contacts WHERE name = ? AND organization IS ? ORDER BY id LIMIT 1",
            (contact.name, organization),
        ).fetchone()
    return None if row is None else int(row[0])


def _complete_contact(journal: Journal, contact_id: int, contact: edits.ContactDetails) -> None:
    row = journal.connection.execute("SELECT name, email, phone FROM contacts WHERE id = ?", (contact_id,)).fetchone()
    missing = {
        name: new
        for name, old, new in zip(("name", "email", "phone"), row, contact, strict=True)
        if old is None and new is not None
    }
    if missing:
        journal.update("contacts", contact_id, missing)


def add_contact(journal: Journal, clock: Clock, edit: edits.AddContact) -> None:
    now = to_text(clock.now)
    contact_id = _insert_contact(journal, edit.contact, edit.organization, now, role=edit.role, source=edit.source)
    _link_deals(journal, contact_id, edit.deals, now)


def set_contact(journal: Journal, clock: Clock, edit: edits.SetContact) -> None:
    """An opted-out person stays so by the addresses they had and by those they get."""
    before = _addresses_if_opted_out(journal, edit.contact_id)
    if edit.changes:
        journal.update("contacts", edit.contact_id, edit.changes)
    after = _addresses_if_opted_out(journal, edit.contact_id)
    if before != after:
        suppression.keep_off(journal, clock, dict.fromkeys((*before, *after)))
    _link_deals(journal, edit.contact_id, edit.deals, to_text(clock.now))


def set_opt_out(journal: Journal, clock: Clock, edit: edits.SetOptOut) -> None:
    for contact_id in edit.contact_ids:
        journal.update("contacts", contact_id, {"opted_out": int(edit.opted_out)})
    change_list = suppression.keep_off if edit.opted_out else suppression.let_in
    change_list(journal, clock, edit.addresses)


def _link_deals(journal: Journal, contact_id: int, deals: tuple[int, ...], since: str) -> None:
    for deal_id in deals:
        _link(journal, contact_id, deal_id, since)
        journal.touch_deals(deal_id, deal_id)


def _link(journal: Journal, contact_id: int, deal_id: int, since: str) -> None:
    """Unless they are linked already."""
    linked = journal.connection.execute(
        "SELECT 1 FROM deal_contacts WHERE deal_id = ? AND contact_id = ?", (deal_id, contact_id)
    ).fetchone()
    if linked is None:
        journal.insert("deal_contacts", {"deal_id": deal_id, "contact_id": contact_id, "linked_at": since})


def _addresses_if_opted_out(journal: Journal, contact_id: int) -> tuple[Address, ...]:
    row = journal.connection.execute(
        "SELECT email, phone FROM contacts WHERE id = ? AND opted_out", (contact_id,)
    ).fetchone()
    return () if row is None else addresses_of(*row)
