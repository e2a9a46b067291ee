"""The door for a user's own text: what is taken comes back exactly, and what could not is refused here."""

from __future__ import annotations

from pipeline_cli.domain.errors import UsageError

LONGEST = 100_000
"""Characters; a longer text is a file dropped into the wrong place."""


def accept(text: str, what: str) -> str:
    """The text itself. Raises UsageError for a NUL character, half a character (a lone surrogate), or far too much."""
    if "\x00" in text:
        raise UsageError(f"{what} holds a NUL character, which no database keeps: take it out.")
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise UsageError(f"{what} holds bytes that are no text: type it in UTF-8.")
    if len(text) > LONGEST:
        raise UsageError(
            f"{what} is {len(text):,} characters long, more than {LONGEST:,}: keep it in a file of its own."
        )
    return text


def accept_filled(text: str, what: str) -> str:
    """The same without the spaces around it. Raises UsageError when nothing is left."""
    kept = accept(text, what).strip()
    if not kept:
        raise UsageError(f"{what} is empty: say what it is.")
    return kept


def accept_or_none(text: str | None, what: str) -> str | None:
    """None for a text that was not given or is blank: how a field is emptied."""
    return None if text is None else (accept(text, what).strip() or None)
