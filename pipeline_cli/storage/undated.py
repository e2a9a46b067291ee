"""What no file gave a date, in SQL: creations and closings that an import had to make up, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline_cli.domain.undated import Undated
from pipeline_cli.storage.reader import Reader

CLOSING_MADE_UP = (
    "coalesce((SELECT c.inferred FROM known_moves c WHERE c.deal_id = d.id AND c.to_stage = d.status "
    "ORDER BY c.moved_at DESC, c.id DESC LIMIT 1), 0)"
)
"""Whether the closing of `known_deals d` is one that nobody dated; 0 for an open deal."""
KNOWN_CLOSING = f"CASE WHEN NOT {CLOSING_MADE_UP} THEN d.closed_at END"
"""When a deal was closed; NULL while it is open, and when no file said so."""
HAS_CYCLE = f"d.status = 'won' AND NOT d.created_inferred AND NOT {CLOSING_MADE_UP}"
"""Won, and both ends of the way there are known."""


def read_undated(reader: Reader, pipelines: Iterable[str]) -> Undated:
    """Of all deals of some pipelines."""
    names = list(pipelines)
    row = reader.connection.execute(
        "SELECT coalesce(sum(won AND made_up), 0), coalesce(sum(made_up AND NOT won), 0), "
        "coalesce(sum(created_inferred), 0), coalesce(sum(won AND (made_up OR created_inferred)), 0) FROM ("
        f"SELECT d.created_inferred, d.status = 'won' AS won, {CLOSING_MADE_UP} AS made_up FROM known_deals d "
        f"WHERE d.pipeline IN ({', '.join('?' * len(names))}))",
        names,
    ).fetchone()
    return Undated(*row)
