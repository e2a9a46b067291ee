"""What undo and redo changed, before and after, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline_cli.domain.phrases import counted
from pipeline_cli.storage.operations import Operation
from pipeline_cli.storage.undo import RowChange

_NOUNS = {
    "deals": "deal", "moves": "stage move", "touchpoints": "touchpoint", "notes": "note", "next_steps": "next step",
    "confirmations": "confirmation", "qualification_answers": "answer", "last_chances": "last chance",
    "kept_forecasts": "kept forecast", "reviews": "kept review", "follow_ups": "follow-up",
    "contacts": "contact", "deal_contacts": "", "suppressed": "do-not-contact mark",
    "field_changes": "", "import_keys": "",
}  # fmt: skip
_YES_OR_NO = ("done", "opted_out", "inferred")
_MOST_LINES = 12


def describe_changes(operation: Operation, changes: Sequence[RowChange], verb: str = "Undone") -> list[str]:
    """The operation, then one line for each kind of change: rows that went or came, columns before and after."""
    lines = list(_lines(changes))
    rest = len(lines) - _MOST_LINES
    more = [f"  … and {counted(rest, 'more change')}"] if rest > 0 else []
    return [f"{verb} #{operation.id} ({operation.command}): {operation.summary}", *lines[:_MOST_LINES], *more]


def _lines(changes: Sequence[RowChange]) -> Iterator[str]:
    for change in changes:
        noun = _NOUNS.get(change.table, change.table)
        if not noun or change.column == "closed_at":
            continue
        if change.column is None:
            plural = "" if change.rows == 1 else "s"
            yield f"  {change.rows:,} {noun}{plural}: {change.before} -> {change.after}"
        else:
            times = f" ({change.rows:,} times)" if change.rows > 1 else ""
            before, after = _value(change.column, change.before), _value(change.column, change.after)
            yield f"  {_words(change.column)}: {before} -> {after}{times}"


def _words(column: str) -> str:
    return column.removesuffix("_cents").replace("_", " ")


def _value(column: str, value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if column in _YES_OR_NO:
        return "yes" if value else "no"
    return f"{value / 100:,.2f}" if column.endswith("_cents") else str(value)
