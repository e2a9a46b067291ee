"""Undo, redo and the log: operations taken back and done again from the rows they remembered."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Any, NamedTuple

from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.errors import Irreversible, RuleError
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.reader import Reader

_MOST_ROWS = 2**63 - 1
"""The largest number SQLite takes."""


FORGET = "contact forget"
"""The command that cannot be undone, as `operations` names it."""


class Operation(NamedTuple):
    id: int
    at: datetime
    command: str
    summary: str
    undone: bool


class RowChange(NamedTuple):
    """What undoing or redoing did to rows of one table: some of them went, came, or changed a column."""

    table: str
    column: str | None
    """None: whole rows."""
    before: Any
    after: Any
    rows: int


def read_history(reader: Reader, deal_id: int | None = None, limit: int | None = None) -> list[Operation]:
    """The operations known at the clock's day, newest first.

    Discarded ones (undone, then overtaken by something new) are shown as undone.
    """
    rows = reader.connection.execute(
        "SELECT o.id, o.at, o.command, o.summary, o.state <> 'done' FROM known_operations o "
        "WHERE (? IS NULL OR EXISTS (SELECT 1 FROM operation_deals d "
        "WHERE d.operation_id = o.id AND ? BETWEEN d.first_deal AND d.last_deal)) "
        "ORDER BY o.id DESC LIMIT ?",
        (deal_id, deal_id, -1 if limit is None else min(limit, _MOST_ROWS)),
    )
    return [Operation(number, from_text(at), command, summary, bool(undone))
            for number, at, command, summary, undone in rows]  # fmt: skip


def undo_last(change: Change) -> tuple[Operation, list[RowChange]]:
    """Takes back the newest operation that stands, whole. Raises RuleError when there is none.

    Raises Irreversible when it forgot a person: the values that older operations would bring back are gone too.
    """
    operation = _pick(change, "done", "max", "There is nothing to undo: `pipeline history` lists what was done.")
    if operation.command == FORGET:
        raise Irreversible(
            f"Operation {operation.id} forgot a person, which is for good: neither it nor anything before it can be "
            "undone. Nothing was undone."
        )
    connection = change.connection
    connection.execute("PRAGMA defer_foreign_keys = 1")
    changes = [
        _take_back(connection, *row)
        for row in connection.execute(
            "SELECT id, table_name, first_row, last_row, before, after FROM operation_rows WHERE operation_id = ? "
            "ORDER BY id DESC",
            (operation.id,),
        ).fetchall()
    ]
    _mark(change, operation, "undone")
    return operation, _summed(changes)


def redo_last(change: Change) -> tuple[Operation, list[RowChange]]:
    """Does the last undone operation again. Raises RuleError when there is none."""
    operation = _pick(change, "undone", "min", "There is nothing to redo: redo follows an undo, before anything new.")
    connection = change.connection
    connection.execute("PRAGMA defer_foreign_keys = 1")
    changes = [
        _do_again(connection, *row)
        for row in connection.execute(
            "SELECT id, table_name, first_row, last_row, before, after FROM operation_rows WHERE operation_id = ? "
            "ORDER BY id",
            (operation.id,),
        ).fetchall()
    ]
    _mark(change, operation, "done")
    return operation, _summed(changes)


def _pick(change: Change, state: str, end: str, otherwise: str) -> Operation:
    row = change.connection.execute(
        f"SELECT id, at, command, summary FROM operations WHERE id = (SELECT {end}(id) FROM operations WHERE state = ?)",
        (state,),
    ).fetchone()
    if row is None:
        raise RuleError(otherwise)
    return Operation(row[0], from_text(row[1]), row[2], row[3], state == "undone")


def _mark(change: Change, operation: Operation, state: str) -> None:
    change.connection.execute("UPDATE operations SET state = ? WHERE id = ?", (state, operation.id))
    row = change.connection.execute("SELECT public_id FROM operations WHERE id = ?", (operation.id,)).fetchone()
    change.keep(row[0], state)


_EXACTLY = {
    "INTEGER": ("{}", "json_extract(image, '$.{}')"),
    "TEXT": ("{}", "json_extract(image, '$.{}')"),
    "REAL": ("as_json({})", "from_json(json_extract(image, '$.{}'))"),
    "ANY": ("as_json({})", "from_json(json_extract(image, '$.{}'))"),
}
"""Type of a column -> how its value goes into an image and comes back: SQLite's own JSON cuts a REAL to 15 digits."""


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Name -> type of the columns of a table."""
    connection.create_function("as_json", 1, json.dumps, deterministic=True)
    connection.create_function("from_json", 1, json.loads, deterministic=True)
    return {row[1]: row[2] for row in connection.execute(f"PRAGMA main.table_info({table})")}


def _take_back(
    connection: sqlite3.Connection,
    row_id: int,
    table: str,
    first: int,
    last: int,
    before: str | None,
    after: str | None,
) -> list[RowChange]:
    if before is not None and after is not None:
        return _write_back(connection, table, first, json.loads(after), json.loads(before))
    if before is not None:
        _bring_back(connection, table, json.loads(before))
        return [RowChange(table, None, "gone", "there", 1)]
    columns = _columns(connection, table)
    pairs = ", ".join(f"'{name}', {_EXACTLY[kind][0].format(name)}" for name, kind in columns.items())
    connection.execute(
        f"INSERT INTO undone_rows SELECT ?, id, json_object({pairs}) FROM {table} WHERE id BETWEEN ? AND ?",
        (row_id, first, last),
    )
    connection.execute(f"DELETE FROM {table} WHERE id BETWEEN ? AND ?", (first, last))
    return [RowChange(table, None, "there", "gone", last - first + 1)]


def _do_again(
    connection: sqlite3.Connection,
    row_id: int,
    table: str,
    first: int,
    last: int,
    before: str | None,
    after: str | None,
) -> list[RowChange]:
    if before is not None and after is not None:
        return _write_back(connection, table, first, json.loads(before), json.loads(after))
    if before is not None:
        connection.execute(f"DELETE FROM {table} WHERE id = ?", (first,))
        return [RowChange(table, None, "there", "gone", 1)]
    columns = _columns(connection, table)
    values = ", ".join(_EXACTLY[kind][1].format(name) for name, kind in columns.items())
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM undone_rows WHERE operation_row_id = ? "
        "ORDER BY row_id",
        (row_id,),
    )
    connection.execute("DELETE FROM undone_rows WHERE operation_row_id = ?", (row_id,))
    return [RowChange(table, None, "gone", "there", last - first + 1)]


def _bring_back(connection: sqlite3.Connection, table: str, image: dict[str, Any]) -> None:
    """A row that an operation deleted, to the last byte of what it held."""
    marks = ", ".join("?" * len(image))
    connection.execute(f"INSERT INTO {table} ({', '.join(image)}) VALUES ({marks})", tuple(image.values()))


def _write_back(
    connection: sqlite3.Connection, table: str, row_id: int, now: dict[str, Any], then: dict[str, Any]
) -> list[RowChange]:
    assignments = ", ".join(f"{column} = ?" for column in then)
    connection.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*then.values(), row_id))
    return [RowChange(table, column, now[column], then[column], 1) for column in then]


def _summed(changes: list[list[RowChange]]) -> list[RowChange]:
    """Equal changes counted together, in the order they first came."""
    counts: dict[tuple[Any, ...], int] = {}
    for change in (one for many in changes for one in many):
        key = change[:4]
        counts[key] = counts.get(key, 0) + change.rows
    return [RowChange(table, column, before, after, rows) for (table, column, before, after), rows in counts.items()]


def read_last_of(reader: Reader, command: str) -> datetime | None:
    """When a command last changed the record, of those that stand and were known at the clock's day."""
    row = reader.connection.execute(
        "SELECT max(at) FROM known_operations WHERE command = ? AND state = 'done'", (command,)
    ).fetchone()
    return from_text(row[0]) if row[0] else None
