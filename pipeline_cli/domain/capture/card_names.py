"""Whether two names may be one person's, as address books write them: in any order, with titles, with initials."""

from __future__ import annotations

from unicodedata import combining, normalize

_TITLES = frozenset(("dr", "prof", "dipl", "ing", "mag", "mr", "mrs", "ms", "herr", "frau", "mba", "msc", "bsc", "phd"))


def name_words(name: str) -> frozenset[str]:
    """Without case, accents, signs and titles, in any order: `Dr. Müller, Anna` is `anna muller`."""
    plain = "".join(sign for sign in normalize("NFKD", name.casefold()) if not combining(sign))
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return frozenset(word for word in words if word not in _TITLES) or frozenset(words)


def may_be_one(one: frozenset[str], other: frozenset[str]) -> bool:
    """The words of the shorter name stand in the longer, initials for words; a name that is not known may be any."""
    shorter, longer = sorted((one, other), key=len)
    return all(word in longer or (len(word) == 1 and any(full[0] == word for full in longer)) for word in shorter)
