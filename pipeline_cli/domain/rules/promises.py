"""Sentences in which somebody promised something: read out of what was written down of a conversation, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pipeline_cli.domain.deal.deal import Contact, Touchpoint
from pipeline_cli.domain.deal.touch_sense import AUTOMATIC, is_live
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.clock import Clock

YOU, THEY = "you", "they"
_WILL = r"(?:will|'ll|’ll|shall|promise[ds]?|agree[ds]? to|commit(?:s|ted)? to|(?:am|is|are|was|were) going to|owes?)"
_FIRST = r"(?:I|we|you and I|us)"
_SECOND = r"you"
_BETWEEN = r"(?:\s+(?!not\b|never\b)[\w'’]+){0,2}?\s*"
_SENTENCE = re.compile(r"[^.!?;\n]+(?:[.!?](?!\s|$)[^.!?;\n]*)*[.!?]?")


class Promise(NamedTuple):
    """Something that was promised, by whom and in which words."""

    by: str
    """you | they"""
    text: str
    """The sentence as it stands."""
    on: date
    kind: str
    """Of the touchpoint."""


def find_promises(
    touchpoints: Iterable[Touchpoint],
    people: Iterable[Contact],
    organization: str | None,
    clock: Clock,
    declared: Mapping[str, bool],
) -> list[Promise]:
    """The newest first, in English: `they will send the plans`, `I promised the offer by Friday`.

    A message of theirs is in their own words: there `we` is them and `you` is you. `declared`: which kinds of pipeline.yaml
    are conversations.
    """
    third = _those(people, organization)
    found = []
    for touch in touchpoints:
        if touch.sense == AUTOMATIC:
            continue
        is_quoted = touch.direction == "in" and not is_live(touch.kind, declared)
        yours, theirs = (_SECOND, f"(?:{_FIRST}|{third})") if is_quoted else (_FIRST, third)
        for sentence in _sentences(touch):
            by = _who(sentence, yours, theirs)
            if by is not None:
                found.append(Promise(by, sentence, clock.day(touch.touched_at), touch.kind))
    return found[::-1]


def _those(people: Iterable[Contact], organization: str | None) -> str:
    names = [name for person in people if person.name for name in (person.name, person.name.split()[0])]
    known = "|".join(re.escape(name) for name in (*names, organization) if name)
    role = "the (?:customer|client|buyer|CEO|CFO|CTO|director|boss|board|team)"
    return rf"(?:they|he|she|{role}{'|' + known if known else ''})"


def _sentences(touch: Touchpoint) -> Iterator[str]:
    for text in (touch.outcome, touch.note):
        for match in _SENTENCE.finditer(text or ""):
            if match.group().strip():
                yield " ".join(match.group().split())


def _who(sentence: str, yours: str, theirs: str) -> str | None:
    """Whoever is said first to do something."""
    if sentence.endswith("?"):
        return None
    places = {
        by: match.start()
        for by, who in ((YOU, yours), (THEY, theirs))
        if (match := re.search(rf"(?<!\w){who}{_BETWEEN}{_WILL}(?!\w)(?! not\b)", sentence, re.IGNORECASE))
    }
    return min(places, key=lambda by: places[by]) if places else None
