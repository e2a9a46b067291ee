"""The door to all mail: a source is a path, `-` for standard input, or the URL of a folder on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.folders import read_path
from pipeline_cli.exchange.mail.progress import Reading

EXCERPT = "excerpt"
"""Of what is kept of a mail: subject | excerpt | nothing."""


def read_mail(
    sources: Sequence[str],
    keep: str = "subject",
    reading: Reading | None = None,
    *,
    wants_excerpt: Callable[[Letter], bool] | None = None,
) -> Iterator[Letter]:
    """Every copy of every mail; what fails is told in `reading.problems`, and the rest goes on.

    Text is opened only to `keep` an excerpt, and only of the letters that `wants_excerpt`: see `excerpts_wanted`.
    """
    reading = reading or Reading()
    if keep == EXCERPT:
        reading.wants_excerpt = wants_excerpt or _of_each
    for source in sources:
        yield from read_path(Path(source).expanduser(), reading)


def _of_each(letter: Letter) -> bool:
    return letter.is_there
