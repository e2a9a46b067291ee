"""Small counts about the record as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.storage.reader import Reader


def count_open_elsewhere(reader: Reader, pipelines: Sequence[str]) -> int:
    """Open deals of other pipelines than these."""
    marks = ", ".join("?" * len(pipelines))
    row = reader.connection.execute(
        f"SELECT count(*) FROM known_deals WHERE status = 'open' AND pipeline NOT IN ({marks})", tuple(pipelines)
    ).fetchone()
    return int(row[0])


def count_deals(reader: Reader) -> int:
    return int(reader.connection.execute("SELECT count(*) FROM known_deals").fetchone()[0])
