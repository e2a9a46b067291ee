"""The passes over the files of one import: who the deals are, moves, touchpoints, what each deal is, contacts."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.incoming import IncomingDeal
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.watch import Watch
from pipeline_cli.exchange.columns import ColumnSurvey
from pipeline_cli.exchange.deal_decisions import DealDecider
from pipeline_cli.exchange.deal_index import DealIndex, index_deals, rows_of_deals, titles_of
from pipeline_cli.exchange.deal_rows import DealRowReader
from pipeline_cli.exchange.histories import Step, StepReader, count_gaps
from pipeline_cli.exchange.move_log import MoveLog, read_moves
from pipeline_cli.exchange.opening import Sheets, open_sheets
from pipeline_cli.exchange.options import ImportFiles, Wanted
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.people import read_contacts
from pipeline_cli.exchange.problems import Ledger, Problem
from pipeline_cli.exchange.rules import RULES
from pipeline_cli.exchange.touch_log import TouchLog, read_touchpoints

KEPT_DEALS_BYTES = 32 << 20
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
        self.decider: DealDecider
        self.source_name = wanted.source_name or wanted.preset or "canonical"
        kinds = playbook.touchpoint_kinds
        self.inferred_kind = "other" if "other" in kinds else kinds[-1]
        self._kinds = kinds
        self._words = Vocabulary(playbook)
        self._steps = StepReader(self._words, self.log)
        self._clock = clock
        self._first_touches = self._last_touches = array("q")
        self._kept: list[tuple[int, IncomingDeal]] | None = None
        self.left_out = {"moves": 0, "touchpoints": 0}

    def make(self, files: ImportFiles, watch: Watch) -> None:
        sheets = self.sheets = open_sheets(files, self.wanted, self.ledger)
        for sheet in sheets.all():
            sheet.table.watch = watch
        self.source_name = self.wanted.source_name or self.wanted.preset or sheets.deals.columns.preset
        survey = ColumnSurvey(sheets.deals)
        self.index = index_deals(sheets.deals, survey)
        forms = survey.decide(self.wanted.maps, date_order=self.wanted.date_order, decimal=self.wanted.decimal)
        self.decider = DealDecider(
            sheets.deals, DealRowReader(sheets.deals, forms, self._words, self._clock), self._words, self._clock
        )
        if sheets.moves:
            self.log = read_moves(sheets.moves, self.index, self._words, self._clock, self._find)
            self._steps = StepReader(self._words, self.log)
        if sheets.touchpoints:
            self.touches = read_touchpoints(sheets.touchpoints, self.index, self._kinds, self._clock, self._find)
            self._last_touches = self.touches.latest(len(self.index))
            if forms.has_blank_creation:
                self._first_touches = self.touches.earliest(len(self.index))
        self._decide_all(keep=sheets.deals.table.path.stat().st_size <= KEPT_DEALS_BYTES)
        for _ in read_contacts(sheets.contacts) if sheets.contacts else ():
            pass
        self._note_layout(sheets)

    def deals(self) -> Iterator[IncomingDeal]:
        """Every deal that is taken, in the order of the file."""
        if self._kept is not None:
            return (deal for _, deal in self._kept)
        return (deal for _, deal, _ in self._decide())

    def decided(self) -> Iterator[tuple[IncomingDeal, Sequence[Step]]]:
        """Every deal that is taken, with its recorded moves."""
        if self._kept is None:
            yield from ((deal, steps) for _, deal, steps in self._decide())
            return
        for position, deal in self._kept:
            steps = self._steps.read(position, deal.pipeline)
            yield deal, steps if isinstance(steps, list) else ()

    def _decide(self) -> Iterator[tuple[int, IncomingDeal, Sequence[Step]]]:
        if self.sheets is None or self.fatal:
            return
        sheet, index = self.sheets.deals, self.index
        for position, key, row in rows_of_deals(sheet, index):
            if index.is_bad[position]:
                continue
            said = self.decider.read(row)
            steps = self._steps.read(position, said.pipeline)
            if isinstance(steps, str):
                sheet.refuse(row, "stage", f"its moves are in a stage that {said.pipeline} does not have, {steps!r}.")
                steps = []
            deal = self.decider.decide(key, said, steps, self._touches_of(position))
            if self.ledger.is_open and self.ledger.has_refused(sheet.table.file, row.line):
                index.is_bad[position] = 1
                continue
            yield position, deal, steps

    def _decide_all(self, *, keep: bool) -> None:
        kept = []
        for position, deal, steps in self._decide():
            count_gaps(steps, self._note_gap)
            if keep:
                kept.append((position, deal))
        self._kept = kept if keep else None

    def _touches_of(self, position: int) -> tuple[int, int]:
        first = self._first_touches[position] if self._first_touches else -1
        return first, self._last_touches[position] if self._last_touches else -1

    def _note_gap(self, line: int) -> None:
        self.ledger.warn("broken_chain", RULES["broken_chain"], line)

    def _find(self, name: str) -> int | None:
        assert self.sheets is not None  # noqa: S101 - for the type checker
        sheet = self.sheets.deals
        return self.index.find(name, lambda: titles_of(sheet, self.index))

    def _note_layout(self, sheets: Sheets) -> None:
        """Blank rows and rows in quotes; moves and touchpoints that go with a deal that is left out."""
        for sheet in sheets.all():
            if sheet.table.blank_rows:
                self.ledger.warn_of_many("blank_rows", RULES["blank_rows"], sheet.table.blank_rows)
            for line in sheet.table.unwrapped_lines:
                self.ledger.warn("row_in_quotes", RULES["row_in_quotes"], line)
        is_bad = self.index.is_bad
        if any(is_bad):
            self.left_out["moves"] = self.log.count_of(is_bad)
            self.left_out["touchpoints"] = self.touches.count_of(is_bad) if self.touches else 0
        left_out = sum(self.left_out.values())
        if left_out:
            self.ledger.warn_of_many("skipped_with_deal", RULES["skipped_with_deal"], left_out)
