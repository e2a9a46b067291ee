"""Undo and redo: operations taken back and done again from the rows they remembered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from pipeline_cli.domain.errors import Irreversible, RuleError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.operations import FORGET, MOST_ROWS, Operation

_OF_UNDOING = "table_name = 'operations'"
"""The row of the journal that an undo adds: its id says which operation was undone after which."""


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


class Replayed(NamedTuple):
    """An operation that was taken back or done again, and what that changed."""

    operation: Operation
    changes: list[RowChange]


def plan_last(reader: Reader, count: int) -> list[Operation]:
    """The last operations that stand, newest first.

    Raises RuleError when there are fewer, Irreversible when one of them forgot a person: the values that older
    operations would bring back are gone too.
    """
    found = _read(reader, "state = 'done' ORDER BY id DESC LIMIT ?", min(count, MOST_ROWS))
    if not found:
        raise RuleError("There is nothing to undo: `pipeline history` lists what was done.")
    _refuse_forgotten(found)
    if len(found) < count:
        stand = "operation stands" if len(found) == 1 else "operations stand"
        meant = "`pipeline history` lists them."
        if find_standing(reader, count):
            meant = f'`pipeline undo "#{count}"` takes back all down to operation {count}.'
        raise RuleError(f"Only {len(found)} {stand}, not {count}; nothing was undone: {meant}")
    return found


def plan_down_to(reader: Reader, number: int) -> list[Operation]:
    """Those that stand from the newest down to and including one, newest first. Raises RuleError and Irreversible."""
    _refuse_gone(reader, number)
    found = _read(reader, "state = 'done' AND id >= ? ORDER BY id DESC", number)
    _refuse_forgotten(found)
    return found


def find_standing(reader: Reader, number: int) -> Operation | None:
    """The operation of that number, if it stands."""
    return next((one for one in _read(reader, "id = ?", min(number, MOST_ROWS)) if not one.undone), None)


def plan_only(reader: Reader, number: int) -> Operation:
    """One operation, to be taken back alone. Raises RuleError and Irreversible, as for all down to it."""
    return plan_down_to(reader, number)[-1]


def plan_redo(reader: Reader, count: int | None) -> list[Operation]:
    """The last undone operations, the last first; None: all of them. Raises RuleError when there are fewer."""
    # Undone by a program that kept no order, they were undone before all others, the newest first.
    order = (
        f"(SELECT max(id) FROM operation_rows WHERE operation_id = operations.id AND {_OF_UNDOING}) DESC NULLS LAST, id"
    )
    found = _read(reader, f"state = 'undone' ORDER BY {order} LIMIT ?", min(count or MOST_ROWS, MOST_ROWS))
    if not found:
        raise RuleError("There is nothing to redo: redo follows an undo, before anything new.")
    if count is not None and len(found) < count:
        are = "operation is" if len(found) == 1 else "operations are"
        raise RuleError(f"Only {len(found)} {are} undone, not {count}; nothing was done again.")
    return found


def take_back(change: Change, operations: Sequence[Operation]) -> list[Replayed]:
    """Undoes operations in this order; those that rest on one come before it."""
    return [_replay(change, operation, "undone", _take_back) for operation in operations]


def do_again(change: Change, operations: Sequence[Operation]) -> list[Replayed]:
    """Redoes operations in this order, which is that of `plan_redo`."""
    return [_replay(change, operation, "done", _do_again) for operation in operations]


def _read(reader: Reader, condition: str, value: int) -> list[Operation]:
    rows = reader.connection.execute(
        f"SELECT id, at, command, summary, state FROM main.operations WHERE {condition}", (value,)
    )
    return [
        Operation(number, from_text(at), command, summary, state != "done")
        for number, at, command, summary, state in rows
    ]


def _refuse_gone(reader: Reader, number: int) -> None:
    found = _read(reader, "id = ?", number)
    if not found:
        raise RuleError(f"There is no operation {number}; nothing was undone: `pipeline history` lists them.")
    if found[0].undone:
        raise RuleError(
            f"Operation {number} ({found[0].command}) was undone already, so nothing was undone now: `pipeline history` "
            "lists what stands."
        )


def _refuse_forgotten(operations: Sequence[Operation]) -> None:
    for operation in operations:
        if operation.command == FORGET:
            raise Irreversible(
                f"Operation {operation.id} forgot a person, which is for good: neither it nor anything before it can be "
                "undone. Nothing was undone."
            )


def _replay(
    change: Change, operation: Operation, state: str, step: Callable[[sqlite3.Connection, _Remembered], list[RowChange]]
) -> Replayed:
    """Newest row first to undo, oldest first to redo."""
    connection, order = change.connection, "DESC" if state == "undone" else "ASC"
    connection.execute("PRAGMA defer_foreign_keys = 1")
    rows = connection.execute(
        "SELECT id, table_name, first_row, last_row, before, after FROM operation_rows WHERE operation_id = ? "
        f"AND NOT {_OF_UNDOING} ORDER BY id {order}",
        (operation.id,),
    ).fetchall()
    changes = [step(connection, _Remembered(*row)) for row in rows]
    _mark(change, operation, state)
    return Replayed(operation._replace(undone=state == "undone"), _summed(changes))


def _mark(change: Change, operation: Operation, state: str) -> None:
    connection = change.connection
    connection.execute("UPDATE operations SET state = ? WHERE id = ?", (state, operation.id))
    connection.execute(f"DELETE FROM operation_rows WHERE operation_id = ? AND {_OF_UNDOING}", (operation.id,))
    if state == "undone":
        connection.execute(
            "INSERT INTO operation_rows (operation_id, table_name, first_row, last_row, before, after) "
            """VALUES (?1, 'operations', ?1, ?1, '{"state": "done"}', '{"state": "undone"}')""",
            (operation.id,),
        )
    row = connection.execute("SELECT public_id FROM operations WHERE id = ?", (operation.id,)).fetchone()
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
    kept = connection.execute("SELECT image FROM undone_rows WHERE operation_row_id = ? LIMIT 1", (row.id,)).fetchone()
    known = json.loads(kept[0]) if kept else {}  # undone under an older version, it lacks what was added since
    columns = {name: kind for name, kind in _columns(connection, row.table).items() if name in known}
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
