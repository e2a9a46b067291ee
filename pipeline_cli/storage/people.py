"""People of the record: who must not be contacted."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.edits import ContactDetails
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.storage.reader import Reader


def refuse_opted_out(reader: Reader, people: Sequence[ContactDetails]) -> None:
    """Raises RuleError when one of the addresses belongs to somebody who asked not to be contacted."""
    for person in people:
        if person.email is None:
            continue
        row = reader.connection.execute(
            "SELECT 1 FROM known_contacts WHERE opted_out AND email = ? COLLATE NOCASE", (person.email,)
        ).fetchone()
        if row is not None:
            raise RuleError(
                f"{person.email} asked not to be contacted, so it is not added: name another person, or leave them away."
            )
