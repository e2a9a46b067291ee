"""Deals on which everybody asked not to be contacted."""

from __future__ import annotations

from pipeline_cli.storage.reader import Reader


def read_silenced(reader: Reader, pipeline: str) -> frozenset[int]:
    """The open ones of a pipeline; found by those who asked, who are few."""
    rows = reader.connection.execute(
        "SELECT d.id FROM known_deals d WHERE d.pipeline = ? AND d.status = 'open' AND d.id IN "
        "(SELECT dc.deal_id FROM known_contacts c JOIN known_deal_contacts dc ON dc.contact_id = c.id WHERE c.opted_out) "
        "AND NOT EXISTS (SELECT 1 FROM known_deal_contacts dc JOIN known_contacts c ON c.id = dc.contact_id "
        "WHERE dc.deal_id = d.id AND NOT c.opted_out)",
        (pipeline,),
    )
    return frozenset(row[0] for row in rows)
