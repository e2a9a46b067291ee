"""The record as it was known at one instant: temporary tables and views `known_…` that every read goes through.

In the present they are the tables themselves. For an earlier instant, what was
created, moved, touched or changed later does not exist: later rows are left out,
later changes of a deal's own columns are taken back from `field_changes`, and those
of a contact from what the operations remember, so that a person who is forgotten
there is forgotten here too. What was back-dated is known from the day it was given.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from pipeline_cli.domain.words.clock import to_text

_PLAIN = (
    "deals",
    "touchpoints",
    "notes",
    "next_steps",
    "confirmations",
    "qualification_answers",
    "last_chances",
    "deal_contacts",
    "contacts",
    "follow_ups",
    "reviews",
    "operations",
    "field_changes",
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


def show_as_is(connection: sqlite3.Connection) -> None:
    for table in _PLAIN:
        connection.execute(f"CREATE TEMP VIEW known_{table} AS SELECT * FROM main.{table}")
    _know_moves(connection, "1")


def _know_moves(connection: sqlite3.Connection, condition: str) -> None:
    """`known_moves` is what counts; `known_every_move` has the mistakes, and what was done in another pipeline, too.

    The condition that leaves these out costs the index that answers most questions alone: few records need it.
    """
    connection.execute(f"CREATE TEMP VIEW known_every_move AS SELECT * FROM main.moves WHERE {condition}")
    some = connection.execute("SELECT 1 FROM main.moves WHERE mistake OR pipeline IS NOT NULL LIMIT 1").fetchone()
    counting = (
        f"{condition} AND NOT mistake AND (moves.pipeline IS NULL OR moves.pipeline = "
        "(SELECT d.pipeline FROM known_deals d WHERE d.id = moves.deal_id))"
        if some
        else condition
    )
    columns = f"{', '.join(_BEFORE_FROM)}, {_FROM_STAGE} AS from_stage, {', '.join(_AFTER_FROM)}" if some else "*"
    connection.execute(f"CREATE TEMP VIEW known_moves AS SELECT {columns} FROM main.moves WHERE {counting}")


def show_as_of(connection: sqlite3.Connection, cutoff: datetime) -> None:
    """Everything before the cutoff, exclusive; the present when nothing came later."""
    limit = f"'{to_text(cutoff)}'"
    if not _is_past(connection, limit):
        show_as_is(connection)
        return
    for table, instant in _INSTANTS.items():
        kind = "TABLE" if table == "contacts" else "VIEW"
        rows = f"SELECT * FROM main.{table} WHERE {instant} < {limit}"
        connection.execute(f"CREATE TEMP {kind} known_{table} AS {rows}")
    for table, columns in (("next_steps", "text, due, set_at"), ("follow_ups", "kind, due, set_at")):
        connection.execute(
            f"CREATE TEMP VIEW known_{table} AS SELECT id, deal_id, {columns}, "
            f"CASE WHEN closed_at < {limit} THEN closed_at END AS closed_at, closed_at < {limit} AND done AS done "
            f"FROM main.{table} WHERE set_at < {limit}"
        )
    connection.execute(
        "CREATE TEMP VIEW known_confirmations AS SELECT id, deal_id, stage, criterion, evidence, confirmed_at, "
        f"CASE WHEN revoked_at < {limit} THEN revoked_at END AS revoked_at "
        f"FROM main.confirmations WHERE confirmed_at < {limit}"
    )
    connection.execute(
        "CREATE TEMP VIEW known_last_chances AS SELECT id, deal_id, given_at, deadline, "
        f"CASE WHEN ended_at < {limit} THEN ended_at END AS ended_at, CASE WHEN ended_at < {limit} THEN ended_by END "
        f"AS ended_by FROM main.last_chances WHERE given_at < {limit}"
    )
    _remember_deals(connection, limit)
    _know_moves(connection, f"moved_at < {limit}")
    _remember_contacts(connection, limit)


def _is_past(connection: sqlite3.Connection, limit: str) -> bool:
    later = [f"SELECT 1 FROM main.{table} WHERE {instant} >= {limit}" for table, instant in _INSTANTS.items()]
    later.append(f"SELECT 1 FROM main.deals WHERE created_at >= {limit}")
    later += [
        f"SELECT 1 FROM main.{table} WHERE set_at >= {limit} OR closed_at >= {limit}"
        for table in ("next_steps", "follow_ups")
    ]
    later.append(f"SELECT 1 FROM main.moves WHERE moved_at >= {limit}")
    later.append(f"SELECT 1 FROM main.last_chances WHERE given_at >= {limit} OR ended_at >= {limit}")
    later.append(f"SELECT 1 FROM main.confirmations WHERE confirmed_at >= {limit} OR revoked_at >= {limit}")
    return any(connection.execute(f"{statement} LIMIT 1").fetchone() for statement in later)


def _remember_deals(connection: sqlite3.Connection, limit: str) -> None:
    connection.execute(f"CREATE TEMP TABLE known_deals AS SELECT * FROM main.deals WHERE created_at < {limit}")
    connection.execute("CREATE UNIQUE INDEX temp.known_deals_by_id ON known_deals (id)")
    connection.execute("CREATE INDEX temp.known_deals_by_status ON known_deals (pipeline, status, stage)")
    for field in CHANGING_FIELDS:
        later = f"FROM main.field_changes c WHERE c.field = '{field}' AND c.changed_at >= {limit}"
        connection.execute(
            f"UPDATE temp.known_deals SET {field} = (SELECT c.old_value {later} AND c.deal_id = known_deals.id "
            f"ORDER BY c.changed_at, c.id LIMIT 1) WHERE id IN (SELECT c.deal_id {later})"
        )
    last_move = (
        "FROM main.moves m WHERE m.deal_id = known_deals.id AND NOT m.mistake "
        f"AND m.moved_at < {limit} {{}} ORDER BY m.moved_at DESC, m.id DESC LIMIT 1"
    )
    closing = "('won', 'lost', 'disqualified')"
    stage = last_move.format(f"AND m.to_stage NOT IN {closing}")
    last = last_move.format("")
    # A deal may be a moment older than the move that created it.
    first = "SELECT m.to_stage FROM main.moves m WHERE m.deal_id = known_deals.id AND NOT m.mistake "
    first += "ORDER BY m.moved_at, m.id LIMIT 1"
    connection.execute(
        f"UPDATE temp.known_deals SET stage = coalesce((SELECT m.to_stage {stage}), ({first}), stage), "
        f"status = coalesce((SELECT CASE WHEN m.to_stage IN {closing} THEN m.to_stage ELSE 'open' END {last}), 'open'), "
        f"closed_at = (SELECT CASE WHEN m.to_stage IN {closing} THEN m.moved_at END {last}), "
        f"lost_reason = (SELECT CASE WHEN m.to_stage IN ('lost', 'disqualified') THEN m.reason END {last}) "
        f"WHERE id IN (SELECT m.deal_id FROM main.moves m WHERE m.moved_at >= {limit})"
    )


def _remember_contacts(connection: sqlite3.Connection, limit: str) -> None:
    connection.execute("CREATE UNIQUE INDEX temp.known_contacts_by_id ON known_contacts (id)")
    later = connection.execute(
        "SELECT r.first_row, r.before FROM main.operations o JOIN main.operation_rows r ON r.operation_id = o.id "
        f"WHERE o.at >= {limit} AND o.state = 'done' AND r.table_name = 'contacts' AND r.before IS NOT NULL "
        "ORDER BY r.id DESC"
    ).fetchall()
    for contact_id, before in later:
        for column, value in json.loads(before).items():
            connection.execute(f"UPDATE temp.known_contacts SET {column} = ? WHERE id = ?", (value, contact_id))
