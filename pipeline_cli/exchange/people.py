"""The person a row names: by name, address and number, or by `Ann Lee <ann@acme.example>` in one cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline_cli.domain.incoming import IncomingContact
from pipeline_cli.domain.number_table import NumberTable
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.typed_contact import is_email
from pipeline_cli.exchange.reading import Row
from pipeline_cli.exchange.sheet import Sheet


class Person(NamedTuple):
    name: str | None
    email: str | None
    phone: str | None


NOBODY = Person(None, None, None)


def read_person(texts: Mapping[str, str], *, is_exact: bool) -> Person:
    """The contact of a row of deals; exact: a name is not taken apart."""
    name, email, phone = texts.get("contact"), texts.get("email"), texts.get("phone")
    if name is None and email is None and phone is None:
        return NOBODY
    if name and email is None and not is_exact:
        name, email = split_address(name)
    return Person(name, email, phone)


def split_address(text: str) -> tuple[str | None, str | None]:
    """`Ann Lee <ann@acme.example>` as name and address; an address alone is no name."""
    name, bracket, rest = text.rpartition("<")
    if bracket and rest.endswith(">") and "@" in rest:
        return name.strip().strip('"') or None, rest[:-1].strip()
    if "@" in text and " " not in text:
        return None, text
    return text, None


def read_contacts(sheet: Sheet) -> Iterator[IncomingContact]:
    """The people of a file of contacts; a row that names nobody is refused."""
    seen = NumberTable()
    for row in sheet.rows():
        text = sheet.text
        cells = row.cells
        name = text(cells, "name") or " ".join(filter(None, (text(cells, "first_name"), text(cells, "last_name"))))
        contact = IncomingContact(
            row.line, name or None, text(cells, "email"), text(cells, "phone"), text(cells, "organization"),
            text(cells, "role"), text(cells, "source"), sheet.is_yes(cells, "opted_out"),
        )  # fmt: skip
        if not (contact.name or contact.email or contact.phone):
            sheet.refuse(row, None, "the row names nobody: give a name, an e-mail address or a phone number.")
            continue
        _note_oddities(sheet, row, contact, seen)
        yield contact


def note_address(sheet: Sheet, row: Row, email: str | None) -> None:
    """Another program's column of addresses holds what people typed; `add` would refuse it."""
    if email is not None and not is_email(email):
        sheet.note(row, "odd_address")


def _note_oddities(sheet: Sheet, row: Row, contact: IncomingContact, seen: NumberTable) -> None:
    note_address(sheet, row, contact.email)
    key = contact.email.casefold() if contact.email else (contact.name, contact.organization)
    if seen.get(key) is None:
        seen.set(key, row.line)
    else:
        sheet.note(row, "repeated_person")
