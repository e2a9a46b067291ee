"""`pipeline import`: other people's files, and one's own exports."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, answering, form_of, show
from pipeline_cli.domain.deal.incoming import Watch
from pipeline_cli.domain.errors import BadRows, SavedWithComplaint
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.exchange.import_plan import ImportPlan, plan_import, rejected_path, rejected_text
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions
from pipeline_cli.output.files import free_name, write_new_file
from pipeline_cli.output.report import Report
from pipeline_cli.reports.importing import import_report, list_problems
from pipeline_cli.storage.importing.importing import Stored, store_import
from pipeline_cli.workspace import Workspace

Pairs = list[str] | None
Preset = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="hubspot, pipedrive, salesforce, zendesk, zoho, canonical, or a mapping of pipeline.yaml; else by headers.",
    ),
]


@answering
def import_(
    workspace: Workspace,
    view: View,
    deals: Annotated[Path, typer.Argument(metavar="DEALS.csv", help="The deals.")],
    moves: Annotated[Path | None, typer.Option(metavar="FILE", help="The stage history.")] = None,
    touchpoints: Annotated[Path | None, typer.Option(metavar="FILE", help="Calls, e-mails, meetings.")] = None,
    contacts: Annotated[Path | None, typer.Option(metavar="FILE", help="The people.")] = None,
    changes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Earlier values of fields: amounts, close dates, owners.")
    ] = None,
    preset: Preset = None,
    map_: Annotated[
        Pairs, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column is which field; repeated.")
    ] = None,
    value_map: Annotated[
        Pairs, typer.Option(metavar="FIELD:TEXT=VALUE", help='As in stage:"Closed Won"=won; repeated.')
    ] = None,
    source_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose ids these are; else the preset's.")
    ] = None,
    date_order: Annotated[str | None, typer.Option(metavar="dmy|mdy", help="How 03/04/2026 is meant.")] = None,
    decimal: Annotated[str | None, typer.Option(metavar=".|,", help="The decimal sign of the amounts.")] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="The encoding, if it is not UTF-8 or UTF-16.")
    ] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows out, in DEALS.rejected.csv.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
) -> Report | None:
    """Import deals with their history, as one operation: all of it or nothing, the same file twice only once."""
    files = ImportFiles(deals, moves, touchpoints, contacts, changes)
    options = ImportOptions(preset, map_ or (), value_map or (), source_name, date_order, decimal, encoding, skip_bad)
    with workspace.row_count() as watch:
        plan = plan_import(files, options, workspace.playbook, workspace.clock, watch)
        stored = _store(workspace, plan, files, options, watch, dry_run=dry_run) if plan.may_be_stored else None
    if stored is None:
        _show_refused(workspace, view, plan, dry_run=dry_run)
        raise BadRows(list_problems(plan.problems, is_fatal=plan.is_fatal))
    return import_report(workspace, plan, stored, dry_run=dry_run)


def _show_refused(workspace: Workspace, view: View, plan: ImportPlan, *, dry_run: bool) -> None:
    """Machines get every problem; a person who asked what would be done, what the columns became."""
    report = import_report(workspace, plan, None, dry_run=dry_run)
    if form_of(workspace, view) != "table" or view.output:
        show(workspace, view, report)
    elif dry_run:
        show(workspace, view, report._replace(rows=[]))


def _store(
    workspace: Workspace, plan: ImportPlan, files: ImportFiles, options: ImportOptions, watch: Watch, *, dry_run: bool
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
    with workspace.write("import", backup=True, dry_run=dry_run) as change:
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
