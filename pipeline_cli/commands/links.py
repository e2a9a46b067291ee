"""Links of a deal as typed: an address, or a file, which is named from the folder of the record where it lies in it."""

import os
from collections.abc import Sequence
from pathlib import Path

from pipeline_cli.domain.deal.labels import find_link, is_address, links_of, read_address, relink
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.workspace import Workspace


def read_link(workspace: Workspace, text: str) -> str:
    """As it is kept. Raises UsageError for what is neither an address that may be opened nor a file that is there."""
    address = read_address(text)
    if address is not None:
        return address
    path = _absolute(workspace, text)
    try:
        is_there = path.exists()
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise UsageError(f"There is no file {quoted(text.strip())}: correct it; an address begins with https://.")
    return _kept(workspace, path)


def _absolute(workspace: Workspace, text: str) -> Path:
    try:
        path = Path(text.strip()).expanduser()
    except RuntimeError:  # ~nobody
        path = Path(text.strip())
    return Path(os.path.abspath(workspace.folder / path))  # noqa: PTH100 - a link in it is what was named


def _kept(workspace: Workspace, path: Path) -> str:
    """From the folder of the record, which may move with the files in it."""
    folder = Path(os.path.abspath(workspace.database_path.parent))  # noqa: PTH100
    if not path.is_relative_to(folder):
        return path.as_posix()
    inside = path.relative_to(folder).as_posix()
    return path.as_posix() if is_address(inside) or inside == "." else inside


def place_of(workspace: Workspace, link: str) -> Path:
    """Where the file of a link is, or was."""
    return Path(os.path.abspath(workspace.database_path.parent / link))  # noqa: PTH100


def change_links(
    workspace: Workspace, stored: str | None, add: Sequence[str], remove: Sequence[str]
) -> tuple[str | None, list[str]]:
    """The column then, and sentences about what changes nothing; a link is taken off by its number or its text."""
    has = links_of(stored)

    def meant(text: str) -> str:
        if find_link(has, text) or is_address(text):
            return text
        file = _kept(workspace, _absolute(workspace, text))
        return file if file in has else text

    return relink(stored, [read_link(workspace, text) for text in add], [meant(text) for text in remove])
