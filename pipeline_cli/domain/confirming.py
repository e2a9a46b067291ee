"""Which criterion a person means when vouching for one."""

from __future__ import annotations

from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.phrases import unknown_word
from pipeline_cli.domain.playbook import Criterion, Pipeline, Stage


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
