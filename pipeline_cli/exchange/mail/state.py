"""Whether anything came into a source since it was read, told without opening a mail: from the times of its folders."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline_cli.exchange.mail.folders import mail_folders_of_profile
from pipeline_cli.exchange.mail.imap_address import is_imap
from pipeline_cli.exchange.mail.maildir import is_maildir
from pipeline_cli.exchange.mail.paths import is_folder

_SETTLED = 2.0
"""Seconds after which a change would have another time than the one before, on any file system."""


def state_of(source: str) -> str | None:
    """A digest that changes whenever a mail comes, goes or gets another flag. To be taken before the source is read.

    None where it cannot tell: of a server, of standard input, of what is not there, or changed just now.
    """
    if source == "-" or is_imap(source):
        return None
    path, digest, latest = Path(source).expanduser(), hashlib.sha256(), 0
    try:
        for place in mail_folders_of_profile(path) or [path]:
            for name, size, changed in _changes(place):
                latest = max(latest, changed)
                digest.update(f"{name}\0{size}\0{changed}\n".encode("utf-8", "surrogateescape"))
    except (OSError, ValueError):
        return None
    return digest.hexdigest() if latest / 1e9 < time.time() - _SETTLED else None


def _changes(path: Path) -> Iterator[tuple[str, int, int]]:
    """Of each folder when something in it was renamed or came, of each file that may hold many mails its length too."""
    status = path.stat()
    yield str(path), status.st_size, status.st_mtime_ns
    if not path.is_dir():
        return
    parts = [path / name for name in ("new", "cur") if is_folder(path / name)] if is_maildir(path) else []
    for part in parts:
        yield str(part), 0, part.stat().st_mtime_ns
    with os.scandir(path) as entries:
        inside = sorted(entries, key=lambda entry: entry.name)
    for entry in inside:
        if entry.is_dir(follow_symlinks=False):
            if Path(entry.path) not in parts and entry.name != "tmp":
                yield from _changes(Path(entry.path))
        elif not parts:
            status = entry.stat()
            yield entry.path, status.st_size, status.st_mtime_ns
