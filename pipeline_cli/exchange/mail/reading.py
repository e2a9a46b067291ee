"""The door to all mail: a source is a path, `-` for standard input, or the URL of a folder on a server."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.folders import read_path
from pipeline_cli.exchange.mail.imap_address import is_imap
from pipeline_cli.exchange.mail.progress import Reading

STANDARD_INPUT = "-"
EXCERPT = "excerpt"
"""Of what is kept of a mail: subject | excerpt | nothing."""


def read_mail(
    sources: Sequence[str],
    keep: str = "subject",
    reading: Reading | None = None,
    *,
    wants_excerpt: Callable[[Letter], bool] | None = None,
    now: datetime | None = None,
    since: datetime | None = None,
    password_command: str | None = None,
) -> Iterator[Letter]:
    """Every copy of every mail; what fails is told in `reading.problems`, and the rest goes on.

    Text is opened only to `keep` an excerpt, and only of the letters that `wants_excerpt`: see `excerpts_wanted`.
    `since`: older mails are not asked of a server. `password_command`: prints the password of a server.
    """
    reading = reading or Reading()
    reading.now = now
    if keep == EXCERPT:
        reading.wants_excerpt = wants_excerpt or _of_each
    for source in sources:
        if source == STANDARD_INPUT:
            from pipeline_cli.exchange.mail.one_message import read_message

            yield from read_message(sys.stdin.buffer, reading)
        elif is_imap(source):
            from pipeline_cli.exchange.mail.imap import read_imap

            yield from read_imap(source, reading, password_command, since.date() if since else None)
        else:
            yield from read_path(Path(source).expanduser(), reading)


def _of_each(letter: Letter) -> bool:
    return letter.is_there
