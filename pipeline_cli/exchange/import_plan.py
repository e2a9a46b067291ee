"""What an import would do, as a value: its files opened, recognised and mapped, the passes over them, the rows left out."""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline_cli.domain.deal.incoming import (
    IncomingChange,
    IncomingContact,
    IncomingDeal,
    IncomingMove,
    IncomingTouchpoint,
    Watch,
    unwatched,
)
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.presets import (
    CHANGES,
    CONTACTS,
    DEALS,
    MOVES,
    PRESETS,
    TOUCHPOINTS,
    header_key,
    recognise,
)
from pipeline_cli.domain.words.text import guard_formula, unguard_formula
from pipeline_cli.exchange.change_log import ChangeLog, ChangeReader, read_changes
from pipeline_cli.exchange.deal_decisions import DealDecider
from pipeline_cli.exchange.deal_index import ColumnSurvey, DealIndex, index_deals, rows_of_deals, titles_of
from pipeline_cli.exchange.deal_rows import DealRowReader, read_contacts
from pipeline_cli.exchange.forms import to_milliseconds, write_stored
from pipeline_cli.exchange.mapping import (
    KINDS,
    PROBLEM_COLUMN,
    ColumnMap,
    ColumnUse,
    ImportFiles,
    ImportOptions,
    ValueMap,
    Wanted,
    kept_for,
    map_columns,
    refuse_idle_value_maps,
    refuse_unused_maps,
    understand,
)
from pipeline_cli.exchange.moves import MoveLog, Step, StepReader, count_gaps, history_of, read_moves, without_mistakes
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.problems import Caution, Ledger, Problem, RejectedRow, UnknownWord, UnreadableFile
from pipeline_cli.exchange.reading import NOT_UTF_8, Table, read_table
from pipeline_cli.exchange.sheet import RULES, Sheet, look_only
from pipeline_cli.exchange.touch_log import TouchLog, read_touchpoints

_NEEDED = {
    MOVES: ("deal", "to_stage", "moved_at"),
    TOUCHPOINTS: ("deal", "kind", "touched_at"),
    CHANGES: ("deal", "field", "before", "after", "changed_at"),
}
_OWN_CONTACTS = frozenset({"name", "email", "phone", "organization", "role", "source", "optedout"})


Sheets = Mapping[str, Sheet]
"""Kind of file -> its sheet, in the order of KINDS; that of the deals is always there."""


def open_sheets(files: ImportFiles, wanted: Wanted, ledger: Ledger, opened: Table | None = None) -> Sheets:
    """`opened`: the table of deals, where it was looked into before.

    Raises UsageError (a flag, a missing file) and UnreadableFile (all problems of headers at once).
    """
    tables: dict[str, Table] = {} if opened is None else {DEALS: opened}
    problems: list[Problem] = []
    for kind, path in zip(KINDS, files, strict=True):
        if path is not None and kind not in tables:
            try:
                tables[kind] = read_table(Path(path), wanted.options.encoding)
            except UnreadableFile as error:
                problems.extend(error.problems)
    if problems:
        raise UnreadableFile(problems)
    refuse_unused_maps(wanted.maps, [table.header for table in tables.values()])
    columns = {kind: _map(kind, table, wanted) for kind, table in tables.items()}
    problems = [problem for kind, table in tables.items() for problem in _missing(table, columns[kind])]
    if problems:
        raise UnreadableFile(problems)
    refuse_idle_value_maps(wanted.typed_values, columns, tables[DEALS].header)
    is_own = columns[DEALS].is_own_export
    values = {**wanted.values, **_stages_of_moves(wanted.values)}
    return {
        kind: Sheet(
            table,
            columns[kind],
            values,
            ledger,
            date_order=wanted.options.date_order,
            is_exact=is_own if kind != CONTACTS else _is_own_contacts(table),
        )
        for kind, table in tables.items()
    }


def _stages_of_moves(values: ValueMap) -> ValueMap:
    """What was said about stages holds on both ends of a move."""
    stages = values.get("stage", {})
    return {field: {**stages, **values.get(field, {})} for field in ("from_stage", "to_stage")} if stages else {}


def _map(kind: str, table: Table, wanted: Wanted) -> ColumnMap:
    preset = PRESETS[wanted.preset] if wanted.preset else recognise(table.header)
    columns = map_columns(kind, table.header, preset, wanted.maps)
    stage = columns.fields.get("stage", columns.fields.get("to_stage"))
    if stage is not None:
        table.key_column = stage
    if columns.currency is None and not columns.is_own_export:
        return columns._replace(currency=table.currencies.get(columns.fields.get("value", -1)))
    return columns


def _missing(table: Table, columns: ColumnMap) -> list[Problem]:
    missing = [field for field in _NEEDED.get(columns.kind, ()) if field not in columns.fields]
    if columns.kind == DEALS and not columns.fields:
        return [Problem(table.file, 1, None, _nothing_known(table, "title=COLUMN"))]
    if columns.kind == CONTACTS and not {"name", "first_name", "last_name", "email", "phone"} & set(columns.fields):
        return [Problem(table.file, 1, None, _nothing_known(table, "email=COLUMN"))]
    there = ", ".join(table.header[:12])
    message = "no column says this: say which one does with --map {}=COLUMN, of {}."
    return [Problem(table.file, 1, field, message.format(field, there)) for field in missing]


def _nothing_known(table: Table, example: str) -> str:
    return f"none of the columns is known ({', '.join(table.header[:12])}): say what they are with --map {example}."


def _is_own_contacts(table: Table) -> bool:
    return set(map(header_key, table.header)) >= _OWN_CONTACTS


def find_kept(files: ImportFiles, options: ImportOptions, playbook: Playbook) -> tuple[str | None, Table | None]:
    """The mapping that pipeline.yaml keeps for files with these headers, and the table that was opened for it."""
    if options.preset is not None:
        return None, None
    encodings = [kept.get("encoding") for kept in playbook.imports.values() if kept.get("headers")]
    for encoding in dict.fromkeys(encodings):
        with suppress(UnreadableFile):  # said when the file is opened for good
            table = read_table(Path(files.deals), options.encoding or encoding)
            name = kept_for(table.header, playbook)
            if name is not None and (options.encoding or playbook.imports[name].get("encoding") == encoding):
                return name, table
    return None, None


KEPT_DEALS_BYTES = 4 << 20
"""Deals of a smaller file are decided once and kept; of a larger one they are read and decided again when stored."""


class PlanMaker:
    """Makes the plan of an import, pass by pass."""

    def __init__(
        self, wanted: Wanted, playbook: Playbook, clock: Clock, opened: Table | None = None, kept: str | None = None
    ) -> None:
        """`opened`: the table of deals, where it was looked into before; `kept`: the mapping that its headers ask for."""
        self.wanted = wanted
        self.kept = kept
        self._opened = opened
        self.ledger = Ledger()
        self.fatal: Sequence[Problem] = ()
        self.sheets: Sheets = {}
        self.index = DealIndex()
        self.log = MoveLog()
        self.touches: TouchLog | None = None
        self.changes: ChangeLog | None = None
        self.decider: DealDecider
        self._rows: DealRowReader
        self.source_name = wanted.options.source_name or wanted.preset or "canonical"
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
        self.open_deals = 0
        """How many deals of the file are open."""

    def make(self, files: ImportFiles, watch: Watch) -> None:
        """All the passes; `watch` is told how far they are."""
        sheets = self.sheets = open_sheets(files, self.wanted, self.ledger, self._opened)
        for sheet in sheets.values():
            sheet.table.watch = watch
        self.source_name = self.wanted.options.source_name or self.wanted.preset or sheets[DEALS].columns.preset
        survey = ColumnSurvey(sheets[DEALS])
        self.index = index_deals(sheets[DEALS], survey)
        forms = survey.decide(
            self.wanted.maps, date_order=self.wanted.options.date_order, decimal=self.wanted.options.decimal
        )
        self._rows = DealRowReader(sheets[DEALS], forms, self._words, self._clock)
        self.decider = DealDecider(sheets[DEALS], self._words, self._clock, self.index.find_by_id)
        if MOVES in sheets:
            self.log = read_moves(sheets[MOVES], self.index, self._words, self._clock, self._find)
            self._steps = StepReader(self._words, self.log)
        if TOUCHPOINTS in sheets:
            playbook = self._words.playbook
            self.touches = read_touchpoints(sheets[TOUCHPOINTS], self.index, playbook, self._clock, self._find)
            self._last_touches = self.touches.latest(len(self.index))
            if forms.has_blank_creation:
                self._first_touches = self.touches.earliest(len(self.index))
        if CHANGES in sheets:
            values = ChangeReader(sheets[CHANGES], self._words, self._clock, self.wanted, self.index)
            self.changes = read_changes(sheets[CHANGES], values, self.index, self._clock, self._find)
        self._decide_all(keep=sheets[DEALS].table.path.stat().st_size <= KEPT_DEALS_BYTES)
        for _ in read_contacts(sheets[CONTACTS]) if CONTACTS in sheets else ():
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
        """The stages of a pipeline, by id."""
        return self._words.playbook.pipeline_of(pipeline).stage_ids

    def _decide(self) -> Iterator[tuple[int, IncomingDeal, Sequence[Step]]]:
        if not self.sheets or self.fatal:
            return
        sheet, index = self.sheets[DEALS], self.index
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
        has_activities = DEALS in self.sheets and self.sheets[DEALS].has("last_activity")
        self.activities = array("q", [-1]) * (len(self.index) if has_activities else 0)
        for position, deal, steps in self._decide():
            count_gaps(without_mistakes(steps), self._note_gap)
            self.has_wins = self.has_wins or deal.status == "won"
            self.open_deals += deal.status == "open"
            if deal.last_activity_at is not None:
                self.activities[position] = to_milliseconds(deal.last_activity_at)
            if keep:
                kept.append((position, deal))
        self._kept = kept if keep else None

    def _touches_of(self, position: int) -> tuple[int, int]:
        first = self._first_touches[position] if self._first_touches else -1
        return first, self._last_touches[position] if self._last_touches else -1

    def _note_gap(self, line: int) -> None:
        moves = self.sheets.get(MOVES)
        self.ledger.warn("broken_chain", RULES["broken_chain"], line, moves.table.file if moves else "")

    def _find(self, name: str) -> int | None:
        sheet = self.sheets[DEALS]
        return self.index.find(name, lambda: titles_of(sheet, self.index))

    def _note_layout(self, sheets: Sheets) -> None:
        """Blank rows and rows in quotes; moves, touchpoints and changes that go with a deal that is left out."""
        for sheet in sheets.values():
            if sheet.table.sheet is not None:
                said = f"sheet of several in {sheet.table.path.name}: {sheet.table.sheet} was read, the others not."
                self.ledger.warn_of_many(f"{sheet.columns.kind}_sheet", said, 1)
            for code, lines in (("preamble", sheet.table.lines_above), ("footnotes", sheet.table.footnotes)):
                for line in lines:
                    self.ledger.warn(code, RULES[code], line)
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
        logs = [
            (sheets.get(MOVES), self.log),
            (sheets.get(TOUCHPOINTS), self.touches),
            (sheets.get(CHANGES), self.changes),
        ]
        for sheet, log in [(sheet, log) for sheet, log in logs if sheet and log]:
            lines = log.lines_of(self.index.is_bad)
            code = f"{sheet.columns.kind}_of_skipped_deals"
            for line, cells in sheet.table.rows(look_only) if lines else ():
                if line in lines:
                    at = self.index.lines[lines[line]]
                    problem = f"its deal, line {at} of {sheets[DEALS].table.path.name}, was left out."
                    self.ledger.leave_out(sheet.table.file, line, cells, problem)
                    self.ledger.warn(code, RULES[code], line)


_CLOSING = "status closed_at lost_reason closing_inferred"
SUPPLIES = {
    "id": "own_id",
    "contact": "contact_name email",
    "value": "value_cents currency",
    "cost": "cost_cents",
    "created_at": "created_at created_inferred",
    "stage": f"stage {_CLOSING}",
    "status": _CLOSING,
    "is_won": _CLOSING,
    "won_at": _CLOSING,
    "lost_at": _CLOSING,
    "closed_at": _CLOSING,
    "closed_inferred": "closing_inferred",
    "close_date": f"expected_close {_CLOSING}",
    "next_step": "next_step next_step_due",
    "next_step_due": "next_step next_step_due",
    "open_steps": "open_steps next_step next_step_due",
    "last_activity": "last_activity_at",
}
"""Field of the file -> what it decides of a deal, where that is not a field of the same name alone."""


class Count(NamedTuple):
    """Rows read, and rows left out."""

    read: int
    """Rows below the header, without blank ones."""
    skipped: int
    """Of these, bad ones and those left out with their deal."""


class FileMapping(NamedTuple):
    """Which columns of a file became what."""

    kind: str
    file: str
    preset: str
    columns: Sequence[ColumnUse]


class Rejects(NamedTuple):
    """The rows of one file that --skip-bad leaves out, as they stood there."""

    kind: str
    file: str
    header: Sequence[str]
    rows: Sequence[RejectedRow]


class ImportPlan:
    """Problems, warnings and counts are known; the rows themselves stream, in the same order every time."""

    def __init__(self, maker: PlanMaker) -> None:
        self._maker = maker
        ledger = maker.ledger
        self.problems: Sequence[Problem] = [*_by_line(ledger.problems), *maker.fatal]
        self.warnings: Sequence[Caution] = ledger.cautions
        self.is_fatal = bool(maker.fatal)
        """Some file cannot be understood at all: --skip-bad does not help."""
        self.may_be_stored = not self.is_fatal and (maker.wanted.options.skip_bad or not self.problems)
        self.source_name = maker.source_name
        self.unknown_words: Sequence[UnknownWord] = ledger.unknown_words
        """Words of the files that --value-map could give a meaning."""
        self.open_forms: frozenset[str] = frozenset(ledger.open_forms) | encoding_asked(maker.fatal)
        """`date_order`, `decimal`, `encoding`: what a column or a file leaves open."""
        self.kept = maker.kept
        """The mapping of pipeline.yaml that was used because the headers of the file ask for it."""
        self.has_wins = maker.has_wins
        """Some deal of the file is won."""
        self.open_deals = maker.open_deals
        """How many deals of the file are open."""
        self.counts: Mapping[str, Count] = _count(maker)
        self.deal_fields: frozenset[str] = _supplied(maker)
        """The names in IncomingDeal that the file of deals has columns for: an update leaves the others alone."""
        self.has_moves = MOVES in maker.sheets
        """A file of moves was given: it is the history, also of deals that are there already."""

    def mappings(self) -> list[FileMapping]:
        """Each file with what its columns became and the first values in them."""
        return [
            FileMapping(sheet.columns.kind, sheet.table.file, sheet.columns.preset, sheet.describe())
            for sheet in self._maker.sheets.values()
        ]

    def rejects(self) -> list[Rejects]:
        """By file that has any."""
        rejected = self._maker.ledger.rejected
        return [
            Rejects(
                sheet.columns.kind, sheet.table.file, sheet.table.header, sorted(rejected[sheet.table.file].values())
            )
            for sheet in self._maker.sheets.values()
            if sheet.table.file in rejected
        ]

    def deals(self) -> Iterator[IncomingDeal]:
        """Every deal that is taken, in the order of the file."""
        return (deal for _, deal, _ in self._maker.decided())

    def histories(self) -> Iterator[tuple[int, IncomingDeal, Sequence[IncomingMove]]]:
        """The same with its position in the file, bad rows counted, and its whole history, oldest first."""
        for position, deal, steps in self._maker.decided():
            yield position, deal, list(history_of(deal, steps, self._maker.decider.first_stage(deal.pipeline)))

    def moves(self) -> Iterator[IncomingMove]:
        """The histories of all deals, one after the other."""
        for _, _, moves in self.histories():
            yield from moves

    def touchpoints(self) -> Iterator[IncomingTouchpoint]:
        """Those inferred from a last activity, then those of the file in its order."""
        maker = self._maker
        for position, instant in enumerate(maker.activities):
            if instant >= 0:
                yield IncomingTouchpoint(
                    maker.index.lines[position],
                    position,
                    maker.inferred_kind,
                    None,
                    write_stored(instant),
                    None,
                    None,
                    inferred=True,
                    sense=None,
                    awaits_answer=False,
                )
        if maker.touches is not None and TOUCHPOINTS in maker.sheets:
            yield from maker.touches.touchpoints(maker.sheets[TOUCHPOINTS], maker.index.is_bad)

    def changes(self) -> Iterator[IncomingChange]:
        """Those of the file in its order."""
        maker = self._maker
        return iter(()) if maker.changes is None else maker.changes.changes(maker.index.is_bad)

    def stages_of(self, pipeline: str) -> Sequence[str]:
        """The ids of its stages, in order."""
        return self._maker.stages_of(pipeline)

    def lines_of_deals(self) -> Sequence[int]:
        """By position of the deal: its line in the file."""
        return self._maker.index.lines

    def contacts(self) -> Iterator[IncomingContact]:
        """The people of the file of contacts, if there is one."""
        sheet = self._maker.sheets.get(CONTACTS)
        return read_contacts(sheet) if sheet else iter(())


def plan_import(
    files: ImportFiles, options: ImportOptions, playbook: Playbook, clock: Clock, watch: Watch = unwatched
) -> ImportPlan:
    """Reads every file, decides every row, and changes nothing.

    What is wrong with the files is in `problems` of the plan. Raises UsageError for what is wrong with the flags.
    """
    kept, opened = find_kept(files, options, playbook)
    maker = PlanMaker(understand(options, playbook, kept), playbook, clock, opened, kept)
    try:
        maker.make(files, watch)
    except UnreadableFile as error:
        maker.fatal = error.problems
    maker.ledger.is_open = False
    return ImportPlan(maker)


def encoding_asked(problems: Sequence[Problem]) -> frozenset[str]:
    """`encoding`, where a file is in another than UTF-8."""
    return frozenset(["encoding"] if any(problem.message == NOT_UTF_8 for problem in problems) else [])


def _by_line(problems: Sequence[Problem]) -> list[Problem]:
    """File after file, each from its top to its end."""
    files = {file: place for place, file in enumerate(dict.fromkeys(problem.file for problem in problems))}
    return sorted(problems, key=lambda problem: (files[problem.file], problem.line))


def _count(maker: PlanMaker) -> dict[str, Count]:
    counts = {}
    for sheet in maker.sheets.values():
        kind = sheet.columns.kind
        bad = len(maker.ledger.rejected.get(sheet.table.file, ()))
        counts[kind] = Count(sheet.read, bad)
    return counts


def _supplied(maker: PlanMaker) -> frozenset[str]:
    fields = maker.sheets[DEALS].columns.fields if maker.sheets else ()
    return frozenset(name for field in fields for name in SUPPLIES.get(field, field).split())


def rejected_path(rejects: Rejects) -> Path:
    """`NAME.rejected.csv`, beside the file."""
    source = Path(rejects.file)
    stem = source.stem if source.suffix.lower() in {".csv", ".xlsx", ".xlsm"} else source.name
    return source.with_name(f"{stem}.rejected.csv")


def rejected_text(rejects: Rejects) -> bytes:
    """The cells as they stood there, under their header, each row with what is wrong with it.

    A spreadsheet runs nothing of it: a formula has the apostrophe that an export would give it, and import takes off.
    UTF-8 with its mark where it matters: the mark outranks the --encoding that the file itself may have needed.
    """
    stream = io.StringIO()
    lines = csv.writer(stream, lineterminator="\r\n")
    lines.writerow([*map(guard_formula, rejects.header), PROBLEM_COLUMN])
    lines.writerows(
        [*map(_guarded, _fitted(row, len(rejects.header))), guard_formula(row.problem)] for row in rejects.rows
    )
    text = stream.getvalue()
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")


def _guarded(raw: str) -> str:
    """A number keeps its sign, and what is guarded already is not guarded twice."""
    return raw if re.fullmatch(r"[+\-][\d.,' ]*\d", raw) else guard_formula(unguard_formula(raw))


def _fitted(row: RejectedRow, width: int) -> list[str]:
    """A row that is too short or too long pushes no problem aside."""
    cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
    if len(row.cells) > width:
        cells[-1:] = [",".join(row.cells[width - 1 :])]
    return cells
