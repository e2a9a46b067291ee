"""A person as typed: `Ann Lee <ann@acme.example>`, an address, a telephone number."""

from __future__ import annotations

import re

from pipeline_cli.domain.edits import ContactDetails
from pipeline_cli.domain.errors import UsageError
from pipeline_cli.domain.phrases import quoted

_ADDRESS = r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\.]+(\.[^\s@<>,;:\"()\[\]\\.]+)+"


def parse_contact(text: str | None, phone: str | None = None) -> ContactDetails:
    """Read `Ann Lee <ann@acme.example>`, a bare address or a bare name, and a telephone number.

    Raises UsageError for text that would have to be dropped or that is no address or number.
    """
    number = parse_phone(phone) if phone and phone.strip() else None
    person = (text or "").strip()
    if any(not _is_of_a_name(sign) for sign in person):
        raise UsageError(f"The contact {person!r} holds a line break or control character: leave it away.")
    form = re.fullmatch(r"(?P<name>[^<>]*)<(?P<email>[^<>]*)>", person)
    if form:
        return ContactDetails(_unquoted(form["name"]) or None, parse_email(form["email"]), number)
    if "@" in person and " " not in person and "<" not in person:
        return ContactDetails(None, parse_email(person), number)
    if any(sign in person for sign in "@<>"):
        raise UsageError(f"{quoted(person)} is not a contact: type it as 'Ann Lee <ann@acme.example>'.")
    return ContactDetails(_unquoted(person) or None, None, number)


def _is_of_a_name(sign: str) -> bool:
    """What is seen, spaces of any width, and the two joiners that Persian, Indic scripts and emoji are written with."""
    return (
        sign.isprintable()
        or sign in "\u200c\u200d"
        or (sign.isspace() and sign > "\x9f" and sign not in "\u2028\u2029")
    )


def parse_email(text: str) -> str:
    """An address as typed, spaces around it removed. Raises UsageError unless it looks like ann@acme.example."""
    address = text.strip()
    if not is_email(address):
        raise UsageError(f"{quoted(text)} is not an e-mail address: type one such as ann@acme.example.")
    return address


def is_email(address: str) -> bool:
    """It looks like ann@acme.example, with nothing around it."""
    local = address.partition("@")[0]
    dotted_well = not (local.startswith(".") or local.endswith(".") or ".." in local)
    return len(address) <= 254 and dotted_well and re.fullmatch(_ADDRESS, address) is not None


def parse_phone(text: str) -> str:
    """A number as typed, its spaces made single. Raises UsageError for other signs than digits and + ( ) / . -"""
    number = " ".join(text.split())
    digits = sum(sign.isdigit() for sign in number)
    if not 3 <= digits <= 30 or not re.fullmatch(r"\+?[0-9 ()/.\-]+(?: ?(?:x|ext\.?) ?[0-9]+)?", number, re.ASCII):
        raise UsageError(f"{quoted(text)} is not a telephone number: type one such as +49 30 1234567.")
    return number


def _unquoted(name: str) -> str:
    return name.strip().strip('"').strip()
