"""Writes rows, and in the same transaction keeps how to take each write back.

Whatever a command writes goes through `insert`, `insert_many`, `update` or `delete`, so
that `undo` cannot forget a table: an inserted run of rows is remembered by its first and
last id (its content is kept only when it is undone), an update by the columns it
changed, before and after, a deleted row by all that it held.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline_cli.domain.rules.last_chance import EndedLastChance

_ROWS_AT_ONCE = 200
"""Of 22 columns at most: SQLite takes 32,766 values a statement, and more rows are no quicker."""


class Journal:
    """The writes of one operation."""

    def __init__(self, connection: sqlite3.Connection, operation_id: int) -> None:
        self.connection = connection
        self.operation_id = operation_id
        self.ended: list[EndedLastChance] = []
        """Last chances that are over by it."""

    def insert(self, table: str, values: Mapping[str, Any]) -> int:
        """Adds one row and returns its id."""
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self.connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))
        row_id = int(cursor.lastrowid or 0)
        self._remember(table, row_id, row_id, None, None)
        return row_id

    def insert_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Adds rows that bring no id of their own, and returns how many."""
        first = next_id(self.connection, table)
        self.add_rows(table, columns, rows)
        return self.remember_run(table, first)

    def add_rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Adds rows that `remember_run` is told of when the last of them is there; an id they bring was never given.

        Many rows a statement: two thirds of the time that executemany takes, which begins anew with every row.
        """
        start = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
        marks = f"({', '.join('?' * len(columns))})"
        left = iter(rows)
        while batch := list(islice(left, _ROWS_AT_ONCE)):
            statement = start + ", ".join([marks] * len(batch))
            self.connection.execute(statement, list(chain.from_iterable(batch)))

    def amend(self, table: str, row_id: int, changes: Mapping[str, Any]) -> None:
        """Changes a row that `add_rows` added and `remember_run` has still to be told of: taken back with it."""
        assignments = ", ".join(f"{name} = ?" for name in changes)
        self.connection.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*changes.values(), row_id))

    def remember_run(self, table: str, first: int) -> int:
        """Says that every row of a table from an id on was added by this operation, and returns how many ids that are."""
        last = next_id(self.connection, table) - 1
        if last >= first:
            self._remember(table, first, last, None, None)
        return last - first + 1

    def update(self, table: str, row_id: int, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Changes columns of one row and returns what they held; columns that hold the value already are left."""
        columns = ", ".join(changes)
        row = self.connection.execute(f"SELECT {columns} FROM {table} WHERE id = ?", (row_id,)).fetchone()
        before = {name: old for (name, new), old in zip(changes.items(), row, strict=True) if old != new}
        if not before:
            return before
        after = {name: changes[name] for name in before}
        assignments = ", ".join(f"{name} = ?" for name in after)
        self.connection.execute(f"UPDATE {table} SET {assignments} WHERE id = ?", (*after.values(), row_id))
        self._remember(table, row_id, row_id, json.dumps(before), json.dumps(after))
        return before

    def delete(self, table: str, row_id: int) -> None:
        """Takes one row away, and keeps what it held."""
        cursor = self.connection.execute(f"SELECT * FROM {table} WHERE id = ?", (row_id,))
        names = [column[0] for column in cursor.description]
        image = dict(zip(names, cursor.fetchone(), strict=True))
        self.connection.execute(f"DELETE FROM {table} WHERE id = ?", (row_id,))
        self._remember(table, row_id, row_id, json.dumps(image), None)

    def touch_deals(self, first: int, last: int) -> None:
        """Says that the operation concerns deals first to last, for `history DEAL`."""
        known = self.connection.execute(
            "SELECT 1 FROM operation_deals WHERE operation_id = ? AND first_deal <= ? AND last_deal >= ?",
            (self.operation_id, first, last),
        ).fetchone()
        if known is None:
            self.connection.execute("INSERT INTO operation_deals VALUES (?, ?, ?)", (self.operation_id, first, last))

    def _remember(self, table: str, first: int, last: int, before: str | None, after: str | None) -> None:
        self.connection.execute(
            "INSERT INTO operation_rows (operation_id, table_name, first_row, last_row, before, after) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (self.operation_id, table, first, last, before, after),
        )


def next_id(connection: sqlite3.Connection, table: str) -> int:
    """The id the next row of a table gets: one more than any it ever had."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return 1 if row is None else int(row[0]) + 1
