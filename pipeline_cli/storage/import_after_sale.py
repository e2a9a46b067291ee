"""What an import says of the time after a sale: check-ins, renewals, and the deals that grew out of a won one."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.edits import SetFields, SetFollowUp
from pipeline_cli.domain.follow_ups import FOLLOW_UPS
from pipeline_cli.domain.incoming import IncomingDeal
from pipeline_cli.storage.apply import apply_edit
from pipeline_cli.storage.journal import Journal


def has_more(deal: IncomingDeal) -> bool:
    """Its row fills columns that only an export of this program has, and that take rows of their own."""
    return bool(deal.answers or deal.confirmed or deal.check_in or deal.renewal or deal.origin is not None)


def take_after_sale(
    journal: Journal, clock: Clock, deal: IncomingDeal, deal_id: int, ids: Sequence[int], *, is_new: bool
) -> bool:
    """True when that changed something. `ids`: by position in the file the number of the deal, 0 where it was left out.

    An empty cell takes nothing away.
    """
    rows = journal.connection.execute(
        "SELECT kind, due FROM follow_ups WHERE deal_id = ? AND closed_at IS NULL", (deal_id,)
    )
    known = dict(rows.fetchall())
    is_changed = False
    row = journal.connection.execute("SELECT from_deal_id, status FROM deals WHERE id = ?", (deal_id,)).fetchone()
    for kind in FOLLOW_UPS if row[1] == "won" else ():
        due = getattr(deal, kind)
        if due is not None and known.get(kind) != due.isoformat():
            apply_edit(journal, clock, SetFollowUp(deal_id, kind, due))
            is_changed = True
    origin = ids[deal.origin] if deal.origin is not None and deal.origin < len(ids) else 0
    if origin and origin not in {deal_id, row[0]}:
        if is_new:
            journal.update("deals", deal_id, {"from_deal_id": origin})  # so it was from the day it was created
        else:
            apply_edit(journal, clock, SetFields(deal_id, {"from_deal_id": origin}))
        is_changed = True
    return is_changed
