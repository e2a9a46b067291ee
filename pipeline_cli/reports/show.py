"""`show`: one deal with its checklist, its people, its timeline, and what the customer has brought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.deal.after_sale import CustomerValue, FollowUp, customer_of, value_of_customer
from pipeline_cli.domain.deal.deal import DealFacts, DealRecord, Move, PlannedStep, Touchpoint
from pipeline_cli.domain.deal.edits import FieldChange
from pipeline_cli.domain.deal.labels import links_of, tags_of
from pipeline_cli.domain.deal.steps import span_in_words
from pipeline_cli.domain.deal.touch_sense import ATTEMPT, AUTO_REPLY, AUTOMATIC, CONVERSATION
from pipeline_cli.domain.playbook import OUTCOMES, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.agenda import last_chance_in_words, woke_untouched
from pipeline_cli.domain.rules.exit_criteria import CriterionResult, check_criteria, missing
from pipeline_cli.domain.rules.prune import is_of_unknown_silence
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.addresses import describe_address
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.numbers import json_row, json_rows
from pipeline_cli.output.report import INSTANT, Cents, Column, Report, Section, Strong, amounts, figures
from pipeline_cli.reports.changes import changes_json, timeline_of
from pipeline_cli.reports.rows import FACT_COLUMNS, LIST_COLUMNS
from pipeline_cli.reports.snapshot import PipelineSnapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.after_sale import (
    Relative,
    read_first_contact,
    read_follow_ups,
    read_grown,
    read_origin,
    read_won_deals,
)
from pipeline_cli.storage.record.deals import read_changes, read_record
from pipeline_cli.workspace import Workspace


class AfterSale(NamedTuple):
    """What stands around one deal."""

    customer: CustomerValue | None
    """None: nothing was won from them yet."""
    origin: Relative | None
    grown: Sequence[Relative]
    follow_ups: Sequence[FollowUp]


def look_after(reader: Reader, playbook: Playbook, facts: DealFacts) -> AfterSale:
    """What the customer brought, and what comes up after the sale."""
    contact = None if facts.organization else read_first_contact(reader, facts.id)
    customer = value_of_customer(
        customer_of(facts.organization, contact, facts.id),
        read_won_deals(reader),
        playbook.in_home,
        lambda instant: reader.clock.day(instant).year,
    )
    origin = None if facts.from_deal_id is None else read_origin(reader, facts.id)
    return AfterSale(customer, origin, read_grown(reader, facts.id), read_follow_ups(reader, facts.id))


_CUSTOMER = (
    *figures("won_deals"),
    *amounts("won_value"),
    *figures("first_won_at", "last_won_at"),
    Column(
        "years",
        value=lambda one: [{"year": year, "won_value": Cents(cents)} for year, cents in one.by_year.items()],
    ),
)
_RELATIVE = (*figures("id", "title", "status", "stage"), *amounts("value"), *figures("currency"))


def after_sale_json(after: AfterSale) -> dict[str, Any]:
    """Further keys of `show`."""
    return {
        "customer": after.customer and json_row(_CUSTOMER, after.customer),
        "from_deal": after.origin and json_row(_RELATIVE, after.origin),
        "grown": json_rows(_RELATIVE, after.grown),
        "follow_ups": list(after.follow_ups),
    }


def describe_customer(customer: CustomerValue | None, currency: str) -> str | None:
    """`customer since 2024, 3 won deals, 42,000 EUR (2024: 12,000, 2026: 30,000)`"""
    from pipeline_cli.output.numbers import money

    if customer is None:
        return None
    years = ", ".join(f"{year}: {money(cents)}" for year, cents in customer.by_year.items())
    apart = f" ({years})" if len(customer.by_year) > 1 else ""
    since = f"since {min(customer.by_year)}, " if customer.by_year else ""
    return f"{since}{counted(customer.won_deals, 'won deal')}, {money(customer.won_value_cents)} {currency}{apart}"


def after_sale_sections(after: AfterSale, today: date) -> list[Section]:
    """Follow-ups, the next one first, those that are done last; then the deals that grew out of this one."""
    ordered = sorted(
        (follow_up for follow_up in after.follow_ups if follow_up.is_open or follow_up.done),
        key=lambda one: (one.done, one.due),
    )
    sections = [Section("After the sale", lines=[_follow_up_line(one, today) for one in ordered])] if ordered else []
    if after.grown:
        sections.append(Section("Grown out of it", lines=[_relative_line(one) for one in after.grown]))
    return sections


def _follow_up_line(one: FollowUp, today: date) -> str:
    late = one.is_open and one.due < today
    return f"[{' ' if one.is_open else 'x'}] {one.words}{', overdue' if late else ''}"


def _relative_line(deal: Relative) -> str:
    from pipeline_cli.output.numbers import money

    value = "" if deal.value_cents is None else f", {money(deal.value_cents)} {deal.currency}"
    return f"{deal.id}  {deal.title} ({deal.stage if deal.status == 'open' else deal.status}{value})"


_SENSES = {CONVERSATION: CONVERSATION, ATTEMPT: ATTEMPT, AUTOMATIC: AUTO_REPLY}
_TIMELINE = (
    Column("at", "When", INSTANT, 0, "The instant it happened, in the zone of pipeline.yaml"),
    Column("what", "What", priority=0, meaning="A stage move, a touchpoint, a note, or what changed"),
)


def show_report(workspace: Workspace, reader: Reader, deal_id: int) -> Report:
    """Everything about one deal, as known at the reader's clock."""
    playbook = workspace.playbook
    record = read_record(reader, deal_id)
    pipeline = playbook.pipeline_of(record.facts.pipeline)
    snapshot = PipelineSnapshot(reader, playbook, pipeline, only=record)
    (scored,) = snapshot.deals
    stage = pipeline.stage(record.facts.stage)
    is_open = record.facts.status == "open"
    criteria = (
        check_criteria(stage, record, playbook, reader.clock, workspace.command_name) if stage and is_open else ()
    )
    changes = read_changes(reader, deal_id)
    fields = [change for change in changes if not _is_told_beside_it(change, record)]
    told = timeline_of(fields, record.facts.value_cents, record.facts.currency, playbook, reader.clock.today)
    after = look_after(reader, playbook, record.facts)
    return Report(
        name="show",
        title=f"{deal_id}  {record.facts.title}",
        as_of=reader.clock.today,
        pipeline=record.facts.pipeline,
        currency=playbook.currency,
        columns=LIST_COLUMNS,
        rows=[scored],
        has_rows=False,
        extra={
            **_record_json(scored, record, criteria),
            **after_sale_json(after),
            "changes": changes_json(changes),
            "answers": list(record.answers.values()),
            "confirmations": record.confirmations,
        },
        sections=[
            Section("", FACT_COLUMNS, _facts(scored, record.steps, playbook, after, reader.clock)),
            *after_sale_sections(after, reader.clock.today),
            *_checklist(snapshot, record, criteria),
            *_qualification(playbook, record, reader.clock),
            *_people(record),
            Section("Timeline", _TIMELINE, _timeline(record, playbook, told)),
            *_met(record, playbook),
            *_next_actions(pipeline, record),
        ],
    )


def _is_told_beside_it(change: FieldChange, record: DealRecord) -> bool:
    """A move across says from where to where by itself, and the note on a snooze until when."""
    if change.column == "pipeline":
        return any(move.moved_at == change.at for move in record.moves)
    if change.column == "snoozed_until":
        said = f"snoozed until {change.after}: "
        return any(note.noted_at == change.at and note.text.startswith(said) for note in record.notes)
    return False


def _record_json(deal: ScoredDeal, record: DealRecord, criteria: Sequence[CriterionResult]) -> dict[str, Any]:
    return {
        "deal": json_row(LIST_COLUMNS, deal),
        "criteria": json_rows(_CRITERIA, criteria),
        "contacts": record.contacts,
        "touchpoints": touches_json(record),
        "moves": json_rows(MOVES, record.moves),
        "notes": record.notes,
        "next_steps": steps_json(record),
        "fields": record.facts.fields,
    }


def _facts(
    deal: ScoredDeal, steps: Sequence[PlannedStep], playbook: Playbook, after: AfterSale, clock: Clock
) -> list[dict[str, str]]:
    """The lines of the head, those without a value left out."""
    from pipeline_cli.output.cells import flags_in_words
    from pipeline_cli.output.numbers import day, money, percent

    facts, today = deal.facts, clock.today
    pipeline = playbook.pipeline_of(facts.pipeline)
    stage = pipeline.name_of(facts.stage)
    value = None if facts.value_cents is None else f"{money(facts.value_cents)} {facts.currency}"
    days = "" if deal.days_in_stage is None else f", {counted(deal.days_in_stage, 'day')} in it"
    by_hand = " (set by hand)" if facts.probability is not None else ""
    lines: list[tuple[str, Any]] = [
        ("Organization", facts.organization),
        ("Customer", describe_customer(after.customer, playbook.currency)),
        ("From deal", after.origin and f"{after.origin.id}  {after.origin.title} ({after.origin.status})"),
        ("Pipeline", pipeline.name if len(playbook.pipelines) > 1 else None),
        ("Stage", f"{stage}{days}" if facts.status == "open" else None),
        (
            "Status",
            None
            if facts.status == "open"
            else f"{facts.status}, was in {stage}" + (f": {facts.lost_reason}" if facts.lost_reason else ""),
        ),
        ("Value", value),
        ("Chance", percent(deal.probability) + by_hand if facts.status == "open" else None),
        ("Close", facts.expected_close and day(facts.expected_close, today)),
        *_step_lines(facts, steps, today),
        ("Idle", _silence(deal)),
        ("Score", deal.score is not None and f"{deal.score:g} of 100, {deal.verdict.verdict}"),
        ("Source", facts.source),
        ("Owner", facts.owner),
        ("External id", facts.external_id),
        (
            "Snoozed",
            facts.snoozed_until
            and deal.snoozed
            and f"until {day(facts.snoozed_until, today)}"
            + (f": {facts.snooze_reason}" if facts.snooze_reason else ""),
        ),
        ("You said", woke_untouched(facts, clock) and facts.snooze_reason),
        (
            "Last chance",
            Strong(last_chance_in_words(facts, clock).removeprefix("last chance ")) if facts.last_chance_at else None,
        ),
        ("Flags", Strong(flags_in_words(deal.flags))),
        ("Tags", ", ".join(tags_of(facts.tags))),
        *((f"Link {number}" if number > 1 else "Link", link) for number, link in enumerate(links_of(facts.links), 1)),
        *sorted(facts.fields.items()),
    ]
    return [{"what": what, "value": value} for what, value in lines if value]


def _silence(deal: ScoredDeal) -> str | None:
    """As far as it is known since when."""
    facts = deal.facts
    if facts.status != "open" or is_of_unknown_silence(deal):
        return None
    age = "" if facts.created_inferred else f"; {counted(deal.age_days, 'day')} old"
    return f"{counted(deal.idle_days, 'day')}{age}"


def _step_lines(facts: DealFacts, steps: Sequence[PlannedStep], today: date) -> list[tuple[str, str]]:
    """One a line; of several each has the number by which `done` and `next` know it."""
    from pipeline_cli.output.numbers import day

    def line(step: PlannedStep) -> str:
        at = f" {step.time}" if step.time else ""
        more = f" for {span_in_words(step.minutes)}" if step.minutes else ""
        more += "" if step.remind_minutes is None else f", reminder {span_in_words(step.remind_minutes)} before"
        return f"{step.text} (due {day(step.due, today)}{at}{more})"

    if len(steps) == 1:
        return [("Next step", line(steps[0]))]
    return [(f"Next step {facts.id}.{number}", line(step)) for number, step in enumerate(steps, 1)]


def steps_json(record: DealRecord) -> list[dict[str, Any]]:
    """The open next steps with their numbers."""
    return [
        {
            "number": number,
            "text": step.text,
            "due": step.due,
            "time": step.time,
            "minutes": step.minutes,
            "remind_minutes": step.remind_minutes,
        }
        for number, step in enumerate(record.steps, 1)
    ]


def _checklist(snapshot: PipelineSnapshot, record: DealRecord, criteria: Sequence[CriterionResult]) -> list[Section]:
    stage = snapshot.pipeline.stage(record.facts.stage)
    sections = []
    if criteria and stage is not None:
        blocking = {result.id: result for result in missing(criteria)}
        lines = [line for result in criteria for line in _criterion_lines(blocking.get(result.id, result))]
        sections.append(Section(f"To leave {stage.name}", lines=lines))
    forced = snapshot.forced_past.get(record.facts.id, ())
    if forced:
        open_ones = snapshot.gaps_of(record.facts.id)
        lines = [f"[{' ' if name in open_ones else 'x'}] {name}" for name in forced]
        sections.append(Section("Forced past", lines=lines))
    return sections


def _criterion_lines(result: CriterionResult) -> list[str]:
    mark = "x" if result.met else "-" if result.waived else " "
    evidence = f": {result.evidence}" if result.evidence else ""
    waived = f" (not needed: another of {result.any_of} is met)" if result.waived else ""
    said = f"[{mark}] {result.text}{waived}{evidence}"
    return [said if mark != " " else Strong(said), *([f"      {result.fix}"] if result.fix else [])]


def _qualification(playbook: Playbook, record: DealRecord, clock: Clock) -> list[Section]:
    """What was answered, by what evidence and when, in the order in which it is asked."""
    from pipeline_cli.output.numbers import day

    qualification = playbook.qualification_in(playbook.pipeline_of(record.facts.pipeline))
    asked = {item.id: item.ask for item in qualification.items}
    order = {item: place for place, item in enumerate(asked)}
    lines = []
    for answer in sorted(record.answers.values(), key=lambda one: order.get(one.item, len(order))):
        evidence = f": {answer.evidence}" if answer.evidence else ""
        when = "" if answer.answered_at is None else f" ({day(clock.day(answer.answered_at), clock.today)})"
        lines.append(f"{asked.get(answer.item, answer.item)} {answer.answer}{evidence}{when}")
    return [Section("Qualification", lines=lines)] if lines else []


def _met(record: DealRecord, playbook: Playbook) -> list[Section]:
    """Under the timeline: what met each criterion when a stage was left, the latest move first."""
    lines = []
    for move in reversed([move for move in record.moves if not move.mistake]):
        where = move.pipeline or record.facts.pipeline
        for met in move.criteria_met:
            evidence = f": {met.evidence}" if met.evidence else ""
            on = f" ({met.on})" if met.on is not None and str(met.on) not in evidence else ""
            lines.append(f"{playbook.stage_name(where, met.stage)}: [x] {met.text}{evidence}{on}")
    return [Section("Met on leaving", lines=lines)] if lines else []


_OF_USE_TO_THE_PROGRAM_ALONE = ("id", "written")
_CRITERIA = figures("id", "text", "met", "evidence", "fix")
MOVES = figures(*[name for name in Move._fields if name not in _OF_USE_TO_THE_PROGRAM_ALONE])
_TOUCHPOINTS = figures(*[name for name in Touchpoint._fields if name not in _OF_USE_TO_THE_PROGRAM_ALONE])


def touches_json(record: DealRecord) -> list[dict[str, Any]]:
    """As they are numbered on the screen."""
    rows = json_rows(_TOUCHPOINTS, record.touchpoints)
    return [{**row, "number": number} for number, row in enumerate(rows, 1)]


def _people(record: DealRecord) -> list[Section]:
    lines = []
    for contact in record.contacts:
        parts = [contact.name, contact.role, *map(describe_address, contact.addresses)]
        lines.append(", ".join(part for part in parts if part) + (" (do not contact)" if contact.opted_out else ""))
    return [Section("People", lines=lines)] if lines else []


def _timeline(record: DealRecord, playbook: Playbook, changes: Sequence[tuple[Any, str]]) -> list[dict[str, Any]]:
    """Changes, moves, touchpoints and notes together, newest first; equal instants keep their order."""
    events = list(changes)
    for place, move in enumerate(record.moves):
        what = _move_in_words(move, _before(record, place), record.facts.pipeline, playbook)
        marks = ("a mistake", move.mistake), ("forced", move.forced), ("inferred", move.inferred)
        events.append((move.moved_at, _with(what, marks, move.reason)))
    for number, touch in enumerate(record.touchpoints, 1):
        what = " ".join(part for part in (playbook.kind_name(touch.kind), touch.direction) if part)
        outcome = touch.outcome
        if touch.sense == AUTOMATIC and outcome:
            outcome = outcome.removeprefix(AUTO_REPLY).lstrip(": ")
        who = touch.contact if touch.contact and len(record.contacts) != 1 else None
        what = f"{number}. {', '.join(part for part in (what, _SENSES.get(touch.sense or ''), who) if part)}"
        text = ": ".join(part for part in (outcome, touch.note) if part)
        events.append((touch.touched_at, _with(what, [("inferred", touch.inferred)], text)))
    events += [(note.noted_at, f"note: {note.text}") for note in record.notes]
    events.sort(key=lambda event: event[0])
    return [{"at": at, "what": what} for at, what in reversed(events)]


def _before(record: DealRecord, place: int) -> Move | None:
    """The move that led to where the one of that place begins; a mistake may follow another."""
    move, earlier = record.moves[place], record.moves[:place]
    led_there = (
        one for one in reversed(earlier) if not one.mistake or (move.mistake and one.to_stage == move.from_stage)
    )
    return next(led_there, None)


def _move_in_words(move: Move, before: Move | None, own: str, playbook: Playbook) -> str:
    """Stages by the names they have where it was made; both pipelines where it led from one to another."""
    here = move.pipeline or own
    there = here if before is None else before.pipeline or own
    end = playbook.stage_name(here, move.to_stage)
    if move.from_stage is None:
        return f"created in {end}"
    start = playbook.stage_name(there, move.from_stage)
    if move.to_stage in OUTCOMES:
        return f"{move.to_stage} from {start}"
    if here != there:
        return f"{playbook.pipeline_name(there)}, {start} -> {playbook.pipeline_name(here)}, {end}"
    return f"{start} -> {end}"


def _with(what: str, marks: Iterable[tuple[str, bool]], text: str | None = None) -> str:
    true = ", ".join(word for word, holds in marks if holds)
    return what + (f" ({true})" if true else "") + (f": {text}" if text else "")


def _next_actions(pipeline: Pipeline, record: DealRecord) -> list[Section]:
    stage = pipeline.stage(record.facts.stage)
    if stage is None or record.facts.status != "open" or record.facts.next_step or not stage.next_actions:
        return []
    return [Section(f"What to do in {stage.name}", lines=list(stage.next_actions))]
