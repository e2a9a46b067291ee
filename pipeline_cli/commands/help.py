"""`pipeline help`: a page on a topic, or the help of a command."""

from typing import Annotated, Any

import typer

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.workspace import Workspace


def help(  # noqa: A001 - the word people type
    context: typer.Context,
    about: Annotated[
        list[str] | None, typer.Argument(metavar="[TOPIC|COMMAND]...", help="Such as exit-criteria, or log.")
    ] = None,
) -> None:
    """Explain a topic on one page, or a command."""
    from pipeline_cli.help.pages import find_topic, nearest_page, page_text

    workspace: Workspace = context.obj
    program: Any = context.find_root().command
    words = about or []
    topic = find_topic("-".join(words)) if words else None
    if not words:
        _show_contents(workspace, program)
    elif words[0] in program.commands:
        program.main([*words, "--help"], prog_name="pipeline", standalone_mode=False)
    elif topic is None:
        meant = nearest_page(" ".join(words), list(program.commands))
        guess = f"did you mean {meant}? " if meant else ""
        raise UsageError(f"There is no help on {quoted(' '.join(words))}: {guess}`pipeline help` lists what there is.")
    if topic is not None:
        if words[0] in program.commands:
            workspace.answer("")
        workspace.answer(page_text(topic))


def _show_contents(workspace: Workspace, program: Any) -> None:
    from textwrap import wrap

    from pipeline_cli.help.pages import list_topics

    workspace.answer("Topics, each one page: pipeline help TOPIC")
    for topic, title in list_topics().items():
        workspace.answer(f"  {topic:<14} {title}")
    workspace.answer("\nCommands, each with its options: pipeline help COMMAND")
    workspace.answer("\n".join(wrap(", ".join(program.commands), 76, initial_indent="  ", subsequent_indent="  ")))
    workspace.answer("\n`pipeline --help` says what each command does, README.md explains everything.")
