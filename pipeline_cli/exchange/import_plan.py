"""What an import would do, as a value: the dry run shows it, the real run stores exactly it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.exchange.columns import ColumnSurvey
from pipeline_cli.exchange.deal_decisions import DealDecider
from pipeline_cli.exchange.deal_index import DealIndex, index_deals, rows_of_deals, titles_of
from pipeline_cli.exchange.deal_rows import DealRowReader
from pipeline_cli.exchange.histories import Step, StepReader, count_gaps, history_of
from pipeline_cli.exchange.incoming import IncomingContact, IncomingDeal, IncomingMove, IncomingTouchpoint
from pipeline_cli.exchange.mapping import ColumnUse
from pipeline_cli.exchange.move_log import MoveLog, read_moves
from pipeline_cli.exchange.opening import Sheets, open_sheets
from pipeline_cli.exchange.options import ImportFiles, ImportOptions, Wanted, understand
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.people import read_contacts
from pipeline_cli.exchange.problems import Caution, Ledger, Problem, RejectedRow, UnreadableFile
from pipeline_cli.exchange.rules import RULES
from pipeline_cli.exchange.touch_log import TouchLog, read_touchpoints

KEPT_DEALS_BYTES = 16 << 20
"""Deals of a smaller file are decided once and kept; of a larger one they are read and decided again when stored."""


class Count(NamedTuple):
    read: int
    """Rows below the header, without blank ones."""
    skipped: int
    """Of these, bad ones and those left out with their deal."""


class FileMapping(NamedTuple):
    kind: str
    file: str
    preset: str
    columns: Sequence[ColumnUse]


class Rejects(NamedTuple):
    """The rows of one file that --skip-bad leaves out, as they stood there."""

    file: str
    header: Sequence[str]
    rows: Sequence[RejectedRow]


class ImportPlan:
    """Problems, warnings and counts are known; the rows themselves stream, in the same order every time."""

    def __init__(self, maker: PlanMaker) -> None:
        self._maker = maker
        ledger = maker.ledger
        self.problems: Sequence[Problem] = [*ledger.problems, *maker.fatal]
        self.warnings: Sequence[Caution] = ledger.cautions
        self.is_fatal = bool(maker.fatal)
        """Some file cannot be understood at all: --skip-bad does not help."""
        self.may_be_stored = not self.is_fatal and (maker.wanted.skip_bad or not self.problems)
        self.source_name = maker.source_name
        self.counts: Mapping[str, Count] = maker.counts()
        self.mappings: Sequence[FileMapping] = maker.mappings()
        self.rejects: Sequence[Rejects] = maker.rejects()
        self.deal_fields: frozenset[str] = maker.deal_fields()
        """The fields that the file of deals has columns for: an update leaves the others alone."""
        self.has_moves = maker.sheets.moves is not None if maker.sheets else False
        """A file of moves was given: it is the history, also of deals that are there already."""

    def deals(self) -> Iterator[IncomingDeal]:
        return (deal for _, deal, _ in self._maker.decided())

    def moves(self) -> Iterator[IncomingMove]:
        """The whole history of each deal, deals in their order, the moves of each oldest first."""
        decider = self._maker.decider
        for _, deal, steps in self._maker.decided():
            yield from history_of(deal, steps, decider.first_stage(deal.pipeline))

    def touchpoints(self) -> Iterator[IncomingTouchpoint]:
        """Those inferred from a last activity, then those of the file in its order."""
        maker = self._maker
        if maker.sheets and maker.sheets.deals.has("last_activity"):
            for deal in self.deals():
                if deal.last_activity_at is not None:
                    yield IncomingTouchpoint(deal.line, deal.key, maker.inferred_kind, None, deal.last_activity_at,
                                             None, None, inferred=True)  # fmt: skip
        if maker.touches is not None:
            yield from maker.touches.touchpoints(list(maker.index.positions), maker.index.is_bad)

    def contacts(self) -> Iterator[IncomingContact]:
        sheet = self._maker.sheets.contacts if self._maker.sheets else None
        return read_contacts(sheet) if sheet else iter(())


def plan_import(files: ImportFiles, options: ImportOptions, playbook: Playbook, clock: Clock) -> ImportPlan:
    """Reads every file, decides every row, and changes nothing.

    What is wrong with the files is in `problems` of the plan. Raises UsageError for what is wrong with the flags.
    """
    maker = PlanMaker(understand(options, playbook), playbook, clock)
    try:
        maker.make(files)
    except UnreadableFile as error:
        maker.fatal = error.problems
    maker.ledger.is_open = False
    return ImportPlan(maker)


class PlanMaker:
    """The passes over the files: deals for who they are, moves, touchpoints, deals once more to decide, contacts."""

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
        self._steps = StepReader(self._words)
        self._clock = clock
        self._first_touches = self._last_touches = array("q")
        self._kept: list[tuple[int, IncomingDeal]] | None = None
        self._left_out = {"moves": 0, "touchpoints": 0}

    def make(self, files: ImportFiles) -> None:
        sheets = self.sheets = open_sheets(files, self.wanted, self.ledger)
        self.source_name = self.wanted.source_name or self.wanted.preset or sheets.deals.columns.preset
        survey = ColumnSurvey(sheets.deals)
        self.index = index_deals(sheets.deals, survey)
        forms = survey.decide(self.wanted.maps, date_order=self.wanted.date_order, decimal=self.wanted.decimal)
        self.decider = DealDecider(
            sheets.deals, DealRowReader(sheets.deals, forms, self._words, self._clock), self._words, self._clock
        )
        if sheets.moves:
            self.log = read_moves(sheets.moves, self.index, self._words, self._clock, self._find)
        if sheets.touchpoints:
            self.touches = read_touchpoints(sheets.touchpoints, self.index, self._kinds, self._clock, self._find)
            self._last_touches = self.touches.latest(len(self.index))
            if forms.has_blank_creation:
                self._first_touches = self.touches.earliest(len(self.index))
        self._decide_all(keep=sheets.deals.table.path.stat().st_size <= KEPT_DEALS_BYTES)
        for _ in read_contacts(sheets.contacts) if sheets.contacts else ():
            pass
        self._note_layout(sheets)

    def decided(self) -> Iterator[tuple[int, IncomingDeal, Sequence[Step]]]:
        """Position, deal and recorded moves of every deal that is taken."""
        if self._kept is not None:
            for position, deal in self._kept:
                steps = self._steps.read(self.log.of(position), deal.pipeline)
                yield position, deal, steps if isinstance(steps, list) else ()
        elif self.sheets is not None and not self.fatal:
            yield from self._decide()

    def _decide(self) -> Iterator[tuple[int, IncomingDeal, Sequence[Step]]]:
        assert self.sheets is not None  # noqa: S101 - for the type checker
        sheet, index = self.sheets.deals, self.index
        for position, key, row in rows_of_deals(sheet, index):
            if index.is_bad[position]:
                continue
            said = self.decider.read(row)
            steps = self._steps.read(self.log.of(position), said.pipeline)
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
            self._left_out["moves"] = self.log.count_of(is_bad)
            self._left_out["touchpoints"] = self.touches.count_of(is_bad) if self.touches else 0
        left_out = sum(self._left_out.values())
        if left_out:
            self.ledger.warn_of_many("skipped_with_deal", RULES["skipped_with_deal"], left_out)

    def counts(self) -> dict[str, Count]:
        counts = {}
        for sheet in self.sheets.all() if self.sheets else ():
            kind = sheet.columns.kind
            bad = len(self.ledger.rejected.get(sheet.table.file, ())) + self._left_out.get(kind, 0)
            counts[kind] = Count(sheet.read, bad)
        return counts

    def mappings(self) -> list[FileMapping]:
        return [
            FileMapping(sheet.columns.kind, sheet.table.file, sheet.columns.preset, sheet.describe())
            for sheet in (self.sheets.all() if self.sheets else ())
        ]

    def rejects(self) -> list[Rejects]:
        return [
            Rejects(sheet.table.file, sheet.table.header, sorted(self.ledger.rejected[sheet.table.file].values()))
            for sheet in (self.sheets.all() if self.sheets else ())
            if sheet.table.file in self.ledger.rejected
        ]

    def deal_fields(self) -> frozenset[str]:
        return frozenset(self.sheets.deals.columns.fields) if self.sheets else frozenset()
