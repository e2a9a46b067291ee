"""Whether every value has the form its column asks for, told row by row: another program may have passed the CHECKs."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

from pipeline_cli.domain.accept import LONGEST
from pipeline_cli.domain.checkup import DAMAGED, RESTORE, Fault
from pipeline_cli.storage.integrity_schema import columns_of, fresh_schema, tables
from pipeline_cli.storage.personal import COLUMNS, IMAGE, KEY, LABEL, WORDS

_INSTANT = re.compile(r"CHECK \(strftime\('[^']+', (\w+)\)")
_DAY = re.compile(r"CHECK \(date\((\w+), ")
_JSON_COLUMNS = {"deals": ("fields",), "kept_forecasts": ("content",), "reviews": ("content",)}
_MOST_CENTS = 10**15
_RESTORE = "`pipeline restore FILE`: a backup in which it is right"
_BY_EDIT = {"expected_close": "--close 30d", "value_cents": "--value 10k", "cost_cents": "--cost 100"}


def check_forms(connection: sqlite3.Connection) -> list[Fault]:
    """Instants, days, amounts, texts and JSON."""
    return [fault for table in tables() for fault in _check_table(connection, table)]


def _check_table(connection: sqlite3.Connection, table: str) -> Iterator[Fault]:
    broken = list(_find_no_text(connection, table))
    yield from broken
    if broken:
        return  # SQLite's driver cannot hand out what else is wrong with such rows
    for column, condition, what in _conditions(table):
        owner = "id" if table == "deals" else "deal_id" if "deal_id" in columns_of(table) else "NULL"
        row = "id" if columns_of(table)[0] == "id" else "NULL"
        shown = f"substr(CAST({column} AS TEXT), 1, 30)"
        query = f"SELECT {row}, {owner}, {shown} FROM main.{table} WHERE {condition}"
        for number, deal, value in connection.execute(query):
            yield _fault(table, column, what, number, deal, value)


def _fault(table: str, column: str, what: str, number: int | None, deal: int | None, value: str | None) -> Fault:
    where = f"Deal {deal}" if table == "deals" else f"Row {number} of {table}"
    fix = f"`pipeline edit {deal} {_BY_EDIT[column]}`" if table == "deals" and column in _BY_EDIT else _RESTORE
    said = "" if value is None or what in ("is empty", "is too long") else f" ({value})"
    return Fault("value", f"{where}: its {column}{said} {what}.", deal=deal, table=table, row=number, fix=fix)


def _conditions(table: str) -> Iterator[tuple[str, str, str]]:
    """Column, condition of the rows at fault, what is wrong with them."""
    sql = fresh_schema()[table][1]
    for column in _INSTANT.findall(sql):
        yield column, f"strftime('%Y-%m-%dT%H:%M:%fZ', {column}) IS NOT {column}", "is no instant"
    for column in _DAY.findall(sql):
        yield column, f"date({column}, '+0 days') IS NOT {column}", "is no day"
    for column in columns_of(table):
        if column.endswith("_cents"):
            yield column, f"{column} < 0", "is a negative amount"
            yield column, f"{column} > {_MOST_CENTS}", "is a larger amount than any"
            yield column, f"typeof({column}) NOT IN ('integer', 'null')", "is no whole number of cents"
    kinds = COLUMNS.get(table, {})
    for column in (name for name, kind in kinds.items() if kind in (LABEL, WORDS, KEY) and table != "operations"):
        yield column, f"instr(CAST({column} AS BLOB), x'00') > 0", "holds a NUL character"
        yield column, f"length({column}) > {LONGEST}", "is too long"
    if table == "deals":
        yield "title", "trim(title) = ''", "is empty"
        yield "fields", "json_valid(fields) AND json_type(fields) <> 'object'", "is not what was written there"
    json_columns = (*_JSON_COLUMNS.get(table, ()), *(name for name, kind in kinds.items() if kind == IMAGE))
    for column in json_columns:
        yield column, f"{column} IS NOT NULL AND NOT json_valid({column})", "is not what was written there"


def _find_no_text(connection: sqlite3.Connection, table: str) -> Iterator[Fault]:
    """Bytes that are no UTF-8; each value is looked at only where the whole table cannot be read."""
    names = ", ".join(columns_of(table))
    try:
        for _ in connection.execute(f"SELECT {names} FROM main.{table}"):
            pass
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    else:
        return
    row = "id" if columns_of(table)[0] == "id" else "NULL"
    for column in columns_of(table):
        for number, value in connection.execute(
            f"SELECT {row}, CAST({column} AS BLOB) FROM main.{table} WHERE typeof({column}) = 'text'"
        ):
            if not _is_text(value):
                where = f"Deal {number}" if table == "deals" else f"Row {number} of {table}"
                yield Fault(DAMAGED, f"The database is damaged: {where}: its {column} is no text.", table=table, row=number,
                            fix=RESTORE)  # fmt: skip


def _is_text(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
