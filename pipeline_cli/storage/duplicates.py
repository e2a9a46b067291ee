"""Open deals that look like the one being added."""

from __future__ import annotations

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
