"""How one person of the record is meant: `c12`, an e-mail address, a telephone number, or a part of the name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline_cli.domain.addresses import normalise_email, normalise_phone
from pipeline_cli.domain.errors import NoSuchContact, UsageError
from pipeline_cli.domain.names import MOST_CANDIDATES, normalise
from pipeline_cli.domain.phrases import nearest, quoted
from pipeline_cli.domain.record import NamedTuple

FORGOTTEN = "forgotten contact"
"""What stands where a forgotten person's name, address or number stood."""
_FEWEST_DIGITS = 5
"""A shorter number is no telephone number."""


class ContactCandidate(NamedTuple):
    """A person as far as finding them goes."""

    id: int
    name: str | None
    email: str | None
    phone: str | None
    organization: str | None
    forgotten: bool


def find_contact(name: str, candidates: Iterable[ContactCandidate]) -> ContactCandidate:
    """The one person meant; a whole name wins over a part of one. Who is forgotten has only a number left.

    Raises NoSuchContact for none or several, UsageError for an empty name.
    """
    wanted, people = name.strip(), list(candidates)
    if not wanted:
        raise UsageError("The name of the contact is empty: give c12, an e-mail address or a part of the name.")
    number = re.fullmatch(r"#?c([0-9]{1,18})", wanted, re.IGNORECASE)
    if number:
        by_number = [one for one in people if one.id == int(number[1])]
        if by_number:
            return by_number[0]
    known = [one for one in people if not one.forgotten]
    found = _by_address(wanted, known) or _by_name(wanted, known)
    if len(found) == 1:
        return found[0]
    if found:
        more = [f"  and {len(found) - MOST_CANDIDATES} more"] if len(found) > MOST_CANDIDATES else []
        listed = "\n".join([f"  {describe_person(one)}" for one in found[:MOST_CANDIDATES]] + more)
        raise NoSuchContact(f"{quoted(name)} may be any of {len(found)} people; name one by the number:\n{listed}")
    meant = nearest(normalise(wanted), [normalise(one.name) for one in known if one.name])
    guess = f" Did you mean {quoted(meant)}?" if meant else ""
    raise NoSuchContact(f"There is no contact {quoted(name)}.{guess} `pipeline contact list` shows everybody.")


def describe_person(one: ContactCandidate) -> str:
    """`c3  Ann Lee <ann@acme.example> (Acme)`"""
    email = f"<{one.email}>" if one.email else None
    organization = f"({one.organization})" if one.organization else None
    return f"c{one.id}  " + " ".join(part for part in (one.name, email or one.phone, organization) if part)


def _by_address(wanted: str, people: Sequence[ContactCandidate]) -> list[ContactCandidate]:
    if "@" in wanted:
        email = normalise_email(wanted)
        return [one for one in people if one.email and normalise_email(one.email) == email]
    digits = normalise_phone(wanted)
    if len(digits) < _FEWEST_DIGITS or re.search(r"[^\W\d_]", wanted):
        return []
    return [one for one in people if one.phone and normalise_phone(one.phone) == digits]


def _by_name(wanted: str, people: Sequence[ContactCandidate]) -> list[ContactCandidate]:
    """By whole name, else by a part of the name or address."""
    folded = normalise(wanted)
    return [one for one in people if normalise(one.name or "") == folded] or [
        one for one in people if folded in normalise(one.name or "") or folded in normalise(one.email or "")
    ]
