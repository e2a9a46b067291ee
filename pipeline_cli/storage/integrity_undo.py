"""Whether undo and redo would find the rows that the operations speak of."""

from __future__ import annotations

import sqlite3

from pipeline_cli.domain.checkup import Fault
from pipeline_cli.storage.integrity_schema import tables
from pipeline_cli.storage.operations import FORGET

_RESTORE = "leave it, for nothing but undo needs it"
_STANDING = (
    "SELECT r.*, o.state FROM operation_rows r JOIN operations o ON o.id = r.operation_id "
    f"WHERE o.state <> 'discarded' AND o.id > (SELECT coalesce(max(id), 0) FROM operations WHERE command = '{FORGET}')"
)
_DELETED_LATER = (
    "(SELECT count(DISTINCT l.first_row) FROM standing l WHERE l.state = 'done' AND l.table_name = r.table_name "
    "AND l.after IS NULL AND l.before IS NOT NULL AND l.id > r.id AND l.first_row BETWEEN r.first_row AND r.last_row)"
)
_LOST = (
    f"WITH standing AS ({_STANDING}) SELECT DISTINCT operation_id FROM standing r WHERE r.state = 'done' "
    "AND r.table_name = '{table}' AND (r.before IS NULL OR r.after IS NOT NULL) "
    "AND (SELECT count(*) FROM main.{table} t WHERE t.id BETWEEN r.first_row AND r.last_row) "
    "<= r.last_row - r.first_row "
    "AND (SELECT count(*) FROM main.{table} t WHERE t.id BETWEEN r.first_row AND r.last_row) "
    f"+ {_DELETED_LATER} <= r.last_row - r.first_row"
)
_NOT_KEPT = (
    f"WITH standing AS ({_STANDING}) SELECT DISTINCT operation_id FROM standing r WHERE r.state = 'undone' "
    "AND r.before IS NULL AND (SELECT count(*) FROM undone_rows u WHERE u.operation_row_id = r.id) "
    "<= r.last_row - r.first_row"
)


def check_undo(connection: sqlite3.Connection) -> list[Fault]:
    """Rows that a standing operation wrote and no later one deleted are there; those of an undone one are kept."""
    known = [table for table in tables() if table not in ("operation_deals", "undone_rows")]
    marks = ", ".join("?" * len(known))
    faults = [
        Fault("undo", f"Operation {number} speaks of a table {table}, which is none.", fix=_RESTORE)
        for number, table in connection.execute(
            f"SELECT DISTINCT operation_id, table_name FROM operation_rows WHERE table_name NOT IN ({marks})", known
        )
    ]
    used = {row[0] for row in connection.execute("SELECT DISTINCT table_name FROM operation_rows")}
    for table in (name for name in known if name in used):
        faults += [
            Fault("undo", f"Operation {number} wrote rows of {table} that are gone: undoing it would not do.",
                  fix=_RESTORE)
            for (number,) in connection.execute(_LOST.format(table=table))
        ]  # fmt: skip
    return faults + [
        Fault("undo", f"Operation {number} was undone, and what it wrote is not kept: redoing it would not do.",
              fix=_RESTORE)
        for (number,) in connection.execute(_NOT_KEPT)
    ]  # fmt: skip
