"""Open deals that look like one being added or imported."""

from __future__ import annotations

import sqlite3

from pipeline_cli.domain.edits import AddDeal
from pipeline_cli.domain.names import normalise, normalise_organization
from pipeline_cli.domain.number_table import NumberTable
from pipeline_cli.storage.reader import Reader


def find_duplicates(reader: Reader, deal: AddDeal) -> list[tuple[int, str]]:
    """Deal and reason: the same e-mail address, or the same organization and title, case, accents and legal form aside."""
    alike: dict[int, str] = {}
    for contact in deal.contacts:
        if contact.email:
            rows = reader.connection.execute(
                "SELECT d.id FROM known_deals d JOIN known_deal_contacts dc ON dc.deal_id = d.id "
                "JOIN known_contacts c ON c.id = dc.contact_id WHERE d.status = 'open' AND c.email = ? COLLATE NOCASE",
                (contact.email,),
            )
            alike |= {row[0]: "the same e-mail address" for row in rows}
    title, organization = normalise(deal.title), normalise_organization(deal.organization or "")
    same_start = "SELECT id, title, organization FROM known_deals WHERE status = 'open'"
    for number, other_title, other_organization in reader.connection.execute(same_start):
        if normalise(other_title) == title and normalise_organization(other_organization or "") == organization:
            alike.setdefault(number, "the same title and organization")
    return sorted(alike.items())[:5]


_NAMES = "SELECT id, title, organization FROM main.deals WHERE status = 'open' ORDER BY id"
_ADDRESSES = """SELECT d.id, c.email, NULL FROM main.deals d CROSS JOIN main.deal_contacts dc ON dc.deal_id = d.id
    CROSS JOIN main.contacts c ON c.id = dc.contact_id WHERE d.status = 'open' AND c.email IS NOT NULL ORDER BY d.id"""


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


def _address(email: str, _: None) -> str:
    return email.casefold()


def _likeness(title: str, organization: str | None) -> tuple[str, str] | None:
    """One key for one name; none for a deal that is called by its organization for want of a title."""
    if title == organization:
        return None
    return normalise(title), normalise_organization(organization or "")
