"""Text that a spreadsheet would run as a formula or round as a number: one apostrophe in front, and off again, exactly."""

from __future__ import annotations

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell must not begin with, full-width twins included."""

_EXACT_DIGITS = 15
"""What a spreadsheet keeps of a number."""


def guard_formula(text: str, *, digits: bool = False) -> str:
    """The text with one apostrophe in front when it is `'*` and then a character that starts a formula.

    `digits`: also when it is an id or a telephone number that would lose its leading zeros or last digits, or be
    taken for a power of ten.
    Text that already has apostrophes there gets one more, so that `unguard_formula` gives back every text exactly.
    """
    is_in_danger = _would_run(text) or (_would_be_rounded(text) and (digits or text.startswith("'")))
    return "'" + text if is_in_danger else text


def unguard_formula(text: str) -> str:
    """What `guard_formula` was given."""
    return text[1:] if text.startswith("'") and (_would_run(text) or _would_be_rounded(text)) else text


def _would_run(text: str) -> bool:
    return text.lstrip("'").startswith(RUN_BY_SPREADSHEETS)


def _would_be_rounded(text: str) -> bool:
    number = text.lstrip("'")
    if not number.isascii():
        return False
    if number.isdigit():
        return len(number) > _EXACT_DIGITS or (number.startswith("0") and number != "0")
    digits, sign, power = number.upper().partition("E")
    return bool(sign) and digits.isdigit() and power.isdigit()  # 12E5, which it makes 1200000
