"""What SQLite and the rules of the record say about the database itself."""

from __future__ import annotations

import re
import sqlite3

from pipeline_cli.domain.checkup import DAMAGED, MEND, RESTORE, Fault, is_unusable
from pipeline_cli.storage.integrity_forms import check_forms
from pipeline_cli.storage.integrity_rules import check_rules
from pipeline_cli.storage.integrity_schema import check_schema, check_sequences
from pipeline_cli.storage.integrity_undo import check_undo
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.sqlite_errors import is_busy

_MOST = 100
_INDEX = re.compile(r"(?:wrong # of entries in|missing from|non-unique entry in) index (\w+)")
_CHECK = re.compile(r"CHECK constraint failed in (\w+)")


def check_database(reader: Reader) -> list[Fault]:
    """Every fault; none when all is well. What follows a damaged page cannot be trusted, so that nothing else is said."""
    faults = [*check_file(reader.connection), *check_schema(reader.connection)]
    if is_unusable(faults):
        return [fault for fault in faults if fault.code == DAMAGED]
    forms = check_forms(reader.connection)
    if is_unusable(forms):
        return [fault for fault in forms if fault.code == DAMAGED]
    rules = check_rules(reader)
    told = {fault.table for fault in forms} | {"deals" for fault in rules if fault.code in ("status", "closing")}
    return [
        *(fault for fault in faults if fault.code != "value" or fault.table not in told),
        *forms,
        *_find_orphans(reader.connection),
        *check_sequences(reader.connection),
        *rules,
        *check_undo(reader.connection),
    ]


def check_file(connection: sqlite3.Connection) -> list[Fault]:
    """What SQLite's own look at every page finds."""
    try:
        answers = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_MOST})")]
    except sqlite3.DatabaseError as error:  # so damaged that the look at it ends
        if is_busy(error):
            raise
        answers = [str(error)]
    texts = [line for answer in answers for line in answer.split("\n") if not line.startswith("***")]
    found = [_read_complaint(text) for text in texts if text != "ok"]
    return list({(fault.code, fault.message): fault for fault in found}.values())


def _read_complaint(text: str) -> Fault:
    index = _INDEX.search(text)
    if index:
        name = index.group(1)
        return Fault("index", f"The index {name} does not fit its table.", fix=MEND, facts={"index": name})
    value = _CHECK.search(text)
    if value:
        return Fault("value", f"The table {value.group(1)} holds a value that it must not.",
                     table=value.group(1), fix=RESTORE)  # fmt: skip
    return Fault(DAMAGED, f"The database is damaged: {text}.", fix=RESTORE)


def _find_orphans(connection: sqlite3.Connection) -> list[Fault]:
    """Not mended: undo could bring none of them back."""
    rows = connection.execute("PRAGMA foreign_key_check").fetchall()
    return [
        Fault("orphan", f"Row {row} of {table} belongs to a row of {parent} that is not there.", table=table, row=row,
              fix="`pipeline restore FILE`: a backup in which it is there")
        for table, row, parent, _ in dict.fromkeys(rows)
    ]  # fmt: skip
