"""Deals that look like another one: a new one as it is added, and those that a file brought."""

from __future__ import annotations

import json
import sqlite3

from pipeline_cli.domain.deal.edits import AddDeal
from pipeline_cli.domain.words.names import normalise, normalise_organization, organization_in
from pipeline_cli.domain.words.number_table import NumberTable
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.people import ids_with_email


def find_duplicates(reader: Reader, deal: AddDeal) -> list[tuple[int, str]]:
    """Deal and reason: the same e-mail address, or the same organization and title, case, accents and legal form aside."""
    alike: dict[int, str] = {}
    for contact in deal.contacts:
        if contact.email:
            rows = reader.connection.execute(
                "SELECT d.id FROM known_deals d JOIN known_deal_contacts dc ON dc.deal_id = d.id "
                "WHERE d.status = 'open' AND dc.contact_id IN (SELECT value FROM json_each(?))",
                (json.dumps(ids_with_email(reader.connection, contact.email)),),
            )
            alike |= {row[0]: "the same e-mail address" for row in rows}
    title, organization = normalise(deal.title), _organization_of(deal.title, deal.organization)
    same_start = "SELECT id, title, organization FROM known_deals WHERE status = 'open'"
    for number, other_title, other_organization in reader.connection.execute(same_start):
        if normalise(other_title) == title and _organization_of(other_title, other_organization) == organization:
            alike.setdefault(number, "the same title and organization")
    return sorted(alike.items())[:5]


def _organization_of(title: str, organization: str | None) -> str:
    """To be compared; where none was given, that of the title."""
    return normalise_organization(organization or organization_in(title) or "")


_NAMES = "SELECT id, title, organization FROM main.deals WHERE status = 'open' ORDER BY id"
_ADDRESSES = """SELECT d.id, c.id, NULL FROM main.deals d CROSS JOIN main.deal_contacts dc ON dc.deal_id = d.id
    CROSS JOIN main.contacts c ON c.id = dc.contact_id WHERE d.status = 'open' AND c.email IS NOT NULL ORDER BY d.id"""
"""By the person, who is one whatever address a file had: import found them by any of them."""


def find_new_duplicates(connection: sqlite3.Connection, first_new: int) -> dict[str, set[int]]:
    """Of the deals from a number on those that look like an open one with a lower number, by what they share."""
    found = {}
    for code, query, key_of in (("same_email", _ADDRESSES, _address), ("same_title", _NAMES, _likeness)):
        seen, alike = NumberTable(), set()
        for deal_id, text, organization in connection.execute(query):
            key = key_of(text, organization)
            if key is None:
                continue
            if seen.get(key) is None:
                seen.set(key, deal_id)
            elif deal_id >= first_new and seen.get(key) != deal_id:
                alike.add(deal_id)
        if alike:
            found[code] = alike
    return found


def _address(person: int, _: None) -> int:
    return person


def _likeness(title: str, organization: str | None) -> tuple[str, str] | None:
    """One key for one name; none for a deal that is called by its organization for want of a title."""
    if title == organization:
        return None
    return normalise(title), normalise_organization(organization or "")
