"""Won deals with who bought, and the deals that grew out of one."""

from __future__ import annotations

from typing import Any

from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.customers import WonDeal
from pipeline_cli.domain.grouping import Scope
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.scope import select_deals

_FIRST_CONTACT = "(SELECT dc.contact_id FROM known_deal_contacts dc WHERE dc.deal_id = d.id ORDER BY dc.id LIMIT 1)"


class Relative(NamedTuple):
    """A deal that another one grew out of, or that grew out of it."""

    id: int
    title: str
    status: str
    stage: str
    value_cents: int | None
    currency: str


def read_won_deals(reader: Reader, scope: Scope) -> list[WonDeal]:
    chosen = select_deals(reader, scope)
    rows = reader.connection.execute(
        f"SELECT d.id, d.organization, CASE WHEN trim(coalesce(d.organization, '')) = '' THEN {_FIRST_CONTACT} END, "
        f"d.value_cents, d.currency, d.closed_at, d.source FROM known_deals d "
        f"WHERE d.status = 'won' AND {chosen.condition}",
        chosen.values,
    )
    return [WonDeal(number, organization, contact, cents, currency, from_text(at), source)
            for number, organization, contact, cents, currency, at, source in rows]  # fmt: skip


def read_first_contact(reader: Reader, deal_id: int) -> int | None:
    row = reader.connection.execute(f"SELECT {_FIRST_CONTACT} FROM known_deals d WHERE d.id = ?", (deal_id,)).fetchone()
    return None if row is None else row[0]


def read_origin(reader: Reader, deal_id: int) -> Relative | None:
    """The won deal that a deal grew out of."""
    found = _relatives(reader, "id = (SELECT o.from_deal_id FROM known_deals o WHERE o.id = ?)", deal_id)
    return found[0] if found else None


def read_grown(reader: Reader, deal_id: int) -> list[Relative]:
    """The deals that grew out of one, by number."""
    return _relatives(reader, "from_deal_id = ?", deal_id)


def _relatives(reader: Reader, condition: str, *values: Any) -> list[Relative]:
    rows = reader.connection.execute(
        f"SELECT id, title, status, stage, value_cents, currency FROM known_deals WHERE {condition} ORDER BY id", values
    )
    return [Relative(*row) for row in rows]
