"""A row of deals weighed: against itself, the moves and the rules; when it was closed, of several columns that say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo

from pipeline_cli.domain.deal.incoming import IncomingDeal, IncomingStep
from pipeline_cli.domain.playbook import OUTCOMES
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.header_words import english_header
from pipeline_cli.domain.words.outcome_words import OPEN
from pipeline_cli.domain.words.presets import header_key
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.deal_rows import DealRow, read_own_columns
from pipeline_cli.exchange.event_fields import refuse_future
from pipeline_cli.exchange.forms import from_milliseconds, to_milliseconds
from pipeline_cli.exchange.mapping import value_map_hint
from pipeline_cli.exchange.moves import Step
from pipeline_cli.exchange.outcomes import Vocabulary
from pipeline_cli.exchange.sheet import Sheet, says_yes

_DAY = 86_400_000


class Today(NamedTuple):
    """The clock in milliseconds."""

    now: int
    end: int
    """The first instant of tomorrow."""
    zone: tzinfo

    def day(self, instant: int) -> date:
        """The day of an instant in the record's zone."""
        return from_milliseconds(instant).astimezone(self.zone).date()


class Closing(NamedTuple):
    """When a deal was closed, whether that was made up, and when it is expected to."""

    at: int | None
    """Milliseconds in UTC; None: the deal is open."""
    is_inferred: bool
    expected: date | None
    """A close date that is no closing: the day the deal is expected to close."""


def weigh_closing(
    sheet: Sheet, said: DealRow, status: str, steps: Sequence[Step], today: Today, last_touch: int
) -> Closing:
    """The closing by the moves, else by the closing columns of that outcome, else by the close date, else inferred."""
    instants = said.instants
    close_date = instants.get("close_date")
    close_day = None if close_date is None else today.day(close_date)
    if status == OPEN:
        _keep_dates_of_open_deal(sheet, said)
        return Closing(None, is_inferred=False, expected=close_day)
    named = "won_at" if status == "won" else "lost_at"
    told = instants.get("closed_at", instants.get(named, close_date))
    is_ahead = told is not None and told >= today.end
    if steps and steps[-1].to_stage in OUTCOMES:
        at = steps[-1].moved_at
        if told is not None and abs(told - at) > _DAY:
            sheet.note(said.row, "closing_differs")
        return Closing(at, is_inferred=False, expected=None)
    if told is None or is_ahead:
        last_known = max([*(step.moved_at for step in steps[-1:]), last_touch, *_known(said, today.end)], default=-1)
        sheet.note(said.row, "closed_ahead" if is_ahead else "closed_without_date")
        return Closing(
            last_known if last_known >= 0 else today.now, is_inferred=True, expected=close_day if is_ahead else None
        )
    created = instants.get("created_at", told)
    if told < created and today.day(told) == today.day(created):
        told = created  # a day alone begins at midnight, before anything that day has a time for
    if steps:
        told = max(told, steps[-1].moved_at)
    return Closing(told, says_yes(said.texts.get("closed_inferred")), expected=None)


def _known(said: DealRow, end: int) -> list[int]:
    """What is known to have happened to the deal, by its own row."""
    fields = ("created_at", "last_activity", "stage_changed_at")
    return [said.instants[field] for field in fields if field in said.instants and said.instants[field] < end]


def _keep_dates_of_open_deal(sheet: Sheet, said: DealRow) -> None:
    for field in ("closed_at", "won_at", "lost_at"):
        if field in said.instants:
            sheet.note(said.row, "open_with_closing_date")
            sheet.keep_as_extra(said.row, field, said.fields)


class _Verdict(NamedTuple):
    status: str
    stage: str
    lost_reason: str | None
    closing: Closing
    created: int
    created_inferred: bool
    stage_inferred: bool


class DealDecider:
    """Decides one deal at a time; the same row with the same moves always ends the same way."""

    def __init__(self, sheet: Sheet, words: Vocabulary, clock: Clock, find: Callable[[str], int | None]) -> None:
        """`find`: the position in the file of a deal by its number or external id."""
        self._sheet = sheet
        self._words = words
        self._clock = clock
        self._find = find
        self._today = Today(to_milliseconds(clock.now), to_milliseconds(clock.end_of_today), clock.zone)
        self._first_stages = {pipeline.id: pipeline.stages[0].id for pipeline in words.playbook.pipelines}
        self._last_stages = {pipeline.id: pipeline.stages[-1].id for pipeline in words.playbook.pipelines}
        self._sources = {header_key(source): source for source in words.playbook.sources or ()}

    def first_stage(self, pipeline: str) -> str:
        """Where a deal of that pipeline begins."""
        return self._first_stages[pipeline]

    def decide(self, key: str, said: DealRow, steps: Sequence[Step], touches: tuple[int, int]) -> IncomingDeal:
        """The deal. `touches`: its first and last touchpoint in milliseconds, -1 without any.

        What is wrong with the row is refused in the ledger; the deal returned then is not to be used.
        """
        self._refuse_future(said)
        status = self._status(said, steps)
        closing = weigh_closing(self._sheet, said, status, steps, self._today, touches[1])
        created = self._created(said, steps, closing, touches[0])
        stage, is_inferred = self._stage(said, steps, status)
        reason = self._lost_reason(said, status, steps)
        verdict = _Verdict(status, stage, reason, closing, *created, is_inferred)
        return self._compose(key, said, verdict, touches[1])

    def _compose(self, key: str, said: DealRow, verdict: _Verdict, last_touch: int) -> IncomingDeal:
        texts, closing = said.texts, verdict.closing
        next_step, due = self._next_step(said, verdict.status)
        activity = said.instants.get("last_activity")
        own = read_own_columns(self._sheet, said, verdict.status, self._words.playbook, self._find)
        return IncomingDeal(
            line=said.row.line,
            key=key,
            own_id=self._own_id(said),
            external_id=texts.get("external_id"),
            title=self._title(said),
            organization=texts.get("organization"),
            contact_name=said.person.name,
            email=said.person.email,
            phone=said.person.phone,
            pipeline=said.pipeline,
            stage=verdict.stage,
            status=verdict.status,
            value_cents=said.value_cents,
            currency=said.currency,
            source=self._source(said),
            cost_cents=said.cost_cents,
            created_at=from_milliseconds(verdict.created),
            created_inferred=verdict.created_inferred,
            expected_close=said.expected_close or closing.expected,
            closed_at=None if closing.at is None else from_milliseconds(closing.at),
            lost_reason=verdict.lost_reason,
            probability=said.probability,
            category=said.category,
            next_step=next_step,
            next_step_due=due,
            owner=texts.get("owner"),
            snoozed_until=said.snoozed_until,
            snooze_reason=texts.get("snooze_reason"),
            **own._replace(
                more_contacts=(*said.others, *own.more_contacts), open_steps=_open_steps(own.open_steps, next_step, due)
            )._asdict(),
            fields=said.fields,
            last_activity_at=None if activity is None or activity <= last_touch else from_milliseconds(activity),
            stage_changed_at=_instant(said, "stage_changed_at"),
            closing_inferred=closing.is_inferred,
            stage_inferred=verdict.stage_inferred,
        )

    def _refuse_future(self, said: DealRow) -> None:
        """A close date may lie ahead, what has happened may not."""
        for field, instant in said.instants.items():
            if instant >= self._today.end and field != "close_date":
                refuse_future(self._sheet, said.row, field, self._clock)

    def _status(self, said: DealRow, steps: Sequence[Step]) -> str:
        """By the moves; else by the status, the stage, or a date of winning or losing."""
        by_stage = said.stage.outcome if said.stage else None
        told = by_stage
        if said.status:
            told = said.status.outcome
            if by_stage is not None and by_stage != told:
                self._sheet.note(said.row, "status_and_stage")
        if told is None and not (said.stage and said.stage.stage):
            told = next((name for name in ("won", "lost") if f"{name}_at" in said.instants), None)
        if not steps:
            return told or OPEN
        ending = steps[-1].to_stage if steps[-1].to_stage in OUTCOMES else OPEN
        if ending == OPEN and told not in {None, OPEN}:
            self._sheet.note(said.row, "moves_without_outcome")
            return told or OPEN
        if told not in {None, ending}:
            self._sheet.note(said.row, "moves_differ")
        return ending

    def _stage(self, said: DealRow, steps: Sequence[Step], status: str) -> tuple[str, bool]:
        """The last open stage of the moves; else the one the row names; else the first, of a won or lost deal the last.

        Taking the first for lost deals would leave the later stages with winners alone, and their win rates at 100 %.
        True: no file says it.
        """
        told = said.stage.stage if said.stage else None
        for step in reversed(steps):
            if step.to_stage not in OUTCOMES:
                if told not in {None, step.to_stage}:
                    self._sheet.note(said.row, "stage_differs")
                return step.to_stage, False
            if step.from_stage is not None and step.from_stage not in OUTCOMES:
                return step.from_stage, False
        if told is None and status in {"won", "lost"}:
            self._sheet.note(said.row, "closed_without_stage")
            return self._last_stages[said.pipeline], True
        return told or self._first_stages[said.pipeline], False

    def _created(self, said: DealRow, steps: Sequence[Step], closing: Closing, first_touch: int) -> tuple[int, bool]:
        sheet, instants = self._sheet, said.instants
        created = instants.get("created_at")
        is_inferred = says_yes(said.texts.get("created_inferred"))
        if created is None:
            known = [instants[field] for field in ("last_activity", "stage_changed_at") if field in instants]
            known += [step.moved_at for step in steps[:1]] + [first_touch] * (first_touch >= 0)
            known += [closing.at] if closing.at is not None else []
            sheet.note(said.row, "created_inferred")
            return min(known, default=self._today.now), True
        if steps and steps[0].moved_at < created:
            if self._today.day(steps[0].moved_at) != self._today.day(created):
                sheet.note(said.row, "moves_before_creation")
            created = steps[0].moved_at
        if closing.at is not None and closing.at < created:
            sheet.note(said.row, "closed_before_created")
            sheet.keep_as_extra(said.row, "created_at", said.fields)
            return closing.at, True
        return created, is_inferred

    def _lost_reason(self, said: DealRow, status: str, steps: Sequence[Step]) -> str | None:
        sheet, row = self._sheet, said.row
        text = said.texts.get("lost_reason")
        if status not in {"lost", "disqualified"}:
            if text:
                sheet.note(row, "reason_without_loss")
                sheet.keep_as_extra(row, "lost_reason", said.fields)
            return None
        if text is None:
            by_words = [word.reason for word in (said.status, said.stage) if word and word.reason]
            text = steps[-1].reason if steps and steps[-1].to_stage in OUTCOMES else None
            text = text or next(iter(by_words), None)
        if text is None:
            if status == "lost":
                sheet.note(row, "lost_without_reason")
            return None
        known = self._words.reason(text, said.pipeline)
        if known is None:
            sheet.note(row, "unknown_lost_reason")
        return known or text

    def _title(self, said: DealRow) -> str:
        texts = said.texts
        title = texts.get("title")
        if title and title.strip():
            return title
        by_others = (texts.get("organization"), said.person.name, said.person.email, texts.get("external_id"))
        found = next((name for name in by_others if name and name.strip()), None)
        if found is None and not any(map(self._sheet.has, _NAMING)):
            found = _called_by_its_cells(said.fields)
            self._sheet.note(said.row, "title_of_cells")
        if found is None:
            self._sheet.refuse(
                said.row, "title", "nothing names this deal: give a title, an organization or a contact."
            )
        elif self._sheet.has("title"):
            self._sheet.note(said.row, "title_made_up")
        return found or ""

    def _source(self, said: DealRow) -> str | None:
        text = said.texts.get("source")
        if text is None or not self._sources:
            return text
        known = self._sources.get(header_key(text))
        if known is None:
            sources = self._words.playbook.sources or ()
            message = (
                f"{quoted(text)} is not in the sources of pipeline.yaml: {', '.join(sources)}. Name the one it is: "
            )
            hint = value_map_hint("source", text, sources)
            self._sheet.refuse_word(said.row, "source", text, f"{message}{hint}", sources)
        return known

    def _next_step(self, said: DealRow, status: str) -> tuple[str | None, date | None]:
        """A next step is a text and a day; what another program kept of a closed deal is none unless its day is ahead."""
        text, due = said.texts.get("next_step"), said.next_step_due
        if text is None and due is None:
            return None, None
        if text is None and status == OPEN and not self._sheet.columns.is_own_export:
            text = _step_of_header(self._sheet.table.header[self._sheet.columns.fields["next_step_due"]])
        is_ours = status == OPEN or self._sheet.columns.is_own_export
        if text is not None and due is not None and (is_ours or due >= self._clock.today):
            return text, due
        self._sheet.note(said.row, "next_step_incomplete")
        for field in ("next_step", "next_step_due"):
            self._sheet.keep_as_extra(said.row, field, said.fields)
        return None, None

    def _own_id(self, said: DealRow) -> int | None:
        text = said.texts.get("id") if self._sheet.columns.is_own_export else None
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            message = f"{quoted(text)} is not a number of a deal: an export has whole numbers here."
            self._sheet.refuse_value(said.row, "id", text, message)
            return None
        return int(text)


def _step_of_header(header: str) -> str | None:
    """What a column of dates alone plans: `Next activity date` the next activity, `Wiedervorlage` that; others nothing."""
    english = english_header(header)
    if header_key(english or header).endswith(_ACTIVITIES):
        return "Next activity"
    return header if english == "next_step_date" else None


_ACTIVITIES = ("nextactivitydate", "nextactivity")
_NAMING = ("title", "organization", "contact", "email", "external_id")
"""Columns of which one is needed to call a deal by; a file without any has its deals called by what it has."""
_CELLS_OF_TITLE = 3


def _called_by_its_cells(fields: Mapping[str, str]) -> str | None:
    """`Product A, Seller 3, Joe`: the first texts of the row. None: it has none."""
    texts = [text.strip() for text in fields.values() if text.strip()]
    words = [text for text in texts if any(map(str.isalpha, text))] or texts
    return ", ".join(words[:_CELLS_OF_TITLE])[:80] or None


def _open_steps(steps: tuple[IncomingStep, ...], text: str | None, due: date | None) -> tuple[IncomingStep, ...]:
    """As the export has them; where its next step was changed by hand, that one in the place of the first."""
    if not steps or text is None or due is None or (text, due) == (steps[0].text, steps[0].due):
        return steps
    return (IncomingStep(text, due), *steps[1:])


def _instant(said: DealRow, field: str) -> datetime | None:
    milliseconds = said.instants.get(field)
    return None if milliseconds is None else from_milliseconds(milliseconds)
