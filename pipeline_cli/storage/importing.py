"""An import into the record, in the one transaction of its operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from pipeline_cli.domain.incoming import IncomingContact, IncomingDeal, IncomingMove, IncomingTouchpoint
from pipeline_cli.domain.watch import Watch, unwatched, watched_rows
from pipeline_cli.storage.change import Change
from pipeline_cli.storage.duplicates import find_new_duplicates
from pipeline_cli.storage.import_deals import Counts, DealIntake
from pipeline_cli.storage.import_people import PeopleIntake
from pipeline_cli.storage.import_rows import take_judgements, take_moves, take_next_steps, take_touchpoints


class Incoming(Protocol):
    """A plan of an import; its rows can be gone through more than once, in the same order."""

    source_name: str
    deal_fields: frozenset[str]
    has_moves: bool

    def deals(self) -> Iterable[IncomingDeal]: ...
    def moves(self) -> Iterable[IncomingMove]: ...
    def touchpoints(self) -> Iterable[IncomingTouchpoint]: ...
    def contacts(self) -> Iterable[IncomingContact]: ...


class Stored(NamedTuple):
    """What was done, by kind of row."""

    deals: Counts
    moves: Counts
    touchpoints: Counts
    contacts: Counts
    duplicates: Mapping[str, Sequence[int]]
    """What deals of the file share with another open deal, `same_email` or `same_title` -> their lines."""
    do_not_contact: int = 0
    """People who came with an address on the do-not-contact list, and are kept as opted out."""
    lost_entries: int = 0
    """Entries of that list whose key is gone."""

    @property
    def changed_nothing(self) -> bool:
        return not any(counts.created or counts.updated for counts in self[:4])


def store_import(change: Change, plan: Incoming, summary: str, watch: Watch = unwatched) -> Stored:
    """Takes everything in as one operation; an import that changes nothing leaves none behind."""
    journal, clock = change.begin_operation(summary), change.clock
    intake = DealIntake(journal, clock, plan.source_name, plan.deal_fields)
    intake.take(watched_rows(plan.deals(), "deals", watch))
    people = PeopleIntake(journal, clock)
    people.take_contacts(plan.contacts())
    people.link(intake, watched_rows(plan.deals(), "people", watch))
    moves = take_moves(journal, clock, intake, watched_rows(plan.moves(), "moves", watch), recorded=plan.has_moves)
    touches = take_touchpoints(journal, intake, watched_rows(plan.touchpoints(), "touchpoints", watch))
    take_next_steps(journal, clock, intake, plan.deals())
    if plan.deal_fields & {"qualification", "confirmed"}:
        take_judgements(journal, clock, intake, plan.deals())
    stored = Stored(
        intake.counts, moves, touches, people.counts, _lines_of_duplicates(change, intake, plan),
        len(people.unwanted), people.lost_entries,
    )  # fmt: skip
    if stored.changed_nothing:
        change.discard()
    return stored


def _lines_of_duplicates(change: Change, intake: DealIntake, plan: Incoming) -> dict[str, list[int]]:
    """Deals with titles like another one's, or one person in two open deals: told, and taken all the same."""
    found = find_new_duplicates(change.connection, intake.new) if intake.new else {}
    lines: dict[str, list[int]] = {code: [] for code in found}
    for deal in plan.deals() if found else ():
        for code, alike in found.items():
            if intake.ids[deal.key] in alike:
                lines[code].append(deal.line)
    return lines
