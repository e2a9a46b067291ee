"""Every deal's state at one instant, for comparing two."""

from __future__ import annotations

from collections.abc import Callable

from pipeline_cli.domain.waterfall import DealState
from pipeline_cli.storage.reader import Reader


def read_states(reader: Reader, convert: Callable[[int, str], int]) -> dict[int, DealState]:
    """Deals of every pipeline by id, as known at the reader's clock, value in the file's currency.

    Two pictures are consistent while both readers are open: no writer can commit as long as one of them reads.
    """
    rows = reader.connection.execute("SELECT id, pipeline, status, value_cents, currency, closed_at FROM known_deals")
    return {
        deal_id: DealState(pipeline, status, convert(cents, currency) if cents else 0, closed_at)
        for deal_id, pipeline, status, cents, currency, closed_at in rows
    }
