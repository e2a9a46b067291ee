"""An import into the record, in the one transaction of its operation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from pipeline_cli.domain.incoming import IncomingContact, IncomingDeal, IncomingMove, IncomingTouchpoint
from pipeline_cli.storage.change import Change
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

    @property
    def changed_nothing(self) -> bool:
        return not any(counts.created or counts.updated for counts in self)


def store_import(change: Change, plan: Incoming, summary: str) -> Stored:
    """Takes everything in as one operation; an import that changes nothing leaves none behind."""
    journal, clock = change.begin_operation(summary), change.clock
    intake = DealIntake(journal, clock, plan.source_name, plan.deal_fields)
    intake.take(plan.deals())
    people = PeopleIntake(journal, clock)
    people.take_contacts(plan.contacts())
    people.link(intake, plan.deals())
    moves = take_moves(journal, clock, intake, plan.moves(), recorded=plan.has_moves)
    touches = take_touchpoints(journal, intake, plan.touchpoints())
    take_next_steps(journal, clock, intake, plan.deals())
    if plan.deal_fields & {"qualification", "confirmed"}:
        take_judgements(journal, clock, intake, plan.deals())
    stored = Stored(intake.counts, moves, touches, people.counts)
    if stored.changed_nothing:
        change.discard()
    return stored
