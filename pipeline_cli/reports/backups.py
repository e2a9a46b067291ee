"""`backup --list`: the copies beside the database, the newest first."""

from __future__ import annotations

from typing import Any

from pipeline_cli.domain.errors import PipelineError
from pipeline_cli.output.report import CODE, COUNT, INSTANT, YES_NO, Column, Report
from pipeline_cli.storage.safekeeping.backups import Backup, find_backups, folder_of
from pipeline_cli.storage.safekeeping.restoring import look_into
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column("file", "File", CODE, 0, "Its name in the folder of backups, which `restore` takes"),
    Column("made_at", "Made", INSTANT, 1, "When it was made"),
    Column(
        "why",
        "Why",
        priority=3,
        meaning="before-… a command that changes much; backup: by `pipeline backup`; "
        "damaged: what `restore` replaced because it could not be read",
    ),
    Column("deals", "Deals", COUNT, 1, "How many deals it holds, closed ones too"),
    Column("operations", "Operations", COUNT, 3, "How many operations its history holds"),
    Column("bytes", "Bytes", COUNT, 2, "Its size"),
    Column("readable", "Readable", YES_NO, 1, "Whether this program can read it; `restore` looks at every page"),
)


def backups_report(workspace: Workspace) -> Report:
    found = find_backups(workspace.database_path)
    folder = folder_of(workspace.database_path)
    return Report(
        name="backups",
        as_of=workspace.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[_row(one) for one in found],
        extra={"folder": str(folder)},
        notes=[f"They lie in {workspace.short(folder)}. `{workspace.command_name} restore FILE` puts one back."]
        if found
        else [],
        empty="There is no backup yet: `pipeline backup` makes one; so do `import`, `prune` and `restore` before they "
        "change anything.",
    )


def _row(one: Backup) -> dict[str, Any]:
    row = {"file": one.path.name, "made_at": one.made_at, "why": one.why, "bytes": one.path.stat().st_size}
    try:
        content = look_into(one.path)
    except PipelineError:
        return row | {"deals": None, "operations": None, "readable": False}
    return row | {"deals": content.deals, "operations": content.operations, "readable": True}
