"""What an import brings, row by row, ready to be stored; and how long work tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from pipeline_cli.domain.deal.edits import ContactDetails
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import KeptAddress


class Evidence(NamedTuple):
    """Of an answer or a confirmation: what was said to it and when."""

    text: str | None
    at: datetime | None


class IncomingStep(NamedTuple):
    """An open next step, as an import brings it."""

    text: str
    due: date
    time: str | None = None
    """`14:30`"""
    minutes: int | None = None
    remind_minutes: int | None = None


class IncomingDeal(NamedTuple):
    """A deal as an import brings it."""

    line: int
    key: str
    """Its identity within the source: the external id, `#12` of an own export, or a digest of the row."""
    own_id: int | None
    """The number the deal had where the canonical export was made."""
    external_id: str | None
    title: str
    organization: str | None
    contact_name: str | None
    email: str | None
    phone: str | None
    pipeline: str
    stage: str
    status: str
    value_cents: int | None
    currency: str
    source: str | None
    cost_cents: int | None
    created_at: datetime
    created_inferred: bool
    expected_close: date | None
    closed_at: datetime | None
    lost_reason: str | None
    probability: float | None
    """0 to 1, set by hand."""
    category: str | None
    next_step: str | None
    next_step_due: date | None
    owner: str | None
    snoozed_until: date | None
    more_contacts: tuple[ContactDetails, ...]
    answers: Mapping[str, str]
    """Qualification question -> yes, no or unknown."""
    confirmed: tuple[str, ...]
    """`stage.criterion` of each criterion somebody vouched for."""
    origin: int | None
    """Position in the file of the won deal that it grew out of."""
    check_in: date | None
    renewal: date | None
    fields: Mapping[str, str]
    """Columns the program has no field for; blank cells are left out."""
    last_activity_at: datetime | None
    """What becomes an inferred touchpoint."""
    stage_changed_at: datetime | None
    """When the inferred move into the stage happened, if the file says so."""
    closing_inferred: bool
    """No closing date was given: the latest known instant stands for it."""
    snooze_reason: str | None = None
    evidence: Mapping[str, Evidence] = {}
    """By question, and by `stage.criterion`."""
    open_steps: tuple[IncomingStep, ...] = ()
    """All of them, where one has a time or there are several."""
    tags: str | None = None
    """Here and in `links`, as the column holds them."""
    links: str | None = None
    stage_inferred: bool = False
    """The file says of a closed deal how it ended, and not in which stage: what is known of it already is better."""

    @property
    def steps(self) -> tuple[IncomingStep, ...]:
        """Every open next step."""
        if self.open_steps or self.next_step is None or self.next_step_due is None:
            return self.open_steps
        return (IncomingStep(self.next_step, self.next_step_due),)


class IncomingMove(NamedTuple):
    """A move as an import brings it."""

    line: int
    """In the file of moves; of an inferred one, in the file of deals."""
    deal_key: str
    from_stage: str | None
    to_stage: str
    moved_at: str
    """In the form of the record, `clock.to_text`: a million of them are never needed as anything else."""
    reason: str | None
    forced: bool
    inferred: bool
    criteria_missing: tuple[str, ...]
    criteria_met: str | None = None
    """As `criteria_met.met_as_text` writes it."""
    pipeline: str | None = None
    """The one it was made in, where the deal has left it since."""
    mistake: bool = False
    """No part of the chain: it never should have been."""


class IncomingTouchpoint(NamedTuple):
    """A touchpoint as an import brings it."""

    line: int
    deal: int
    """The position of the deal in its file."""
    kind: str
    direction: str | None
    touched_at: str
    """As `moved_at` of a move."""
    outcome: str | None
    note: str | None
    inferred: bool
    sense: str | None
    """conversation | attempt | automatic; None: not known."""
    awaits_answer: bool


class IncomingChange(NamedTuple):
    """A change of a field as an import brings it."""

    line: int
    deal: int
    """The position of the deal in its file."""
    column: str
    """Of `deals`."""
    before: Any
    """As the column holds it; of `from_deal_id`, the position of that deal in the file."""
    after: Any
    changed_at: str
    """As `moved_at` of a move."""


class IncomingContact(NamedTuple):
    """A person as an import brings them."""

    line: int
    name: str | None
    email: str | None
    phone: str | None
    organization: str | None
    role: str | None
    source: str | None
    opted_out: bool
    more: tuple[KeptAddress, ...] = ()
    """Their other addresses and numbers."""
    formerly: str | None = None
    """As the record has it."""


Watch = Callable[[str, int], None]
"""Called now and then with what is gone through, and how many rows of it were."""
EVERY = 4096
"""Rows between two calls."""
Row = TypeVar("Row")


def unwatched(what: str, rows: int) -> None:
    """Nobody looks."""


def watched_rows(rows: Iterable[Row], what: str, watch: Watch) -> Iterator[Row]:
    """The same rows, counted aloud."""
    for number, row in enumerate(rows):
        if not number % EVERY:
            watch(what, number)
        yield row
