"""What the record uses and holds: stages, currencies, names of fields, and small counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline_cli.domain.deal.labels import tags_of
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.removed_stages import StageInUse
from pipeline_cli.storage.reader import Reader


def read_stages_in_use(reader: Reader) -> list[StageInUse]:
    """Of open deals, of all pipelines."""
    first_numbers = (
        "(SELECT group_concat(id) FROM (SELECT f.id FROM known_deals f WHERE f.status = 'open' "
        "AND f.pipeline = d.pipeline AND f.stage = d.stage ORDER BY f.id LIMIT 5))"
    )
    rows = reader.connection.execute(
        f"SELECT d.pipeline, d.stage, count(*), {first_numbers} FROM known_deals d WHERE d.status = 'open' "
        "GROUP BY d.pipeline, d.stage"
    )
    return [
        StageInUse(pipeline, stage, deals, tuple(map(int, first.split(",")))) for pipeline, stage, deals, first in rows
    ]


def read_stages_of_history(reader: Reader) -> list[tuple[str, str, int]]:
    """Pipeline, stage or outcome, how many deals ever moved there."""
    return reader.connection.execute(
        "SELECT d.pipeline, m.to_stage, count(DISTINCT d.id) FROM known_moves m JOIN known_deals d ON d.id = m.deal_id "
        "GROUP BY d.pipeline, m.to_stage ORDER BY d.pipeline, m.to_stage"
    ).fetchall()


def read_currencies(reader: Reader) -> list[tuple[str, int]]:
    """Currency of a value, how many deals have it."""
    return reader.connection.execute(
        "SELECT currency, count(*) FROM known_deals WHERE value_cents IS NOT NULL GROUP BY currency ORDER BY currency"
    ).fetchall()


def read_field_names(reader: Reader) -> list[str]:
    """Names of the extra fields that some deal has."""
    rows = reader.connection.execute(
        "SELECT DISTINCT f.key FROM (SELECT DISTINCT fields FROM known_deals WHERE fields <> '{}') d, "
        "json_each(d.fields) f ORDER BY 1"
    )
    return [row[0] for row in rows]


def read_tags(reader: Reader) -> list[str]:
    """Every tag that some deal has, those of most deals first."""
    counts: Counter[str] = Counter()
    rows = reader.connection.execute("SELECT tags, count(*) FROM known_deals WHERE tags IS NOT NULL GROUP BY tags")
    for stored, deals in rows:
        counts.update(dict.fromkeys(tags_of(stored), deals))
    return sorted(counts, key=lambda tag: (-counts[tag], tag))


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
    """All deals as known at the clock, of every status."""
    return int(reader.connection.execute("SELECT count(*) FROM known_deals").fetchone()[0])
