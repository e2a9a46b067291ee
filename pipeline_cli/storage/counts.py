"""Small counts about the record as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.storage.reader import Reader


class Holding(NamedTuple):
    """What deals of one pipeline and one currency there are."""

    pipeline: str
    currency: str
    open_deals: int
    open_cents: int
    """In that currency."""
    closed_deals: int


def read_holdings(reader: Reader, without: Sequence[str]) -> list[Holding]:
    """Of the other pipelines than these."""
    marks = ", ".join("?" * len(without))
    rows = reader.connection.execute(
        "SELECT pipeline, currency, sum(status = 'open'), coalesce(sum(CASE WHEN status = 'open' THEN value_cents END), 0), "
        f"sum(status <> 'open') FROM known_deals WHERE pipeline NOT IN ({marks}) GROUP BY pipeline, currency",
        tuple(without),
    )
    return [Holding(*row) for row in rows]


def count_deals(reader: Reader) -> int:
    return int(reader.connection.execute("SELECT count(*) FROM known_deals").fetchone()[0])
