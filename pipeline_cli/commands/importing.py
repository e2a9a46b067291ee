"""Keeping what an import plans, showing what is wrong with it: for `import` and for `init --from`."""

from pathlib import Path

from pipeline_cli.commands.reading import View, form_of, show
from pipeline_cli.domain.deal.incoming import Watch
from pipeline_cli.domain.errors import SavedWithComplaint
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.exchange.import_plan import ImportPlan, rejected_path, rejected_text
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions
from pipeline_cli.output.files import free_name, write_new_file
from pipeline_cli.reports.importing import import_report
from pipeline_cli.storage.importing.importing import Stored, store_import
from pipeline_cli.workspace import Workspace


def show_refused(workspace: Workspace, view: View, plan: ImportPlan, *, dry_run: bool) -> None:
    """Machines get every problem; a person who asked what would be done, what the columns became."""
    report = import_report(workspace, plan, None, dry_run=dry_run)
    if form_of(workspace, view) != "table" or view.output:
        show(workspace, view, report)
    elif dry_run:
        show(workspace, view, report._replace(rows=[]))


def store(
    workspace: Workspace,
    plan: ImportPlan,
    files: ImportFiles,
    options: ImportOptions,
    watch: Watch,
    *,
    dry_run: bool,
    command: str = "import",
) -> Stored:
    """A dry run does the same in a transaction that is rolled back, in a database of its own where there is none yet."""
    summary = f"imported {files.deals.name}"
    if dry_run and workspace.has_no_record:
        import tempfile

        from pipeline_cli.storage.database import create
        from pipeline_cli.storage.transactions import write

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "dry-run.db"
            create(path)
            with write(path, workspace.clock, "import", lambda: None, dry_run=True) as change:
                return store_import(change, plan, summary, watch)
    complaints = []
    with workspace.write(command, backup=command == "import", dry_run=dry_run) as change:
        stored = store_import(change, plan, summary, watch)
        if not dry_run:
            complaints = _write_rejects(workspace, plan, files, options)
    if complaints:
        raise complaints[0]
    return stored


def _write_rejects(
    workspace: Workspace, plan: ImportPlan, files: ImportFiles, options: ImportOptions
) -> list[SavedWithComplaint]:
    """Before the commit, which does not happen when they cannot be written. What the disk complained of comes after it."""
    complaints, written = [], {}
    for rejects in plan.rejects():
        path = written[rejects.kind] = free_name(rejected_path(rejects))
        try:
            write_new_file(path, rejected_text(rejects), force=False)
        except SavedWithComplaint as complaint:
            complaints.append(complaint)
        workspace.say(f"Wrote {workspace.short(path)}: correct its rows and import it.")
    if written:
        words = [str(written.pop("deals", files.deals)), *_again(options)]
        words += [word for kind, path in written.items() for word in (f"--{kind}", str(path))]
        workspace.say(f"Once corrected: {command_line(workspace.command_name, 'import', *words)}")
    return complaints


def _again(options: ImportOptions) -> list[str]:
    """What the files need to be read the same way; what was rejected is written in an encoding of ours, all but ASCII."""
    flags = [("--preset", options.preset), *(("--map", one) for one in options.maps)]
    flags += [("--value-map", value_map) for value_map in options.value_maps]
    flags += [
        (f"--{name.replace('_', '-')}", getattr(options, name)) for name in ("source_name", "date_order", "decimal")
    ]
    if options.encoding and not options.encoding.casefold().startswith("utf"):
        flags.append(("--encoding", options.encoding))
    return [word for flag, text in flags if text for word in (flag, text)]
