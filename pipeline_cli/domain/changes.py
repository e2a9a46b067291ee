"""What changed about a deal: one field, what it held before and what it holds since."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pipeline_cli.domain.record import NamedTuple

FIELDS = {
    "title": "title", "organization": "organization", "pipeline": "pipeline", "value_cents": "value",
    "currency": "currency", "probability": "probability", "category": "category", "source": "source", "owner": "owner",
    "cost_cents": "cost", "expected_close": "expected_close", "snoozed_until": "snoozed_until",
    "snooze_reason": "snooze_reason",
    "external_id": "external_id", "from_deal_id": "from_deal", "fields": "fields",
}  # fmt: skip
"""Column of a deal whose changes are kept -> what an export calls it."""
COLUMNS = {name: column for column, name in FIELDS.items()}
ALWAYS_THERE = frozenset({"title", "pipeline", "currency", "fields"})
"""Columns that are never empty."""
MONEY = frozenset({"value_cents", "cost_cents"})


class FieldChange(NamedTuple):
    column: str
    before: Any
    """As the column held it: minor units, 0 to 1, a day or words as text; None: nothing."""
    after: Any
    at: datetime


def value_of(column: str, stored: Any) -> Any:
    """What a column held, `fields` as the mapping it is."""
    return json.loads(stored) if column == "fields" and stored is not None else stored


def is_push(change: FieldChange) -> bool:
    """The expected close date was moved to a later day."""
    later = change.before is not None and change.after is not None and change.after > change.before
    return change.column == "expected_close" and bool(later)


def fields_in_text(fields: dict[str, str]) -> str:
    """Fields of the user's own in the form of their column."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True) if fields else "{}"


def differing(before: dict[str, str], after: dict[str, str]) -> Iterable[str]:
    """The fields of the user's own that are others now."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]
