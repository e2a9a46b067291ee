"""What comes after the closing: customers, renewals, check-ins, next steps of closed deals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline_cli.domain.deal.after_sale import DueFollowUp, FollowUp, WonDeal
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.outcomes import KNOWN_CLOSING

if TYPE_CHECKING:
    from pipeline_cli.domain.words.grouping import Scope

_FIRST_CONTACT = "(SELECT dc.contact_id FROM known_deal_contacts dc WHERE dc.deal_id = d.id ORDER BY dc.id LIMIT 1)"


class Relative(NamedTuple):
    """A deal that another one grew out of, or that grew out of it."""

    id: int
    title: str
    status: str
    stage: str
    value_cents: int | None
    currency: str


def read_won_deals(reader: Reader, scope: Scope | None = None) -> list[WonDeal]:
    """Those of a scope, or all."""
    condition: str = "1"
    values: Mapping[str, Any] = {}
    if scope is not None:
        from pipeline_cli.storage.record.funnel import select_deals

        chosen = select_deals(reader, scope)
        condition, values = chosen.condition, chosen.values
    rows = reader.connection.execute(
        f"SELECT d.id, d.organization, CASE WHEN trim(coalesce(d.organization, '')) = '' THEN {_FIRST_CONTACT} END, "
        f"d.value_cents, d.currency, {KNOWN_CLOSING}, d.source FROM known_deals d "
        f"WHERE d.status = 'won' AND {condition}",
        values,
    )
    return [
        WonDeal(number, organization, contact, cents, currency, None if at is None else from_text(at), source)
        for number, organization, contact, cents, currency, at, source in rows
    ]


def read_first_contact(reader: Reader, deal_id: int) -> int | None:
    """The id of a deal's first person."""
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


def read_follow_ups(reader: Reader, deal_id: int) -> list[FollowUp]:
    """Of one deal, in the order they were set."""
    rows = reader.connection.execute(
        "SELECT kind, due, set_at, closed_at, done FROM known_follow_ups WHERE deal_id = ? ORDER BY set_at, id",
        (deal_id,),
    )
    return [
        FollowUp(kind, date.fromisoformat(due), from_text(at), closed and from_text(closed), bool(done))
        for kind, due, at, closed, done in rows
    ]


def read_due_follow_ups(reader: Reader, pipeline: str, until: Mapping[str, date]) -> list[DueFollowUp]:
    """The open ones that are due by a day, which is another for each kind, of the won deals of a pipeline."""
    cases = " OR ".join("f.kind = ? AND f.due <= ?" for _ in until)
    rows = reader.connection.execute(
        "SELECT f.deal_id, f.kind, f.due FROM known_follow_ups f CROSS JOIN known_deals d ON d.id = f.deal_id "
        f"WHERE f.closed_at IS NULL AND ({cases}) AND d.status = 'won' AND d.pipeline = ? ORDER BY f.due, f.deal_id",
        (*(value for kind, day in until.items() for value in (kind, day.isoformat())), pipeline),
    )
    return [DueFollowUp(deal_id, kind, date.fromisoformat(due)) for deal_id, kind, due in rows]


def read_due_closed_steps(reader: Reader, pipeline: str, until: date) -> list[int]:
    """The closed deals of a pipeline whose next step is due by a day, each once."""
    rows = reader.connection.execute(
        "SELECT n.deal_id FROM known_next_steps n CROSS JOIN known_deals d ON d.id = n.deal_id "
        "WHERE n.closed_at IS NULL AND n.due <= ? AND d.status <> 'open' AND d.pipeline = ? ORDER BY n.due, n.deal_id",
        (until.isoformat(), pipeline),
    )
    return list(dict.fromkeys(row[0] for row in rows))
