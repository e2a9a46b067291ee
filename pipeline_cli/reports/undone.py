"""What undo and redo changed, before and after, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.shell import command_line
from pipeline_cli.storage.operations import Operation
from pipeline_cli.storage.undo import RowChange

NOUNS = {
    "deals": "deal", "moves": "stage move", "touchpoints": "touchpoint", "notes": "note", "next_steps": "next step",
    "confirmations": "confirmation", "qualification_answers": "answer", "last_chances": "last chance",
    "kept_forecasts": "kept forecast", "reviews": "kept review", "follow_ups": "follow-up",
    "contacts": "contact", "deal_contacts": "", "suppressed": "do-not-contact mark",
    "field_changes": "", "import_keys": "",
}  # fmt: skip
"""Table -> what one of its rows is called; nothing for rows that come with others and are not told of."""
_YES_OR_NO = ("done", "opted_out", "inferred", "mistake", "awaits_answer")
_WITH_OTHERS = (("moves", "pipeline"),)
"""Columns that change with others and are not told of."""
_MOST_LINES = 12


def describe_changes(operation: Operation, changes: Sequence[RowChange], verb: str = "Undone") -> list[str]:
    """The operation, then one line for each kind of change: rows that went or came, columns before and after."""
    head = f"{verb} #{operation.id} ({operation.command}): {operation.summary}"
    return [head, *shortened(list(_lines(changes)), "more change")]


def _lines(changes: Sequence[RowChange]) -> Iterator[str]:
    for change in changes:
        noun = NOUNS.get(change.table, change.table)
        if not noun or change.column == "closed_at" or (change.table, change.column) in _WITH_OTHERS:
            continue
        if change.column is None:
            plural = "" if change.rows == 1 else "s"
            yield f"  {change.rows:,} {noun}{plural}: {change.before} -> {change.after}"
        else:
            times = f" ({change.rows:,} times)" if change.rows > 1 else ""
            before, after = _value(change.column, change.before), _value(change.column, change.after)
            yield f"  {words_of(change.column)}: {before} -> {after}{times}"


def _value(column: str, value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if column in _YES_OR_NO:
        return "yes" if value else "no"
    return f"{value / 100:,.2f}" if column.endswith("_cents") else str(value)


def describe_both_ways(number: int, last: Sequence[Operation], down_to: Sequence[Operation] | None, name: str) -> str:
    """What `undo 550` is taken to mean, and what it may have been meant to.

    `down_to`: the operations of the other meaning; None: there is no such operation to take back."""
    newest, first = last[0], last[-1]
    lines = [
        f"`undo {number}` takes back the last {number} operations, #{newest.id} down to #{first.id} ({first.command}: "
        f"{first.summary})."
    ]
    if down_to is not None:
        one, after = down_to[-1], len(down_to) - 1
        those = f" and the {after} after it" if after else ""
        lines.append(
            f"If you meant operation {number} ({one.command}: {one.summary}){those}: "
            f"{command_line(name, 'undo', f'#{number}')}"
        )
    return "\n".join(lines)


def shortened(lines: Sequence[str], noun: str) -> list[str]:
    """As many lines as are read, and how many more there are."""
    rest = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], *([f"  … and {counted(rest, noun)}"] if rest > 0 else [])]


def words_of(column: str) -> str:
    """A column as people call it."""
    return column.removesuffix("_cents").replace("_", " ")
