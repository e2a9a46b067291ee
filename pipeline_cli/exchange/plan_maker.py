"""The passes over the files of one import: who the deals are, moves, touchpoints, what each deal is, contacts."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.incoming import IncomingDeal
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.watch import Watch
from pipeline_cli.exchange.change_log import ChangeLog, ChangeReader, read_changes
from pipeline_cli.exchange.columns import ColumnSurvey
from pipeline_cli.exchange.date_forms import to_milliseconds
from pipeline_cli.exchange.deal_decisions import DealDecider
from pipeline_cli.exchange.deal_index import DealIndex, index_deals, rows_of_deals, titles_of
from pipeline_cli.exchange.deal_rows import DealRowReader
from pipeline_cli.exchange.histories import Step, StepReader, count_gaps, without_mistakes
from pipeline_cli.exchange.move_log import MoveLog, read_moves
from pipeline_cli.exchange.opening import Sheets, open_sheets
from pipeline_cli.exchange.options import ImportFiles, Wanted
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.people import read_contacts
from pipeline_cli.exchange.presets import DEALS
from pipeline_cli.exchange.problems import Ledger, Problem
from pipeline_cli.exchange.rules import RULES
from pipeline_cli.exchange.sheet import look_only
from pipeline_cli.exchange.touch_log import TouchLog, read_touchpoints

KEPT_DEALS_BYTES = 4 << 20
"""Deals of a smaller file are decided once and kept; of a larger one they are read and decided again when stored."""


class PlanMaker:
    def __init__(self, wanted: Wanted, playbook: Playbook, clock: Clock) -> None:
        self.wanted = wanted
        self.ledger = Ledger()
        self.fatal: Sequence[Problem] = ()
        self.sheets: Sheets | None = None
        self.index = DealIndex()
        self.log = MoveLog()
        self.touches: TouchLog | None = None
        self.changes: ChangeLog | None = None
        self.decider: DealDecider
        self._rows: DealRowReader
        self.source_name = wanted.source_name or wanted.preset or "canonical"
        kinds = playbook.touchpoint_kinds
        self.inferred_kind = "other" if "other" in kinds else kinds[-1]
        self._words = Vocabulary(playbook)
        self._steps = StepReader(self._words, self.log)
        self._clock = clock
        self._first_touches = self._last_touches = array("q")
        self._kept: list[tuple[int, IncomingDeal]] | None = None
        self.activities = array("q")
        """By position of the deal: its last activity in milliseconds where that becomes a touchpoint, else -1."""
        self.has_wins = False
        """Some deal of the file is won."""

    def make(self, files: ImportFiles, watch: Watch) -> None:
        sheets = self.sheets = open_sheets(files, self.wanted, self.ledger)
        for sheet in sheets.all():
            sheet.table.watch = watch
        self.source_name = self.wanted.source_name or self.wanted.preset or sheets.deals.columns.preset
        survey = ColumnSurvey(sheets.deals)
        self.index = index_deals(sheets.deals, survey)
        forms = survey.decide(self.wanted.maps, date_order=self.wanted.date_order, decimal=self.wanted.decimal)
        self._rows = DealRowReader(sheets.deals, forms, self._words, self._clock)
        self.decider = DealDecider(sheets.deals, self._words, self._clock, self.index.find_by_id)
        if sheets.moves:
            self.log = read_moves(sheets.moves, self.index, self._words, self._clock, self._find)
            self._steps = StepReader(self._words, self.log)
        if sheets.touchpoints:
            playbook = self._words.playbook
            self.touches = read_touchpoints(sheets.touchpoints, self.index, playbook, self._clock, self._find)
            self._last_touches = self.touches.latest(len(self.index))
            if forms.has_blank_creation:
                self._first_touches = self.touches.earliest(len(self.index))
        if sheets.changes:
            values = ChangeReader(sheets.changes, self._words, self._clock, self.wanted, self.index)
            self.changes = read_changes(sheets.changes, values, self.index, self._clock, self._find)
        self._decide_all(keep=sheets.deals.table.path.stat().st_size <= KEPT_DEALS_BYTES)
        for _ in read_contacts(sheets.contacts) if sheets.contacts else ():
            pass
        self._note_layout(sheets)

    def decided(self) -> Iterator[tuple[int, IncomingDeal, Sequence[Step]]]:
        """Every deal that is taken, in the order of the file: its position, the deal, its recorded moves."""
        if self._kept is None:
            yield from self._decide()
            return
        for position, deal in self._kept:
            steps = self._steps.read(position, deal.pipeline)
            yield position, deal, steps if isinstance(steps, list) else ()

    def stages_of(self, pipeline: str) -> Sequence[str]:
        return self._words.playbook.pipeline_of(pipeline).stage_ids

    def _decide(self) -> Iterator[tuple[int, IncomingDeal, Sequence[Step]]]:
        if self.sheets is None or self.fatal:
            return
        sheet, index = self.sheets.deals, self.index
        for position, key, row in rows_of_deals(sheet, index):
            if index.is_bad[position]:
                continue
            said = self._rows.read(row)
            steps = self._steps.read(position, said.pipeline)
            if isinstance(steps, str):
                sheet.refuse(row, "stage", f"its moves are in a stage that {said.pipeline} does not have, {steps!r}.")
                steps = []
            deal = self.decider.decide(key, said, without_mistakes(steps), self._touches_of(position))
            if self.ledger.is_open and self.ledger.has_refused(sheet.table.file, row.line):
                index.is_bad[position] = 1
                continue
            yield position, deal, steps

    def _decide_all(self, *, keep: bool) -> None:
        kept = []
        has_activities = self.sheets is not None and self.sheets.deals.has("last_activity")
        self.activities = array("q", [-1]) * (len(self.index) if has_activities else 0)
        for position, deal, steps in self._decide():
            count_gaps(without_mistakes(steps), self._note_gap)
            self.has_wins = self.has_wins or deal.status == "won"
            if deal.last_activity_at is not None:
                self.activities[position] = to_milliseconds(deal.last_activity_at)
            if keep:
                kept.append((position, deal))
        self._kept = kept if keep else None

    def _touches_of(self, position: int) -> tuple[int, int]:
        first = self._first_touches[position] if self._first_touches else -1
        return first, self._last_touches[position] if self._last_touches else -1

    def _note_gap(self, line: int) -> None:
        moves = self.sheets.moves if self.sheets else None
        self.ledger.warn("broken_chain", RULES["broken_chain"], line, moves.table.file if moves else "")

    def _find(self, name: str) -> int | None:
        assert self.sheets is not None  # noqa: S101 - for the type checker
        sheet = self.sheets.deals
        return self.index.find(name, lambda: titles_of(sheet, self.index))

    def _note_layout(self, sheets: Sheets) -> None:
        """Blank rows and rows in quotes; moves, touchpoints and changes that go with a deal that is left out."""
        for sheet in sheets.all():
            if sheet.table.blank_rows:
                self.ledger.warn_of_many("blank_rows", RULES["blank_rows"], sheet.table.blank_rows)
            lost = [name for name, _ in sheet.columns.extras if sheet.columns.kind != DEALS]
            if lost:
                kind = sheet.columns.kind
                message = f"columns of {sheet.table.path.name} that {kind} have no field for, and that are not kept: "
                self.ledger.warn_of_many(f"{kind}_columns_not_kept", message + ", ".join(lost) + ".", len(lost))
            for line in sheet.table.unwrapped_lines:
                self.ledger.warn("row_in_quotes", RULES["row_in_quotes"], line, sheet.table.file)
        if any(self.index.is_bad):
            self._leave_out(sheets)

    def _leave_out(self, sheets: Sheets) -> None:
        """The moves, touchpoints and changes of deals that are left out, each with the line of its deal."""
        logs = [(sheets.moves, self.log), (sheets.touchpoints, self.touches), (sheets.changes, self.changes)]
        for sheet, log in [(sheet, log) for sheet, log in logs if sheet and log]:
            lines = log.lines_of(self.index.is_bad)
            code = f"{sheet.columns.kind}_of_skipped_deals"
            for line, cells in sheet.table.rows(look_only) if lines else ():
                if line in lines:
                    at = self.index.lines[lines[line]]
                    problem = f"its deal, line {at} of {sheets.deals.table.path.name}, was left out."
                    self.ledger.leave_out(sheet.table.file, line, cells, problem)
                    self.ledger.warn(code, RULES[code], line)
