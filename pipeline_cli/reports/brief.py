"""`brief`: one deal on one screen, as it is read in the minute before a call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from pipeline_cli.domain.deal.deal import Contact, DealRecord, Touchpoint
from pipeline_cli.domain.deal.edits import FieldChange
from pipeline_cli.domain.deal.touch_sense import ATTEMPT, AUTOMATIC, CONVERSATION
from pipeline_cli.domain.playbook import Playbook, QualificationItem
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.agenda import last_chance_in_words
from pipeline_cli.domain.rules.alike import Alike, Effort, Likeness, in_short, industry_of, most_alike
from pipeline_cli.domain.rules.exit_criteria import (
    EXAMPLE_NOTE,
    SOMEBODY_ELSE,
    CriterionResult,
    check_criteria,
    missing,
)
from pipeline_cli.domain.rules.promises import THEY, YOU, Promise, find_promises
from pipeline_cli.domain.rules.qualification import judge_qualification, questions_in_order
from pipeline_cli.domain.rules.scored_deal import ScoredDeal
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import counted
from pipeline_cli.output.numbers import day, json_row, money, percent
from pipeline_cli.output.report import Cents, Column, Report, Section, Strong
from pipeline_cli.output.text import visible, wrap
from pipeline_cli.reports.changes import changes_json, timeline_of
from pipeline_cli.reports.rows import LIST_COLUMNS
from pipeline_cli.reports.show import AfterSale, describe_customer, look_after
from pipeline_cli.reports.snapshot import PipelineSnapshot
from pipeline_cli.storage.reader import Reader
from pipeline_cli.storage.record.after_sale import Relative
from pipeline_cli.storage.record.alike import read_closed_deals, read_deals_of_organization, read_efforts
from pipeline_cli.storage.record.deals import read_changes, read_record
from pipeline_cli.workspace import Workspace

ROWS = (
    Column("about", "About", priority=0, meaning="What the line is about: who, said, you owe, they owe, missing …"),
    Column("line", "Line", priority=0, meaning="What there is to know"),
)
_SHOWN = (Column("about", "", priority=0), Column("line", "", priority=0))
_PRICE_AND_DATE = ("value_cents", "currency", "expected_close")
_LAST_SAID, _LAST_PROMISES, _LAST_CHANGES, _OTHERS = 3, 2, 2, 3
_LINES_AT_MOST = 3
"""Of one entry on a screen."""
_AROUND = 4
"""Lines of a screen that are no rows: the title, what stands below it, what is said at the end, the prompt."""
_LABEL = 15
"""Cells of the widest label, with how many entries are not shown, and of the gap."""


class Sheet(NamedTuple):
    """What the page is drawn on."""

    height: int | None
    """Lines of a terminal; None: whatever there is, in full."""
    in_headings: bool = False
    """As Markdown has it."""


class Block(NamedTuple):
    """Lines about one thing, the one that matters most first."""

    key: str
    label: str
    lines: Sequence[str]
    is_list: bool = False
    """All but the first are cut where the line ends."""


class Brief(NamedTuple):
    """What there is to know of a deal before a call."""

    deal: ScoredDeal
    record: DealRecord
    criteria: Sequence[CriterionResult]
    """Those that are missing to leave its stage."""
    questions: Sequence[QualificationItem]
    promises: Sequence[Promise]
    changes: Sequence[FieldChange]
    """Of its value and its close date, oldest first."""
    after: AfterSale
    others: Sequence[Relative]
    alike: Sequence[Alike]
    playbook: Playbook
    clock: Clock

    def says(self, on: date) -> str:
        """A day in few words."""
        return day(on, self.clock.today)


def brief_report(workspace: Workspace, reader: Reader, deal_id: int, sheet: Sheet) -> Report:
    """As known at the reader's clock."""
    brief = _gather(workspace, reader, deal_id)
    blocks = [block for block in _blocks(brief, workspace.command_name) if block.lines]
    facts = brief.record.facts
    organization = f", {facts.organization}" if facts.organization else ""
    return Report(
        name="brief",
        title=f"{deal_id}  {facts.title}{organization}",
        as_of=reader.clock.today,
        pipeline=facts.pipeline,
        currency=brief.playbook.currency,
        columns=ROWS,
        rows=[{"about": block.label.lower(), "line": line} for block in blocks for line in block.lines],
        has_rows=False,
        rows_drawn=False,
        extra=_as_json(brief),
        sections=_sections(blocks, sheet),
        notes=[f"Afterwards: `{command_line(workspace.command_name, 'log', str(deal_id), 'call', EXAMPLE_NOTE)}`"],
    )


def _gather(workspace: Workspace, reader: Reader, deal_id: int) -> Brief:
    playbook, clock = workspace.playbook, reader.clock
    record = read_record(reader, deal_id)
    facts = record.facts
    pipeline = playbook.pipeline_of(facts.pipeline)
    (scored,) = PipelineSnapshot(reader, playbook, pipeline, only=record).deals
    stage = pipeline.stage(facts.stage)
    is_open = facts.status == "open"
    qualification = playbook.qualification_in(pipeline)
    verdict = judge_qualification(qualification, record.answers, facts.fields)
    home = None if facts.value_cents is None else playbook.in_home(facts.value_cents, facts.currency)
    closed = read_closed_deals(reader, facts.pipeline, deal_id, playbook.in_home)
    alike = most_alike(Likeness(facts.source, home, industry_of(facts.fields)), closed)
    efforts = read_efforts(reader, [one.deal.id for one in alike])
    return Brief(
        deal=scored,
        record=record,
        criteria=missing(check_criteria(stage, record, playbook, clock, workspace.command_name))
        if stage and is_open
        else (),
        questions=questions_in_order(qualification, verdict.unknown) if is_open else (),
        promises=find_promises(record.touchpoints, record.contacts, facts.organization, clock, playbook.conversations),
        changes=[change for change in read_changes(reader, deal_id) if change.column in _PRICE_AND_DATE],
        after=look_after(reader, playbook, facts),
        others=read_deals_of_organization(reader, facts.organization, deal_id),
        alike=[one._replace(effort=efforts.get(one.deal.id, Effort())) for one in alike],
        playbook=playbook,
        clock=clock,
    )


def _blocks(brief: Brief, program: str) -> Iterator[Block]:
    """In the order in which they are read."""
    facts = brief.record.facts
    add_somebody = command_line(program, "edit", str(facts.id), *SOMEBODY_ELSE)
    yield Block("stands", "Stands", [_stands(brief)])
    yield Block("who", "Who", [_person(contact) for contact in brief.record.contacts] or [f"nobody: {add_somebody}"])
    yield Block("said", "They said", list(_said(brief)))
    yield Block("you", "You owe", list(_yours(brief)))
    yield Block("they", "They owe", list(_theirs(brief)))
    if facts.status == "open":
        go_on = command_line(program, "advance", str(facts.id))
        yield Block("missing", "Missing", [criterion.text for criterion in brief.criteria] or [f"nothing: {go_on}"])
    yield Block("ask", "Ask", [question.ask for question in brief.questions])
    told = timeline_of(brief.changes, facts.value_cents, facts.currency, brief.playbook, brief.clock.today)
    yield Block(
        "changed",
        "Changed",
        [f"{brief.says(brief.clock.day(at))}: {text}" for at, text in reversed(told[-_LAST_CHANGES:])],
    )
    yield Block("others", "Others", list(_others(brief)), is_list=True)
    yield Block("alike", "Alike", list(_alike(brief)), is_list=True)


def _stands(brief: Brief) -> str:
    facts, deal = brief.record.facts, brief.deal
    pipeline = brief.playbook.pipeline_of(facts.pipeline)
    stage = pipeline.name_of(facts.stage)
    value = "no value" if facts.value_cents is None else f"{money(facts.value_cents)} {facts.currency}"
    if facts.status != "open":
        closed = (
            ""
            if facts.closed_at is None or facts.closed_inferred
            else f" {brief.says(brief.clock.day(facts.closed_at))}"
        )
        reason = f": {facts.lost_reason}" if facts.lost_reason else ""
        return f"{facts.status}{closed}, was in {stage}{reason}, {value}"
    parts = [
        stage + ("" if deal.days_in_stage is None else f" for {counted(deal.days_in_stage, 'day')}"),
        value,
        f"{percent(deal.probability)} chance",
        "no close date" if facts.expected_close is None else f"close {brief.says(facts.expected_close)}",
        f"idle {counted(deal.idle_days, 'day')}" if deal.idle_days else "",
        f"snoozed until {brief.says(facts.snoozed_until)}" if deal.snoozed and facts.snoozed_until else "",
        last_chance_in_words(facts, brief.clock),
    ]
    return ", ".join(part for part in parts if part)


def _person(one: Contact) -> str:
    parts = [one.name, one.role, one.phone, one.email]
    return ", ".join(part for part in parts if part) + (" (asked not to be contacted)" if one.opted_out else "")


def _touch_line(touch: Touchpoint, brief: Brief) -> str:
    text = ": ".join(part for part in (touch.outcome, touch.note) if part) or "nothing was written down"
    return f"{brief.says(brief.clock.day(touch.touched_at))}, {brief.playbook.kind_name(touch.kind)}: {text}"


def _said(brief: Brief) -> Iterator[str]:
    """The last conversations; those of which something was written down go before those of which nothing was."""
    touches = brief.record.touchpoints
    heard = [one for one in touches if one.sense == CONVERSATION or (one.direction == "in" and one.sense != AUTOMATIC)]
    last = heard[-1:] if heard and not (heard[-1].note or heard[-1].outcome) else []
    written = [one for one in heard if one.note or one.outcome]
    yield from list(dict.fromkeys(_touch_line(touch, brief) for touch in [*last, *written[::-1]]))[:_LAST_SAID]
    if not heard:
        tried = sum(one.sense == ATTEMPT for one in touches)
        yield "nothing yet" + (f": {counted(tried, 'attempt')} unanswered" if tried else "")


def _yours(brief: Brief) -> Iterator[str]:
    facts, today = brief.record.facts, brief.clock.today
    if facts.awaits_since is not None:
        kind = brief.playbook.kind_name(facts.awaits_kind or "message")
        yield Strong(f"an answer: their {kind} of {brief.says(brief.clock.day(facts.awaits_since))} waits for it")
    for planned in brief.record.steps:
        late = "" if planned.due >= today else f", {counted((today - planned.due).days, 'day')} late"
        at = f" {planned.time}" if planned.time else ""
        step = f"{planned.text}, due {brief.says(planned.due)}{at}{late}"
        yield Strong(step) if late else step
    if not brief.record.steps and facts.status == "open":
        yield "no next step is set"
    for follow_up in brief.after.follow_ups:
        if follow_up.is_open:
            yield follow_up.words
    yield from _promised(brief, YOU)


def _theirs(brief: Brief) -> Iterator[str]:
    facts = brief.record.facts
    if facts.unanswered and facts.last_touch_at is not None and facts.status == "open":
        last = brief.says(brief.clock.day(facts.last_touch_at))
        yield f"an answer to {counted(facts.unanswered, 'attempt')}, the last {last}"
    yield from _promised(brief, THEY)


def _promised(brief: Brief, by: str) -> Iterator[str]:
    for one in [promise for promise in brief.promises if promise.by == by][:_LAST_PROMISES]:
        yield f"{brief.says(one.on)}, {brief.playbook.kind_name(one.kind)}: {one.text}"


def _others(brief: Brief) -> Iterator[str]:
    customer = describe_customer(brief.after.customer, brief.playbook.currency)
    if customer:
        yield f"customer {customer}"
    for other in brief.others[:_OTHERS]:
        stage = brief.playbook.pipeline_of(brief.record.facts.pipeline).name_of(other.stage)
        value = "" if other.value_cents is None else f", {money(other.value_cents)} {other.currency}"
        yield f"{other.id}  {other.title} ({stage if other.status == 'open' else other.status}{value})"
    rest = len(brief.others) - _OTHERS
    if rest > 0:
        yield f"and {rest:,} more"


def _alike(brief: Brief) -> Iterator[str]:
    """All of them in a sentence, then each."""
    names = {kind: brief.playbook.kind_name(kind) for one in brief.alike for kind in one.effort.kinds}
    if brief.alike:
        yield in_short(brief.alike, names)
    for one in brief.alike:
        deal = one.deal
        cents = deal.likeness.home_cents
        value = "" if cents is None else f" {money(cents)}"
        reason = f", {deal.lost_reason}" if deal.lost_reason else ""
        how = f"{deal.status}{value} in {counted(round(one.days), 'day')}{reason}"
        yield f"{deal.id}  {deal.title}: {how} (same {', '.join(one.shared)})"


def _sections(blocks: Sequence[Block], sheet: Sheet) -> list[Section]:
    if sheet.in_headings:
        return [Section(block.label, lines=block.lines) for block in blocks]
    if sheet.height is None:
        entries = [(block, [[line] for line in block.lines]) for block in blocks]
    else:
        from pipeline_cli.output.write import terminal_width

        room = terminal_width() - _LABEL
        entries = [
            (block, [_broken(line, room, is_cut=block.is_list and place > 0) for place, line in enumerate(block.lines)])
            for block in blocks
        ]
        entries = _fitted(entries, sheet.height - _AROUND)
    return [Section("", _SHOWN, [row for block, lines in entries for row in _rows(block, lines)])]


def _broken(line: str, room: int, *, is_cut: bool) -> list[str]:
    """In lines of the screen, no more than a few; the last one is cut by the table where there is more."""
    if is_cut:
        return [line]
    pieces = wrap(visible(line), room)
    kept = [*pieces[: _LINES_AT_MOST - 1], " ".join(pieces[_LINES_AT_MOST - 1 :])] if pieces[2:] else pieces
    return [Strong(piece) for piece in kept] if isinstance(line, Strong) else kept


Entries = list[tuple[Block, list[list[str]]]]
_LAST_TO_SHRINK = ("stands", "said", "you", "missing", "ask")


def _fitted(entries: Entries, room: int) -> Entries:
    """As many as the screen holds: the longest block loses its last entry first, of each at least one stays."""
    entries = [(block, list(lines)) for block, lines in entries]
    while sum(len(piece) for _, lines in entries for piece in lines) > room:
        longest = max(entries, key=lambda one: (len(one[1]) > 1, one[0].key not in _LAST_TO_SHRINK, len(one[1])))
        if len(longest[1]) > 1:
            longest[1].pop()
            continue
        long = max(entries, key=lambda one: len(one[1][0]))
        if len(long[1][0]) == 1:
            break
        first = long[1][0]
        long[1][0] = [*first[:-2], " ".join(first[-2:])]
    return entries


def _rows(block: Block, entries: Sequence[Sequence[str]]) -> Iterator[dict[str, Any]]:
    """The label beside the first line, with how many entries there was no room for."""
    hidden = len(block.lines) - len(entries)
    label = f"{block.label} +{hidden}" if hidden else block.label
    for entry in entries:
        for piece in entry:
            yield {"about": label, "line": piece}
            label = ""


def _as_json(brief: Brief) -> dict[str, Any]:
    touches = brief.record.touchpoints
    facts = brief.record.facts
    heard = [
        touch
        for touch in touches
        if touch.sense == CONVERSATION or (touch.direction == "in" and touch.sense != AUTOMATIC)
    ]
    return {
        "deal": json_row(LIST_COLUMNS, brief.deal),
        "people": brief.record.contacts,
        "said": [
            {
                "at": one.touched_at,
                "kind": one.kind,
                "direction": one.direction,
                "outcome": one.outcome,
                "note": one.note,
            }
            for one in heard[: -_LAST_SAID - 1 : -1]
        ],
        "awaits_answer_since": facts.awaits_since,
        "unanswered": facts.unanswered,
        "promises": brief.promises,
        "missing": [
            {"id": criterion.id, "text": criterion.text, "evidence": criterion.evidence, "fix": criterion.fix}
            for criterion in brief.criteria
        ],
        "questions": [{"id": question.id, "ask": question.ask} for question in brief.questions],
        "changes": changes_json(brief.changes),
        "others": [_other(other) for other in brief.others],
        "alike": [_alike_json(one) for one in brief.alike],
    }


def _other(one: Relative) -> dict[str, Any]:
    value = None if one.value_cents is None else Cents(one.value_cents)
    return {
        "id": one.id,
        "title": one.title,
        "status": one.status,
        "stage": one.stage,
        "value": value,
        "currency": one.currency,
    }


def _alike_json(one: Alike) -> dict[str, Any]:
    deal, cents = one.deal, one.deal.likeness.home_cents
    return {
        "id": deal.id,
        "title": deal.title,
        "organization": deal.organization,
        "status": deal.status,
        "value": None if cents is None else Cents(cents),
        "lost_reason": deal.lost_reason,
        "days": one.days,
        "touchpoints": one.effort.touchpoints,
        "conversations": one.effort.conversations,
        "shared": list(one.shared),
    }
