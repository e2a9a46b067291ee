"""The moves of an import: the whole history of a new deal, and of a known deal what follows what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline_cli.domain.deal.deal import met_from_text
from pipeline_cli.domain.deal.edits import CloseNextStep, MoveAcross, MoveDeal
from pipeline_cli.domain.deal.incoming import IncomingDeal, IncomingMove
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.words.clock import Clock, from_text, to_text
from pipeline_cli.storage.importing.deals import CHANGED, NEW, Batch, Counts, DealIntake
from pipeline_cli.storage.journal import Journal, next_id
from pipeline_cli.storage.record.apply import apply_edit

_DAY = len("2026-11-21")
_MOVE_COLUMNS = (
    "deal_id",
    "from_stage",
    "to_stage",
    "moved_at",
    "reason",
    "forced",
    "inferred",
    "criteria_missing",
    "criteria_met",
    "pipeline",
    "mistake",
)


class MoveIntake:
    """The histories: all of a new deal's at once, of a known deal's what follows once everything new is there."""

    def __init__(self, journal: Journal, clock: Clock, *, recorded: bool, names_pipelines: bool) -> None:
        self._journal = journal
        self._clock = clock
        self._recorded = recorded
        """The moves come from a file of their own, so that they are the history of known deals too."""
        self._names_pipelines = names_pipelines
        """The file says in which pipeline each deal is, so that a known deal may have gone to another."""
        self._first = next_id(journal.connection, "moves")
        self.must_revisit = False
        """Some known deal may have moved on."""
        self.late: list[int] = []
        """Lines of moves that lie before the last known one of their deal: its history is not rewritten."""
        self.counts = Counts()

    def take(self, batch: Batch, intake: DealIntake) -> None:
        """Those of the new deals."""
        rows = []
        for position, _, moves in batch:
            state, deal_id = intake.states[position], intake.ids[position]
            if state == NEW:
                rows += [_row(deal_id, move) for move in moves]
            elif self._recorded or state == CHANGED:
                self.must_revisit = True
            else:
                self.counts.unchanged += len(moves)
        self._journal.add_rows("moves", _MOVE_COLUMNS, rows)

    def finish(self) -> None:
        """When the last batch was taken."""
        self.counts.created = self._journal.remember_run("moves", self._first)

    def revisit(
        self, deal_id: int, state: int, deal: IncomingDeal, moves: Sequence[IncomingMove], stages: Sequence[str]
    ) -> None:
        """The history of a known deal goes on, perhaps in another pipeline; `stages`: of the deal's in the file, in order."""
        if self._recorded or state == CHANGED:
            new, late = _unknown_moves(self._journal, deal_id, moves, recorded=self._recorded)
            added = self._continue(deal_id, deal, new, stages)
            self.late += [move.line for move in late]
            self.counts.created += added
            self.counts.unchanged += len(moves) - added

    def _continue(self, deal_id: int, deal: IncomingDeal, new: list[IncomingMove], stages: Sequence[str]) -> int:
        """Adds the moves that follow what is known of the deal; its history is never rewritten. Returns how many."""
        row = self._journal.connection.execute(
            "SELECT m.to_stage, m.moved_at, d.pipeline FROM moves m JOIN deals d ON d.id = m.deal_id WHERE m.deal_id = ? "
            "AND NOT m.mistake ORDER BY m.moved_at DESC, m.id DESC LIMIT 1",
            (deal_id,),
        ).fetchone()
        here, last, pipeline = row or (None, "", deal.pipeline)
        crosses = pipeline != deal.pipeline and self._names_pipelines
        if not self._recorded and here in OUTCOMES and deal.status != "open":
            crosses = False
        if pipeline != deal.pipeline and not crosses:
            new = [move for move in new if move.to_stage in OUTCOMES]  # its stages are those of another pipeline
        elif crosses and not self._recorded and deal.status == "open":
            new = [_arrival(deal, self._clock)]
        if not self._recorded:
            new = [move for move in new[-2:] if move.from_stage is not None and (move.to_stage != here or crosses)]
        if deal.stage_inferred and here is not None and here not in OUTCOMES:
            new = [move for move in new if move.to_stage in OUTCOMES]
        places = {stage: place for place, stage in enumerate(stages)}
        added = 0
        for move in new:
            there = (move.pipeline or deal.pipeline) if crosses else pipeline
            if move.to_stage == here and not self._recorded and there == pipeline:
                continue
            if move.mistake:
                self._journal.insert("moves", dict(zip(_MOVE_COLUMNS, _row(deal_id, move), strict=True)))
                added += 1
                continue
            at = max(move.moved_at, last)
            edit = _edit_of(move, deal_id, here or move.to_stage, at, pipeline, there)
            if isinstance(edit, MoveDeal):
                edit = edit._replace(forwards=places.get(move.to_stage, -1) > places.get(here or "", -1))
            apply_edit(self._journal, self._clock, edit)
            if move.to_stage in OUTCOMES:
                apply_edit(self._journal, self._clock, CloseNextStep(deal_id, done=False))
            else:
                pipeline = there
            here, last = move.to_stage, at
            added += 1
        return added


def _arrival(deal: IncomingDeal, clock: Clock) -> IncomingMove:
    """Into the stage the file has it in: that it is in another pipeline is learned now."""
    return IncomingMove(
        deal.line,
        deal.key,
        deal.stage,
        deal.stage,
        to_text(clock.now),
        None,
        forced=False,
        inferred=False,
        criteria_missing=(),
    )


def _edit_of(move: IncomingMove, deal_id: int, here: str, at: str, pipeline: str, there: str) -> MoveDeal | MoveAcross:
    """An outcome belongs to the pipeline the deal is in."""
    if there != pipeline and move.to_stage not in OUTCOMES:
        return MoveAcross(deal_id, pipeline, here, there, move.to_stage, from_text(at))
    is_made_up = move.inferred or move.moved_at[:_DAY] < at[:_DAY]  # history does not turn back: the day is another
    return MoveDeal(
        deal_id,
        here,
        move.to_stage,
        from_text(at),
        move.reason,
        move.forced,
        inferred=is_made_up,
        criteria_met=met_from_text(move.criteria_met),
    )


def _row(deal_id: int, move: IncomingMove) -> tuple[Any, ...]:
    """In the order of `_MOVE_COLUMNS`."""
    _, _, from_stage, to_stage, moved_at, reason, forced, inferred, missing, met, left, mistake = move
    return (
        deal_id,
        from_stage,
        to_stage,
        moved_at,
        reason,
        int(forced),
        int(inferred),
        " ".join(missing) or None,
        met,
        left,
        int(mistake),
    )


def _unknown_moves(
    journal: Journal, deal_id: int, moves: Sequence[IncomingMove], *, recorded: bool
) -> tuple[list[IncomingMove], list[IncomingMove]]:
    """Those that follow what is known of the deal, and those that are not there and come too late."""
    rows = journal.connection.execute(
        "SELECT to_stage, moved_at, mistake FROM moves WHERE deal_id = ?", (deal_id,)
    ).fetchall()
    last = max((at for _, at, mistake in rows if not mistake), default="")
    known, merged_at = Counter((stage, at) for stage, at, _ in rows), _merged_at(journal, deal_id)
    new: list[IncomingMove] = []
    late: list[IncomingMove] = []
    for move in moves:
        said = (move.to_stage, move.moved_at)
        if known[said] > 0:
            known[said] -= 1
        elif move.mistake and recorded:
            new.append(move)
        elif said[1] > merged_at and not move.mistake:
            # Else part of the joint history, perhaps as a move between other stages than here.
            (new if not recorded or said[1] >= last else late).append(move)
    return new, [move for move in late if not move.inferred]


def _merged_at(journal: Journal, deal_id: int) -> str:
    """When another record was joined to the deal last; empty: never."""
    row = journal.connection.execute(
        "SELECT max(o.at) FROM operations o JOIN operation_deals d ON d.operation_id = o.id "
        "WHERE o.command = 'merge' AND o.state = 'done' AND ? BETWEEN d.first_deal AND d.last_deal",
        (deal_id,),
    ).fetchone()
    return row[0] or ""
