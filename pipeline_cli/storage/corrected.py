"""What a person corrected or took out of the record by hand, so that the file it came from does not bring it back."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

_BY_HAND = (
    "FROM operation_rows r JOIN operations o ON o.id = r.operation_id WHERE r.table_name = ? AND r.before IS NOT NULL "
    "AND o.command = ? AND o.state = 'done'"
)


def read_earlier_touchpoints(
    connection: sqlite3.Connection, columns: Sequence[str]
) -> dict[int, list[tuple[Any, ...]]]:
    """Deal -> what its touchpoints held before each correction, and what those held that were removed."""
    into = _merged_into(connection)
    rows = connection.execute(
        f"SELECT r.first_row, r.before {_BY_HAND} ORDER BY r.id DESC", ("touchpoints", "log")
    ).fetchall()
    states: dict[int, dict[str, Any]] = {}
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row_id, before in rows:
        if row_id not in states:
            now = connection.execute(f"SELECT {', '.join(columns)} FROM touchpoints WHERE id = ?", (row_id,)).fetchone()
            states[row_id] = dict(zip(columns, now, strict=True)) if now else {}
        held = states[row_id] = states[row_id] | json.loads(before)
        held["deal_id"] = into.get(held["deal_id"], held["deal_id"])
        found[held["deal_id"]].append(tuple(held[column] for column in columns))
    return found


def read_taken_off(connection: sqlite3.Connection) -> dict[int, set[int]]:
    """Deal -> the contacts that were taken off it."""
    into = _merged_into(connection)
    found: dict[int, set[int]] = defaultdict(set)
    for (before,) in connection.execute(f"SELECT r.before {_BY_HAND} AND r.after IS NULL", ("deal_contacts", "edit")):
        held = json.loads(before)
        found[into.get(held["deal_id"], held["deal_id"])].add(held["contact_id"])
    return found


def _merged_into(connection: sqlite3.Connection) -> dict[int, int]:
    """Deal that was merged away -> the deal its rows of an import belong to now."""
    rows = connection.execute(
        f"SELECT DISTINCT json_extract(r.before, '$.deal_id'), k.deal_id {_BY_HAND.replace('WHERE', _KEY + ' WHERE')}",
        ("import_keys", "merge"),
    )
    return {old: now for old, now in rows.fetchall() if old is not None}


_KEY = "JOIN import_keys k ON k.id = r.first_row"
