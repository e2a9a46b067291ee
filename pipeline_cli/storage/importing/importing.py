"""An import into the record, in the one transaction of its operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from pipeline_cli.domain.deal.incoming import (
    IncomingChange,
    IncomingContact,
    IncomingDeal,
    IncomingMove,
    IncomingTouchpoint,
    Watch,
    unwatched,
    watched_rows,
)
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.importing.deals import CHANGED, NEW, UNCHANGED, Counts, DealIntake
from pipeline_cli.storage.importing.events import (
    ChangeIntake,
    NextStepIntake,
    has_more,
    take_after_sale,
    take_judgements,
    take_touchpoints,
)
from pipeline_cli.storage.importing.moves import MoveIntake
from pipeline_cli.storage.importing.people import PeopleIntake
from pipeline_cli.storage.journal import Journal
from pipeline_cli.storage.record.duplicates import find_new_duplicates

_BATCH = 2000
Row = TypeVar("Row")


class Incoming(Protocol):
    """A plan of an import; its rows can be gone through more than once, in the same order."""

    source_name: str
    deal_fields: frozenset[str]
    has_moves: bool

    def histories(self) -> Iterable[tuple[int, IncomingDeal, Sequence[IncomingMove]]]: ...
    def touchpoints(self) -> Iterable[IncomingTouchpoint]: ...
    def contacts(self) -> Iterable[IncomingContact]: ...
    def changes(self) -> Iterable[IncomingChange]: ...
    def stages_of(self, pipeline: str) -> Sequence[str]: ...
    def lines_of_deals(self) -> Sequence[int]: ...


class Stored(NamedTuple):
    """What was done, by kind of row."""

    deals: Counts
    moves: Counts
    touchpoints: Counts
    contacts: Counts
    changes: Counts
    duplicates: Mapping[str, Sequence[int]]
    """What deals of the file share with another open deal, `same_email` or `same_title` -> their lines."""
    do_not_contact: int = 0
    """People who came with an address on the do-not-contact list, and are kept as opted out."""
    lost_entries: int = 0
    """Entries of that list whose key is gone."""
    late_moves: Sequence[int] = ()
    """Lines of moves that would rewrite what is known of their deal, and were left."""
    late_changes: Sequence[int] = ()
    one_sided_wins: int = 0
    """Won deals of the pipelines that hold no lost one."""

    senses: Mapping[str | None, int] = {}
    """What the new touchpoints were -> how many."""

    @property
    def changed_nothing(self) -> bool:
        """Whether the record is as it was."""
        return not any(counts.created or counts.updated for counts in self[:5])


def store_import(change: Change, plan: Incoming, summary: str, watch: Watch = unwatched) -> Stored:
    """Takes everything in as one operation; an import that changes nothing leaves none behind.

    Deals come in batches with all that is theirs: a million of them are never in memory together.
    """
    journal, clock = change.begin_operation(summary), change.clock
    intake = DealIntake(journal, clock, plan.source_name, plan.deal_fields)
    people = PeopleIntake(journal, clock)
    moves = MoveIntake(journal, clock, recorded=plan.has_moves, names_pipelines="pipeline" in plan.deal_fields)
    steps = NextStepIntake(journal, clock)
    people.take_contacts(plan.contacts())
    has_judgements = False
    for batch in _batches(watched_rows(plan.histories(), "deals", watch)):
        intake.take(batch)
        people.link(batch, intake)
        moves.take(batch, intake)
        steps.take(batch, intake)
        has_judgements = has_judgements or any(map(has_more, (deal for _, deal, _ in batch)))
    for part in (intake, people, moves, steps):
        part.finish()
    changes = ChangeIntake(journal, intake)
    changes.take(watched_rows(plan.changes(), "changes", watch))
    if moves.must_revisit or has_judgements:
        _revisit(journal, clock, plan, intake, moves, changes)
    touches, senses = take_touchpoints(journal, clock, intake, watched_rows(plan.touchpoints(), "touchpoints", watch))
    stored = Stored(
        intake.counts,
        moves.counts,
        touches,
        people.counts,
        changes.counts,
        _lines_of_duplicates(change, intake, plan),
        len(people.unwanted),
        people.lost_entries,
        moves.late,
        changes.finish(),
        _count_one_sided_wins(change),
        senses,
    )
    if stored.changed_nothing:
        change.discard()
    return stored


def _count_one_sided_wins(change: Change) -> int:
    rows = change.connection.execute(
        "SELECT sum(status = 'won') FROM deals GROUP BY pipeline HAVING sum(status = 'lost') = 0"
    )
    return sum(won for (won,) in rows)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _revisit(
    journal: Journal, clock: Clock, plan: Incoming, intake: DealIntake, moves: MoveIntake, changes: ChangeIntake
) -> None:
    """What is done row by row, after everything that is added in runs: known deals, and judgements."""
    for position, deal, history in plan.histories():
        state, deal_id = intake.states[position], intake.ids[position]
        is_changed = state == CHANGED and intake.update(deal, deal_id, changes.lead_to)
        if state != NEW:
            moves.revisit(deal_id, state, deal, history, plan.stages_of(deal.pipeline))
            changes.look_again(deal_id)
        if state == CHANGED:
            is_changed |= intake.update_next_step(deal, deal_id)
        if state != UNCHANGED and has_more(deal):
            take_judgements(journal, clock, deal, deal_id)
            is_changed |= take_after_sale(journal, clock, deal, deal_id, intake.ids, is_new=state == NEW)
        if state == CHANGED:
            intake.count(deal_id, is_changed=is_changed)


def _lines_of_duplicates(change: Change, intake: DealIntake, plan: Incoming) -> dict[str, list[int]]:
    """Deals with titles like another one's, or one person in two open deals: told, and taken all the same."""
    found = find_new_duplicates(change.connection, intake.first_new) if intake.counts.created else {}
    lines = plan.lines_of_deals()
    return {
        code: [line for line, deal_id in zip(lines, intake.ids, strict=False) if deal_id in alike]
        for code, alike in found.items()
    }
