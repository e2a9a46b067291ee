"""Words looked for in texts: case and accents aside, from the beginning of a word, the best text first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.names import normalise
from pipeline_cli.domain.words.text import accept, choice_of

NAMES = ("title", "organization", "person", "address")
"""Kinds that say what a deal is called and whose it is."""
KINDS = (*NAMES, "next_step", "touchpoint", "note", "evidence", "field", "tag", "link", "reason")
"""What a text may be, that which says most first."""
_RANK = {kind: place for place, kind in enumerate(KINDS)}
_LEAD, _LONGEST = 24, 160
"""Characters before the first word that was found, and of the whole sentence that is shown."""


class Text(NamedTuple):
    """One text of the record."""

    kind: str
    deal_id: int | None
    """None: of a person without a deal."""
    contact_id: int | None
    on: date
    text: str
    what: str = ""
    """More about its kind: of a touchpoint call, of a field its name."""


class Hit(NamedTuple):
    """A text in which words were found."""

    text: Text
    words: frozenset[int]
    """Which of the words that were looked for are in it, by place."""
    whole: int
    """How many stand in it as whole words."""


class Words:
    """What is looked for: every word has to be found in a deal, each in any of its texts."""

    def __init__(self, typed: Iterable[str]) -> None:
        """Raises UsageError when there is no word, or none that a text may hold."""
        self.typed = tuple(dict.fromkeys(word for one in typed for word in accept(one, "The search").split()))
        self.folded = tuple(dict.fromkeys(filter(None, (fold(word)[0] for word in self.typed))))
        if not self.folded:
            raise UsageError("What is to be found? Type a word or several: `pipeline search budget`.")
        self._patterns = [re.compile(_beginning(word)) for word in self.folded]
        self._whole = [re.compile(rf"{_beginning(word)}(?![^\W_])") for word in self.folded]

    def find(self, text: Text) -> Hit | None:
        """The text with the words found in it; None when none is there."""
        folded = fold(text.text)[0]
        found = frozenset(place for place, one in enumerate(self._patterns) if one.search(folded))
        if not found:
            return None
        return Hit(text, found, sum(self._whole[place].search(folded) is not None for place in found))

    def quote(self, text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
        """The part of a text around the first word found in it, on one line, and where the words stand in that."""
        line = " ".join(text.split())
        folded, places = fold(line)
        first = min(match.start() for pattern in self._patterns if (match := pattern.search(folded)))
        start = _start_of_sentence(line, places[first])
        line = ("…" if start else "") + line[start:]
        line = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"
        folded, places = fold(line)
        spans = {
            (places[m.start()], places[m.end() - 1] + 1) for pattern in self._patterns for m in pattern.finditer(folded)
        }
        return line, _joined(spans)


def fold(text: str) -> tuple[str, Sequence[int]]:
    """A text without case and accents, and from which place in it each of its letters came."""
    if text.isascii():
        return text.lower(), range(len(text))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        plain = _fold_letter(letter)
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), places


@cache
def _fold_letter(letter: str) -> str:
    return letter if letter.isspace() else normalise(letter)


def _beginning(word: str) -> str:
    """A pattern of the word where one begins. Signs are found anywhere, and so are words of scripts without capitals,
    several of which put no spaces between words."""
    begins_a_word = word[0].isdigit() or word[0] != word[0].upper()
    return (r"(?<![^\W_])" if begins_a_word else "") + re.escape(word)


def _start_of_sentence(line: str, found: int) -> int:
    """Of the sentence that holds the place, or of a word not far before it."""
    ends = [match.end() for match in re.finditer(r"[.!?;:]\s+", line[:found])]
    start = ends[-1] if ends else 0
    if found - start <= _LEAD:
        return start
    space = line.find(" ", found - _LEAD, found)
    return space + 1 if space >= 0 else found


def _joined(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """In their order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def best_first(hits: Iterable[Hit], words: Words) -> list[Hit]:
    """The hits in deals that have every word, those with the most words first, then whole words, then by kind, the newest
    first. Of the names of one deal the best stays, and others that have a word it has not."""
    ordered = sorted(hits, key=_worth)
    found: dict[Owner, frozenset[int]] = {}
    for hit in ordered:
        owner = _owner(hit)
        found[owner] = found.get(owner, frozenset()) | hit.words
    named: dict[Owner, frozenset[int]] = {}
    kept = []
    for hit in ordered:
        owner = _owner(hit)
        if len(found[owner]) < len(words.folded):
            continue
        if hit.text.kind in NAMES:
            if hit.words <= named.get(owner, frozenset()):
                continue
            named[owner] = named.get(owner, frozenset()) | hit.words
        kept.append(hit)
    return kept


Owner = tuple[int | None, int | None]


def _owner(hit: Hit) -> Owner:
    """The deal; of a person without one, the person."""
    deal_id = hit.text.deal_id
    return deal_id, hit.text.contact_id if deal_id is None else None


def _worth(hit: Hit) -> tuple[int, int, int, int, int]:
    text = hit.text
    return -len(hit.words), -hit.whole, _RANK[text.kind], -text.on.toordinal(), -(text.deal_id or 0)


class Wanted(NamedTuple):
    """Kinds of texts to look in."""

    kinds: frozenset[str]
    touchpoint_kind: str | None = None
    """Of touchpoints, one kind alone."""


def parse_kind(word: str | None, touchpoint_kinds: Sequence[str]) -> Wanted:
    """What `--kind` means: a kind of text, or a kind of touchpoint. Raises UsageError."""
    if word is None:
        return Wanted(frozenset(KINDS))
    said = normalise(word).replace(" ", "_").replace("-", "_")
    singular = {**{f"{kind}s": kind for kind in KINDS}, "people": "person", "persons": "person", "addresses": "address"}
    kind = singular.get(said, said)
    if kind in KINDS:
        return Wanted(frozenset((kind,)))
    for own in touchpoint_kinds:
        if normalise(own) == normalise(word):
            return Wanted(frozenset(("touchpoint",)), own)
    raise UsageError(f"--kind {word}: is no kind of text: {choice_of(word, (*KINDS, *touchpoint_kinds))}.")
