"""Days in words that our own grammar does not know, read by dateparser, which takes two seconds to get ready."""

from __future__ import annotations

import warnings
from datetime import date, datetime

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl")


def read_free_date(words: str, today: date, past: bool) -> date | None:
    """The one day that `words` are sure to mean; None: they are not. Strict: day, month and year must be known."""
    if not any(letter.isalpha() for letter in words) or len(words) > 60:
        return None  # figures alone are ours to read, and what could be two days is not to be guessed
    import dateparser  # type: ignore[import-untyped]

    settings = {
        "STRICT_PARSING": True,
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),  # noqa: DTZ001 - a day has no zone
        "PREFER_DATES_FROM": "past" if past else "future",
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own dependencies
        found = dateparser.parse(words, languages=list(LANGUAGES), settings=settings)
    return None if found is None else found.date()
