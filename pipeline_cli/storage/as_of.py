"""The record as it was known at one instant: every read names its tables `known_…`, and a connection knows what they are.

In the present they are the tables themselves. For an earlier instant they are temporary views and tables, each made
when it is first read: what was created, moved, touched or changed later does not exist. Later rows are left out,
later changes of a deal's own columns are taken back from `field_changes`, and those
of a contact from what the operations remember, so that a person who is forgotten
there is forgotten here too. What was back-dated is known from the day it was given.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pipeline_cli.domain.words.clock import to_text

_KNOWN = re.compile(
    r"\bknown_(deals|touchpoints|notes|next_steps|confirmations|qualification_answers|last_chances|deal_contacts"
    r"|contacts|follow_ups|reviews|operations|field_changes|every_move|moves)\b"
)

_INSTANTS = {
    "touchpoints": "touched_at",
    "notes": "noted_at",
    "qualification_answers": "answered_at",
    "deal_contacts": "linked_at",
    "contacts": "created_at",
    "reviews": "made_at",
    "operations": "at",
    "field_changes": "changed_at",
}

CHANGING_FIELDS = (
    "external_id",
    "title",
    "organization",
    "pipeline",
    "value_cents",
    "currency",
    "probability",
    "category",
    "source",
    "owner",
    "cost_cents",
    "expected_close",
    "snoozed_until",
    "fields",
    "from_deal_id",
    "snooze_reason",
    "tags",
    "links",
)
"""Columns of `deals` whose changes are kept in `field_changes`; stage, status and closing are kept by `moves`."""


_BEFORE_FROM = ("id", "deal_id")
_AFTER_FROM = (
    "to_stage",
    "moved_at",
    "reason",
    "forced",
    "inferred",
    "criteria_missing",
    "criteria_met",
    "mistake",
    "pipeline",
)
_FROM_STAGE = (
    "CASE WHEN moves.from_stage IS NOT NULL AND EXISTS (SELECT 1 FROM main.moves s WHERE s.deal_id = moves.deal_id "
    "AND s.pipeline IS NOT NULL) AND (SELECT b.pipeline FROM main.moves b WHERE b.deal_id = moves.deal_id "
    "AND NOT b.mistake AND (b.moved_at, b.id) < (moves.moved_at, moves.id) ORDER BY b.moved_at DESC, b.id DESC LIMIT 1) "
    "IS NOT moves.pipeline THEN NULL ELSE moves.from_stage END"
)
"""Nothing for the move by which a deal came from another pipeline: in this one it begins there."""


class Connection(sqlite3.Connection):
    """One that reads the record as it is, until it is told of an earlier instant."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self._present = self._shown = Known(self, None)
        self._pasts: dict[str, Known] = {}

    def execute(self, statement: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As `sqlite3` has it, with what `known_…` stands for in the place of each such name."""
        if "known_" in statement:
            statement = _KNOWN.sub(self._name_of, statement)
        return super().execute(statement, parameters)

    def _name_of(self, found: re.Match[str]) -> str:
        return self._shown[found[1]]

    def show_as_of(self, cutoff: datetime) -> None:
        """From now on everything before the cutoff, exclusive; the present when nothing came later."""
        limit = f"'{to_text(cutoff)}'"
        if limit not in self._pasts:
            self._pasts[limit] = Known(self, limit, len(self._pasts)) if _is_past(self, limit) else self._present
        self._shown = self._pasts[limit]

    @contextmanager
    def showing_as_of(self, cutoff: datetime) -> Iterator[None]:
        """Everything before the cutoff within the block; then what was shown before it."""
        before = self._shown
        self.show_as_of(cutoff)
        try:
            yield
        finally:
            self._shown = before


class Known(dict[str, str]):
    """Table -> its name in SQL as known at one instant; what is more than a table itself is made when first asked for."""

    def __init__(self, connection: sqlite3.Connection, limit: str | None, number: int = 0) -> None:
        """`limit`: the first instant that is not known, as SQL; None in the present. `number`: of the instant."""
        super().__init__()
        self._connection = connection
        self._limit = limit
        self._number = number

    def __missing__(self, table: str) -> str:
        if self._limit is None and table != "moves":
            name = f"main.{'moves' if table == 'every_move' else table}"
        else:
            with _writing(self._connection):
                name = self._make(table)
        self[table] = name
        return name

    def _make(self, table: str) -> str:
        if table == "moves":
            return self._make_moves()
        name, limit = f"temp.known_{table}_{self._number}", self._limit or ""
        if table == "deals":
            _remember_deals(self._connection, name, limit)
        elif table == "contacts":
            _remember_contacts(self._connection, name, limit)
        else:
            self._connection.execute(f"CREATE TEMP VIEW {name.removeprefix('temp.')} AS {_rows_of(table, limit)}")
        return name

    def _make_moves(self) -> str:
        """`known_moves` is what counts; `known_every_move` has the mistakes, and what was done in another pipeline, too.

        The condition that leaves these out costs the index that answers most questions alone: few records need it.
        """
        some = self._connection.execute(
            "SELECT 1 FROM main.moves WHERE mistake OR pipeline IS NOT NULL LIMIT 1"
        ).fetchone()
        if not some:
            return self["every_move"]
        name = f"known_moves_{self._number}" if self._limit else "known_moves_now"
        columns = ", ".join((*_BEFORE_FROM, f"{_FROM_STAGE} AS from_stage", *_AFTER_FROM))
        known = "1" if self._limit is None else f"moved_at < {self._limit}"
        self._connection.execute(
            f"CREATE TEMP VIEW {name} AS SELECT {columns} FROM main.moves WHERE {known} AND NOT mistake "
            "AND (moves.pipeline IS NULL OR moves.pipeline = "
            f"(SELECT d.pipeline FROM {self['deals']} d WHERE d.id = moves.deal_id))"
        )
        return f"temp.{name}"


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A reader may change nothing, temporary tables included."""
    (only_reads,) = connection.execute("PRAGMA query_only").fetchone()
    connection.execute("PRAGMA query_only = 0")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA query_only = {only_reads}")


def _rows_of(table: str, limit: str) -> str:
    """The query of a view: rows of the table before the limit, what was closed or taken back later open again."""
    if table == "every_move":
        return f"SELECT * FROM main.moves WHERE moved_at < {limit}"
    if table in _INSTANTS:
        return f"SELECT * FROM main.{table} WHERE {_INSTANTS[table]} < {limit}"
    if table == "confirmations":
        return (
            "SELECT id, deal_id, stage, criterion, evidence, confirmed_at, "
            f"CASE WHEN revoked_at < {limit} THEN revoked_at END AS revoked_at "
            f"FROM main.confirmations WHERE confirmed_at < {limit}"
        )
    if table == "last_chances":
        return (
            "SELECT id, deal_id, given_at, deadline, "
            f"CASE WHEN ended_at < {limit} THEN ended_at END AS ended_at, CASE WHEN ended_at < {limit} THEN ended_by END "
            f"AS ended_by FROM main.last_chances WHERE given_at < {limit}"
        )
    columns = {"next_steps": "text, due, set_at", "follow_ups": "kind, due, set_at"}[table]
    later = ", due_time, minutes, remind_minutes" if table == "next_steps" else ""
    return (
        f"SELECT id, deal_id, {columns}, CASE WHEN closed_at < {limit} THEN closed_at END AS closed_at, "
        f"closed_at < {limit} AND done AS done{later} FROM main.{table} WHERE set_at < {limit}"
    )


def _is_past(connection: sqlite3.Connection, limit: str) -> bool:
    """Whether the record holds anything of the limit or later."""
    later = [f"SELECT 1 FROM main.{table} WHERE {instant} >= {limit}" for table, instant in _INSTANTS.items()]
    later.append(f"SELECT 1 FROM main.deals WHERE created_at >= {limit}")
    later += [
        f"SELECT 1 FROM main.{table} WHERE set_at >= {limit} OR closed_at >= {limit}"
        for table in ("next_steps", "follow_ups")
    ]
    later.append(f"SELECT 1 FROM main.moves WHERE moved_at >= {limit}")
    later.append(f"SELECT 1 FROM main.last_chances WHERE given_at >= {limit} OR ended_at >= {limit}")
    later.append(f"SELECT 1 FROM main.confirmations WHERE confirmed_at >= {limit} OR revoked_at >= {limit}")
    one_of_them = " OR ".join(f"EXISTS ({statement})" for statement in later)
    return connection.execute(f"SELECT 1 WHERE {one_of_them}").fetchone() is not None


def _remember_deals(connection: sqlite3.Connection, name: str, limit: str) -> None:
    """Makes the table of that name: the deals, with what was changed later taken back."""
    table = name.removeprefix("temp.")
    connection.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.deals WHERE created_at < {limit}")
    connection.execute(f"CREATE UNIQUE INDEX {name}_by_id ON {table} (id)")
    connection.execute(f"CREATE INDEX {name}_by_status ON {table} (pipeline, status, stage)")
    changed = connection.execute(f"SELECT DISTINCT field FROM main.field_changes WHERE changed_at >= {limit}")
    for field in sorted({field for (field,) in changed}.intersection(CHANGING_FIELDS)):
        later = f"FROM main.field_changes c WHERE c.field = '{field}' AND c.changed_at >= {limit}"
        connection.execute(
            f"UPDATE {name} SET {field} = (SELECT c.old_value {later} AND c.deal_id = {table}.id "
            f"ORDER BY c.changed_at, c.id LIMIT 1) WHERE id IN (SELECT c.deal_id {later})"
        )
    last_move = (
        f"FROM main.moves m WHERE m.deal_id = {table}.id AND NOT m.mistake "
        f"AND m.moved_at < {limit} {{}} ORDER BY m.moved_at DESC, m.id DESC LIMIT 1"
    )
    closing = "('won', 'lost', 'disqualified')"
    stage = last_move.format(f"AND m.to_stage NOT IN {closing}")
    last = last_move.format("")
    # A deal may be a moment older than the move that created it.
    first = f"SELECT m.to_stage FROM main.moves m WHERE m.deal_id = {table}.id AND NOT m.mistake "
    first += "ORDER BY m.moved_at, m.id LIMIT 1"
    connection.execute(
        f"UPDATE {name} SET stage = coalesce((SELECT m.to_stage {stage}), ({first}), stage), "
        f"status = coalesce((SELECT CASE WHEN m.to_stage IN {closing} THEN m.to_stage ELSE 'open' END {last}), 'open'), "
        f"closed_at = (SELECT CASE WHEN m.to_stage IN {closing} THEN m.moved_at END {last}), "
        f"lost_reason = (SELECT CASE WHEN m.to_stage IN ('lost', 'disqualified') THEN m.reason END {last}) "
        f"WHERE id IN (SELECT m.deal_id FROM main.moves m WHERE m.moved_at >= {limit})"
    )


def _remember_contacts(connection: sqlite3.Connection, name: str, limit: str) -> None:
    """Makes the table of that name: the people, with what was changed later taken back."""
    table = name.removeprefix("temp.")
    rows = f"SELECT * FROM main.contacts WHERE {_INSTANTS['contacts']} < {limit}"
    connection.execute(f"CREATE TEMP TABLE {table} AS {rows}")
    connection.execute(f"CREATE UNIQUE INDEX {name}_by_id ON {table} (id)")
    later = connection.execute(
        "SELECT r.first_row, r.before FROM main.operations o JOIN main.operation_rows r ON r.operation_id = o.id "
        f"WHERE o.at >= {limit} AND o.state = 'done' AND r.table_name = 'contacts' AND r.before IS NOT NULL "
        "ORDER BY r.id DESC"
    ).fetchall()
    for contact_id, before in later:
        for column, value in json.loads(before).items():
            connection.execute(f"UPDATE {name} SET {column} = ? WHERE id = ?", (value, contact_id))
