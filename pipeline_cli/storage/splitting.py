"""One deal made two: the new one gets a copy of every row of the history, and its own value from now on."""

from __future__ import annotations

import os
from typing import Any

from pipeline_cli.domain.clock import to_text
from pipeline_cli.domain.split import SplitPlan
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.journal import Journal

_COPIED = ("moves", "touchpoints", "notes", "deal_contacts", "confirmations", "qualification_answers", "field_changes")
"""What is planned (next step, check-in, renewal, last chance) and where it was imported from stay with the first."""
_OF_THE_FIRST_ALONE = ("external_id", "value_cents", "cost_cents", "from_deal_id")
"""Columns that the new deal never had: the cost of a lead would else count twice."""


def store_split(change: Change, plan: SplitPlan, summary: str) -> int:
    """Does what was planned as one operation, and returns the number of the new deal."""
    journal, now = change.begin_operation(summary), to_text(change.clock.now)
    first = plan.first.id
    row = _rows(journal, "SELECT * FROM deals WHERE id = ?", first)[0]
    new = journal.insert("deals", {**row, **dict.fromkeys(_OF_THE_FIRST_ALONE), "public_id": os.urandom(8).hex()})
    for table in _COPIED:
        _copy(journal, table, first, new)
    _set(journal, new, "title", plan.title, now)
    _set(journal, new, "value_cents", plan.value_cents, now)
    _set(journal, first, "value_cents", plan.left_cents, now)
    journal.touch_deals(first, first)
    journal.touch_deals(new, new)
    return new


def _rows(journal: Journal, query: str, deal_id: int) -> list[dict[str, Any]]:
    """Without their ids, which are never given twice."""
    cursor = journal.connection.execute(query, (deal_id,))
    names = [column[0] for column in cursor.description]
    return [{name: value for name, value in zip(names, row, strict=True) if name != "id"} for row in cursor.fetchall()]


def _copy(journal: Journal, table: str, first: int, new: int) -> None:
    rows = _rows(journal, f"SELECT * FROM {table} WHERE deal_id = ? ORDER BY id", first)
    if table == "field_changes":
        rows = [row for row in rows if row["field"] not in _OF_THE_FIRST_ALONE]
    if rows:
        journal.insert_many(table, list(rows[0]), [tuple((row | {"deal_id": new}).values()) for row in rows])


def _set(journal: Journal, deal_id: int, column: str, value: Any, now: str) -> None:
    before = journal.update("deals", deal_id, {column: value})
    if column in before:
        journal.insert(
            "field_changes",
            {"deal_id": deal_id, "field": column, "old_value": before[column], "new_value": value, "changed_at": now},
        )
