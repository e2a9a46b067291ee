"""Two records of one deal joined, and one deal made two: rows moved or copied, all through the journal."""

from __future__ import annotations

import os
from typing import Any

from pipeline_cli.domain.deal.edits import AddNote, SetFields
from pipeline_cli.domain.deal.merge import MergePlan, RecordedMove, SplitPlan
from pipeline_cli.domain.words.clock import from_text, to_text
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.apply import apply_edit
from pipeline_cli.storage.record.last_chances import end_by_split, end_of_joint_record

_FOLLOWING = (
    "touchpoints",
    "notes",
    "next_steps",
    "qualification_answers",
    "last_chances",
    "follow_ups",
    "import_keys",
    "captured",
)
"""Tables whose rows only change their deal."""


def read_moves_of(reader: Reader, *deal_ids: int) -> list[RecordedMove]:
    """The stage history of some deals, oldest first."""
    marks = ", ".join("?" * len(deal_ids))
    rows = reader.connection.execute(
        f"SELECT id, deal_id, from_stage, to_stage, moved_at FROM moves WHERE deal_id IN ({marks}) AND NOT mistake "
        "ORDER BY moved_at, id",
        deal_ids,
    )
    return [RecordedMove(number, deal, old, new, from_text(at)) for number, deal, old, new, at in rows]


def store_merge(change: Change, plan: MergePlan, summary: str) -> None:
    """Does what was planned as one operation, which `undo` takes back to the last byte."""
    journal, clock = change.begin_operation(summary), change.clock
    away, into = plan.away.id, plan.into.id
    journal.touch_deals(away, away)
    journal.touch_deals(into, into)
    _close_other_steps(journal, plan, to_text(clock.now))
    _close_other_follow_ups(journal, plan, to_text(clock.now))
    _revoke_other_confirmations(journal, plan, to_text(clock.now))
    for table in (*_FOLLOWING, "confirmations"):
        for row_id in _rows_of(journal, table, away):
            journal.update(table, row_id, {"deal_id": into})
    _join_people(journal, away, into)
    _join_moves(journal, plan)
    for row_id in _rows_of(journal, "field_changes", away):
        journal.delete("field_changes", row_id)  # what the other record held is not what this one held
    if plan.changes:
        apply_edit(journal, clock, SetFields(into, plan.changes))
    _follow_origin(journal, away, into)
    journal.delete("deals", away)
    journal.update(
        "deals",
        into,
        {"created_at": to_text(plan.created_at), "created_inferred": int(plan.created_inferred), "stage": plan.stage},
    )
    end_of_joint_record(journal, clock, into, is_open=plan.into.status == "open")
    apply_edit(journal, clock, AddNote(into, plan.note))


def _rows_of(journal: Journal, table: str, deal_id: int) -> list[int]:
    rows = journal.connection.execute(f"SELECT id FROM {table} WHERE deal_id = ? ORDER BY id", (deal_id,))
    return [row[0] for row in rows]


def _close_other_steps(journal: Journal, plan: MergePlan, now: str) -> None:
    """What both have planned is done once; what was planned while the other was open ends with a deal that is closed."""
    query = "SELECT id, text, due, due_time FROM next_steps WHERE deal_id = ? AND closed_at IS NULL ORDER BY id"
    own = {tuple(what) for _, *what in journal.connection.execute(query, (plan.into.id,))}
    ends = plan.away.status == "open" != plan.into.status
    for number, *what in journal.connection.execute(query, (plan.away.id,)).fetchall():
        if ends or tuple(what) in own:
            journal.update("next_steps", number, {"closed_at": now})


def _close_other_follow_ups(journal: Journal, plan: MergePlan, now: str) -> None:
    """One renewal and one check-in are left: those of the deal that stays, and none of one that is not won."""
    query = "SELECT id, kind FROM follow_ups WHERE deal_id = ? AND closed_at IS NULL ORDER BY id"
    own = {kind for _, kind in journal.connection.execute(query, (plan.into.id,))}
    for row_id, kind in journal.connection.execute(query, (plan.away.id,)).fetchall():
        if kind in own or plan.into.status != "won":
            journal.update("follow_ups", row_id, {"closed_at": now})


def _follow_origin(journal: Journal, away: int, into: int) -> None:
    """What grew out of the record that goes grew out of the deal that stays."""
    rows = journal.connection.execute("SELECT id FROM deals WHERE from_deal_id = ? ORDER BY id", (away,)).fetchall()
    for (row_id,) in rows:
        journal.update("deals", row_id, {"from_deal_id": into})
    for column in ("old_value", "new_value"):
        rows = journal.connection.execute(
            f"SELECT id FROM field_changes WHERE field = 'from_deal_id' AND {column} = ? ORDER BY id", (away,)
        ).fetchall()
        for (row_id,) in rows:
            journal.update("field_changes", row_id, {column: into})
    rows = journal.connection.execute(
        "SELECT id FROM field_changes WHERE field = 'from_deal_id' AND old_value IS new_value ORDER BY id"
    ).fetchall()
    for (row_id,) in rows:
        journal.delete("field_changes", row_id)


def _revoke_other_confirmations(journal: Journal, plan: MergePlan, now: str) -> None:
    """Of two people who vouch for one criterion, the one of the deal that stays is heard."""
    rows = journal.connection.execute(
        "SELECT a.id FROM confirmations a JOIN confirmations i ON i.deal_id = ? AND i.stage = a.stage "
        "AND i.criterion = a.criterion AND i.revoked_at IS NULL WHERE a.deal_id = ? AND a.revoked_at IS NULL",
        (plan.into.id, plan.away.id),
    ).fetchall()
    for (row_id,) in rows:
        journal.update("confirmations", row_id, {"revoked_at": now})


def _join_people(journal: Journal, away: int, into: int) -> None:
    """After those of the deal that stays, whose first person remains the first."""
    query = "SELECT contact_id, linked_at, id FROM deal_contacts WHERE deal_id = ? ORDER BY id"
    known = {row[0] for row in journal.connection.execute(query, (into,))}
    for contact_id, linked_at, row_id in journal.connection.execute(query, (away,)).fetchall():
        journal.delete("deal_contacts", row_id)
        if contact_id not in known:
            journal.insert("deal_contacts", {"deal_id": into, "contact_id": contact_id, "linked_at": linked_at})


def _join_moves(journal: Journal, plan: MergePlan) -> None:
    mistakes = "SELECT id FROM moves WHERE deal_id = ? AND mistake ORDER BY id"
    for (row_id,) in journal.connection.execute(mistakes, (plan.away.id,)).fetchall():
        journal.update("moves", row_id, {"deal_id": plan.into.id})
    for move in plan.dropped:
        journal.delete("moves", move.id)
    for move in plan.moves:
        journal.update(
            "moves",
            move.id,
            {"deal_id": move.deal_id, "from_stage": move.from_stage, "to_stage": move.to_stage},
        )


_COPIED = ("moves", "touchpoints", "notes", "deal_contacts", "confirmations", "qualification_answers", "field_changes")
"""What is planned (next step, check-in, renewal, last chance) and where it was imported from stay with the first."""
_OF_THE_FIRST_ALONE = ("external_id", "value_cents", "cost_cents", "from_deal_id")
"""Columns that the new deal never had: the cost of a lead would else count twice."""


def store_split(change: Change, plan: SplitPlan, summary: str) -> int:
    """Does what was planned as one operation, and returns the number of the new deal."""
    journal, now = change.begin_operation(summary), to_text(change.clock.now)
    first = plan.first.id
    row = _rows(journal, "SELECT * FROM deals WHERE id = ?", first)[0]
    new = journal.insert("deals", {**row, **dict.fromkeys(_OF_THE_FIRST_ALONE), "public_id": os.urandom(8).hex()})
    for table in _COPIED:
        _copy(journal, table, first, new)
    _set(journal, new, "title", plan.title, now)
    _set(journal, new, "value_cents", plan.value_cents, now)
    _set(journal, first, "value_cents", plan.left_cents, now)
    end_by_split(journal, change.clock, first, new)
    journal.touch_deals(first, first)
    journal.touch_deals(new, new)
    return new


def _rows(journal: Journal, query: str, deal_id: int) -> list[dict[str, Any]]:
    """Without their ids, which are never given twice."""
    cursor = journal.connection.execute(query, (deal_id,))
    names = [column[0] for column in cursor.description]
    return [{name: value for name, value in zip(names, row, strict=True) if name != "id"} for row in cursor.fetchall()]


def _copy(journal: Journal, table: str, first: int, new: int) -> None:
    rows = _rows(journal, f"SELECT * FROM {table} WHERE deal_id = ? ORDER BY id", first)
    if table == "field_changes":
        rows = [row for row in rows if row["field"] not in _OF_THE_FIRST_ALONE]
    if rows:
        journal.insert_many(table, list(rows[0]), [tuple((row | {"deal_id": new}).values()) for row in rows])


def _set(journal: Journal, deal_id: int, column: str, value: Any, now: str) -> None:
    before = journal.update("deals", deal_id, {column: value})
    if column in before:
        journal.insert(
            "field_changes",
            {"deal_id": deal_id, "field": column, "old_value": before[column], "new_value": value, "changed_at": now},
        )
