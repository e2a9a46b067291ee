"""One statement of a user's own: it reads the tables that are documented, for so long and so many rows, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import choice_of, nearest
from pipeline_cli.storage.patience import Patience
from pipeline_cli.storage.reader import Reader

TABLES = (
    "deals",
    "contacts",
    "deal_contacts",
    "moves",
    "touchpoints",
    "notes",
    "next_steps",
    "confirmations",
    "qualification_answers",
    "last_chances",
    "follow_ups",
    "kept_forecasts",
    "reviews",
    "field_changes",
    "suppressed",
    "captured",
    "ignored_senders",
)
VIEWS = ("deal_overview", "stage_history")
_SCHEMA = ("sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema")
_JSON = ("json_each", "json_tree")
"""Tables that SQLite makes of JSON, such as `fields`."""
_LOOKING = {"table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list"}
"""Pragmas that tell of the tables."""
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
MOST_ROWS = 200_000
_LONGEST_VALUE = 50_000_000
"""Bytes of one text that a statement may make."""
_LONGEST_PATTERN = 1_000
_STEPS = 20_000
"""Of SQLite between two looks at the clock: about a millisecond."""


class Answer(NamedTuple):
    """What a statement gave: names of columns, and rows."""

    columns: Sequence[str]
    """Each name once."""
    rows: Sequence[Sequence[Any]]


def run_query(reader: Reader, path: Path, sql: str, seconds: float) -> Answer:
    """What a SELECT, a VALUES or an EXPLAIN answers; the file is opened for reading alone.

    Raises UsageError for what is no such statement, RuleError for one that would change something, reads what undo
    keeps, or takes more than its time or rows. `reader`: of the same file, which it has found sound, and finished what a
    killed command left of it; a file of an older version is read as its copy in memory.
    """
    (_, _, file), *_ = reader.connection.execute("PRAGMA database_list").fetchall()
    if not file:
        return _ask(reader.connection, sql, seconds)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
        return _ask(connection, sql, seconds)


def _ask(connection: sqlite3.Connection, sql: str, seconds: float) -> Answer:
    from sqlite_utils import Database  # 60 ms, and this command alone asks what a user wrote
    from sqlite_utils.utils import dedupe_keys

    database = Database(connection)
    for name, value in (("trusted_schema", 0), ("query_only", 1)):
        connection.execute(f"PRAGMA {name} = {value}")
    for table in _JSON:  # declared at their first use, which would look like a change
        connection.execute(f"SELECT 1 FROM {table}('[]')").fetchall()
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _LONGEST_PATTERN)
    guard = _Guard(seconds)
    connection.set_authorizer(guard.allows)
    connection.set_progress_handler(guard.is_over, _STEPS)
    try:
        cursor = database.execute(sql)
        rows = cursor.fetchmany(MOST_ROWS + 1)
    except (sqlite3.Error, sqlite3.Warning, ValueError, MemoryError) as error:
        raise guard.explain(error) from error
    if cursor.description is None:
        raise UsageError('sql: there is no statement in it: type one, such as "select * from deal_overview".')
    if len(rows) > MOST_ROWS:
        raise RuleError(f"sql: the answer has more than {MOST_ROWS:,} rows: add a LIMIT, or count in the statement.")
    return Answer(dedupe_keys(column[0] for column in cursor.description), rows)


_CHANGES = (
    "the statement would do more than read, and nothing was changed: `pipeline --help` lists the commands that change the "
    "record, which undo can take back."
)


class _Guard(Patience):
    """What one statement may do, and for how long."""

    refused = ""

    def allows(self, action: int, first: str | None, _: str | None, database: str | None, __: str | None) -> int:
        """SQLite asks for each thing that a statement would do; tables without a database are its own, made of others."""
        if action == sqlite3.SQLITE_READ:
            if database is None or first in TABLES or first in VIEWS or first in (*_SCHEMA, *_JSON):
                return sqlite3.SQLITE_OK
            self.refused = self.refused or _not_to_be_read(str(first))
        elif action in _READING or (action == sqlite3.SQLITE_PRAGMA and str(first).lower() in _LOOKING):
            return sqlite3.SQLITE_OK
        else:
            self.refused = self.refused or _CHANGES
        return sqlite3.SQLITE_DENY

    def explain(self, error: BaseException) -> BaseException:
        """The error to raise instead."""
        said = str(error)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            if self.is_interrupted or not self.is_lost:  # SQLite swallows what the handler raised
                return KeyboardInterrupt()
            return RuleError(
                f"sql: the statement was stopped after {self.seconds:g} s: ask for less, or give it more with --seconds; "
                "nothing was changed."
            )
        if self.refused:
            return RuleError(f"sql: {self.refused}")
        if "one statement at a time" in said:
            return UsageError("sql: these are several statements, and one is run at a time; nothing was changed.")
        if said.startswith("no such table: "):
            return _unknown_table(said.removeprefix("no such table: "))
        if isinstance(error, MemoryError) or code in (sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOMEM):
            return RuleError("sql: the statement makes a value that is too long to keep; nothing was changed.")
        return UsageError(f"sql: {said}: the README tells what the tables hold, under 'For people who write SQL'.")


def _not_to_be_read(table: str) -> str:
    return f"{table} is none of the tables that are made to be read: {', '.join((*VIEWS, *TABLES))}."


def _unknown_table(name: str) -> UsageError:
    meant = nearest(name, (*VIEWS, *TABLES))
    known = choice_of(name, (*VIEWS, *TABLES)) if meant is None else f"did you mean {meant}?"
    return UsageError(f"sql: there is no table {name}: {known}")
