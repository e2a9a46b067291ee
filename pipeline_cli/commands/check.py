"""`pipeline check`: pipeline.yaml, the database and the record."""

from collections.abc import Collection, Sequence
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, answering, form_of, show
from pipeline_cli.domain.deal.edits import Edit, RenameStage
from pipeline_cli.domain.deal.typed import read_stage
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.rules.checkup import Fault, is_unusable, problems_of
from pipeline_cli.domain.rules.removed_stages import find_lost_stages, find_past_stages
from pipeline_cli.domain.words.text import counted
from pipeline_cli.reports.check import check_report, find_faults, playbook_warnings
from pipeline_cli.storage.record.in_use import read_stages_in_use, read_stages_of_history
from pipeline_cli.storage.safekeeping.synced import find_sync_risk
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
    repaired = _mend(workspace) if fix else None
    with workspace.read(workspace.clock) as reader:
        faults = [*find_faults(workspace, reader), *warnings]
    _show(workspace, view, faults, repaired)
    risk = find_sync_risk(workspace.database_path)
    if risk is not None:
        workspace.say(f"Warning: {risk}")
    if problems_of(faults):
        raise typer.Exit(3 if is_unusable(faults) else 5)


def _mend(workspace: Workspace) -> list[Fault]:
    from pipeline_cli.storage.safekeeping.repair import repair_database

    with workspace.write("check", beside_triggers=True) as change:
        repaired = repair_database(change)
    if repaired:
        workspace.say(
            f"Mended {counted(len(repaired), 'fault')}. `{workspace.command_name} undo` takes back what changed "
            "the record."
        )
    else:
        workspace.say("Nothing to mend.")
    return repaired


def _show(workspace: Workspace, view: View, faults: Sequence[Fault], repaired: Sequence[Fault] | None) -> None:
    """A report for machines always; for people only when there is something to say."""
    form = form_of(workspace, view)
    if faults or repaired or view.output is not None or form != "table":
        show(workspace, view, check_report(workspace, faults, repaired))
    repairable = sum(fault.is_mendable for fault in faults)
    if repairable:
        workspace.say(f"`{workspace.command_name} check --fix` mends {repairable} of {len(problems_of(faults))}.")


def _rename(workspace: Workspace, pairs: list[str]) -> None:
    with workspace.write("check") as change:
        lost = find_lost_stages(workspace.playbook, read_stages_in_use(change))
        gone = {(use.pipeline, use.stage) for use in lost}
        past = find_past_stages(workspace.playbook, read_stages_of_history(change))
        gone |= {(pipeline, stage) for pipeline, stage, _ in past}
        edits = [edit for pair in pairs for edit in _read_pair(pair, workspace.playbook, gone)]
        moved = sum(
            use.deals for use in lost for edit in edits if (use.pipeline, use.stage) == (edit.pipeline, edit.old)
        )
        changes: list[Edit] = list(edits)
        names = dict.fromkeys(f"{edit.old} to {edit.new}" for edit in edits)
        change.apply(changes, f"renamed {', '.join(names)}")
    workspace.say(f"Moved {counted(moved, 'open deal')}. `{workspace.command_name} undo` takes it back.")


def _read_pair(pair: str, playbook: Playbook, gone: Collection[tuple[str, str]]) -> list[RenameStage]:
    """One for each pipeline that lost the stage; `gone`: (pipeline, stage) that deals are in or have been in."""
    old, sign, new = pair.partition("=")
    if not sign or not old or not new:
        raise UsageError(f"--map {pair}: is not OLD=NEW: write --map lead=prospecting.")
    owners = [
        pipeline for name, stage in sorted(gone) if stage == old and (pipeline := playbook.pipeline(name)) is not None
    ]
    if not owners:
        raise UsageError(f"--map {pair}: {_why_not(old, playbook, gone)}")
    return [RenameStage(pipeline.id, old, read_stage(new, pipeline).id) for pipeline in owners]


def _why_not(old: str, playbook: Playbook, gone: Collection[tuple[str, str]]) -> str:
    if any(old in pipeline.stage_ids for pipeline in playbook.pipelines):
        return (
            f"pipeline.yaml still has the stage {old}: take it out there first, as with `pipeline config edit`; then its "
            "deals can be moved."
        )
    known = ", ".join(sorted({stage for name, stage in gone if playbook.pipeline(name) is not None}))
    return f"no open deal is in a stage {old} that pipeline.yaml does not have: " + (
        f"map {known} instead." if known else "there is nothing to move."
    )
