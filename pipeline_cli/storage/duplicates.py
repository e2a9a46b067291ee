"""Open deals that look like one being added or imported."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from pipeline_cli.domain.edits import AddDeal
from pipeline_cli.domain.names import normalise, normalise_organization
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


_SAME_NAME = """SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY likeness ORDER BY id) AS place
    FROM (SELECT id, likeness(title, organization) AS likeness FROM main.deals WHERE status = 'open')
    WHERE likeness IS NOT NULL) WHERE place > 1"""
_SAME_ADDRESS = """SELECT id FROM (SELECT d.id, row_number() OVER (PARTITION BY lower(c.email) ORDER BY d.id) AS place
    FROM main.deals d JOIN main.deal_contacts dc ON dc.deal_id = d.id JOIN main.contacts c ON c.id = dc.contact_id
    WHERE d.status = 'open' AND c.email IS NOT NULL) WHERE place > 1"""


def find_new_duplicates(connection: sqlite3.Connection, new: Collection[int]) -> dict[str, set[int]]:
    """Of the deals just imported those that look like an open one with a lower number, by what they share."""
    connection.create_function("likeness", 2, _likeness, deterministic=True)
    found = {}
    for code, query in (("same_email", _SAME_ADDRESS), ("same_title", _SAME_NAME)):
        alike = {row[0] for row in connection.execute(query) if row[0] in new}
        if alike:
            found[code] = alike
    return found


def _likeness(title: str, organization: str | None) -> int | None:
    """One number for one name; none for a deal that is called by its organization for want of a title."""
    if title == organization:
        return None
    return hash((normalise(title), normalise_organization(organization or "")))
