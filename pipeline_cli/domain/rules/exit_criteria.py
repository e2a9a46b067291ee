"""Exit criteria: is each met, by what evidence, which exact command meets it, and which one a person vouches for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from pipeline_cli.domain.deal.deal import Contact, DealRecord, MetCriterion, Move, Touchpoint
from pipeline_cli.domain.deal.touch_sense import AUTOMATIC, CONVERSATION, is_live
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.playbook import Criterion, Pipeline, Playbook, Qualification, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.qualification import (
    Verdict,
    find_mismatches,
    is_qualified,
    judge_qualification,
    questions_in_order,
    score_of,
)
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.money import plain_amount
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import unknown_word

_EXAMPLE_ADDRESS = "name@example.com"
_EXAMPLE_NUMBER = "+1 555 0100"
SOMEBODY_ELSE = ("--contact", f"Name <{_EXAMPLE_ADDRESS}>")
"""Options of `edit` that add a person who may be written to."""


def field_evidence(record: DealRecord, name: str) -> str | None:
    """What the record holds under a field's name, in words; None when it is missing or empty."""
    read = _READERS.get(name)
    return (read(record) if read else _extra_field(record, name)) or None


def field_fix(record: DealRecord, name: str, playbook: Playbook) -> tuple[str, ...]:
    """Subcommand and options that would fill a field; the deal's number goes between them."""
    if name == "next_step":
        return ("next", "3d", "Call back")
    if name in {"contact", "email", "phone"}:
        return ("edit", *_contact_options(record, name))
    options = {
        "title": ("--title", "Title"),
        "organization": ("--org", "Organization"),
        "value": ("--value", "1000"),
        "source": ("--source", (playbook.sources or ("referral",))[0]),
        "cost": ("--cost", "100"),
        "expected_close": ("--close", "30d"),
        "close": ("--close", "30d"),
        "owner": ("--owner", "Name"),
        "probability": ("--probability", "50"),
        "category": ("--category", "best_case"),
    }
    return ("edit", *options.get(name, ("--field", f"{name}=...")))


def _contact_options(record: DealRecord, name: str) -> tuple[str, ...]:
    """Completes the first person who may be written to; names a new one when there is none."""
    names = (contact.name for contact in record.contacts if contact.name and not contact.opted_out)
    person = next((each for each in names if each.isprintable() and not set(each) & set('@<>"')), None)
    if name == "phone":
        return ("--phone", _EXAMPLE_NUMBER) if record.contacts else ("--contact", "Name", "--phone", _EXAMPLE_NUMBER)
    return ("--contact", f"{person or 'Name'} <{_EXAMPLE_ADDRESS}>")


def _contact_in_words(contact: Contact) -> str:
    way = contact.email or contact.phone or ""
    return f"{contact.name} <{way}>" if contact.name else way


def _reachable_contact(record: DealRecord) -> str | None:
    reachable = (c for c in record.contacts if (c.email or c.phone) and not c.opted_out)
    return next((_contact_in_words(contact) for contact in reachable), None)


def _next_step(record: DealRecord) -> str | None:
    facts = record.facts
    due = f" on {facts.next_step_due}" if facts.next_step_due else ""
    return f"{facts.next_step}{due}" if (facts.next_step or "").strip() else None


def _money(cents: int | None, currency: str) -> str | None:
    if cents is None:
        return None
    units, point, rest = plain_amount(cents).partition(".")
    return f"{int(units):,}{point}{rest} {currency}"


def _extra_field(record: DealRecord, name: str) -> str | None:
    fields = record.facts.fields
    if name in fields:
        return fields[name].strip()
    return next((value.strip() for key, value in fields.items() if key.casefold() == name.casefold()), None)


def _text(value: object) -> str | None:
    return None if value is None else str(value).strip()


_READERS: Mapping[str, Callable[[DealRecord], str | None]] = {
    "title": lambda record: _text(record.facts.title),
    "organization": lambda record: _text(record.facts.organization),
    "contact": _reachable_contact,
    "email": lambda record: next((c.email for c in record.contacts if c.email), None),
    "phone": lambda record: next((c.phone for c in record.contacts if c.phone), None),
    "value": lambda record: _money(record.facts.value_cents, record.facts.currency),
    "source": lambda record: _text(record.facts.source),
    "cost": lambda record: _money(record.facts.cost_cents, record.facts.currency),
    "expected_close": lambda record: _text(record.facts.expected_close),
    "close": lambda record: _text(record.facts.expected_close),
    "owner": lambda record: _text(record.facts.owner),
    "probability": lambda record: (
        None if record.facts.probability is None else f"{round(record.facts.probability * 100, 2):g} %"
    ),
    "category": lambda record: _text(record.facts.category),
    "next_step": _next_step,
}


EXAMPLE_EVIDENCE, EXAMPLE_NOTE = "how we know", "what was said"


class CriterionResult(NamedTuple):
    """One criterion of one stage, judged for one deal."""

    id: str
    text: str
    met: bool
    evidence: str | None
    """What shows it is met; when it is not, how far it is met, or None."""
    fix: str | None
    """The shell command that, pasted, would meet it; None when nothing is needed."""
    any_of: str | None
    waived: bool
    """True: not met, but another criterion of its `any_of` group is, so it blocks nothing."""
    on: date | None = None
    """The day of what met it, where that has one of its own: a touchpoint, a confirmation, the last answer."""


class Case(NamedTuple):
    """All that a criterion is judged by."""

    stage: Stage
    record: DealRecord
    playbook: Playbook
    clock: Clock
    command: str

    @property
    def qualification(self) -> Qualification:
        """That of the deal's pipeline."""
        return self.playbook.qualification_in(self.playbook.pipeline_of(self.record.facts.pipeline))

    @property
    def is_silenced(self) -> bool:
        """Everybody on the deal asked not to be contacted."""
        people = self.record.contacts
        return bool(people) and all(person.opted_out for person in people)

    def line(self, *words: str) -> str:
        """A shell command about this deal: the first word is the subcommand, the deal's number follows it."""
        return command_line(self.command, words[0], str(self.record.facts.id), *words[1:])


class Judgement(NamedTuple):
    """Whether a criterion is met, by what, and what would meet it."""

    met: bool
    evidence: str | None
    fix: str
    on: date | None = None


def check_criteria(
    stage: Stage, record: DealRecord, playbook: Playbook, clock: Clock, command: str = "pipeline"
) -> tuple[CriterionResult, ...]:
    """Judge every exit criterion of a stage as of `clock.now`, in the file's order.

    `command` is how the program is called, with its options before the subcommand; it stands in front of every fix.
    """
    case = Case(stage, record, playbook, clock, command)
    scored = [(criterion, _KINDS[criterion.kind](criterion, case)) for criterion in stage.exit_criteria]
    met_groups = {criterion.any_of for criterion, judgement in scored if judgement.met and criterion.any_of}
    results = []
    for criterion, (met, evidence, fix, on) in scored:
        waived = not met and criterion.any_of in met_groups
        needed_fix = None if met or waived or not fix else fix
        results.append(
            CriterionResult(criterion.id, criterion.text, met, evidence, needed_fix, criterion.any_of, waived, on)
        )
    return tuple(results)


def still_missing(
    pipeline: Pipeline, record: DealRecord, playbook: Playbook, clock: Clock, forced_past: Sequence[str]
) -> list[str]:
    """Of `stage.criterion` names, those that do not hold now; criteria that pipeline.yaml no longer has are dropped."""
    open_ones: set[str] = set()
    for stage in pipeline.stages:
        if any(name.partition(".")[0] == stage.id for name in forced_past):
            results = check_criteria(stage, record, playbook, clock)
            open_ones |= {f"{stage.id}.{result.id}" for result in results if not result.met and not result.waived}
    return [name for name in forced_past if name in open_ones]


def missing(results: Sequence[CriterionResult]) -> tuple[CriterionResult, ...]:
    """The criteria that keep a deal in its stage; of a group none of which is met, every member, its text saying so."""
    blocking = [result for result in results if not result.met and not result.waived]
    sizes: dict[str, int] = {}
    for result in blocking:
        if result.any_of:
            sizes[result.any_of] = sizes.get(result.any_of, 0) + 1
    return tuple(
        result._replace(text=f"{result.text} (one of {result.any_of} is enough)")
        if result.any_of and sizes[result.any_of] > 1
        else result
        for result in blocking
    )


def met_criteria(checked: Sequence[tuple[Stage, Sequence[CriterionResult]]], day: date) -> tuple[MetCriterion, ...]:
    """What is kept with the move that leaves these stages; `day`: of the move, for what has no day of its own."""
    return tuple(
        MetCriterion(stage.id, result.id, result.text, result.evidence, result.on or day)
        for stage, results in checked
        for result in results
        if result.met
    )


def _judge_field(criterion: Criterion, case: Case) -> Judgement:
    name = criterion.field or criterion.id
    evidence = field_evidence(case.record, name)
    return Judgement(evidence is not None, evidence, case.line(*field_fix(case.record, name, case.playbook)))


def _judge_touchpoint(criterion: Criterion, case: Case) -> Judgement:
    counted = [touch for touch in case.record.touchpoints if _counts(touch, criterion, case)]
    name, day = case.playbook.kind_name, case.clock.day
    shown = [f"{name(touch.kind)} on {day(touch.touched_at)}" for touch in counted[-criterion.at_least :]]
    one = case.line("log", *_touchpoint_fix(criterion, case.playbook, asked_in=case.is_silenced))
    first = [case.line("edit", *SOMEBODY_ELSE)] if case.is_silenced and criterion.direction == "out" else []
    lacking = max(1, criterion.at_least - len(counted))
    met = len(counted) >= criterion.at_least
    evidence = ", ".join(shown)
    if evidence and not met:
        evidence = f"{len(counted)} of {criterion.at_least}: {evidence}"
    on = case.clock.day(counted[-1].touched_at) if met else None
    return Judgement(met, evidence or None, " && ".join([*first, *[one] * lacking]), on)


def _touchpoint_fix(criterion: Criterion, playbook: Playbook, *, asked_in: bool) -> list[str]:
    """The kind, a note and the direction of a touchpoint that would count; `asked_in`: of theirs, where it may be."""
    kinds = criterion.touch_kinds or playbook.touchpoint_kinds
    direction = criterion.direction
    if criterion.answered and direction != "in":
        kinds = tuple(sorted(kinds, key=lambda kind: not is_live(kind, playbook.conversations)))
    if criterion.answered and direction == "any":
        direction = "any" if is_live(kinds[0], playbook.conversations) else "in"
    direction = "in" if asked_in and direction == "any" else direction
    return [kinds[0], EXAMPLE_NOTE, *([] if direction == "any" else [f"--{direction}"])]


def _counts(touch: Touchpoint, criterion: Criterion, case: Case) -> bool:
    if touch.sense == AUTOMATIC or (criterion.touch_kinds and touch.kind not in criterion.touch_kinds):
        return False
    if criterion.direction not in {"any", touch.direction}:
        return False
    if criterion.within_days is not None and case.clock.days_since(touch.touched_at) > criterion.within_days:
        return False
    if _must_be_answered(touch, criterion, case.playbook) and touch.sense != CONVERSATION:
        return False
    return criterion.since == "created" or _is_since(touch, _entry(case))


def _must_be_answered(touch: Touchpoint, criterion: Criterion, playbook: Playbook) -> bool:
    """As the file says; else of what they send, and of calls and meetings, which nobody holds alone."""
    if criterion.answered is not None:
        return criterion.answered
    return criterion.direction == "in" or bool(is_live(touch.kind, playbook.conversations))


def _entry(case: Case) -> Move | None:
    """The move by which the deal first came into the stage that asks; of a stage it never was in, into its own.

    None: nobody knows when that was, or it began there; what led to a deal is often older than its record.
    """
    moves = [move for move in case.record.moves if not move.mistake and move.pipeline is None]
    for stage in (case.stage.id, case.record.facts.stage):
        for move in moves:
            if move.to_stage == stage:
                return None if move.inferred or move.from_stage is None else move
    return None


def _is_since(touch: Touchpoint, entry: Move | None) -> bool:
    """Within one instant the order in which they were written decides."""
    if entry is None or touch.touched_at > entry.moved_at:
        return True
    if touch.touched_at < entry.moved_at:
        return False
    return touch.written >= entry.written


def _judge_qualified(_: Criterion, case: Case) -> Judgement:
    verdict = _verdict(case)
    fix = _qualify_fix(case, verdict, partial(is_qualified, case.qualification))
    return Judgement(verdict.verdict == "qualified", _answers_so_far(verdict), fix, _last_answer_on(case))


def _judge_score(criterion: Criterion, case: Case) -> Judgement:
    verdict, qualification = _verdict(case), case.qualification
    unfitting = find_mismatches(qualification, case.record.facts.fields)

    def enough(mismatches: int, yes: tuple[str, ...]) -> bool:
        return score_of(qualification, yes, mismatches) >= criterion.at_least

    every_item = tuple(item.id for item in qualification.items)
    if enough(len(unfitting), every_item) or not unfitting:
        fix = _qualify_fix(case, verdict, partial(enough, len(unfitting)))
    else:
        fitting = [word for wrong in unfitting for word in ("--field", f"{wrong.field}={wrong.fitting[0]}")]
        answers = _qualify_fix(case, verdict, partial(enough, 0))
        fix = " && ".join(step for step in (answers, case.line("edit", *fitting)) if step)
    return Judgement(verdict.score >= criterion.at_least, _answers_so_far(verdict), fix, _last_answer_on(case))


def _last_answer_on(case: Case) -> date | None:
    days = (answer.answered_at for answer in case.record.answers.values())
    return max((case.clock.day(day) for day in days if day is not None), default=None)


def _verdict(case: Case) -> Verdict:
    return judge_qualification(case.qualification, case.record.answers, case.record.facts.fields)


def _answers_so_far(verdict: Verdict) -> str | None:
    if not verdict.yes and not verdict.no:
        return None
    asked = len(verdict.yes) + len(verdict.no) + len(verdict.unknown)
    return "; ".join([f"{len(verdict.yes)} of {asked} yes, score {verdict.score:.4g}", *verdict.mismatches])


def _qualify_fix(case: Case, verdict: Verdict, enough: Callable[[tuple[str, ...]], bool]) -> str:
    """As few `--set item=yes` as are enough: required items first, then what is unknown before what was denied."""
    qualification, yes, words = case.qualification, verdict.yes, list[str]()
    ask_first = questions_in_order(qualification, verdict.unknown)
    then_correct = questions_in_order(qualification, verdict.no)
    in_order = sorted([*ask_first, *then_correct], key=lambda item: item.id not in qualification.required)
    for item in in_order:
        if enough(yes):
            break
        yes = (*yes, item.id)
        words += ["--set", f"{item.id}=yes"]
    return case.line("qualify", *words) if words else ""


def _judge_next_step(_: Criterion, case: Case) -> Judgement:
    evidence = field_evidence(case.record, "next_step")
    return Judgement(evidence is not None, evidence, case.line(*field_fix(case.record, "next_step", case.playbook)))


def _judge_value(criterion: Criterion, case: Case) -> Judgement:
    facts, playbook = case.record.facts, case.playbook
    evidence, has = field_evidence(case.record, "value"), None
    if evidence and not playbook.has_rate(facts.currency):
        evidence += f", and no exchange rate for {facts.currency}"
    elif facts.value_cents is not None:
        has = playbook.in_home(facts.value_cents, facts.currency)
    fix = case.line("edit", "--value", _amount_to_ask(criterion.at_least, case))
    return Judgement(has is not None and has >= criterion.at_least, evidence, fix)


def _amount_to_ask(asked_cents: int, case: Case) -> str:
    """The least amount of the deal's own currency worth the asked minor units; without a rate, the file's currency."""
    currency, home = case.record.facts.currency, case.playbook.currency
    rate = case.playbook.exchange_rates.get(currency)
    if currency == home:
        return plain_amount(asked_cents)
    return (
        f"{plain_amount(asked_cents)} {home}" if rate is None else f"{plain_amount(-(-asked_cents // rate))} {currency}"
    )


def _judge_confirm(criterion: Criterion, case: Case) -> Judgement:
    given = next(
        (c for c in case.record.confirmations if c.stage == case.stage.id and c.criterion == criterion.id), None
    )
    fix = case.line("confirm", _criterion_name(criterion, case), "--evidence", EXAMPLE_EVIDENCE)
    if given is None:
        return Judgement(met=False, evidence=None, fix=fix)
    on = None if given.confirmed_at is None else case.clock.day(given.confirmed_at)
    return Judgement(met=True, evidence=given.evidence or f"confirmed on {on or 'a day not known'}", fix=fix, on=on)


def _criterion_name(criterion: Criterion, case: Case) -> str:
    """`problem`, or `proposal.problem` for a later stage when another stage has a criterion of that id too."""
    pipeline = case.playbook.pipeline(case.record.facts.pipeline)
    if case.stage.id == case.record.facts.stage or pipeline is None:
        return criterion.id
    holders = [stage for stage in pipeline.stages if any(c.id == criterion.id for c in stage.exit_criteria)]
    return criterion.id if len(holders) <= 1 else f"{case.stage.id}.{criterion.id}"


_KINDS: Mapping[str, Callable[[Criterion, Case], Judgement]] = {
    "field": _judge_field,
    "touchpoint": _judge_touchpoint,
    "qualified": _judge_qualified,
    "score": _judge_score,
    "next_step": _judge_next_step,
    "value": _judge_value,
    "confirm": _judge_confirm,
}


def find_criterion(pipeline: Pipeline, current_stage: str, name: str) -> tuple[Stage, Criterion]:
    """By `criterion`, the current stage's first, or by `stage.criterion`.

    Raises UsageError for none or several, RuleError for one that judges itself from the record.
    """
    everything = [(stage, criterion) for stage in pipeline.stages for criterion in stage.exit_criteria]
    found = [one for one in everything if name in (one[1].id, f"{one[0].id}.{one[1].id}")]
    here = [one for one in found if one[0].id == current_stage]
    chosen = here or found
    if not chosen:
        raise unknown_word("exit criterion", name, [one.id for _, one in everything if one.kind == "confirm"])
    if len(chosen) > 1:
        names = ", ".join(f"{stage.id}.{criterion.id}" for stage, criterion in chosen)
        raise UsageError(f"{name} is a criterion of several stages: say which, {names}.")
    stage, criterion = chosen[0]
    if criterion.kind != "confirm":
        raise RuleError(
            f"{criterion.id} is judged from the record ({criterion.kind}), nobody can vouch for it: "
            "`pipeline show DEAL` says what meets it."
        )
    return stage, criterion
