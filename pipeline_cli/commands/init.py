"""`pipeline init`: a pipeline.yaml and an empty database."""

import os
from pathlib import Path
from typing import Annotated

import typer

from pipeline_cli.domain.errors import RuleError
from pipeline_cli.workspace import Workspace


def init(
    context: typer.Context,
    template: Annotated[
        str | None, typer.Option(metavar="NAME", help="services, saas, ecommerce, aida, radar, classic, full.")
    ] = None,
) -> None:
    """Write pipeline.yaml and an empty database; nothing is ever overwritten."""
    from pipeline_cli.config.template_files import template_text
    from pipeline_cli.output.files import write_new_file
    from pipeline_cli.storage.database import create, is_missing, look

    workspace: Workspace = context.obj
    text = template_text(template or "services")
    if workspace.database_is_named and not is_missing(workspace.database_path):
        look(workspace.database_path)
    path = _target(workspace)
    named = workspace.options.database or workspace.environ.get("PIPELINE_DB")
    if os.path.lexists(path):
        if template is not None or not named or not is_missing(Path(named)):
            raise RuleError(
                f"{path} is there already and was left as it is: edit it, or name another with `pipeline --config FILE init`."
            )
    else:
        write_new_file(path, text.encode(), force=False)
        workspace.say(f"Wrote {path}: its numbers are guesses, edit them as you learn.")
    workspace.playbook_path = path
    database = workspace.database_path
    if not is_missing(database):
        look(database)
        workspace.say(f"{database} is there already and was left as it is.")
    else:
        create(database)
        workspace.say(f"Made {database}.")
    workspace.say(f'Next: {workspace.command_name} add "Acme: workshop" --value 12k')


def _target(workspace: Workspace) -> Path:
    named = workspace.options.config or workspace.environ.get("PIPELINE_CONFIG")
    if not named:
        return workspace.folder / "pipeline.yaml"
    from pipeline_cli.config.machine import path_named

    return path_named(named, "--config" if workspace.options.config else "PIPELINE_CONFIG")
