"""Who may be written to: of each deal the first person with an e-mail address who did not ask to be left alone."""

from __future__ import annotations

import json
from collections.abc import Collection

from pipeline_cli.domain.last_chance import Addressee
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.suppression import DoNotContact


def read_addressees(reader: Reader, deal_ids: Collection[int]) -> dict[int, Addressee]:
    """Deal -> addressee; deals with nobody to write to are left out."""
    unwanted = DoNotContact(reader.connection)
    rows = reader.connection.execute(
        "SELECT dc.deal_id, c.name, c.email, c.organization FROM known_deal_contacts dc "
        "JOIN known_contacts c ON c.id = dc.contact_id "
        "WHERE dc.deal_id IN (SELECT value FROM json_each(?)) AND c.email IS NOT NULL AND NOT c.opted_out ORDER BY dc.id",
        (json.dumps(sorted(deal_ids)),),
    )
    found: dict[int, Addressee] = {}
    for deal_id, name, email, organization in rows:
        if deal_id not in found and not unwanted.holds(email, None):
            found[deal_id] = Addressee(name, email, organization)
    return found
