"""What `check --fix` does about a fault: only what loses nothing, through the journal, so that `undo` takes it back.

Indexes, views, triggers and the counters of ids hold nothing of the user's: they are made again outside the journal,
and so is a status that no deal may have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from pipeline_cli.domain.playbook import OUTCOMES, STATUSES
from pipeline_cli.domain.rules.checkup import FOREIGN, Fault
from pipeline_cli.domain.words.clock import to_text
from pipeline_cli.domain.words.text import counted
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.safekeeping.integrity import (
    check_database,
    drop_foreign,
    repair_index,
    repair_schema,
    repair_sequence,
)

_MOVES = (
    "SELECT id, from_stage, to_stage, moved_at, reason FROM moves "
    "WHERE deal_id = ? AND NOT mistake ORDER BY moved_at, id"
)


def repair_database(change: Change) -> list[Fault]:
    """Mends what can be, as one operation, and returns it; an operation stands only when something was mended."""
    repairable = [fault for fault in check_database(change) if fault.is_mendable]
    if not repairable:
        return []
    # What is not ours goes first: it would act at everything that follows.
    for fault in sorted(repairable, key=lambda fault: fault.code != FOREIGN):
        if fault.code in _OUTSIDE_THE_JOURNAL:
            _OUTSIDE_THE_JOURNAL[fault.code](change.connection, fault)
    change.begin_operation(f"mended {counted(len(repairable), 'fault')}")
    for fault in repairable:
        if fault.code in _MENDS:
            _MENDS[fault.code](change, fault)
        if fault.deal is not None:
            change.journal.touch_deals(fault.deal, fault.deal)
    return repairable


def _deal(change: Change, fault: Fault) -> dict[str, Any]:
    cursor = change.connection.execute("SELECT * FROM deals WHERE id = ?", (fault.deal,))
    return dict(zip((column[0] for column in cursor.description), cursor.fetchone(), strict=True))


def _begin_history(change: Change, fault: Fault) -> None:
    """The history that an import gives a deal without moves: its creation, and its outcome, both inferred."""
    deal = _deal(change, fault)
    at = deal["created_at"]
    _add_move(change, fault, None, deal["stage"], at)
    if deal["status"] in OUTCOMES:
        _add_move(change, fault, deal["stage"], deal["status"], max(at, deal["closed_at"] or at))


def _add_move(change: Change, fault: Fault, from_stage: str | None, to_stage: str, at: str) -> None:
    row = {"deal_id": fault.deal, "from_stage": from_stage, "to_stage": to_stage, "moved_at": at, "inferred": 1}
    change.journal.insert("moves", row)


def _join_chain(change: Change, fault: Fault) -> None:
    """A move out of a stage nothing led to: an inferred one leads there, as in an import, if deals were ever there."""
    moves = change.connection.execute(_MOVES, (fault.deal,)).fetchall()
    for (_, _, here, before, _), (number, start, _, at, _) in pairwise(moves):
        if start == here:
            continue
        is_stage = (
            start is not None
            and start not in OUTCOMES
            and change.connection.execute("SELECT 1 FROM moves WHERE to_stage = ? LIMIT 1", (start,)).fetchone()
        )
        if is_stage and before < at:
            _add_move(change, fault, here, start, before)
        else:
            change.journal.update("moves", number, {"from_stage": here})


def _follow_history(change: Change, fault: Fault) -> None:
    """The deal gets the stage and outcome its history ends in; an outcome that only the deal knows becomes a move."""
    deal = _deal(change, fault)
    moves = change.connection.execute(_MOVES, (fault.deal,)).fetchall()
    if not moves:
        return
    stages = [to_stage for _, _, to_stage, _, _ in moves if to_stage not in OUTCOMES]
    _, _, here, at, reason = moves[-1]
    closed_at = deal["closed_at"]
    if deal["status"] in OUTCOMES and closed_at is not None and closed_at >= at and here == deal["stage"]:
        _add_move(change, fault, here, deal["status"], closed_at)
        return
    is_closed = here in OUTCOMES
    changes = {
        "status": here if is_closed else "open",
        "closed_at": at if is_closed else None,
        "lost_reason": reason if is_closed and here != "won" else None,
    }
    if not is_closed or deal["stage"] in OUTCOMES:
        changes["stage"] = stages[-1] if stages else deal["stage"]
    if deal["status"] not in STATUSES or (deal["status"] == "open") != (closed_at is None):
        # What no table may hold is nothing to bring back, and undo could not.
        marks = ", ".join(f"{name} = ?" for name in changes)
        change.connection.execute(f"UPDATE deals SET {marks} WHERE id = ?", (*changes.values(), deal["id"]))
    else:
        change.journal.update("deals", deal["id"], changes)


def _close_follow_up(change: Change, fault: Fault) -> None:
    change.journal.update("follow_ups", fault.row or 0, {"closed_at": to_text(change.clock.now), "done": 0})


_OUTSIDE_THE_JOURNAL: Mapping[str, Callable[..., None]] = {
    FOREIGN: drop_foreign,
    "index": repair_index,
    "schema": repair_schema,
    "id_counter": repair_sequence,
}
_MENDS: Mapping[str, Callable[[Change, Fault], None]] = {
    "no_history": _begin_history,
    "history_chain": _join_chain,
    "history_end": _follow_history,
    "status": _follow_history,
    "stage": _follow_history,
    "closing": _follow_history,
    "follow_up": _close_follow_up,
}
