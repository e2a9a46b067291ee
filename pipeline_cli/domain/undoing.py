"""Which operations an `undo` is meant to take back, as it was typed."""

from __future__ import annotations

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.phrases import quoted
from pipeline_cli.domain.record import NamedTuple

MOST_UNASKED = 5
"""A larger count may be meant as the number of an operation, so that it is asked about."""
MOST_WITHOUT_BACKUP = 3
"""Of operations taken back at once."""
_MOST_DIGITS = 18
"""Of a number that SQLite can hold."""


class Wanted(NamedTuple):
    """One of the three, and the others None."""

    last: int | None = None
    """So many of the last operations."""
    down_to: int | None = None
    """Everything from the newest down to this operation, and it too."""
    only: int | None = None
    """This operation alone."""

    @property
    def is_ambiguous(self) -> bool:
        return self.last is not None and self.last > MOST_UNASKED


def read_wanted(word: str | None, to: str | None, only: str | None) -> Wanted:
    """`3` or `#550` as typed after the command, and the options. Raises UsageError: none of these, or several."""
    if to is not None and only is not None:
        raise UsageError("--to and --only contradict each other: give one of them.")
    for option, given in (("--to", to), ("--only", only)):
        if given is not None and word is not None:
            raise UsageError(f"{option} {given} says which operations already: leave {quoted(word)} away.")
    if to is not None:
        return Wanted(down_to=_operation("--to", to))
    if only is not None:
        return Wanted(only=_operation("--only", only))
    if word is not None and word.startswith("#"):
        return Wanted(down_to=_operation("N", word))
    return Wanted(last=1 if word is None else _count(word))


def _operation(name: str, text: str) -> int:
    digits = text.removeprefix("#")
    if not _is_whole(digits) or not digits.strip("0") or len(digits) > _MOST_DIGITS:
        raise UsageError(f"{name}: {quoted(text)} is no operation: give its number, as `pipeline history` shows it.")
    return int(digits)


def _count(text: str) -> int:
    if not _is_whole(text.removeprefix("-")):
        raise UsageError(
            f"N: {quoted(text)} is not a whole number; give how many operations, or '#12' for all down to operation 12."
        )
    if len(text) > _MOST_DIGITS:
        raise UsageError(f"N: {quoted(text)} is more operations than a record can hold.")
    if int(text) < 1:
        raise UsageError(f"N: {text} is too little: it is at least 1; `pipeline undo --help` says more.")
    return int(text)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()
