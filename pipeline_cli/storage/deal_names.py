"""The names of deals for a shell that completes one: few, quickly, and in a stable order."""

from __future__ import annotations

from pipeline_cli.storage.reader import Reader

MOST = 100
"""More than a screen is of no use; the last one in the alphabet is among them, so that no common beginning is invented."""


def read_open_deals(reader: Reader, *, closed: bool = False) -> list[tuple[int, str]]:
    """Number and title of the newest open deals, or of the newest closed ones."""
    rows = reader.connection.execute(
        f"SELECT id, title FROM known_deals WHERE status {'<>' if closed else '='} 'open' ORDER BY id DESC LIMIT {MOST}"
    )
    return [(int(number), title) for number, title in rows]


def read_deals_beginning(reader: Reader, typed: str, *, closed: bool = False) -> list[tuple[int, str]]:
    """Number and title of the deals whose title begins so, case aside; if none does, of those that hold it."""
    wanted = typed.casefold()
    only = " WHERE status <> 'open'" if closed else ""
    found: list[tuple[int, str]] = []
    for number, title in reader.connection.execute(f"SELECT id, title FROM known_deals{only}"):
        if wanted in title.casefold():
            found.append((int(number), title))
    beginning = [one for one in found if one[1].casefold().startswith(wanted)]
    ordered = sorted(beginning or found, key=lambda one: (one[1].casefold(), one[0]))
    return ordered if len(ordered) <= MOST else [*ordered[: MOST - 1], ordered[-1]]


def read_numbers_beginning(reader: Reader, digits: str) -> list[tuple[int, str]]:
    rows = reader.connection.execute(
        f"SELECT id, title FROM known_deals WHERE CAST(id AS TEXT) LIKE ? || '%' ORDER BY id LIMIT {MOST}", (digits,)
    )
    return [(int(number), title) for number, title in rows]


def read_stage_of(reader: Reader, deal_id: int) -> tuple[str, str] | None:
    """Its pipeline and its stage."""
    row = reader.connection.execute("SELECT pipeline, stage FROM known_deals WHERE id = ?", (deal_id,)).fetchone()
    return None if row is None else (row[0], row[1])
