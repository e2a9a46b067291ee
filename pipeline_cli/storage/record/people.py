"""People of the record: found, read, and kept from being written to when they asked for silence."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from pipeline_cli.domain.deal.edits import ContactDetails
from pipeline_cli.domain.deal.people import ContactCandidate, find_contact
from pipeline_cli.domain.errors import RuleError
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.words.addresses import (
    EMAIL,
    Address,
    KeptAddress,
    addresses_of,
    digits_of,
    normal_form,
    normalise_email,
    normalised,
    read_kept,
)
from pipeline_cli.domain.words.clock import from_text
from pipeline_cli.domain.words.text import in_sentences
from pipeline_cli.storage.reader import Reader


class Person(NamedTuple):
    """A contact with what their deals say of them."""

    id: int
    name: str | None
    email: str | None
    phone: str | None
    organization: str | None
    role: str | None
    source: str | None
    opted_out: bool
    created_at: datetime
    forgotten_at: datetime | None
    deals: int
    touchpoints: int
    """Of their deals: a touchpoint belongs to a deal, not to one of its people."""
    last_inbound_at: datetime | None
    more: str | None = None
    """The column of the addresses that are not the first ones."""
    formerly: str | None = None
    """The column of where they worked before."""

    @property
    def addresses(self) -> tuple[KeptAddress, ...]:
        """All of them, of each kind the first one first."""
        return read_kept(self.email, self.phone, self.more)

    @property
    def worked_before(self) -> list[dict[str, str]]:
        """Organization, role and until when, the earliest first."""
        return list(json.loads(self.formerly)) if self.formerly else []

    @property
    def number(self) -> str:
        """How commands name the person."""
        return f"c{self.id}"


_PEOPLE = """SELECT c.id, c.name, c.email, c.phone, c.organization, c.role, c.source, c.opted_out, c.created_at,
    c.forgotten_at,
    (SELECT count(*) FROM known_deal_contacts dc JOIN known_deals d ON d.id = dc.deal_id WHERE dc.contact_id = c.id),
    (SELECT count(*) FROM known_deal_contacts dc JOIN known_touchpoints t ON t.deal_id = dc.deal_id
        WHERE dc.contact_id = c.id),
    (SELECT max(t.touched_at) FROM known_deal_contacts dc JOIN known_touchpoints t ON t.deal_id = dc.deal_id
        WHERE dc.contact_id = c.id AND t.direction = 'in' AND t.sense IS NOT 'automatic'),
    c.addresses, c.formerly
FROM known_contacts c"""


def read_people(reader: Reader, contact_id: int | None = None) -> list[Person]:
    """Everybody by number, the forgotten among them; or one."""
    rows = reader.connection.execute(
        f"{_PEOPLE} WHERE ? IS NULL OR c.id = ? ORDER BY c.id", (contact_id, contact_id)
    ).fetchall()
    return [_person(Person(*row)) for row in rows]


def read_public_ids(reader: Reader) -> dict[int, str]:
    """By number: what a person is called outside the record, the same for good."""
    return dict(reader.connection.execute("SELECT id, public_id FROM known_contacts"))


def _person(row: Person) -> Person:
    """As the columns hold it, made into what it is."""
    instants: dict[str, Any] = {
        name: at and from_text(at)
        for name in ("created_at", "forgotten_at", "last_inbound_at")
        if (at := getattr(row, name))
    }
    words = {
        name: in_sentences(getattr(row, name)) for name in ("name", "email", "phone", "organization", "role", "source")
    }
    return row._replace(opted_out=bool(row.opted_out), **words, **instants)


def read_deals_of(reader: Reader, contact_id: int) -> list[int]:
    """The numbers of a contact's deals."""
    rows = reader.connection.execute(
        "SELECT d.id FROM known_deal_contacts dc JOIN known_deals d ON d.id = dc.deal_id WHERE dc.contact_id = ? "
        "ORDER BY d.id",
        (contact_id,),
    )
    return [row[0] for row in rows]


def find_with_address(reader: Reader, address: Address) -> list[int]:
    """The numbers of the contacts who have it, first or not."""
    if address.kind == EMAIL:
        return ids_with_email(reader.connection, address.text)
    rows = reader.connection.execute(
        "SELECT id, NULL, phone, addresses FROM known_contacts WHERE coalesce(phone, addresses) IS NOT NULL ORDER BY id"
    )
    end = address.text[-_DIGITS_ALIKE:]  # however it is written: to read numbers as a country does takes its time
    return [
        number
        for number, *columns in rows
        if any(
            digits_of(one.address).endswith(end) and normal_form(one) == address.text
            for one in read_kept(*columns)
            if one.kind != EMAIL
        )
    ]


_DIGITS_ALIKE = 5


def ids_with_email(connection: sqlite3.Connection, email: str, contacts: str = "known_contacts") -> list[int]:
    """The numbers of those who have the address, however it is written; only what may be it leaves SQLite."""
    wanted = Address(EMAIL, normalise_email(email))
    rows = connection.execute(
        f"SELECT id, email, NULL, addresses FROM {contacts} WHERE email = ?1 COLLATE NOCASE "
        "OR length(email) <> length(CAST(email AS BLOB)) OR email LIKE '%xn--%' OR addresses IS NOT NULL ORDER BY id",
        (wanted.text,),
    )
    return [number for number, *columns in rows if wanted in normalised(read_kept(*columns))]


def find_person(reader: Reader, name: str) -> Person:
    """The one person meant by a name. Raises NoSuchContact (4) for none or several."""
    rows = reader.connection.execute(
        "SELECT id, name, email, phone, organization, forgotten_at IS NOT NULL, addresses FROM known_contacts ORDER BY id"
    )
    known = [
        ContactCandidate._make(
            (number, *map(in_sentences, words), bool(forgotten), read_kept(words[1], words[2], more))
        )
        for number, *words, forgotten, more in rows
    ]
    return read_people(reader, find_contact(name, known).id)[0]


def find_undone_person(reader: Reader, name: str) -> Person:
    """Somebody whom an undone operation had added: not in the record, and still in what `redo` would bring back.

    Raises NoSuchContact (4) for none or several.
    """
    kept = {number: (*found, at) for number, *found, at in reader.connection.execute(_UNDONE)}
    candidates = [
        ContactCandidate._make((number, *row[:4], False, read_kept(row[1], row[2], row[5])))
        for number, row in kept.items()
    ]
    one = find_contact(name, candidates)
    return Person(*one[:5], None, None, False, from_text(kept[one.id][4]), None, 0, 0, None, kept[one.id][5])


def find_undone_with(reader: Reader, person: Person) -> list[int]:
    """The numbers of those among them with the same e-mail address."""
    emails = _emails(person.addresses)
    rows = reader.connection.execute(_UNDONE).fetchall() if emails else []
    return [row[0] for row in rows if emails & _emails(read_kept(row[2], None, row[6]))]


def _emails(addresses: Iterable[KeptAddress]) -> frozenset[str]:
    return frozenset(normal_form(one) for one in addresses if one.kind == EMAIL)


_UNDONE = """SELECT u.row_id, u.image ->> 'name', u.image ->> 'email', u.image ->> 'phone', u.image ->> 'organization',
    u.image ->> 'created_at', u.image ->> 'addresses' FROM undone_rows u JOIN operation_rows r ON r.id = u.operation_row_id
WHERE r.table_name = 'contacts' AND u.row_id NOT IN (SELECT id FROM main.contacts)"""


def find_same_person(reader: Reader, person: Person) -> list[int]:
    """The contact, and others with the same e-mail address."""
    emails = [one for one in normalised(person.addresses) if one.kind == EMAIL]
    return sorted({person.id, *(number for email in emails for number in find_with_address(reader, email))})


def read_earlier(reader: Reader, contact_id: int) -> list[dict[str, Any]]:
    """What the record still remembers of a contact from before each change, oldest first."""
    rows = reader.connection.execute(
        "SELECT o.at, r.before FROM operation_rows r JOIN operations o ON o.id = r.operation_id "
        "WHERE r.table_name = 'contacts' AND r.first_row = ? AND r.before IS NOT NULL ORDER BY r.id",
        (contact_id,),
    )
    return [{"until": from_text(at), **json.loads(before)} for at, before in rows]


def refuse_known_address(reader: Reader, email: str | None, but: int = 0) -> None:
    """Raises RuleError when somebody has that e-mail address already; `but`: the person whose own it may be."""
    for address in addresses_of(email, None):
        for number in find_with_address(reader, address):
            if number != but:
                raise RuleError(
                    f"c{number} has the address {email} already: `pipeline contact show c{number}` says who it is."
                )


def refuse_opted_out(reader: Reader, people: Sequence[ContactDetails], say: Callable[[str], None]) -> None:
    """Raises RuleError when an address belongs to somebody who asked not to be contacted, forgotten since or not.

    Says when that cannot be told any more, because the key of the list is gone.
    """
    if not people:
        return
    from pipeline_cli.storage.record.suppression import DoNotContact

    unwanted = DoNotContact(reader.connection)
    silent = read_silent_emails(reader.connection)
    for person in people:
        is_silent = person.email is not None and normalise_email(person.email) in silent
        if is_silent or unwanted.holds(person.email, None):
            raise RuleError(
                f"{person.email} asked not to be contacted, so it is not added: name another person, or leave them away."
            )
        if unwanted.holds(None, person.phone):
            raise RuleError(
                f"{person.phone} is the number of somebody who asked not to be contacted, so it is not added: "
                "leave it away."
            )
    if unwanted.lost:
        say(describe_lost(unwanted.lost))


def read_silent_emails(connection: sqlite3.Connection) -> frozenset[str]:
    """Normalised, of the people who asked not to be contacted: the list knows them too, as long as its key is there."""
    rows = connection.execute(
        "SELECT email, NULL, addresses FROM known_contacts WHERE opted_out AND coalesce(email, addresses) IS NOT NULL"
    )
    return frozenset(email for row in rows for email in _emails(read_kept(*row)))


def describe_lost(count: int) -> str:
    """What is said when the key of the do-not-contact list is not there."""
    entries = "1 entry" if count == 1 else f"{count:,} entries"
    return (
        f"{entries} of the do-not-contact list cannot be matched, because the key they were made with is gone: "
        "put the .key file back beside the database."
    )


def read_silenced(reader: Reader, pipeline: str) -> frozenset[int]:
    """The open ones of a pipeline; found by those who asked, who are few."""
    rows = reader.connection.execute(
        "SELECT d.id FROM known_deals d WHERE d.pipeline = ? AND d.status = 'open' AND d.id IN "
        "(SELECT dc.deal_id FROM known_contacts c JOIN known_deal_contacts dc ON dc.contact_id = c.id WHERE c.opted_out) "
        "AND NOT EXISTS (SELECT 1 FROM known_deal_contacts dc JOIN known_contacts c ON c.id = dc.contact_id "
        "WHERE dc.deal_id = d.id AND NOT c.opted_out)",
        (pipeline,),
    )
    return frozenset(row[0] for row in rows)
