"""Text that a spreadsheet would run as a formula: one apostrophe in front, and off again, exactly."""

from __future__ import annotations

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell must not begin with, full-width twins included."""


def guard_formula(text: str) -> str:
    """The text with one apostrophe in front when it is `'*` and then a character that starts a formula.

    Text that already has apostrophes there gets one more, so that `unguard_formula` gives back every text exactly.
    """
    return "'" + text if _would_run(text) else text


def unguard_formula(text: str) -> str:
    """What `guard_formula` was given."""
    return text[1:] if text.startswith("'") and _would_run(text) else text


def _would_run(text: str) -> bool:
    return text.lstrip("'").startswith(RUN_BY_SPREADSHEETS)
