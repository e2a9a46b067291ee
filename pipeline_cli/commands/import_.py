"""`pipeline import`: other people's files, and one's own exports."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.commands.asking_import import ask_until_clear, keep_answers
from pipeline_cli.commands.import_options import (
    Changes,
    Contacts,
    DateOrder,
    Decimal,
    Encoding,
    Maps,
    Moves,
    SkipBad,
    Touchpoints,
    ValueMaps,
)
from pipeline_cli.commands.importing import show_refused, store
from pipeline_cli.commands.reading import View, answering
from pipeline_cli.domain.errors import BadRows
from pipeline_cli.domain.words.shell import command_line
from pipeline_cli.exchange.import_plan import ImportPlan, plan_import
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions
from pipeline_cli.output.report import Report
from pipeline_cli.reports.importing import import_report, list_problems
from pipeline_cli.workspace import Workspace

Preset = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="hubspot, pipedrive, salesforce, zendesk, zoho, canonical, or a mapping of pipeline.yaml; else by headers.",
    ),
]


_STRANGE_STAGES = 3
"""So many that pipeline.yaml does not have: the file is of another pipeline."""


@answering
def import_(
    workspace: Workspace,
    view: View,
    deals: Annotated[Path, typer.Argument(metavar="DEALS.csv", help="The deals; .xlsx too.")],
    moves: Moves = None,
    touchpoints: Touchpoints = None,
    contacts: Contacts = None,
    changes: Changes = None,
    preset: Preset = None,
    map_: Maps = None,
    value_map: ValueMaps = None,
    source_name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose ids these are; else the preset's.")
    ] = None,
    date_order: DateOrder = None,
    decimal: Decimal = None,
    encoding: Encoding = None,
    skip_bad: SkipBad = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
) -> Report | None:
    """Import deals with their history, as one operation: all of it or nothing, the same file twice only once."""
    files = ImportFiles(deals, moves, touchpoints, contacts, changes)
    options = ImportOptions(preset, map_ or (), value_map or (), source_name, date_order, decimal, encoding, skip_bad)

    def make_plan(how: ImportOptions) -> ImportPlan:
        with workspace.row_count() as watch:
            return plan_import(files, how, workspace.playbook, workspace.clock, watch)

    plan, typed = make_plan(options), options
    if plan.kept is not None:
        workspace.say(f"Read as `imports: {plan.kept}:` of {workspace.playbook_path.name} says, by its headers.")
    if workspace.is_interactive:
        plan, options = ask_until_clear(workspace, plan, files, options, make_plan)
    stored = None
    if plan.may_be_stored:
        with workspace.row_count() as watch:
            stored = store(workspace, plan, files, options, watch, dry_run=dry_run)
    if options != typed and not dry_run:
        keep_answers(workspace, plan, options)
    if stored is None:
        show_refused(workspace, view, plan, dry_run=dry_run)
        if sum(word.field == "stage" for word in plan.unknown_words) >= _STRANGE_STAGES:
            begin = command_line("pipeline", "init", "--from", str(deals.absolute()))
            workspace.say(f"A pipeline.yaml with the stages of the file is written, in another folder, by: {begin}")
        raise BadRows(list_problems(plan.problems, is_fatal=plan.is_fatal))
    return import_report(workspace, plan, stored, dry_run=dry_run)
