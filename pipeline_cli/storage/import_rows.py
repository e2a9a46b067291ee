"""The moves and touchpoints of an import: all of a new deal's, and of a known deal's those that are not there yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from pipeline_cli.domain.clock import Clock, to_text
from pipeline_cli.domain.edits import AnswerQuestion, CloseNextStep, ConfirmCriterion, MoveDeal
from pipeline_cli.domain.incoming import IncomingDeal, IncomingMove, IncomingTouchpoint
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.storage.apply import apply_edit
from pipeline_cli.storage.import_deals import Counts, DealIntake
from pipeline_cli.storage.journal import Journal

_MOVE_COLUMNS = ("deal_id", "from_stage", "to_stage", "moved_at", "reason", "forced", "inferred", "criteria_missing")
_TOUCH_COLUMNS = ("deal_id", "kind", "direction", "touched_at", "outcome", "note", "inferred")


def take_moves(
    journal: Journal, clock: Clock, intake: DealIntake, moves: Iterable[IncomingMove], *, recorded: bool
) -> Counts:
    """`recorded`: the moves come from a file of their own, so that they are the history of known deals too."""
    counts = Counts()
    later: list[tuple[int, list[IncomingMove]]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for key, group in groupby(moves, key=itemgetter(1)):
            deal_id = intake.ids[key]
            if deal_id in intake.new:
                for _, _, from_stage, to_stage, moved_at, reason, forced, inferred, missing in group:
                    yield (deal_id, from_stage, to_stage, moved_at, reason, int(forced), int(inferred),
                           " ".join(missing) or None)  # fmt: skip
            elif recorded or deal_id in intake.changed:
                later.append((deal_id, list(group)))
            else:
                counts.unchanged += sum(1 for _ in group)

    counts.created = journal.insert_many("moves", _MOVE_COLUMNS, rows())
    for deal_id, group in later:
        added = _continue_history(journal, clock, deal_id, group, recorded=recorded)
        counts.created += added
        counts.unchanged += len(group) - added
    return counts


def _continue_history(
    journal: Journal, clock: Clock, deal_id: int, moves: list[IncomingMove], *, recorded: bool
) -> int:
    """Adds the moves that follow what is known of the deal; its history is never rewritten. Returns how many."""
    rows = journal.connection.execute(
        "SELECT to_stage, moved_at FROM moves WHERE deal_id = ? ORDER BY moved_at, id", (deal_id,)
    ).fetchall()
    here, last = rows[-1] if rows else (None, "")
    known, merged_at = Counter(rows), _merged_at(journal, deal_id)
    new = []
    for move in moves:
        said = (move.to_stage, move.moved_at)
        if known[said] > 0:
            known[said] -= 1
        elif said[1] <= merged_at:
            continue  # part of the joint history, perhaps as a move between other stages than the file has
        elif not recorded or said[1] >= last:
            new.append(move)
    if not recorded:
        new = [move for move in new[-2:] if move.from_stage is not None and move.to_stage != here]
    added = 0
    for move in new:
        if move.to_stage == here and not recorded:
            continue
        at = max(move.moved_at, last)
        edit = MoveDeal(deal_id, here or move.to_stage, move.to_stage, _instant(at), move.reason, move.forced)
        apply_edit(journal, clock, edit)
        if move.to_stage in OUTCOMES:
            apply_edit(journal, clock, CloseNextStep(deal_id, done=False))
        here, last = move.to_stage, at
        added += 1
    return added


def _merged_at(journal: Journal, deal_id: int) -> str:
    """When another record was joined to the deal last; empty: never."""
    row = journal.connection.execute(
        "SELECT max(o.at) FROM operations o JOIN operation_deals d ON d.operation_id = o.id "
        "WHERE o.command = 'merge' AND o.state = 'done' AND ? BETWEEN d.first_deal AND d.last_deal",
        (deal_id,),
    ).fetchone()
    return row[0] or ""


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def take_touchpoints(journal: Journal, intake: DealIntake, touches: Iterable[IncomingTouchpoint]) -> Counts:
    counts = Counts()
    known: dict[int, Counter[tuple[Any, ...]]] = {}
    ids, new = intake.ids, intake.new

    def rows() -> Iterator[tuple[Any, ...]]:
        for _, key, kind, direction, touched_at, outcome, note, inferred in touches:
            deal_id = ids[key]
            row = (deal_id, kind, direction, touched_at, outcome, note, int(inferred))
            if deal_id not in new:
                there = known.get(deal_id)
                if there is None:
                    there = known[deal_id] = _touchpoints_of(journal, deal_id)
                if there[row] > 0:
                    there[row] -= 1
                    counts.unchanged += 1
                    continue
            yield row

    counts.created = journal.insert_many("touchpoints", _TOUCH_COLUMNS, rows())
    return counts


def _touchpoints_of(journal: Journal, deal_id: int) -> Counter[tuple[Any, ...]]:
    rows = journal.connection.execute(
        f"SELECT {', '.join(_TOUCH_COLUMNS)} FROM touchpoints WHERE deal_id = ?", (deal_id,)
    )
    return Counter(tuple(row) for row in rows)


def take_next_steps(journal: Journal, clock: Clock, intake: DealIntake, deals: Iterable[IncomingDeal]) -> None:
    """Those of the new deals; of the others `DealIntake` has changed what changed."""
    now = to_text(clock.now)
    rows = (
        (intake.ids[deal.key], deal.next_step, deal.next_step_due.isoformat(), now)
        for deal in deals
        if intake.ids[deal.key] in intake.new and deal.next_step is not None and deal.next_step_due is not None
    )
    journal.insert_many("next_steps", ("deal_id", "text", "due", "set_at"), rows)


def take_judgements(journal: Journal, clock: Clock, intake: DealIntake, deals: Iterable[IncomingDeal]) -> None:
    """Qualification answers and confirmed criteria: all of a new deal's, of a changed one's those it does not have."""
    for deal in deals:
        deal_id = intake.ids[deal.key]
        if deal_id not in intake.new and deal_id not in intake.changed:
            continue
        known = journal.connection.execute(
            "SELECT item, answer FROM qualification_answers WHERE deal_id = ? ORDER BY answered_at, id", (deal_id,)
        )
        answers = dict(known.fetchall())
        for item, answer in deal.answers.items():
            if answers.get(item) != answer:
                apply_edit(journal, clock, AnswerQuestion(deal_id, item, answer, None))
        confirmed = journal.connection.execute(
            "SELECT stage || '.' || criterion FROM confirmations WHERE deal_id = ? AND revoked_at IS NULL", (deal_id,)
        )
        there = {row[0] for row in confirmed}
        for name in deal.confirmed:
            if name not in there:
                stage, _, criterion = name.partition(".")
                apply_edit(journal, clock, ConfirmCriterion(deal_id, stage, criterion, None))
