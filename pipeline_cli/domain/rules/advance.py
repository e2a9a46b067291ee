"""Whether a deal may go on to a later stage or across to another pipeline, and the move that takes it there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline_cli.domain.deal.closing import moment_of_move, refuse_closed
from pipeline_cli.domain.deal.deal import DealFacts, DealRecord
from pipeline_cli.domain.deal.edits import MoveAcross, MoveDeal
from pipeline_cli.domain.deal.typed import read_stage
from pipeline_cli.domain.errors import CriteriaMissing, RuleError, UsageError
from pipeline_cli.domain.playbook import OUTCOMES, Pipeline, Playbook, Stage
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.exit_criteria import CriterionResult, check_criteria, met_criteria, missing
from pipeline_cli.domain.rules.removed_stages import mapped
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.domain.words.text import quoted, unknown_word


class AdvancePlan(NamedTuple):
    """What `advance` does to one deal."""

    from_stage: Stage
    to_stage: Stage
    move: MoveDeal
    """Straight to the target: a skipped stage is no visit. Forced only when something was missing."""


def plan_advance(
    record: DealRecord,
    pipeline: Pipeline,
    playbook: Playbook,
    clock: Clock,
    to: str | None = None,
    force: bool = False,
    reason: str | None = None,
    at: datetime | None = None,
    command: str = "pipeline",
) -> AdvancePlan:
    """Check the criteria of the stage being left and of every stage passed, and plan the move.

    `to`: id or name of a later stage; None: the next one. `at`: when it happened; None: now.
    Raises CriteriaMissing with the checklist; RuleError for a deal that is not open, is in a stage the file does not
    have, in its last stage, already as far, or moved after `at`; UsageError for an unknown stage, force without a
    reason and a day in the future.
    """
    if force and not (reason or "").strip():
        raise UsageError("--force needs --reason: say why the deal goes on without its exit criteria.")
    left = _current_stage(record.facts, pipeline, command)
    if to is None and left is pipeline.stages[-1]:
        raise _in_the_last_stage(record, left, playbook, clock, command)
    target = _next_stage(record.facts, pipeline) if to is None else _target_stage(record.facts, pipeline, to, command)
    moved_at = moment_of_move(record, clock, at)
    passed = pipeline.stages[pipeline.stages.index(left) : pipeline.stages.index(target)]
    checked = tuple((stage, check_criteria(stage, record, playbook, clock, command)) for stage in passed)
    lacking = tuple(f"{stage.id}.{result.id}" for stage, results in checked for result in missing(results))
    if lacking and not force:
        onward = command_line(command, "advance", str(record.facts.id), *(["--to", target.id] if to else []))
        raise CriteriaMissing(checklist(record.facts, checked, onward))
    move = MoveDeal(
        record.facts.id,
        left.id,
        target.id,
        moved_at,
        reason,
        bool(lacking),
        lacking,
        criteria_met=met_criteria(checked, clock.day(moved_at)),
        forwards=True,
    )
    return AdvancePlan(left, target, move)


def checklist(facts: DealFacts, checked: Sequence[tuple[Stage, tuple[CriterionResult, ...]]], onward: str) -> str:
    """Every criterion, met `[x]`, missing `[ ]` with its command, or not needed `[-]`; then how to go on.

    `onward` is the command to repeat when all is met.
    """
    count = sum(_count_needs(missing(results)) for _, results in checked)
    total = sum(_count_needs(results) for _, results in checked)
    lacking = f"{count} of {total} exit criteria {'is' if count == 1 else 'are'} missing"
    lines = [f"Deal {facts.id}, {facts.title}, cannot leave {checked[0][0].name} yet: {lacking}."]
    for stage, results in checked:
        lines += ["", f"To leave {stage.name}:", *(_criteria_lines(results) or ["  (nothing is asked)"])]
    lines += ["", "The words and amounts in these commands are examples: put in your own."] if count else []
    lines += ["", f"Then: {onward}", "Or go on without, which stays visible:", f'      {onward} --force --reason "why"']
    return "\n".join(lines)


def _count_needs(results: Sequence[CriterionResult]) -> int:
    """A group of which one is enough counts once."""
    return len({result.any_of or (result.id,) for result in results})


def _criteria_lines(results: Sequence[CriterionResult]) -> list[str]:
    blocking = {result.id: result for result in missing(results)}
    lines = []
    for result in results:
        evidence = f": {result.evidence}" if result.evidence else ""
        if result.met:
            lines.append(f"  [x] {result.text}{evidence}")
        elif result.waived:
            lines.append(f"  [-] {result.text} (not needed: another of {result.any_of} is met)")
        else:
            lines.append(f"  [ ] {blocking[result.id].text}{evidence}")
            lines += [f"        {result.fix}"] if result.fix else []
    return lines


def _current_stage(facts: DealFacts, pipeline: Pipeline, command: str) -> Stage:
    if facts.status != "open":
        reopen = command_line(command, "reopen", str(facts.id))
        raise RuleError(f"Deal {facts.id} is {facts.status}: only an open deal advances. To open it again: {reopen}")
    stage = pipeline.stage(facts.stage)
    if stage is None:
        moved = command_line(command, "check", "--map", mapped(facts.stage, pipeline))
        raise RuleError(
            f"Deal {facts.id} is in stage {quoted(facts.stage)}, which {pipeline.name} in pipeline.yaml does not have. "
            f"Move its deals to one of {', '.join(pipeline.stage_ids)}, as in: {moved}"
        )
    return stage


def _next_stage(facts: DealFacts, pipeline: Pipeline) -> Stage:
    return pipeline.stages[pipeline.stage_ids.index(facts.stage) + 1]


def _in_the_last_stage(record: DealRecord, last: Stage, playbook: Playbook, clock: Clock, command: str) -> RuleError:
    """Behind it comes the outcome; what the stage still asks for is shown all the same."""
    results = check_criteria(last, record, playbook, clock, command)
    win = command_line(command, "win", str(record.facts.id))
    lines = [f"Deal {record.facts.id} is in {last.name}, the last stage. When it is won: {win}"]
    if missing(results):
        lines += ["", f"Still missing to leave {last.name}:", *_criteria_lines(results)]
    return RuleError("\n".join(lines))


def _target_stage(facts: DealFacts, pipeline: Pipeline, to: str, command: str) -> Stage:
    target = pipeline.find_stage(to)
    if target is None:
        outcome = normalise(to)
        if outcome in OUTCOMES:
            verb = {"won": "win", "lost": "lose", "disqualified": "disqualify"}[outcome]
            raise UsageError(f"{outcome} is an outcome, not a stage. Use: {command_line(command, verb, str(facts.id))}")
        raise unknown_word("stage", to, pipeline.stage_ids)
    ahead = pipeline.stages.index(target) - pipeline.stage_ids.index(facts.stage)
    if ahead > 0:
        return target
    if ahead == 0:
        position = pipeline.stage_ids.index(facts.stage)
        earlier = pipeline.stage_ids[position - 1] if position else None
        back = earlier and command_line(command, "back", str(facts.id), earlier, "--reason", "why")
        how = f" To go back: {back}" if back else ""
        raise RuleError(f"Deal {facts.id} is in {target.name} already: name a later stage.{how}")
    back = command_line(command, "back", str(facts.id), target.id, "--reason", "why")
    raise RuleError(f"{target.name} comes before the stage of deal {facts.id}. To go back: {back}")


def plan_crossing(
    record: DealRecord, pipeline: str | None, stage: str | None, playbook: Playbook, clock: Clock
) -> MoveAcross:
    """`pipeline` and `stage` as typed. Raises UsageError, and RuleError for a closed deal or one that is there already."""
    facts = record.facts
    if pipeline is None:
        raise UsageError(
            "--stage says where in another pipeline: name that with --pipeline. Within its own, `pipeline advance` and "
            "`pipeline back` move a deal."
        )
    target = playbook.find_pipeline(pipeline)
    if target.id == facts.pipeline:
        raise RuleError(
            f"Deal {facts.id} is in {target.id} already: `pipeline advance {facts.id}` and `pipeline back {facts.id}` move "
            "it there."
        )
    refuse_closed(record, "It cannot go to another pipeline")
    if stage is None:
        raise UsageError(
            f"--pipeline {target.id}: name the stage it goes to with --stage: {', '.join(target.stage_ids)}."
        )
    return MoveAcross(
        facts.id,
        facts.pipeline,
        facts.stage,
        target.id,
        read_stage(stage, target).id,
        moment_of_move(record, clock, None),
    )


def crossing_in_words(move: MoveAcross, playbook: Playbook) -> str:
    """`Services, Proposal -> Renewals, Due`"""
    return " -> ".join(
        f"{playbook.pipeline_name(pipeline)}, {playbook.stage_name(pipeline, stage)}"
        for pipeline, stage in ((move.from_pipeline, move.from_stage), (move.to_pipeline, move.to_stage))
    )
