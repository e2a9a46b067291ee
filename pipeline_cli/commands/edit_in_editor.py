"""`pipeline edit DEAL` without an option, on a terminal: the deal's fields in an editor."""

from collections.abc import Callable
from typing import Any

import typer

from pipeline_cli.commands.editor import gives_up, named_editor, open_editor, private_copy
from pipeline_cli.domain.deal import DealFacts
from pipeline_cli.domain.deal_text import FIELD, changed_lines, deal_lines, read_deal_text, write_deal_text
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.storage.deals import find, read_record
from pipeline_cli.workspace import Workspace


def edit_in_editor(context: typer.Context, deal: str, edit: Callable[..., None]) -> None:
    """What was changed there is one operation, made by `edit` itself; a mistake is told and can be corrected."""
    workspace: Workspace = context.obj
    editor = named_editor(workspace)
    if editor is None:
        raise UsageError(
            "There is nothing to change: name a field, such as --value 12k, or set EDITOR to see them all."
        )
    with workspace.read() as reader:
        facts = read_record(reader, find(reader, deal)).facts
    before = deal_lines(facts, workspace.playbook)
    text = write_deal_text(facts, before)
    with private_copy(f"deal-{facts.id}.yaml", text.encode()) as copy:
        while True:
            content = open_editor(editor, copy)
            try:
                changed = changed_lines(before, read_deal_text(_decoded(content)))
                if changed:
                    edit(context, str(facts.id), **_options(changed))
                else:
                    workspace.say("Nothing was changed.")
                return
            except (UsageError, RuleError) as problem:
                workspace.say(str(problem))
                if gives_up(workspace, content, workspace.folder / f"deal-{facts.id}.edited.yaml"):
                    return
                copy.write_bytes(_with_problem(facts, content, str(problem)))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("The text is not UTF-8: save it so.") from None


def _options(changed: dict[str, str]) -> dict[str, Any]:
    """The changes as the options of `edit`."""
    options: dict[str, Any] = {
        key.replace("-", "_"): text for key, text in changed.items() if not key.startswith(FIELD)
    }
    for key in ("probability", "category"):
        if options.get(key) == "":
            options[key] = "auto"
    fields = [f"{key.removeprefix(FIELD).strip()}={text}" for key, text in changed.items() if key.startswith(FIELD)]
    return options | ({"field": fields} if fields else {})


def _with_problem(facts: DealFacts, content: bytes, problem: str) -> bytes:
    """What the user wrote, under a fresh top that says what is wrong with it."""
    own = [line for line in content.splitlines() if not line.startswith(b"#")]
    return write_deal_text(facts, {}, problem).encode() + b"".join(line + b"\n" for line in own)
