"""People: their addresses in one form, how one of them is meant, who may be contacted, how long data is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from pipeline_cli.domain.deal.deal import Contact, DealRecord
from pipeline_cli.domain.errors import NoSuchContact, RuleError, UsageError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import EMAIL, PHONE, KeptAddress, normal_form, normalise_email, normalise_phone
from pipeline_cli.domain.words.dates import add_months
from pipeline_cli.domain.words.names import MOST_CANDIDATES, normalise
from pipeline_cli.domain.words.text import nearest, quoted

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
    addresses: tuple[KeptAddress, ...] = ()
    """The others too."""


def find_contact(name: str, candidates: Iterable[ContactCandidate]) -> ContactCandidate:
    """The one person meant; a whole name wins over a part of one. Who is forgotten has only a number left.

    Raises NoSuchContact for none or several, UsageError for an empty name.
    """
    wanted, people = name.strip(), list(candidates)
    if not wanted:
        raise UsageError("The name of the contact is empty: give c12, an e-mail address or a part of the name.")
    number = re.fullmatch(r"#?c([0-9]{1,18})", wanted, re.IGNORECASE)
    if number:
        by_number = [person for person in people if person.id == int(number[1])]
        if by_number:
            return by_number[0]
    known = [person for person in people if not person.forgotten]
    found = _found(wanted, known)
    if len(found) == 1:
        return found[0]
    if found:
        more = [f"  and {len(found) - MOST_CANDIDATES} more"] if len(found) > MOST_CANDIDATES else []
        listed = "\n".join([f"  {describe_person(one)}" for one in found[:MOST_CANDIDATES]] + more)
        raise NoSuchContact(f"{quoted(name)} may be any of {len(found)} people; name one by the number:\n{listed}")
    meant = nearest(normalise(wanted), [normalise(one.name) for one in known if one.name])
    guess = f" Did you mean {quoted(meant)}?" if meant else ""
    raise NoSuchContact(f"There is no contact {quoted(name)}.{guess} `pipeline contact list` shows everybody.")


def find_contact_of_deal(name: str, contacts: Sequence[Contact], deal_id: int, title: str) -> ContactCandidate:
    """The one person of a deal that is meant, also by the bare number. Raises as `find_contact`."""
    people = [ContactCandidate(*contact[:5], forgotten=False, addresses=contact.addresses) for contact in contacts]
    number = name.strip().casefold().removeprefix("#").removeprefix("c")
    by_number = [person for person in people if str(person.id) == number]
    if by_number:
        return by_number[0]
    deal = f"deal {deal_id}, {title}"
    if not people:
        raise NoSuchContact(f"Nobody is on {deal}, so there is nobody to take off.")
    listed = _listed(people)
    if not name.strip():
        raise UsageError(f"The name of the contact is empty: on {deal}, are {listed}.")
    found = _found(name.strip(), people)
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSuchContact(f"{quoted(name)} may be any of {_listed(found)}: name one by the number.")
    raise NoSuchContact(f"{quoted(name)} is nobody of {deal}, on which are {listed}.")


def _listed(people: Sequence[ContactCandidate]) -> str:
    more = f" and {len(people) - MOST_CANDIDATES} more" if len(people) > MOST_CANDIDATES else ""
    return (
        ", ".join(f"c{person.id} {person.name or person.email or person.phone}" for person in people[:MOST_CANDIDATES])
        + more
    )


def describe_person(one: ContactCandidate) -> str:
    """`c3  Ann Lee <ann@acme.example> (Acme)`"""
    email = f"<{one.email}>" if one.email else None
    organization = f"({one.organization})" if one.organization else None
    return f"c{one.id}  " + " ".join(part for part in (one.name, email or one.phone, organization) if part)


def _found(wanted: str, people: Sequence[ContactCandidate]) -> list[ContactCandidate]:
    return _by_address(wanted, people) or _by_name(wanted, people)


def _by_address(wanted: str, people: Sequence[ContactCandidate]) -> list[ContactCandidate]:
    if "@" in wanted:
        return [person for person in people if _has(person, EMAIL, normalise_email(wanted))]
    digits = normalise_phone(wanted)
    if len(digits) < _FEWEST_DIGITS or re.search(r"[^\W\d_]", wanted):
        return []
    return [person for person in people if _has(person, PHONE, digits)]


def _has(person: ContactCandidate, kind: str, normal: str) -> bool:
    return any(one.kind == kind and normal_form(one) == normal for one in person.addresses)


def _by_name(wanted: str, people: Sequence[ContactCandidate]) -> list[ContactCandidate]:
    """By whole name, else by a part of the name or address."""
    folded = normalise(wanted)
    return [person for person in people if normalise(person.name or "") == folded] or [
        person
        for person in people
        if folded in normalise(person.name or "")
        or any(folded in normalise(one.address) for one in person.addresses if one.kind == EMAIL)
    ]


def refuse_do_not_contact(record: DealRecord) -> None:
    """Raises RuleError when everybody on the deal asked not to be contacted."""
    if record.contacts and all(contact.opted_out for contact in record.contacts):
        raise RuleError(
            f"Everybody on deal {record.facts.id} asked not to be contacted, so no outbound touchpoint is logged: "
            f'add another person with `pipeline edit {record.facts.id} --contact "Name <name@example.com>"`, or log what '
            "they sent with --in."
        )


def retention_limit(text: str, today: date) -> date:
    """The day that lies `36m`, `3y`, `26w` or `90d` before today. Raises UsageError for anything else."""
    said = re.fullmatch(r"([0-9]{1,5})([dwmy])", text.strip().lower())
    if said is None:
        raise UsageError(f"--retention {quoted(text)}: is no span of time: write 36m, 3y, 26w or 90d.")
    count, unit = int(said[1]), said[2]
    try:
        if unit in "my":
            return add_months(today, -count * (12 if unit == "y" else 1))
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    except (ValueError, OverflowError):
        raise UsageError(f"--retention {quoted(text)}: is longer than the calendar: write 36m or 3y.") from None
