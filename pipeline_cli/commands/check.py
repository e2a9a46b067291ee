"""`pipeline check`: pipeline.yaml, the database and the record."""

from typing import Annotated

import typer

from pipeline_cli.domain.edits import Edit, RenameStage
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.stages import StageInUse, describe_lost_stage, find_lost_stages
from pipeline_cli.domain.typed import read_stage
from pipeline_cli.storage.integrity import check_database
from pipeline_cli.storage.stages import read_stages_in_use
from pipeline_cli.workspace import Workspace


def check(
    context: typer.Context,
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="OLD=NEW", help="Move a stage's deals to another.")
    ] = None,
) -> None:
    """Check pipeline.yaml, the database and the record; silent when all is well."""
    workspace: Workspace = context.obj
    if map_:
        _rename(workspace, map_)
    with workspace.read(workspace.clock) as reader:
        problems = check_database(reader)
        lost = find_lost_stages(workspace.playbook, read_stages_in_use(reader))
    problems += [
        f"There {'is' if use.deals == 1 else 'are'} {describe_lost_stage(workspace.playbook, use)}" for use in lost
    ]
    if problems:
        raise RuleError("\n".join(problems))


def _rename(workspace: Workspace, pairs: list[str]) -> None:
    with workspace.write("check") as change:
        lost = find_lost_stages(workspace.playbook, read_stages_in_use(change))
        edits = [edit for pair in pairs for edit in _read_pair(pair, workspace.playbook, lost)]
        moved = sum(
            use.deals for use in lost for edit in edits if (use.pipeline, use.stage) == (edit.pipeline, edit.old)
        )
        changes: list[Edit] = list(edits)
        names = dict.fromkeys(f"{edit.old} to {edit.new}" for edit in edits)
        change.apply(changes, f"renamed {', '.join(names)}")
    workspace.say(f"Moved {counted(moved, 'open deal')}. `{workspace.command_name} undo` takes it back.")


def _read_pair(pair: str, playbook: Playbook, lost: list[StageInUse]) -> list[RenameStage]:
    """One for each pipeline that lost the stage."""
    old, sign, new = pair.partition("=")
    if not sign or not old or not new:
        raise UsageError(f"--map {pair}: is not OLD=NEW: write --map lead=prospecting.")
    owners = [
        (use, pipeline)
        for use in lost
        if use.stage == old and (pipeline := playbook.pipeline(use.pipeline)) is not None
    ]
    if not owners:
        known = ", ".join(dict.fromkeys(use.stage for use in lost))
        raise UsageError(
            f"--map {pair}: no open deal is in a stage {old} that pipeline.yaml does not have: "
            + (f"map {known} instead." if known else "there is nothing to move.")
        )
    return [RenameStage(use.pipeline, old, read_stage(new, pipeline).id) for use, pipeline in owners]
