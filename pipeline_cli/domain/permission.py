"""Who may be contacted."""

from __future__ import annotations

from pipeline_cli.domain.deal import DealRecord
from pipeline_cli.domain.errors import RuleError


def refuse_do_not_contact(record: DealRecord) -> None:
    """Raises RuleError when everybody on the deal asked not to be contacted."""
    if record.contacts and all(contact.opted_out for contact in record.contacts):
        raise RuleError(
            f"Everybody on deal {record.facts.id} asked not to be contacted, so no outbound touchpoint is logged: "
            f'add another person with `pipeline edit {record.facts.id} --contact "Name <name@example.com>"`, or log what '
            "they sent with --in."
        )
