"""`backup --list`: the copies beside the database, the newest first."""

from __future__ import annotations

from pipeline_cli.domain.errors import PipelineError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.output.report import CODE, COUNT, INSTANT, YES_NO, Column, Report
from pipeline_cli.storage.safekeeping.backups import Backup, as_named, find_backups, folder_of
from pipeline_cli.storage.safekeeping.restoring import Content, look_into
from pipeline_cli.workspace import Workspace

COLUMNS = (
    Column(
        "file", "File", CODE, 0, "Its name in the folder of backups, or its path, which `restore` takes", value="name"
    ),
    Column("made_at", "Made", INSTANT, 1, "When it was made", value="backup.made_at"),
    Column(
        "why",
        "Why",
        priority=3,
        meaning="before-… a command that changes much; backup: by `pipeline backup`; "
        "daily: in the folder of second copies; "
        "damaged: what `restore` replaced because it could not be read",
        value="backup.why",
    ),
    Column(
        "deals",
        "Deals",
        COUNT,
        1,
        "How many deals it holds, closed ones too",
        value=lambda one: one.content and one.content.deals,
    ),
    Column(
        "operations",
        "Operations",
        COUNT,
        3,
        "How many operations its history holds",
        value=lambda one: one.content and one.content.operations,
    ),
    Column("bytes", "Bytes", COUNT, 2, "Its size", value=lambda one: one.backup.path.stat().st_size),
    Column(
        "readable",
        "Readable",
        YES_NO,
        1,
        "Whether this program can read it; `restore` looks at every page",
        value=lambda one: one.content is not None,
    ),
)


def backups_report(workspace: Workspace) -> Report:
    """The copies beside the database, newest first."""
    database, place = workspace.database_path, workspace.second_place
    found = find_backups(database) + (place.copies if place else [])
    folder = folder_of(workspace.database_path)
    return Report(
        name="backups",
        as_of=workspace.clock.today,
        pipeline=None,
        currency=workspace.playbook.currency,
        columns=COLUMNS,
        rows=[_looked_into(one, as_named(one.path, database)) for one in found],
        extra={"folder": str(folder)},
        notes=[f"They lie in {workspace.short(folder)}. `{workspace.command_name} restore FILE` puts one back."]
        if found
        else [],
        empty="There is no backup yet: `pipeline backup` makes one; so do `import`, `prune` and `restore` before they "
        "change anything.",
    )


class _LookedInto(NamedTuple):
    """A backup, and what it holds; None when it cannot be read."""

    backup: Backup
    name: str
    """What `restore` takes."""
    content: Content | None


def _looked_into(backup: Backup, name: str) -> _LookedInto:
    try:
        return _LookedInto(backup, name, look_into(backup.path))
    except PipelineError:
        return _LookedInto(backup, name, None)
