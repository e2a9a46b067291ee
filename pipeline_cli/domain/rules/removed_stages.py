"""Deals whose stage or pipeline pipeline.yaml no longer has."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.errors import SetupError
from pipeline_cli.domain.playbook import OUTCOMES, Pipeline, Playbook
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import nearest


class StageInUse(NamedTuple):
    """A stage that deals are in, with how many and a few of them."""

    pipeline: str
    stage: str
    deals: int
    """Open deals in it."""
    examples: tuple[int, ...]
    """The numbers of the first few."""


def find_lost_stages(playbook: Playbook, in_use: Sequence[StageInUse]) -> list[StageInUse]:
    """Stages that open deals are in and the file does not have."""
    known = {(pipeline.id, stage.id) for pipeline in playbook.pipelines for stage in pipeline.stages}
    return [use for use in in_use if (use.pipeline, use.stage) not in known]


def find_past_stages(playbook: Playbook, moved_to: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """(pipeline, stage, deals that were ever moved there), of stages that a pipeline of the file no longer has."""
    found = []
    for name, stage, deals in moved_to:
        pipeline = playbook.pipeline(name)
        if pipeline is not None and stage not in OUTCOMES and pipeline.position(stage) is None:
            found.append((name, stage, deals))
    return found


def mapped(stage: str, pipeline: Pipeline) -> str:
    """`demo=proposal`: to the stage with the likest id, else the first."""
    return f"{stage}={nearest(stage, pipeline.stage_ids) or pipeline.stages[0].id}"


def fix_of(playbook: Playbook, use: StageInUse) -> str:
    """What to do about one, for `check`."""
    pipeline = playbook.pipeline(use.pipeline)
    if pipeline is None:
        return f"put the id {use.pipeline} back in pipeline.yaml"
    return f"`pipeline check --map {mapped(use.stage, pipeline)}`"


def describe_lost_stage(playbook: Playbook, use: StageInUse) -> str:
    """Names the deals and the command that moves them."""
    numbers = ", ".join(str(number) for number in use.examples)
    if len(use.examples) < use.deals:
        numbers += f" and {use.deals - len(use.examples)} more"
    noun = "deal" if use.deals == 1 else "deals"
    pipeline = playbook.pipeline(use.pipeline)
    if pipeline is None:
        known = ", ".join(one.id for one in playbook.pipelines)
        return (
            f"{use.deals} open {noun} ({numbers}) of the pipeline {use.pipeline}, which the file does not have "
            f"(it has {known}): put its id back; its name may be any."
        )
    to = mapped(use.stage, pipeline)
    others = ", ".join(stage for stage in pipeline.stage_ids if stage != to.partition("=")[2])
    return (
        f"{use.deals} open {noun} ({numbers}) in the stage {use.stage}, which the file does not have: put it back, "
        f"or move them with `pipeline check --map {to}`"
        + (f"; instead of {to.partition('=')[2]} it may be {others}." if others else ".")
    )


def refuse_lost_stages(playbook: Playbook, in_use: Sequence[StageInUse], file_name: str) -> None:
    """Raises SetupError naming the deals, so that no writing command works around them."""
    lost = find_lost_stages(playbook, in_use)
    if lost:
        raise SetupError(
            "\n".join(
                f"{file_name}: there {'is' if use.deals == 1 else 'are'} {describe_lost_stage(playbook, use)}"
                for use in lost
            )
        )
