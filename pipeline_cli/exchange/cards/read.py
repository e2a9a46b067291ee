"""Reads address books: files of one card or many, and folders of them as khard and vdirsyncer keep them, card by card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline_cli.domain.capture.cards import Card, CardAddress
from pipeline_cli.domain.words.addresses import is_email
from pipeline_cli.domain.words.text import quoted
from pipeline_cli.exchange.cards.lines import BrokenLine, Line, fields_of, read_line, text_of
from pipeline_cli.exchange.cards.parts import Part, cut
from pipeline_cli.exchange.found_files import Complain, find_files, why_unreadable

SUFFIXES = (".vcf", ".vcard")
_KINDS = {"work": "work", "home": "home", "cell": "mobile", "iphone": "mobile", "fax": "fax", "pager": "pager"}
_NAMELESS = ("other", "internet", "pref", "voice")


def read_cards(sources: Iterable[Path], problem: Complain) -> Iterator[Card]:
    """The cards of all of them. A file or card that cannot be read is named to `problem`, and the rest goes on."""
    for path in find_files(sources, SUFFIXES, problem):
        try:
            with path.open("rb") as file:
                yield from _cards_of(cut(file), str(path), problem)
        except OSError as error:
            problem(str(path), why_unreadable(error))


def _cards_of(parts: Iterable[Part], source: str, problem: Complain) -> Iterator[Card]:
    was_guessed = False
    for part in parts:
        if part.complaint is not None:
            problem(source, f"card {part.number} {part.complaint}" if part.number else part.complaint)
            continue
        lines, guessed, broken = _lines_of(part)
        was_guessed = was_guessed or guessed
        card = _card(lines, source, part.number)
        if broken:
            called = f"card {part.number} ({quoted(card.name)})" if card.name else f"card {part.number}"
            problem(source, f"{called} has lines that cannot be read; the others are taken")
        yield card
    if was_guessed:
        problem(source, "says nothing of its encoding and is not UTF-8: accents are read as Windows-1252")


def _lines_of(part: Part) -> tuple[list[Line], bool, bool]:
    """Those that can be read, whether their signs were guessed, and whether some are missing."""
    lines, was_guessed, is_broken = [], False, False
    for raw in part.lines:
        try:
            line, guessed = read_line(raw)
        except BrokenLine:
            is_broken = True
        else:
            lines.append(line)
            was_guessed = was_guessed or guessed
    return lines, was_guessed, is_broken


def _card(lines: Sequence[Line], source: str, number: int) -> Card:
    labels: dict[str | None, str | None] = {
        line.group: _own_label(line.value) for line in lines if line.name == "X-ABLABEL" and line.group
    }
    return Card(
        uid=_first_text(lines, "UID"),
        name=_name(lines),
        emails=_addresses(lines, "EMAIL", labels),
        phones=_addresses(lines, "TEL", labels),
        organization=_organization(lines),
        title=_first_text(lines, "TITLE"),
        kind=_kind(lines),
        source=source,
        number=number,
    )


def _first_text(lines: Iterable[Line], name: str) -> str | None:
    return next((text for line in lines if line.name == name and (text := _plain(text_of(line.value)))), None)


def _plain(text: str) -> str:
    """On one line, without signs that nobody sees."""
    return " ".join("".join(sign if sign.isprintable() or sign in "\u200c\u200d" else " " for sign in text).split())


def _name(lines: Sequence[Line]) -> str:
    """As the card shows it, else put together, else the nickname."""
    shown = _first_text(lines, "FN")
    if shown:
        return shown
    for line in lines:
        if line.name == "N":
            family, given, further, before, after = (*fields_of(line.value)[:5], *[""] * 5)[:5]
            made = _plain(f"{before} {given} {further} {family} {after}")
            if made:
                return made
    return _first_text(lines, "NICKNAME") or ""


def _organization(lines: Iterable[Line]) -> str | None:
    """The first part; the others are units of it."""
    for line in lines:
        if line.name == "ORG":
            parts = [part for part in map(_plain, fields_of(line.value)) if part]
            if parts:
                return parts[0]
    return None


def _kind(lines: Sequence[Line]) -> str:
    said = _first_text(lines, "KIND") or _first_text(lines, "X-ADDRESSBOOKSERVER-KIND")
    is_company = (_first_text(lines, "X-ABSHOWAS") or "").upper() == "COMPANY"
    return (said or ("org" if is_company else "individual")).lower()


def _addresses(lines: Iterable[Line], name: str, labels: dict[str | None, str | None]) -> tuple[CardAddress, ...]:
    """The preferred first; what is no address or number is passed over."""
    found: list[tuple[int, CardAddress]] = []
    for line in lines:
        if line.name == name:
            text = _email(line.value) if name == "EMAIL" else _phone(line.value)
            if text is not None:
                label = labels.get(line.group) or _label(line.kinds)
                place = 101 if line.preference is None else line.preference
                found.append((place + 1000 * (label == "fax"), CardAddress(text, label, place == 1)))
    return tuple(address for _, address in sorted(found, key=lambda entry: entry[0]))


def _label(kinds: frozenset[str]) -> str | None:
    named = [label for kind, label in _KINDS.items() if kind in kinds]
    return "fax" if "fax" in named else "mobile" if "mobile" in named else named[0] if named else None


def _own_label(value: str) -> str | None:
    """`_$!<Work>!$_` is a word of the program's, `privat` one of its user's."""
    text = _plain(text_of(value)).removeprefix("_$!<").removesuffix(">!$_")
    word = text.lower()
    return None if not text or word in _NAMELESS else _KINDS.get(word, text if word not in _KINDS.values() else word)


def _email(value: str) -> str | None:
    text = _plain(text_of(value))
    text = text[7:].partition("?")[0] if text[:7].lower() == "mailto:" else text
    if text.endswith(">") and "<" in text:
        text = text[text.rindex("<") + 1 : -1]
    return text if is_email(text) else None


def _phone(value: str) -> str | None:
    text = _plain(text_of(value))
    if text[:4].lower() == "tel:":
        text = text[4:].partition(";")[0].replace("-", " ")
    elif ":" in text:  # another kind of line, such as sip:
        return None
    return text if 3 <= sum(sign.isdecimal() for sign in text) <= 30 else None
