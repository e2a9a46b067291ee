"""What an import would do, as a value: the dry run shows it, the real run stores exactly it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.incoming import IncomingChange, IncomingContact, IncomingDeal, IncomingMove, IncomingTouchpoint
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.watch import Watch, unwatched
from pipeline_cli.exchange.histories import history_of
from pipeline_cli.exchange.mapping import ColumnUse
from pipeline_cli.exchange.options import ImportFiles, ImportOptions, understand
from pipeline_cli.exchange.people import read_contacts
from pipeline_cli.exchange.plan_maker import PlanMaker
from pipeline_cli.exchange.problems import Caution, Problem, RejectedRow, UnreadableFile
from pipeline_cli.exchange.sheet import Sheet
from pipeline_cli.exchange.stored_instants import write_stored

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
    "last_activity": "last_activity_at",
}
"""Field of the file -> what it decides of a deal, where that is not a field of the same name alone."""


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
        self.may_be_stored = not self.is_fatal and (maker.wanted.skip_bad or not self.problems)
        self.source_name = maker.source_name
        self.has_wins = maker.has_wins
        """Some deal of the file is won."""
        self.counts: Mapping[str, Count] = _count(maker)
        self.deal_fields: frozenset[str] = _supplied(maker)
        """The names in IncomingDeal that the file of deals has columns for: an update leaves the others alone."""
        self.has_moves = maker.sheets.moves is not None if maker.sheets else False
        """A file of moves was given: it is the history, also of deals that are there already."""

    def mappings(self) -> list[FileMapping]:
        """Each file with what its columns became and the first values in them."""
        return [
            FileMapping(sheet.columns.kind, sheet.table.file, sheet.columns.preset, sheet.describe())
            for sheet in _sheets(self._maker)
        ]

    def rejects(self) -> list[Rejects]:
        """By file that has any."""
        rejected = self._maker.ledger.rejected
        return [
            Rejects(
                sheet.columns.kind, sheet.table.file, sheet.table.header, sorted(rejected[sheet.table.file].values())
            )
            for sheet in _sheets(self._maker)
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
                yield IncomingTouchpoint(maker.index.lines[position], position, maker.inferred_kind, None,
                                         write_stored(instant), None, None, inferred=True, sense=None,
                                         awaits_answer=False)  # fmt: skip
        if maker.touches is not None and maker.sheets and maker.sheets.touchpoints:
            yield from maker.touches.touchpoints(maker.sheets.touchpoints, maker.index.is_bad)

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
        sheet = self._maker.sheets.contacts if self._maker.sheets else None
        return read_contacts(sheet) if sheet else iter(())


def plan_import(
    files: ImportFiles, options: ImportOptions, playbook: Playbook, clock: Clock, watch: Watch = unwatched
) -> ImportPlan:
    """Reads every file, decides every row, and changes nothing.

    What is wrong with the files is in `problems` of the plan. Raises UsageError for what is wrong with the flags.
    """
    maker = PlanMaker(understand(options, playbook), playbook, clock)
    try:
        maker.make(files, watch)
    except UnreadableFile as error:
        maker.fatal = error.problems
    maker.ledger.is_open = False
    return ImportPlan(maker)


def _by_line(problems: Sequence[Problem]) -> list[Problem]:
    """File after file, each from its top to its end."""
    files = {file: place for place, file in enumerate(dict.fromkeys(problem.file for problem in problems))}
    return sorted(problems, key=lambda problem: (files[problem.file], problem.line))


def _sheets(maker: PlanMaker) -> list[Sheet]:
    return maker.sheets.all() if maker.sheets else []


def _count(maker: PlanMaker) -> dict[str, Count]:
    counts = {}
    for sheet in _sheets(maker):
        kind = sheet.columns.kind
        bad = len(maker.ledger.rejected.get(sheet.table.file, ()))
        counts[kind] = Count(sheet.read, bad)
    return counts


def _supplied(maker: PlanMaker) -> frozenset[str]:
    fields = maker.sheets.deals.columns.fields if maker.sheets else ()
    return frozenset(name for field in fields for name in SUPPLIES.get(field, field).split())
