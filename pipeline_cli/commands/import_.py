"""`pipeline import`: other people's files, and one's own exports."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.commands.reading import View, answering, show
from pipeline_cli.domain.errors import BadRows
from pipeline_cli.exchange.import_plan import ImportPlan, plan_import
from pipeline_cli.exchange.options import ImportFiles, ImportOptions
from pipeline_cli.exchange.rejecting import write_rejects
from pipeline_cli.output.report import Report
from pipeline_cli.reports.importing import import_report, list_problems
from pipeline_cli.storage.importing import Stored, store_import
from pipeline_cli.workspace import Workspace

Pairs = list[str] | None


@answering
def import_(
    workspace: Workspace,
    view: View,
    deals: Annotated[Path, typer.Argument(metavar="DEALS.csv", help="The deals.")],
    moves: Annotated[Path | None, typer.Option(metavar="FILE", help="The stage history.")] = None,
    touchpoints: Annotated[Path | None, typer.Option(metavar="FILE", help="Calls, e-mails, meetings.")] = None,
    contacts: Annotated[Path | None, typer.Option(metavar="FILE", help="The people.")] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="hubspot, pipedrive, salesforce, zendesk, zoho, canonical, or a mapping of pipeline.yaml; else by the headers.",
        ),
    ] = None,
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
    files = ImportFiles(deals, moves, touchpoints, contacts)
    options = ImportOptions(preset, map_ or (), value_map or (), source_name, date_order, decimal, encoding, skip_bad)
    plan = plan_import(files, options, workspace.playbook, workspace.clock)
    if not plan.may_be_stored:
        if view.format is not None or view.json or view.output:
            show(workspace, view, import_report(workspace, plan, None, dry_run=dry_run))
        raise BadRows(list_problems(plan.problems))
    stored = _store(workspace, plan, files, dry_run=dry_run)
    return import_report(workspace, plan, stored, dry_run=dry_run)


def _store(workspace: Workspace, plan: ImportPlan, files: ImportFiles, *, dry_run: bool) -> Stored:
    """A dry run does the same in a transaction that is rolled back, in a database of its own where there is none yet."""
    summary = f"imported {files.deals.name}"
    if dry_run and not workspace.database_is_named and not workspace.database_path.exists():
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            from pipeline_cli.storage.change import write
            from pipeline_cli.storage.database import create

            create(Path(folder) / "dry-run.db")
            with write(Path(folder) / "dry-run.db", workspace.clock, "import", lambda: None) as change:
                stored = store_import(change, plan, summary)
                change.discard()
        return stored
    with workspace.write("import") as change:
        stored = store_import(change, plan, summary)
        if dry_run:
            change.discard()
        else:
            for path in map(write_rejects, plan.rejects()):
                workspace.say(f"Wrote {path}: correct its rows and import it.")
    return stored
