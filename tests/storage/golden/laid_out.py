"""The record of a version that landed, laid out in a folder as that version left it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import Any

from tests.storage.golden.build import HERE
from tests.storage.record import TABLES

Rows = dict[str, list[dict[str, Any]]]


def lay_out(version: int, folder: Path) -> Path:
    """The record of a version with its pipeline.yaml and its key, in that folder."""
    database = folder / "pipeline.db"
    connection = sqlite3.connect(database)
    connection.executescript((HERE / f"version_{version}.sql").read_text("utf-8"))
    connection.close()
    shutil.copy(HERE / f"version_{version}.yaml", folder / "pipeline.yaml")
    shutil.copy(HERE / f"version_{version}.key", folder / "pipeline.db.key")
    return database


def rows_of(database: Path) -> Rows:
    """Every row by the names of its columns, so that a column that was added later is told apart."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        return {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY id")]
            for table in TABLES
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        }
    finally:
        connection.close()
