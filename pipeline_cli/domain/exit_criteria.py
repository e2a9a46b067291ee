"""Exit criteria: is each met, by what evidence, and which exact command would meet it; one small function per kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from pipeline_cli.domain.clock import Clock
from pipeline_cli.domain.criterion_fields import field_evidence, field_fix
from pipeline_cli.domain.deal import DealRecord, Touchpoint
from pipeline_cli.domain.money import convert_cents, plain_amount
from pipeline_cli.domain.playbook import Criterion, Playbook, Qualification, Stage
from pipeline_cli.domain.qualification import (
    Verdict,
    find_mismatches,
    is_qualified,
    judge_qualification,
    questions_in_order,
    score_of,
)
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.shell import command_line


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

    def line(self, *words: str) -> str:
        """A shell command about this deal: the first word is the subcommand, the deal's number follows it."""
        return command_line(self.command, words[0], str(self.record.facts.id), *words[1:])


class Judgement(NamedTuple):
    met: bool
    evidence: str | None
    fix: str


def check_criteria(
    stage: Stage, record: DealRecord, playbook: Playbook, clock: Clock, command: str = "pipeline"
) -> tuple[CriterionResult, ...]:
    """Judge every exit criterion of a stage as of `clock.now`, in the file's order.

    `command` is how the program is called, with its options before the subcommand; it stands in front of every fix.
    """
    case = Case(stage, record, playbook, clock, command)
    judged = [(criterion, _KINDS[criterion.kind](criterion, case)) for criterion in stage.exit_criteria]
    met_groups = {criterion.any_of for criterion, judgement in judged if judgement.met and criterion.any_of}
    results = []
    for criterion, (met, evidence, fix) in judged:
        waived = not met and criterion.any_of in met_groups
        needed_fix = None if met or waived or not fix else fix
        results.append(
            CriterionResult(criterion.id, criterion.text, met, evidence, needed_fix, criterion.any_of, waived)
        )
    return tuple(results)


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


def _judge_field(criterion: Criterion, case: Case) -> Judgement:
    name = criterion.field or criterion.id
    evidence = field_evidence(case.record, name)
    return Judgement(evidence is not None, evidence, case.line(*field_fix(case.record, name, case.playbook)))


def _judge_touchpoint(criterion: Criterion, case: Case) -> Judgement:
    counted = [touch for touch in case.record.touchpoints if _counts(touch, criterion, case.clock)]
    shown = [f"{touch.kind} on {case.clock.day(touch.touched_at)}" for touch in counted[-criterion.at_least :]]
    kind = (criterion.touch_kinds or case.playbook.touchpoint_kinds)[0]
    direction = [] if criterion.direction == "any" else [f"--{criterion.direction}"]
    one = case.line("log", kind, "what was said", *direction)
    lacking = max(1, criterion.at_least - len(counted))
    met = len(counted) >= criterion.at_least
    evidence = ", ".join(shown)
    if evidence and not met:
        evidence = f"{len(counted)} of {criterion.at_least}: {evidence}"
    return Judgement(met, evidence or None, " && ".join([one] * lacking))


def _counts(touch: Touchpoint, criterion: Criterion, clock: Clock) -> bool:
    return (
        (not criterion.touch_kinds or touch.kind in criterion.touch_kinds)
        and criterion.direction in {"any", touch.direction}
        and (criterion.within_days is None or clock.days_since(touch.touched_at) <= criterion.within_days)
    )


def _judge_qualified(_: Criterion, case: Case) -> Judgement:
    verdict = _verdict(case)
    fix = _qualify_fix(case, verdict, partial(is_qualified, case.qualification))
    return Judgement(verdict.verdict == "qualified", _answers_so_far(verdict), fix)


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
    return Judgement(verdict.score >= criterion.at_least, _answers_so_far(verdict), fix)


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
    facts, home, rates = case.record.facts, case.playbook.currency, case.playbook.exchange_rates
    evidence = field_evidence(case.record, "value")
    if evidence and facts.currency != home and facts.currency not in rates:
        evidence += f", and no exchange rate for {facts.currency}"
        has = None
    elif facts.value_cents is not None:
        has = convert_cents(facts.value_cents, facts.currency, home, rates)
    else:
        has = None
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
    fix = case.line("confirm", _criterion_name(criterion, case), "--evidence", "how we know")
    if given is None:
        return Judgement(met=False, evidence=None, fix=fix)
    return Judgement(met=True, evidence=given.evidence or f"confirmed on {case.clock.day(given.confirmed_at)}", fix=fix)


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
