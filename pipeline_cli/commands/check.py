"""`pipeline check`: pipeline.yaml, the database and the record."""

from collections.abc import Sequence
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, answering, form_of, show
from pipeline_cli.domain.checkup import Fault, is_unusable, problems_of
from pipeline_cli.domain.edits import Edit, RenameStage
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.lost_stages import StageInUse, find_lost_stages
from pipeline_cli.domain.phrases import counted
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.typed import read_stage
from pipeline_cli.reports.check import check_report, find_faults, playbook_warnings
from pipeline_cli.storage.in_use import read_stages_in_use
from pipeline_cli.storage.synced import find_sync_risk
from pipeline_cli.workspace import Workspace


@answering
def check(
    workspace: Workspace,
    view: View,
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="OLD=NEW", help="Move a stage's deals to another.")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended without losing anything.")] = False,
) -> None:
    """Check pipeline.yaml, the database and the record; silent when all is well."""
    warnings = playbook_warnings(workspace)
    if map_:
        _rename(workspace, map_)
    mended = _mend(workspace) if fix else None
    with workspace.read(workspace.clock) as reader:
        faults = [*find_faults(workspace, reader), *warnings]
    _show(workspace, view, faults, mended)
    risk = find_sync_risk(workspace.database_path)
    if risk is not None:
        workspace.say(f"Warning: {risk}")
    if problems_of(faults):
        raise typer.Exit(3 if is_unusable(faults) else 5)


def _mend(workspace: Workspace) -> list[Fault]:
    from pipeline_cli.storage.mending import mend_database

    with workspace.write("check") as change:
        mended = mend_database(change)
    if mended:
        workspace.say(f"Mended {counted(len(mended), 'fault')}. `{workspace.command_name} undo` takes back what changed "
                      "the record.")  # fmt: skip
    else:
        workspace.say("Nothing to mend.")
    return mended


def _show(workspace: Workspace, view: View, faults: Sequence[Fault], mended: Sequence[Fault] | None) -> None:
    """A report for machines always; for people only when there is something to say."""
    form = form_of(workspace, view)
    if faults or mended or view.output is not None or form != "table":
        show(workspace, view, check_report(workspace, faults, mended))
    mendable = sum(fault.is_mendable for fault in faults)
    if mendable:
        workspace.say(f"`{workspace.command_name} check --fix` mends {mendable} of {len(problems_of(faults))}.")


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
