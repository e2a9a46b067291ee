"""Undo and redo: operations taken back and done again from the rows they remembered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from pipeline_cli.domain.clock import from_text
from pipeline_cli.domain.errors import Irreversible, RuleError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.operations import FORGET, Operation


class RowChange(NamedTuple):
    """What undoing or redoing did to rows of one table: some of them went, came, or changed a column."""

    table: str
    column: str | None
    """None: whole rows."""
    before: Any
    after: Any
    rows: int


class _Remembered(NamedTuple):
    """What an operation did to a table: a row changed (before and after), gone (before), or rows that came (neither)."""

    id: int
    table: str
    first: int
    last: int
    before: str | None
    after: str | None


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
    return operation, _replay(change, operation, "undone", _take_back)


def redo_last(change: Change) -> tuple[Operation, list[RowChange]]:
    """Does the last undone operation again. Raises RuleError when there is none."""
    operation = _pick(change, "undone", "min", "There is nothing to redo: redo follows an undo, before anything new.")
    return operation, _replay(change, operation, "done", _do_again)


def _replay(
    change: Change, operation: Operation, state: str, step: Callable[[sqlite3.Connection, _Remembered], list[RowChange]]
) -> list[RowChange]:
    """Newest row first to undo, oldest first to redo."""
    order = "DESC" if state == "undone" else "ASC"
    change.connection.execute("PRAGMA defer_foreign_keys = 1")
    rows = change.connection.execute(
        "SELECT id, table_name, first_row, last_row, before, after FROM operation_rows WHERE operation_id = ? "
        f"ORDER BY id {order}",
        (operation.id,),
    ).fetchall()
    changes = [step(change.connection, _Remembered(*row)) for row in rows]
    _mark(change, operation, state)
    return _summed(changes)


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


def _take_back(connection: sqlite3.Connection, row: _Remembered) -> list[RowChange]:
    if row.before is not None and row.after is not None:
        return _write_back(connection, row, json.loads(row.after), json.loads(row.before))
    if row.before is not None:
        _bring_back(connection, row.table, json.loads(row.before))
        return [RowChange(row.table, None, "gone", "there", 1)]
    columns = _columns(connection, row.table)
    pairs = ", ".join(f"'{name}', {_EXACTLY[kind][0].format(name)}" for name, kind in columns.items())
    connection.execute(
        f"INSERT INTO undone_rows SELECT ?, id, json_object({pairs}) FROM {row.table} WHERE id BETWEEN ? AND ?",
        (row.id, row.first, row.last),
    )
    connection.execute(f"DELETE FROM {row.table} WHERE id BETWEEN ? AND ?", (row.first, row.last))
    return [RowChange(row.table, None, "there", "gone", row.last - row.first + 1)]


def _do_again(connection: sqlite3.Connection, row: _Remembered) -> list[RowChange]:
    if row.before is not None and row.after is not None:
        return _write_back(connection, row, json.loads(row.before), json.loads(row.after))
    if row.before is not None:
        connection.execute(f"DELETE FROM {row.table} WHERE id = ?", (row.first,))
        return [RowChange(row.table, None, "there", "gone", 1)]
    columns = _columns(connection, row.table)
    values = ", ".join(_EXACTLY[kind][1].format(name) for name, kind in columns.items())
    connection.execute(
        f"INSERT INTO {row.table} ({', '.join(columns)}) SELECT {values} FROM undone_rows WHERE operation_row_id = ? "
        "ORDER BY row_id",
        (row.id,),
    )
    connection.execute("DELETE FROM undone_rows WHERE operation_row_id = ?", (row.id,))
    return [RowChange(row.table, None, "gone", "there", row.last - row.first + 1)]


def _bring_back(connection: sqlite3.Connection, table: str, image: dict[str, Any]) -> None:
    """A row that an operation deleted, to the last byte of what it held."""
    marks = ", ".join("?" * len(image))
    connection.execute(f"INSERT INTO {table} ({', '.join(image)}) VALUES ({marks})", tuple(image.values()))


def _write_back(
    connection: sqlite3.Connection, row: _Remembered, now: dict[str, Any], then: dict[str, Any]
) -> list[RowChange]:
    assignments = ", ".join(f"{column} = ?" for column in then)
    connection.execute(f"UPDATE {row.table} SET {assignments} WHERE id = ?", (*then.values(), row.first))
    return [RowChange(row.table, column, now[column], then[column], 1) for column in then]


def _summed(changes: list[list[RowChange]]) -> list[RowChange]:
    """Equal changes counted together, in the order they first came."""
    counts: dict[tuple[Any, ...], int] = {}
    for change in (one for many in changes for one in many):
        key = change[:4]
        counts[key] = counts.get(key, 0) + change.rows
    return [RowChange(table, column, before, after, rows) for (table, column, before, after), rows in counts.items()]
