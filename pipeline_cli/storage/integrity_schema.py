"""Whether the file has each table, index, view and trigger of this version, and counts ids on from where it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache

from pipeline_cli.domain.checkup import DAMAGED, MEND, RESTORE, WARNING, Fault
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.storage.migrations import migrate

_OBJECTS = "SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"


class _Fresh(NamedTuple):
    """A new database of this version."""

    objects: dict[str, tuple[str, str]]
    """Name -> (type, SQL)."""
    columns: dict[str, tuple[str, ...]]
    """Of each table."""


@cache
def _fresh() -> _Fresh:
    """Made once: each time takes 5 ms."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        objects = {name: (kind, sql) for name, kind, sql in connection.execute(_OBJECTS)}
        columns = {name: _columns(connection, name) for name, (kind, _) in objects.items() if kind == "table"}
        return _Fresh(objects, columns)


def fresh_schema() -> dict[str, tuple[str, str]]:
    """Name -> (type, SQL) of everything in a new database."""
    return _fresh().objects


def columns_of(table: str) -> tuple[str, ...]:
    """The columns a table has in this version."""
    return _fresh().columns[table]


def _columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    return tuple(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))


def tables() -> tuple[str, ...]:
    return tuple(_fresh().columns)


def check_schema(connection: sqlite3.Connection) -> list[Fault]:
    """A lost index, view or trigger is made again; a lost table or column is not, because its content is gone."""
    there = {name: (kind, sql) for name, kind, sql in connection.execute(_OBJECTS.replace("FROM ", "FROM main."))}
    faults = []
    for name, (kind, sql) in fresh_schema().items():
        if kind == "table":
            faults += _check_table(connection, name, sql, there.get(name))
        elif there.get(name) != (kind, sql):
            what = "is missing" if name not in there else "is not the one of this version"
            faults.append(Fault("schema", f"The {kind} {name} {what}.", fix=MEND, facts={"kind": kind, "name": name}))
    return faults


def _check_table(connection: sqlite3.Connection, name: str, sql: str, there: tuple[str, str] | None) -> list[Fault]:
    if there is None:
        return [Fault(DAMAGED, f"The table {name} is missing.", fix=RESTORE)]
    missing = [column for column in columns_of(name) if column not in _columns(connection, name)]
    if missing:
        return [Fault(DAMAGED, f"The table {name} lacks the column {missing[0]}.", fix=RESTORE)]
    if there[1] != sql:
        return [Fault("schema", f"The table {name} was changed by another program.", WARNING,
                      fix="`pipeline restore FILE`, unless you meant it")]  # fmt: skip
    return []


def check_sequences(connection: sqlite3.Connection) -> list[Fault]:
    """SQLite counts ids in a table of its own: set back, it would give an id twice."""
    counted = dict(connection.execute("SELECT name, max(seq) FROM sqlite_sequence GROUP BY name"))
    faults = []
    for table in tables():
        if columns_of(table)[0] != "id":
            continue
        given = connection.execute(
            f"SELECT max(coalesce((SELECT max(id) FROM main.{table}), 0), coalesce((SELECT max(last_row) "
            f"FROM operation_rows WHERE table_name = '{table}'), 0))"
        ).fetchone()[0]
        if given > (counted.get(table) or 0):
            faults.append(
                Fault(
                    "id_counter",
                    f"The next row of {table} would get a number that was given before: {given} is the highest.",
                    fix=MEND,
                    facts={"table": table, "given": given},
                )
            )
    return faults


def mend_schema(connection: sqlite3.Connection, fault: Fault) -> None:
    kind, name = fault.facts["kind"], fault.facts["name"]
    connection.execute(f"DROP {kind} IF EXISTS main.{name}")
    connection.execute(fresh_schema()[name][1])


def mend_index(connection: sqlite3.Connection, fault: Fault) -> None:
    connection.execute(f"REINDEX main.{fault.facts['index']}")


def mend_sequence(connection: sqlite3.Connection, fault: Fault) -> None:
    table, given = fault.facts["table"], fault.facts["given"]
    connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
    connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, given))
