"""`pipeline open`: a link of a deal, in the program that the system opens it with."""

from typing import Annotated

import typer

from pipeline_cli.commands.links import place_of
from pipeline_cli.commands.options import Deal
from pipeline_cli.domain.deal.labels import SCHEMES, find_link, is_address, links_of
from pipeline_cli.domain.errors import RuleError, UsageError
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.storage.record.deals import find, read_record
from pipeline_cli.workspace import Workspace

Number = Annotated[str | None, typer.Argument(metavar="[N]", help="Which one, as `show` numbers them; else the first.")]


def open_(context: typer.Context, deal: Deal, number: Number = None) -> None:
    """Open a link of a deal: an address in the browser, a file in its program."""
    workspace: Workspace = context.obj
    with workspace.read() as reader:
        facts = read_record(reader, find(reader, deal)).facts
    links = links_of(facts.links)
    if not links:
        raise RuleError(f"Deal {facts.id} has no link: `pipeline edit {facts.id} --link https://…` gives it one.")
    link = find_link(links, "1" if number is None else number)
    if link is None:
        listed = "\n".join(f"  {place}  {one}" for place, one in enumerate(links, 1))
        raise UsageError(f"Deal {facts.id} has no link {quoted(number or '')}; it has\n{listed}")
    target = _target(workspace, link)
    others = (
        f" `pipeline open {facts.id} 2` opens the next of {len(links)}." if number is None and len(links) > 1 else ""
    )
    if _start(target, workspace):
        workspace.say(f"Opened {link}.{others}")
    else:
        workspace.answer(target)
        workspace.say(f"Nothing here opens it: copy it from above.{others}")


def _target(workspace: Workspace, link: str) -> str:
    """What is handed to the system: an address of a known scheme, or the whole path of a file that is there."""
    if is_address(link):
        if link.partition(":")[0].casefold() not in SCHEMES:
            raise RuleError(f"{quoted(link)} is not opened: only https, http, mailto and files are.")
        return link
    path = place_of(workspace, link)
    if not path.exists():
        raise RuleError(f"The file {workspace.short(path)} is not there any more: link it anew, or `--unlink` it.")
    return str(path)


def _start(target: str, workspace: Workspace) -> bool:
    """Hands one argument to one program, never to a shell. False where no program takes it."""
    import os
    import shutil
    import subprocess
    import sys

    start = getattr(os, "startfile", None)
    if start is not None:  # pragma: no cover - Windows
        try:
            start(target)
        except OSError:
            return False
        return True
    names = ("open",) if sys.platform == "darwin" else ("xdg-open", "gio", "wslview")
    for name in names:
        program = shutil.which(name, path=workspace.environ.get("PATH"))
        if program is None:
            continue
        words = [program, "open", target] if name == "gio" else [program, target]
        try:
            done = subprocess.run(  # noqa: S603 - a program of the system, and the one argument
                words,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return True  # a browser that this has started and that stays
        except OSError:
            continue
        if done.returncode == 0:
            return True
    return False


_PATIENCE_SECONDS = 10
