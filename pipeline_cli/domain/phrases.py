"""Phrases that every error message shares: a user's word in quotes, and the known word it may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pipeline_cli.domain.errors import UsageError

MOST_SHOWN = 60


def quoted(text: str) -> str:
    """A user's own text inside a sentence, cut when it is long."""
    return f"'{text}'" if len(text) <= MOST_SHOWN else f"'{text[:MOST_SHOWN]}…'"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant."""
    from difflib import get_close_matches  # 1.3 ms, and only a mistake needs it

    by_folded = {other.casefold(): other for other in known}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
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
