"""What commands change, as values: a plan is a list of edits, shown first; and what a change of one field was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pipeline_cli.domain.deal.deal import MetCriterion, Touchpoint
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import Address


class ContactDetails(NamedTuple):
    """A person as typed: at least one of the three is there."""

    name: str | None
    email: str | None
    phone: str | None


class AddDeal(NamedTuple):
    """A new deal with its people."""

    title: str
    pipeline: str
    stage: str
    created_at: datetime
    currency: str
    organization: str | None = None
    value_cents: int | None = None
    source: str | None = None
    owner: str | None = None
    cost_cents: int | None = None
    expected_close: date | None = None
    probability: float | None = None
    category: str | None = None
    contacts: tuple[ContactDetails, ...] = ()
    fields: Mapping[str, str] = {}
    from_deal_id: int | None = None
    """The won deal it grows out of."""
    known_contacts: tuple[int, ...] = ()
    """People of the record, before those of `contacts`."""
    tags: str | None = None
    """Here and in `links`, as the column holds them."""
    links: str | None = None


class SetFields(NamedTuple):
    """New values for columns of a deal, by column name; `fields` replaces the whole mapping."""

    deal_id: int
    changes: Mapping[str, Any]


class AddDealContact(NamedTuple):
    """A person becomes one of a deal's; a known one is completed."""

    deal_id: int
    contact: ContactDetails
    known_id: int | None = None
    """The contact of the deal that is meant: what was given replaces what is known. None: one more person."""


class RemoveDealContact(NamedTuple):
    """The person is none of the deal's any more, and stays in the record."""

    deal_id: int
    contact_id: int


class AddContact(NamedTuple):
    """A new person, on some deals or on none."""

    contact: ContactDetails
    organization: str | None = None
    role: str | None = None
    source: str | None = None
    deals: tuple[int, ...] = ()
    addresses: str | None = None
    """As the column holds them: those that are not the first ones."""


class SetContact(NamedTuple):
    """New values for columns of a contact, by column name, and further deals of theirs."""

    contact_id: int
    changes: Mapping[str, Any]
    deals: tuple[int, ...] = ()
    role: str | None = None
    """What they are on these deals; empty: nothing else than at work; None: as it stands."""


class SetOptOut(NamedTuple):
    """Contacts who may not be written to any more, or again, and the addresses that are refused from now on, or not."""

    contact_ids: tuple[int, ...]
    addresses: tuple[Address, ...]
    opted_out: bool = True


class MoveDeal(NamedTuple):
    """One row of stage history; to_stage may be won, lost or disqualified."""

    deal_id: int
    from_stage: str
    to_stage: str
    moved_at: datetime
    reason: str | None = None
    forced: bool = False
    criteria_missing: tuple[str, ...] = ()
    inferred: bool = False
    """No file said that it happened, or when."""
    criteria_met: tuple[MetCriterion, ...] = ()
    forwards: bool = False
    """To a later stage: a sign of life."""


class MoveAcross(NamedTuple):
    """Into a stage of another pipeline; what the deal did so far keeps the name of the one it leaves."""

    deal_id: int
    from_pipeline: str
    from_stage: str
    to_pipeline: str
    to_stage: str
    moved_at: datetime


class WrongMove(NamedTuple):
    """A move that never should have been."""

    id: int
    reason: str | None
    """What its reason becomes."""


class MarkMistake(NamedTuple):
    """Moves that never should have been: history alone keeps them, and the deal is where it was before."""

    deal_id: int
    moves: tuple[WrongMove, ...]
    stage: str
    """Where the deal is then."""
    instead: InsteadMove | None = None
    """What stands for the first of them, where the deal had never come to that stage."""


class InsteadMove(NamedTuple):
    """The move that stands in the place of one that was a mistake."""

    from_stage: str | None
    """None: the deal was created there."""
    moved_at: datetime
    reason: str | None
    criteria_missing: tuple[str, ...]
    inferred: bool
    criteria_met: tuple[MetCriterion, ...]


class LogTouchpoint(NamedTuple):
    """A new touchpoint."""

    deal_id: int
    kind: str
    direction: str
    touched_at: datetime
    outcome: str | None = None
    note: str | None = None
    sense: str | None = None
    """conversation | attempt | automatic"""
    awaits_answer: bool = False
    contact_id: int | None = None
    """Whom it was with."""
    source: str | None = None
    """captured | imported; None: typed."""


class ChangeTouchpoint(NamedTuple):
    """Corrects a touchpoint, for all times."""

    deal_id: int
    to: Touchpoint
    """What it was in truth; its id says which is meant."""


class RemoveTouchpoint(NamedTuple):
    """It never was."""

    deal_id: int
    touchpoint_id: int


class AddNote(NamedTuple):
    """A new private note."""

    deal_id: int
    text: str


class SetNextStep(NamedTuple):
    """A new next step beside those that are open, or in the place of some of them."""

    deal_id: int
    text: str
    due: date
    time: str | None = None
    """`14:30`, as the clock on the wall shows it; None: some time that day."""
    minutes: int | None = None
    """How long it takes."""
    remind_minutes: int | None = None
    """How long before it its reminder comes; None: as pipeline.yaml says."""
    instead: tuple[int, ...] = ()
    """The open steps that are over by it."""


class CloseNextStep(NamedTuple):
    """An open next step is over: done, or dropped."""

    deal_id: int
    done: bool
    step: int | None = None
    """Which one; None: every one the deal has."""


class SetFollowUp(NamedTuple):
    """Replaces the open follow-up of that kind, if there is one."""

    deal_id: int
    kind: str
    """renewal | check_in"""
    due: date


class CloseFollowUp(NamedTuple):
    """A check-in or renewal is over: done, or dropped."""

    deal_id: int
    kind: str
    done: bool


class ConfirmCriterion(NamedTuple):
    """Somebody vouches for a criterion."""

    deal_id: int
    stage: str
    criterion: str
    evidence: str | None
    at: datetime | None = None
    """None: now."""


class RevokeConfirmation(NamedTuple):
    """A confirmation no longer holds."""

    deal_id: int
    stage: str
    criterion: str


class AnswerQuestion(NamedTuple):
    """The latest answer to a question of the qualification."""

    deal_id: int
    item: str
    answer: str
    evidence: str | None
    at: datetime | None = None
    """None: now."""


class GiveLastChance(NamedTuple):
    """A deal has until the deadline."""

    deal_id: int
    deadline: date


class EndLastChance(NamedTuple):
    """The deal lives, or is closed: what was still running is over."""

    deal_id: int
    by: str
    """One of `last_chance.ENDED_BY`."""


class KeepDeal(NamedTuple):
    """A person keeps a deal that the rules call dead: it is not proposed again for a while."""

    deal_id: int


class RenameStage(NamedTuple):
    """Every deal, move and confirmation of a stage goes to another id: `check --map old=new`."""

    pipeline: str
    old: str
    new: str


Edit = (
    AddDeal
    | SetFields
    | AddDealContact
    | RemoveDealContact
    | AddContact
    | SetContact
    | SetOptOut
    | MoveDeal
    | MoveAcross
    | MarkMistake
    | LogTouchpoint
    | ChangeTouchpoint
    | RemoveTouchpoint
    | AddNote
    | SetNextStep
    | CloseNextStep
    | SetFollowUp
    | CloseFollowUp
    | ConfirmCriterion
    | RevokeConfirmation
    | AnswerQuestion
    | GiveLastChance
    | EndLastChance
    | KeepDeal
    | RenameStage
)


FIELDS = {
    "title": "title",
    "organization": "organization",
    "pipeline": "pipeline",
    "value_cents": "value",
    "currency": "currency",
    "probability": "probability",
    "category": "category",
    "source": "source",
    "owner": "owner",
    "cost_cents": "cost",
    "expected_close": "expected_close",
    "snoozed_until": "snoozed_until",
    "snooze_reason": "snooze_reason",
    "tags": "tags",
    "links": "links",
    "external_id": "external_id",
    "from_deal_id": "from_deal",
    "fields": "fields",
}
"""Column of a deal whose changes are kept -> what an export calls it."""
COLUMNS = {name: column for column, name in FIELDS.items()}
ALWAYS_THERE = frozenset({"title", "pipeline", "currency", "fields"})
"""Columns that are never empty."""
MONEY = frozenset({"value_cents", "cost_cents"})


class FieldChange(NamedTuple):
    """One field of a deal before and after."""

    column: str
    before: Any
    """As the column held it: minor units, 0 to 1, a day or words as text; None: nothing."""
    after: Any
    at: datetime


def value_of(column: str, stored: Any) -> Any:
    """What a column held, `fields` as the mapping it is."""
    return json.loads(stored) if column == "fields" and stored is not None else stored


def is_push(change: FieldChange) -> bool:
    """The expected close date was moved to a later day."""
    later = change.before is not None and change.after is not None and change.after > change.before
    return change.column == "expected_close" and bool(later)


def fields_in_text(fields: dict[str, str]) -> str:
    """Fields of the user's own in the form of their column."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True) if fields else "{}"


def differing(before: dict[str, str], after: dict[str, str]) -> Iterable[str]:
    """The fields of the user's own that are others now."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]
