"""A deal, as the reports see it (`DealFacts`, one row) and as one command sees it (`DealRecord`, everything)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import KeptAddress


class DealFacts(NamedTuple):
    """One deal with what the flags, reports and prune need to judge it, as known at one instant."""

    id: int
    external_id: str | None
    title: str
    organization: str | None
    contact: str | None
    """The name (or else the address) of the first contact."""
    pipeline: str
    stage: str
    status: str
    """open | won | lost | disqualified"""
    value_cents: int | None
    currency: str
    probability: float | None
    """0 to 1, set by hand; None: as the forecast has it."""
    category: str | None
    """A forecast category set by hand; None: the stage's."""
    source: str | None
    owner: str | None
    cost_cents: int | None
    created_at: datetime
    created_inferred: bool
    expected_close: date | None
    closed_at: datetime | None
    lost_reason: str | None
    snoozed_until: date | None
    fields: Mapping[str, str]
    """Columns kept from an import and fields of the user's own."""
    entered_stage_at: datetime | None
    """When the current visit began; None when only an inferred move says so."""
    last_touch_at: datetime | None
    """Automatic replies aside."""
    last_conversation_at: datetime | None
    unanswered: int
    """Attempts since they were last heard, which a call of theirs that you missed is too, and since the last snooze."""
    next_step: str | None
    next_step_due: date | None
    pushes: int
    """How often the expected close date was moved to a later day."""
    reachable: bool
    """Some contact has an address or a number and has not opted out."""
    last_chance_at: datetime | None
    """When the last chance that is still running was given."""
    last_chance_deadline: date | None
    from_deal_id: int | None = None
    """The won deal it grew out of."""
    snooze_reason: str | None = None
    awaits_since: datetime | None = None
    """When they first wrote, or rang in vain, after your last touchpoint; None: nobody waits for you."""
    awaits_kind: str | None = None
    """By what they got in touch then."""
    quiet_since: datetime | None = None
    """The last touchpoint, attempts from the day of the last chance that is still running aside: the draft is no life."""
    next_step_set_at: datetime | None = None
    lived_at: datetime | None = None
    """When a sign of life last ended a last chance, or somebody kept or reopened it."""
    wrote_asleep: bool = False
    """They wrote or rang after it was last put to sleep, and wait for you."""
    planned_asleep: bool = False
    """Its next step was set after it was last put to sleep."""
    closed_inferred: bool = False
    """It is closed, and no file said when."""
    next_step_time: str | None = None
    """`14:30`, as the clock on the wall shows it; None: some time that day."""
    tags: str | None = None
    """Words with a space between: `labels.tags_of` takes them apart."""
    links: str | None = None
    """One a line: `labels.links_of`."""
    step_ahead: date | None = None
    """The day of the first step that is due today or later: of several an earlier one may be overdue."""
    appointment: date | None = None
    """The day of the first step of today or later that has a time of day: somebody expects you."""


class Contact(NamedTuple):
    """A person, as a deal knows them."""

    id: int
    name: str | None
    email: str | None
    phone: str | None
    organization: str | None = None
    role: str | None = None
    source: str | None = None
    opted_out: bool = False
    addresses: tuple[KeptAddress, ...] = ()
    """All of them, of each kind the first one first."""


class Touchpoint(NamedTuple):
    """One contact with the buyer, or one try."""

    kind: str
    direction: str | None
    """out | in; None: not known (an import without the column)."""
    touched_at: datetime
    outcome: str | None
    note: str | None
    inferred: bool
    sense: str | None = None
    """conversation | attempt | automatic; None: none of them, or nobody knows, as `touch_sense` has it."""
    awaits_answer: bool = False
    """They wrote, or rang and nobody was there."""
    id: int = 0
    """Of its row: what a correction names."""
    written: int = 0
    """Its place among all that was written, where a move of the deal has the same instant."""
    contact: str | None = None
    """The name, or else the address, of the person it was with, as far as that is known."""
    source: str | None = None
    """captured | imported; None: typed."""


class MetCriterion(NamedTuple):
    """What met a criterion when the deal left the stage that asks for it."""

    stage: str
    id: str
    text: str
    """As pipeline.yaml had it."""
    evidence: str | None
    on: date | None
    """The day of what met it: of the touchpoint, the confirmation, the last answer; else of the move."""


class Move(NamedTuple):
    """One row of the stage history."""

    from_stage: str | None
    """None: the deal was created."""
    to_stage: str
    """A stage, or won, lost, disqualified."""
    moved_at: datetime
    reason: str | None
    forced: bool
    inferred: bool
    criteria_missing: tuple[str, ...]
    """`stage.criterion` of each criterion that was missing when the deal was forced past it."""
    criteria_met: tuple[MetCriterion, ...] = ()
    """What met the criteria of the stages it left."""
    mistake: bool = False
    """It never should have been: shown, and counted nowhere."""
    pipeline: str | None = None
    """The pipeline it was made in, where the deal has left that for another since."""
    written: int = 0
    """Its place among all that was written, where a touchpoint of the deal has the same instant."""
    id: int = 0
    """Of its row: what a correction names."""


class Note(NamedTuple):
    """A private note: no touchpoint, and no clock goes by it."""

    text: str
    noted_at: datetime


class Confirmation(NamedTuple):
    """Somebody vouched for a criterion."""

    stage: str
    criterion: str
    evidence: str | None
    confirmed_at: datetime | None
    """None: no file said when."""


class Answer(NamedTuple):
    """The latest answer to one qualification question."""

    item: str
    answer: str
    """yes | no | unknown"""
    evidence: str | None
    answered_at: datetime | None
    """None: no file said when."""


class PlannedStep(NamedTuple):
    """An open next step."""

    id: int
    """Of its row: what is closed or moved."""
    text: str
    due: date
    time: str | None = None
    """`14:30`, as the clock on the wall shows it; None: some time that day."""
    minutes: int | None = None
    """How long it takes, as far as that is known."""
    remind_minutes: int | None = None
    """How long before it its reminder comes; None: as pipeline.yaml says."""


class DealRecord(NamedTuple):
    """Everything about one deal, as known at one instant, oldest first."""

    facts: DealFacts
    contacts: tuple[Contact, ...]
    touchpoints: tuple[Touchpoint, ...]
    moves: tuple[Move, ...]
    notes: tuple[Note, ...]
    confirmations: tuple[Confirmation, ...]
    """Those in force: revoked ones are not here."""
    answers: Mapping[str, Answer]
    steps: tuple[PlannedStep, ...] = ()
    """The open next steps, the earliest first, what a snooze has silenced last: `show` numbers them so."""


def met_as_text(met: Sequence[MetCriterion]) -> str | None:
    """None when nothing was asked."""
    if not met:
        return None
    rows = [{**one._asdict(), "on": one.on and one.on.isoformat()} for one in met]
    return json.dumps(rows, ensure_ascii=False)


def met_from_text(text: str | None) -> tuple[MetCriterion, ...]:
    """Raises ValueError, KeyError or TypeError for what `met_as_text` did not write."""
    if not text:
        return ()
    return tuple(
        MetCriterion(row["stage"], row["id"], row["text"], row["evidence"], row["on"] and date.fromisoformat(row["on"]))
        for row in json.loads(text)
    )
