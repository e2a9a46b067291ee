"""Taking a person out of texts: every way their name, address and number may have been written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline_cli.domain.deal.people import FORGOTTEN
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import forms_of
from pipeline_cli.domain.words.names import normalise, normalise_organization
from pipeline_cli.domain.words.text import LONGEST

_NOT_A_NAME = frozenset(
    [
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "herr",
        "frau",
        "von",
        "van",
        "der",
        "den",
        "de",
        "la",
        "le",
        "el",
        "al",
        "di",
        "da",
        "du",
        "bin",
        "ibn",
        "and",
        "und",
        "the",
        "of",
    ]
)
_BETWEEN_DIGITS = r"(?:[\s()/.\-]|ext\.?|x){0,6}"
_FEWEST_DIGITS = 6
"""A shorter number is taken out only as it was typed: it could be anything."""
_ADDRESS = re.compile(r"[^\s/]*/\S*")
"""A page or a path."""
_FEWEST_LETTERS = 3
"""Of a part of a name that is looked for there."""
_NATIONAL_DIGITS = 7
"""How many digits are left, at least, of a number without its country."""


class Identity(NamedTuple):
    """What a person is called and reached by, now and before."""

    names: frozenset[str]
    emails: frozenset[str]
    phones: frozenset[str]


class Others(NamedTuple):
    """What must not be taken for the person."""

    shared: Identity
    """Names, addresses and numbers that somebody else of the record has too: taken out in the person's deals alone."""
    words: frozenset[str]
    """Normalised words of organizations, and of people on the same deals: no sign of the person."""


class Eraser:
    """Takes one person out of texts; `theirs` says that the text belongs to a deal of that person."""

    def __init__(self, identity: Identity, others: Others) -> None:
        own = Identity(*(mine - shared for mine, shared in zip(identity, others.shared, strict=True)))
        self._anywhere = _compiled(_patterns(own))
        parts = {part for name in identity.names for part in _parts(name, others.words)}
        self._in_their_deals = _compiled([*_patterns(identity), *(_word(part) for part in sorted(parts))])
        self._in_addresses = _compiled(
            _bounded(part, _either_form(part), ignore_case=True)
            for part in sorted(parts)
            if len(part) >= _FEWEST_LETTERS
        )

    def erase(self, text: Any, theirs: bool) -> Any:
        """The text with `forgotten contact` wherever the person stood; what is no text stays.

        It may be longer than what was there, and loses its end where it would be longer than a text may be.
        """
        pattern = self._in_their_deals if theirs else self._anywhere
        if not isinstance(text, str) or not pattern:
            return text
        erased = pattern.sub(FORGOTTEN, _ADDRESS.sub(self._erase_address, text) if theirs else text)
        return erased if len(erased) <= max(LONGEST, len(text)) else f"{erased[: LONGEST - 1]}…"

    def _erase_address(self, found: re.Match[str]) -> str:
        """There a name is written small: an address that holds one leads nowhere else, a path keeps its other parts."""
        text = found.group()
        if not self._in_addresses or not self._in_addresses.search(text):
            return text
        return FORGOTTEN if "://" in text else self._in_addresses.sub(FORGOTTEN, text)

    def erase_tags(self, text: Any, theirs: bool) -> Any:
        """Words with a space between, without those that name the person; None: none is left."""
        kept = [tag for tag in text.split(" ") if self.erase(tag, theirs) == tag]
        return " ".join(kept) or None

    def erase_json(self, text: Any, theirs: bool) -> Any:
        """The same inside JSON, and inside JSON within it; what is none is taken as it stands."""
        if isinstance(text, str) and text[:1] in ("{", "["):
            try:
                value = json.loads(text)
            except ValueError:
                return self.erase(text, theirs)
            erased = self._within(value, theirs)
            # A mapping is stored by the order of its keys, the entries of a list are not.
            in_order = isinstance(erased, dict)
            return text if erased == value else json.dumps(erased, ensure_ascii=False, sort_keys=in_order)
        return self.erase(text, theirs)

    def _within(self, value: Any, theirs: bool) -> Any:
        if isinstance(value, dict):
            return {self.erase(key, False): self._within(one, theirs) for key, one in value.items()}
        if isinstance(value, list):
            return [self._within(one, theirs) for one in value]
        return self.erase_json(value, theirs)


def words_of(names: Iterable[str | None]) -> frozenset[str]:
    """Normalised, as `Others` wants them."""
    texts = [name for name in names if name]
    return frozenset(
        word for text in texts for form in (normalise(text), normalise_organization(text)) for word in form.split()
    )


def _compiled(patterns: Iterable[str]) -> re.Pattern[str] | None:
    """The longest first, so that a whole name goes before a part of it."""
    ordered = sorted(dict.fromkeys(patterns), key=len, reverse=True)
    return re.compile("|".join(ordered)) if ordered else None


def _patterns(identity: Identity) -> list[str]:
    found = [_email(email) for email in sorted(identity.emails) if email]
    found += [pattern for phone in sorted(identity.phones) for pattern in _phone(phone)]
    found += [pattern for name in sorted(identity.names) for pattern in _name(name)]
    return found


def _email(email: str) -> str:
    forms = dict.fromkeys(form for text in forms_of(email) for form in (text, text.replace("ß", "ss")))
    return rf"(?i:(?<![\w.%+\-])(?:{'|'.join(map(_either_form, forms))})(?!\w|[.\-]\w))"


def _phone(phone: str) -> Iterator[str]:
    typed = r"\s*".join(re.escape(part) for part in phone.split())
    yield rf"(?<!\d){typed}(?!\d)"
    digits = "".join(sign for sign in phone if sign.isdecimal())
    if len(digits) < _FEWEST_DIGITS:
        return
    abroad = phone.lstrip().startswith(("+", "00"))
    plain = digits.removeprefix("00") if abroad else digits
    yield rf"(?<!\d)(?:\+|00)?{_spaced(plain)}(?!\d)"
    if abroad:
        for country in (1, 2, 3):
            if len(plain) - country >= _NATIONAL_DIGITS:
                yield rf"(?<!\d)\(?0{_BETWEEN_DIGITS}{_spaced(plain[country:])}(?!\d)"
    elif plain.startswith("0") and len(plain) > _NATIONAL_DIGITS:
        yield rf"(?<!\d)(?:\+|00)\d{{1,3}}{_BETWEEN_DIGITS}(?:0{_BETWEEN_DIGITS})?{_spaced(plain[1:])}(?!\d)"


def _spaced(digits: str) -> str:
    return _BETWEEN_DIGITS.join(digits)


def _name(name: str) -> Iterator[str]:
    """`Ann Lee` and `Lee, Ann` in any case; a name of one word only as a name is written."""
    words = name.split()
    if len(words) == 1:
        yield _word(words[0])
    elif words:
        yield _bounded(name, r"\s+".join(map(_either_form, words)), ignore_case=True)
        turned = rf"{_either_form(words[-1])}\s*,\s*" + r"\s+".join(map(_either_form, words[:-1]))
        yield _bounded(words[-1], turned, ignore_case=True)


def _word(word: str) -> str:
    """`Hope` and `HOPE`, not `hope`."""
    forms = dict.fromkeys((word, word.title(), word.upper()))
    return _bounded(word, "|".join(map(_either_form, forms)), ignore_case=False)


def _bounded(name: str, pattern: str, *, ignore_case: bool) -> str:
    """No part of a longer word, but for the s of a genitive; scripts without case write without spaces too."""
    flag = "i:" if ignore_case else ":"
    if name[0].lower() == name[0].upper() and not name[0].isdigit():
        return f"(?{flag}{pattern})"
    return rf"(?{flag}(?<![^\W_])(?:{pattern})s?(?![^\W_]))"


def _either_form(text: str) -> str:
    """Accents as one sign or as two."""
    if text.isascii():
        return re.escape(text)
    from unicodedata import normalize

    forms = dict.fromkeys((text, normalize("NFC", text), normalize("NFD", text)))
    return f"(?:{'|'.join(map(re.escape, forms))})"


def _parts(name: str, known: frozenset[str]) -> Iterator[str]:
    for part in re.findall(r"[^\W\d_][\w'’\-]+", name):
        if normalise(part) not in known | _NOT_A_NAME:
            yield part
