"""One problem of a file: where it is, what it is and what to do, and the words that several kinds share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.text import nearest

MOST_REPORTED = 50
"""Nobody reads the rest; a megabyte of nonsense has a hundred thousand."""
MOST_CHOICES = 20
"""Of what is allowed, that many are named."""
MOST_COMPARED = 100
"""Comparing each of thousands of words with each of thousands takes minutes, when a file is made for it."""

_CONTROL = r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]"


class Problem(NamedTuple):
    """A problem or a warning; line and column count from 1."""

    line: int
    column: int
    text: str
    """`what: what to do`"""


def to_lines(file_name: str, problems: Iterable[Problem]) -> tuple[str, ...]:
    """`FILE:LINE:COLUMN: what: what to do`, in the order of the file, each once, 50 at most and how many more."""
    ordered = sorted(set(problems))
    lines = [f"{file_name}:{problem.line}:{problem.column}: {problem.text}" for problem in ordered[:MOST_REPORTED]]
    if len(ordered) > MOST_REPORTED:
        lines.append(f"{file_name}: and {len(ordered) - MOST_REPORTED} more problems: correct these first")
    return tuple(lines)


def quote(text: str, longest: int = 40) -> str:
    """A word of the file in backticks, cut when long, with control characters made visible."""
    return f"`{visible(text)}`" if len(text) <= longest else f"`{visible(text[:longest])}…`"


def visible(text: str) -> str:
    """Control characters and marks of writing direction as their escapes: a message goes to a terminal."""
    import re  # compiling takes 0.8 ms, and most files have no problem

    return re.sub(_CONTROL, lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """`did you mean `x`?` or the list of what is allowed."""
    meant = nearest(word, known[:MOST_COMPARED])
    if meant:
        return f"did you mean {quote(meant)}?"
    more = ", …" if len(known) > MOST_CHOICES else ""
    return f"use one of {', '.join(visible(name[:40]) for name in known[:MOST_CHOICES])}{more}"
