"""Whose fault an unexpected error is: a damaged record makes sound code fail, and is told apart from a defect here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pipeline_cli.domain.checkup import problems_of
from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.errors import DatabaseDamaged
from pipeline_cli.storage.integrity import check_database
from pipeline_cli.storage.reader import Reader


def blame_the_record(connection: sqlite3.Connection, path: Path, clock: Clock) -> DatabaseDamaged | None:
    """What is wrong with the record, when anything is; None when the program must be at fault.

    The transaction that failed has been rolled back. What lies in the future is sound, whatever the clock says.
    """
    try:
        faults = problems_of(check_database(Reader(connection, clock)))
        found = [fault.message for fault in faults if fault.code != "future"]
    except (sqlite3.Error, ValueError) as error:
        found = [f"The database is damaged: {error}."]
    if not found:
        return None
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return DatabaseDamaged(
        f"{path}: the record is damaged. {found[0]}{more} Nothing was changed: `pipeline check` lists what is wrong."
    )
