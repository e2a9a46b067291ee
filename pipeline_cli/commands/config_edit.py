"""`pipeline config edit`: a copy of pipeline.yaml in an editor, checked before it takes the place of the file."""

from pathlib import Path

from pipeline_cli.commands.editor import gives_up, open_editor, private_copy, require_editor
from pipeline_cli.config.pipeline_file import check_content, read_content
from pipeline_cli.domain.errors import PipelineError, PlaybookError, RuleError
from pipeline_cli.domain.lost_stages import describe_lost_stage, find_lost_stages
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.output.files import free_name, replace_file, write_new_file
from pipeline_cli.workspace import Workspace


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
    from pipeline_cli.storage.in_use import read_stages_in_use

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
