"""Every schema this program ever had, in order: append only, each step in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from pipeline_cli.storage import schema, schema_2, schema_3


def create_the_first_schema(connection: sqlite3.Connection) -> None:
    for statement in (*schema.TABLES, *schema.INDEXES, *schema.VIEWS, *schema.TRIGGERS):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")


def add_customers_and_reviews(connection: sqlite3.Connection) -> None:
    for statement in schema_2.STATEMENTS:
        connection.execute(statement)


def add_what_happened(connection: sqlite3.Connection) -> None:
    for statement in schema_3.STATEMENTS:
        connection.execute(statement)
    schema_3.say_what_touchpoints_were(connection)
    schema_3.end_last_chances_of_the_living(connection)


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    create_the_first_schema,
    add_customers_and_reviews,
    add_what_happened,
)
"""Step n takes a database of `user_version` n to n + 1."""


def migrate(connection: sqlite3.Connection) -> None:
    """Takes an open write transaction from its `user_version` to the newest; the caller commits."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for number in range(version, len(MIGRATIONS)):
        MIGRATIONS[number](connection)
        connection.execute(f"PRAGMA user_version = {number + 1}")
