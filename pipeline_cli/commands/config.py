"""`pipeline config`: the pipeline.yaml in force; `edit` opens a copy in an editor, checked before it is saved."""

from pathlib import Path

import typer

from pipeline_cli.commands.editor import gives_up, open_editor, private_copy, require_editor
from pipeline_cli.commands.options import SETTINGS
from pipeline_cli.config.pipeline_file import check_content, read_content
from pipeline_cli.domain.errors import PipelineError, PlaybookError, RuleError
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.domain.rules.removed_stages import describe_lost_stage, find_lost_stages
from pipeline_cli.output.files import free_name, replace_file, write_new_file
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


@app.command("trust", context_settings=SETTINGS)
def trust_files(context: typer.Context) -> None:
    """Use the files of this folder although somebody else owns or may write them."""
    from pipeline_cli.config.machine import config_folder
    from pipeline_cli.config.trust import trust

    workspace: Workspace = context.obj
    workspace.trusts = True
    files = [workspace.playbook_path, workspace.database_path]
    trust(files, config_folder(workspace.environ))
    workspace.say(f"Trusted from now on: {' and '.join(workspace.short(file) for file in files)}.")


@app.command("edit", context_settings=SETTINGS)
def edit_file(context: typer.Context) -> None:
    """Edit the file in your EDITOR; it is saved when it is valid, and only then."""

    edit_playbook(context.obj)


def edit_playbook(workspace: Workspace) -> None:
    """Opens the editor until the text is valid or the user gives up; the text itself is saved, comments and all."""
    path = workspace.playbook_path
    editor = require_editor(workspace, f"edit {path} with any program, then `{workspace.command_name} check`")
    before = read_content(path)
    with private_copy(path.name, before) as copy:
        while True:
            content = open_editor(editor, copy)
            if content == before:
                workspace.say("Nothing was changed.")
                return
            if _is_fit(workspace, content, path.name):
                break
            if gives_up(workspace, content, _kept_place(path)):
                return
    _save(workspace, path, before, content)


def _kept_place(path: Path) -> Path:
    """Where a text goes that could not be saved."""
    return path.resolve().with_name(f"{path.stem}.edited{path.suffix}")


def _is_fit(workspace: Workspace, content: bytes, name: str) -> bool:
    """Says every problem with its line, and which deals would lose their stage; the latter the user may want."""
    try:
        playbook, warnings = check_content(content, name)
    except PlaybookError as error:
        workspace.say(str(error))
        return False
    for warning in warnings:
        workspace.say(warning)
    lost = _describe_lost_deals(workspace, playbook)
    for line in lost:
        workspace.say(f"{name}: there would be {line}")
    return not lost or workspace.agrees("Save it all the same? [y/N] ")


def _describe_lost_deals(workspace: Workspace, playbook: Playbook) -> list[str]:
    """Nothing when the record cannot be read: the file at fault may be the very one that says where it is."""
    from pipeline_cli.storage.database import is_missing
    from pipeline_cli.storage.record.in_use import read_stages_in_use

    try:
        if is_missing(workspace.database_path):
            return []
        with workspace.read() as reader:
            in_use = read_stages_in_use(reader)
    except PipelineError:
        return []
    return [describe_lost_stage(playbook, use) for use in find_lost_stages(playbook, in_use)]


def _save(workspace: Workspace, path: Path, before: bytes, content: bytes) -> None:
    place = path.resolve()  # a link stays one
    if place.read_bytes() != before:
        kept = free_name(_kept_place(path))
        write_new_file(kept, content, force=False)
        raise RuleError(
            f"{path} was changed by another program meanwhile and was left as it is: your text is in {workspace.short(kept)}."
        )
    replace_file(place, content)
    workspace.say(f"Saved {workspace.short(path)}.")
