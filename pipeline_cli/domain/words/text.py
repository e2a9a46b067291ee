"""Text: the door for a user's own, phrases that messages share, and what a spreadsheet would run as a formula."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from pipeline_cli.domain.errors import UsageError

LONGEST = 100_000
"""Characters; a longer text is a file dropped into the wrong place."""


class OneLine(str):
    """A text with line breaks in it: inside a sentence they are shown, as tables show them; by itself it is as it is."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        return format(self.replace("\r\n", "\n").replace("\n", "⏎"), form)


Text = TypeVar("Text", str, None, str | None)


def in_sentences(text: Text) -> Text:
    """The same text, safe to be put into a message: a line of it can never pass for a line of the program's own."""
    return OneLine(text) if text is not None and "\n" in text else text


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
    return in_sentences(text)


def accept_filled(text: str, what: str) -> str:
    """The same without the spaces around it. Raises UsageError when nothing is left."""
    kept = accept(text, what).strip()
    if not kept:
        raise UsageError(f"{what} is empty: say what it is.")
    return in_sentences(kept)


def accept_or_none(text: str | None, what: str) -> str | None:
    """None for a text that was not given or is blank: how a field is emptied."""
    return None if text is None else in_sentences(accept(text, what).strip() or None)


MOST_SHOWN = 60


def quoted(text: str) -> str:
    """A user's own text inside a sentence, cut when it is long."""
    shown = f"{in_sentences(text)}"
    return f"'{shown}'" if len(shown) <= MOST_SHOWN else f"'{shown[:MOST_SHOWN]}…'"


_MOST_COMPARED = 100
"""Characters: a longer one is no word, and comparing it takes long."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant."""
    from difflib import get_close_matches  # 1.3 ms, and only a mistake needs it

    by_folded = {other.casefold(): other for other in known}
    found = get_close_matches(word[:_MOST_COMPARED].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def choice_of(word: str, known: Iterable[str]) -> str:
    """`did you mean json? Choose one of table, json, csv`, the end of a sentence without its full stop."""
    words = list(known)
    meant = nearest(word, words)
    guess = f"did you mean {meant}? Choose" if meant else "choose"
    return f"{guess} one of {', '.join(words)}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 deal`, `2 deals`"""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def short_day(day: date, today: date) -> str:
    """`21 Nov`, with the year when it is not this one."""
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def long_day(day: date) -> str:
    """`21 November 2026`"""
    return f"{day.day} {day:%B %Y}"


def unknown_word(what: str, word: str, known: Iterable[str]) -> UsageError:
    """`There is no stage 'propsal': did you mean proposal? Known: prospecting, proposal.`"""
    words = list(dict.fromkeys(known))
    meant = nearest(word, words)
    guess = f": did you mean {meant}?" if meant else "."
    return UsageError(f"There is no {what} {quoted(word)}{guess} Known: {', '.join(words) or 'none'}.")


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
