"""`backup` and `restore` without a usable pipeline.yaml: the record matters most when the rules are lost."""

from contextlib import suppress

from pipeline_cli.domain.errors import SetupError
from pipeline_cli.workspace import Workspace


def do_without_rules(workspace: Workspace) -> None:
    """Has the command go on with the database alone, and says so.

    Raises the SetupError of pipeline.yaml where that leaves open which database is meant.
    """
    try:
        _ = workspace.playbook
    except SetupError:
        from pipeline_cli.config.pipeline_file import recovered_playbook
        from pipeline_cli.storage.database import is_missing

        path = None
        with suppress(SetupError):
            path = workspace.playbook_path
        if path is None and not workspace.database_is_named:
            raise
        rules = recovered_playbook(path)
        if not workspace.database_is_named and not rules.database:
            raise
        workspace.playbook = rules
        if not workspace.database_is_named and is_missing(workspace.database_path):
            raise
        what = f"{path.name} cannot be used, and `pipeline check` says why" if path else "There is no pipeline.yaml"
        workspace.say(f"{what}: only the record is looked at, {workspace.short(workspace.database_path)}.")
