"""`pipeline config`: the pipeline.yaml in force."""

import typer

from pipeline_cli.synopsis import SETTINGS
from pipeline_cli.workspace import Workspace

app = typer.Typer(
    help="Show the pipeline.yaml in force, or where it is; edit it, checked before it is saved.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@app.command("show", context_settings=SETTINGS)
def show_file(context: typer.Context) -> None:
    """Print the file in force, once it is known to be valid."""
    workspace: Workspace = context.obj
    assert workspace.playbook  # noqa: S101 - reading it is what checks it
    for line in workspace.playbook_path.read_text(encoding="utf-8").splitlines():
        workspace.answer(line)


@app.command("path", context_settings=SETTINGS)
def path(context: typer.Context) -> None:
    """Print where the file and the database are."""
    workspace: Workspace = context.obj
    workspace.answer(str(workspace.playbook_path.absolute()))
    workspace.answer(str(workspace.database_path.absolute()))


@app.command("edit", context_settings=SETTINGS)
def edit_file(context: typer.Context) -> None:
    """Edit the file in your EDITOR; it is saved when it is valid, and only then."""
    from pipeline_cli.commands.config_edit import edit_playbook

    edit_playbook(context.obj)
