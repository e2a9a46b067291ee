"""Writes people as vCard 3.0, the version that every address book reads: those of Google and Outlook refuse 4.0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pipeline_cli.domain.record import NamedTuple

_TYPES = {"work": "WORK", "home": "HOME", "mobile": "CELL", "fax": "FAX", "pager": "PAGER"}


class CardOut(NamedTuple):
    """A person as a card has them."""

    key: str
    """The same in every export: an address book replaces what it knows of that key."""
    name: str | None
    emails: Sequence[tuple[str, str | None]]
    """Each with its label, the first one first."""
    phones: Sequence[tuple[str, str | None]]
    organization: str | None
    title: str | None
    is_opted_out: bool = False


def write_cards(people: Iterable[CardOut]) -> str:
    """One card a person; the same people give the same text. Who asked for silence has a note that says so."""
    return "".join(_card(person) for person in people)


def _card(person: CardOut) -> str:
    from vobject import vCard
    from vobject.vcard import Name

    card: Any = vCard()
    name = person.name or (person.emails[0][0] if person.emails else person.phones[0][0] if person.phones else "")
    card.add("fn").value = name
    # Which word is the family's is not known, and guessing it is wrong for half of the world.
    card.add("n").value = Name(given=name)
    card.add("uid").value = f"{person.key}@pipeline"
    numbers = iter(range(1, 10_000))
    for kind, entries, usual in (("email", person.emails, ["INTERNET"]), ("tel", person.phones, [])):
        for place, (text, label) in enumerate(entries):
            _add(card, kind, text, label, [*usual, *(["PREF"] if place == 0 and len(entries) > 1 else [])], numbers)
    if person.organization:
        card.add("org").value = [person.organization]
    if person.title:
        card.add("title").value = person.title
    if person.is_opted_out:
        card.add("categories").value = ["Do not contact"]
        card.add("note").value = "Asked not to be contacted."
    return str(card.serialize())


def _add(card: Any, kind: str, text: str, label: str | None, types: list[str], numbers: Any) -> None:
    line = card.add(kind)
    line.value = text
    known = _TYPES.get(label or "")
    if label and known is None:
        line.group = f"item{next(numbers)}"
        own = card.add("x-ablabel")
        own.group, own.value = line.group, label
    line.params = {"TYPE": types + ([known] if known else [])} if types or known else {}
