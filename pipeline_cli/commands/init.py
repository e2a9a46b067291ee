"""`pipeline init`: a pipeline.yaml and an empty database."""

import os
from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.domain.errors import RuleError
from pipeline_cli.domain.starting import Choice, read_currency, read_quota
from pipeline_cli.workspace import Workspace


def init(
    context: typer.Context,
    template: Annotated[
        str | None, typer.Option(metavar="NAME", help="services, saas, ecommerce, aida, radar, classic, full.")
    ] = None,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="What totals are in: EUR, USD, CHF.")] = None,
    quota: Annotated[
        str | None, typer.Option(metavar="AMOUNT/PERIOD", help="What you want to win: 20000/month, 60k/quarter, none.")
    ] = None,
) -> None:
    """Write pipeline.yaml and an empty database; nothing is ever overwritten."""
    from pipeline_cli.config.machine import cache_folder
    from pipeline_cli.config.template_files import template_text
    from pipeline_cli.storage.database import create, is_missing, look
    from pipeline_cli.storage.synced import warn_once

    workspace: Workspace = context.obj
    template_text(template or "services")  # a mistyped name is told before anything is asked
    choice = Choice(
        template,
        None if currency is None else read_currency(currency),
        None if quota is None else read_quota(quota),
    )
    if workspace.database_is_named and not is_missing(workspace.database_path):
        look(workspace.database_path)
    workspace.playbook_path = _write_playbook(workspace, choice)
    database = workspace.database_path
    if not is_missing(database):
        look(database)
        workspace.say(f"{database} is there already and was left as it is.")
    else:
        create(database)
        workspace.say(f"Made {workspace.short(database)}.")
    warn_once(database, cache_folder(workspace.environ), workspace.say)
    workspace.say(f'Next: {workspace.command_name} add "Acme: workshop" --value 12k')


def _write_playbook(workspace: Workspace, choice: Choice) -> Path:
    """As chosen by flags and, on a terminal, by answers; one that is there is kept when a database alone was wanted."""
    from pipeline_cli.config.template_files import fill_template, template_text
    from pipeline_cli.output.files import write_new_file
    from pipeline_cli.storage.database import is_missing

    path = _target(workspace)
    named = workspace.options.database or workspace.environ.get("PIPELINE_DB")
    if os.path.lexists(path):
        if any(one is not None for one in choice) or not named or not is_missing(Path(named)):
            raise RuleError(
                f"{path} is there already and was left as it is: edit it, or name another with `pipeline --config FILE init`."
            )
        return path
    if workspace.is_interactive:
        from pipeline_cli.commands.init_asked import ask_how_to_begin

        choice = ask_how_to_begin(workspace, choice)
    text = template_text(choice.template or "services")
    write_new_file(path, fill_template(text, choice.currency, choice.quota).encode(), force=False)
    workspace.say(f"Wrote {workspace.short(path)}: its numbers are guesses, edit them as you learn.")
    if workspace.is_interactive:
        from pipeline_cli.config.template_files import template_about

        stages = template_about(choice.template or "services")
        workspace.say(f"Its stages: {stages}. `{workspace.command_name} config edit` changes them.")
    return path


def _target(workspace: Workspace) -> Path:
    named = workspace.options.config or workspace.environ.get("PIPELINE_CONFIG")
    if not named:
        return workspace.folder / "pipeline.yaml"
    from pipeline_cli.config.machine import path_named

    return path_named(named, "--config" if workspace.options.config else "PIPELINE_CONFIG")
