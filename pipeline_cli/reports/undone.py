"""What undo and redo did, row by row in words, and why an operation cannot be taken back alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import groupby
from typing import Any

from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted
from pipeline_cli.storage.record.operations import Operation
from pipeline_cli.storage.undo.resting import CHANGED, OWNER, REFERS, TAKEN, Obstacles, Rest
from pipeline_cli.storage.undo.undo import RowChange

NOUNS = {
    "deals": "deal",
    "moves": "stage move",
    "touchpoints": "touchpoint",
    "notes": "note",
    "next_steps": "next step",
    "confirmations": "confirmation",
    "qualification_answers": "answer",
    "last_chances": "last chance",
    "kept_forecasts": "kept forecast",
    "reviews": "kept review",
    "follow_ups": "follow-up",
    "contacts": "contact",
    "deal_contacts": "",
    "suppressed": "do-not-contact mark",
    "field_changes": "",
    "import_keys": "",
    "captured": "",
    "ignored_senders": "ignored sender",
}
"""Table -> what one of its rows is called; nothing for rows that come with others and are not told of."""
_YES_OR_NO = ("done", "opted_out", "inferred", "mistake", "awaits_answer")
_WITH_OTHERS = (("moves", "pipeline"), ("last_chances", "ended_by"))
"""Columns that change with others and are not told of."""
_ALONE = {"deal_contacts": "person of the deal", "captured": "captured item"}
_CALLED = {
    "ended_at": "last chance",
    "touched_at": "when",
    "sense": "taken as",
    "awaits_answer": "waits for an answer",
}
_LISTS = ("addresses", "formerly")
_MOST_LINES = 12


def describe_changes(
    operation: Operation, changes: Sequence[RowChange], zone: tzinfo, verb: str = "Undone"
) -> list[str]:
    """The operation, then one line for each kind of change: rows that went or came, columns before and after.

    Rows that come with others are told where there is nothing else to tell.
    """
    head = f"{verb} #{operation.id} ({operation.command}): {operation.summary}"
    lines = list(_lines(changes, NOUNS, zone)) or list(_lines(changes, {**NOUNS, **_ALONE}, zone))
    return [head, *shortened(lines, "more change")]


def _lines(changes: Sequence[RowChange], nouns: Mapping[str, str], zone: tzinfo) -> Iterator[str]:
    for change in changes:
        noun = nouns.get(change.table, change.table)
        if not noun or change.column == "closed_at" or (change.table, change.column) in _WITH_OTHERS:
            continue
        if change.column is None:
            plural = "" if change.rows == 1 else "s"
            yield f"  {change.rows:,} {noun}{plural}: {change.before} -> {change.after}"
        else:
            times = f" ({change.rows:,} times)" if change.rows > 1 else ""
            before, after = (_value(change.column, value, zone) for value in (change.before, change.after))
            yield f"  {words_of(change.column)}: {before} -> {after}{times}"


def _value(column: str, value: Any, zone: tzinfo) -> str:
    if column == "ended_at":
        return "running" if value is None else "over"
    if value is None or value == "":
        return "nothing"
    if column.endswith("_at"):
        return f"{from_text(value).astimezone(zone):%Y-%m-%d %H:%M}"
    if column in _YES_OR_NO:
        return "yes" if value else "no"
    if column in _LISTS and value:
        return ", ".join(str(one.get("address") or one.get("organization")) for one in json.loads(value))
    return f"{value / 100:,.2f}" if column.endswith("_cents") else str(value).replace("\n", ", ")


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
    return _CALLED.get(column) or column.removesuffix("_cents").replace("_", " ")


_SELDOM = {"deal_contacts": "link", "field_changes": "remembered change", "import_keys": "imported id"}
"""Nouns of rows that come with others and are named only where nothing else is."""
_INNER = ("deal_id", "contact_id", "closed_at")
"""Columns whose names say nothing to a person."""


def describe_obstacles(operation: Operation, found: Obstacles, name: str) -> str:
    """Each later operation and what it did, or what would be wrong; `name`: of the program, as it was called."""
    why = "something done later rests on it"
    lines = [_describe(later, list(rests)) for later, rests in groupby(found.resting, key=lambda rest: rest.operation)]
    if not found.resting:
        why = "with what was done later the record would not be in order"
        lines = [*found.disorder, *(f"#{later.id} ({later.command}): {later.summary}" for later in found.later)]
    down_to = command_line(name, "undo", f"#{operation.id}")
    return "\n".join(
        [
            f"Operation {operation.id} ({operation.command}: {operation.summary}) cannot be undone alone, because {why}:",
            *shortened([f"  {line}" for line in lines], "more operation"),
            f"Nothing was undone. To take back everything from the newest down to it: {down_to}",
        ]
    )


def _describe(later: Operation, rests: list[Rest]) -> str:
    told = [rest for rest in rests if NOUNS.get(rest.table, rest.table)] or rests
    return f"#{later.id} ({later.command}) {', '.join(dict.fromkeys(map(_reason, told)))}: {later.summary}"


def _reason(rest: Rest) -> str:
    noun = _noun(rest.table)
    if rest.how == REFERS:
        verb = "made {} out of" if rest.table == rest.of else "added {} to"
        return f"{verb.format(counted(rest.rows, noun))} the {_noun(rest.of)}"
    if rest.how == CHANGED:
        columns = dict.fromkeys(words_of(column) for column in rest.columns if column not in _INNER)
        return f"changed the {noun}" + (f" ({', '.join(columns)})" if columns else "")
    if rest.how == TAKEN:
        return f"took away the {noun}"
    if rest.how == OWNER:
        return f"took away the {noun} it belongs to"
    return f"made another {noun}"


def _noun(table: str) -> str:
    return NOUNS.get(table) or _SELDOM.get(table, table)
