"""Addresses people are reached by: what is one, in which forms it is written, and which two are the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from pipeline_cli.domain.record import NamedTuple

EMAIL, PHONE = "email", "phone"
_PART = r"[^\s@<>,;:|\"()\[\]\\]+"
_ADDRESS = re.compile(rf"{_PART}@{_PART}")
_AROUND = " \t\r\n<>;,|\"'"
"""What stands between addresses of one cell and is none of a name."""


class Address(NamedTuple):
    """An e-mail address or a telephone number."""

    kind: str
    """email | phone"""
    text: str
    """Normalised."""


class KeptAddress(NamedTuple):
    """An address as the record has it, and what is known of it."""

    kind: str
    """email | phone"""
    address: str
    """As it was written."""
    label: str | None = None
    """work, home, mobile: what the person or an address book calls it."""
    bounced_on: str | None = None
    """The day from which mail to it has come back, as text."""


class Mailbox(NamedTuple):
    """A name and an address, as mail has them."""

    name: str | None
    email: str


def is_email(address: str) -> bool:
    """It is one address such as ann@acme.example, with nothing around it, that a mail can be sent to."""
    return in_ascii(address) is not None


def in_ascii(address: str) -> str | None:
    """`ann@xn--mller-kva.example`, as mail servers know `ann@müller.example`; None for what is no single address.

    The part before the @ stays as it is: servers that take accents there take them as UTF-8.
    """
    local, at, domain = address.rpartition("@")
    if not at or len(address) > 254 or not _is_local(local):
        return None
    labels = [_label_in_ascii(label) for label in domain.split(".")]
    if len(labels) < 2 or None in labels:
        return None
    return f"{local}@{'.'.join(label for label in labels if label)}"


def _is_local(local: str) -> bool:
    """A word of the signs that need no quotes; `=?` begins what a mail program would read as something else."""
    return (
        re.fullmatch(r"[\w!#$%&'*+/=?^`{}~\-]+(\.[\w!#$%&'*+/=?^`{}~\-]+)*", _composed(local)) is not None
        and "=?" not in local
    )


def _label_in_ascii(label: str) -> str | None:
    """Case stays where it is ASCII already: it means nothing there, and people know their own spelling."""
    if not label.isascii():
        label = _folded_width(label).lower()
    if not re.fullmatch(r"[\w\-]+", _composed(label)) or "_" in label or label[0] == "-" or label[-1] == "-":
        return None
    plain = label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
    return plain if len(plain) <= 63 else None


def _composed(text: str) -> str:
    """Without the marks that stand on a letter, which no word of a pattern holds."""
    if text.isascii():
        return text
    from unicodedata import category, normalize  # most addresses are plain

    return "".join(sign for sign in normalize("NFC", text) if not category(sign).startswith("M"))


def _folded_width(text: str) -> str:
    from unicodedata import normalize

    return normalize("NFKC", text)


def normalise_email(text: str) -> str:
    """Without case and the spaces around it; accents are one sign each; a domain in its ASCII form is read back."""
    address = text.strip()
    if address.isascii() and "xn--" not in address.casefold():
        return address.casefold()
    from unicodedata import normalize

    local, at, domain = address.rpartition("@")
    read = ".".join(map(_label_in_unicode, _folded_width(domain).split(".")))
    return normalize("NFC", f"{local}{at}{read}").casefold()


def without_tag(address: str) -> str:
    """`ann@acme.example` of `ann+sales@acme.example`."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _label_in_unicode(label: str) -> str:
    if label[:4].casefold() != "xn--":
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def forms_of(email: str) -> tuple[str, ...]:
    """Every way the address may have been written, case and accents aside: as it stands, and with either domain."""
    normal = normalise_email(email)
    forms = (email.strip(), normal, *filter(None, map(in_ascii, (email.strip(), normal))))
    return tuple(dict.fromkeys(forms))


NUMBER_READERS: list[Callable[[str], str | None]] = []
"""Who can read a number as the country of pipeline.yaml writes it, if it names one: its digits with that of the country."""


def normalise_phone(text: str) -> str:
    """Its digits alone, with those of its country: `+49 30 …`, `0049 30 …` and, in Germany, `030 …` are the same.

    Without a country in pipeline.yaml a number that names none stays apart from those that do.
    """
    digits = digits_of(text)
    for read in NUMBER_READERS if digits else ():
        read_as = read(text)
        if read_as:
            return read_as
    return _bare(text)


def _bare(text: str) -> str:
    return digits_of(text).removeprefix("00")


def digits_of(text: str) -> str:
    """All that stand in it."""
    return "".join(sign for sign in text if sign.isdecimal())


def addresses_of(email: str | None, phone: str | None) -> tuple[Address, ...]:
    """Those a person has, as they are compared."""
    return normalised(KeptAddress(kind, text) for kind, text in ((EMAIL, email), (PHONE, phone)) if text)


def read_kept(email: str | None, phone: str | None, more: str | None) -> tuple[KeptAddress, ...]:
    """All addresses of a person, of each kind the first one first; `more`: the column that has what is not the first.

    What is damaged in that column is left out: `check` says so.
    """
    firsts = [KeptAddress(kind, text) for kind, text in ((EMAIL, email), (PHONE, phone)) if text]
    if not more:
        return tuple(firsts)
    said = {(one.kind, one.address): one for one in _parse_kept(more)}
    known = [said.pop((one.kind, one.address), one) for one in firsts]
    return tuple(sorted((*known, *said.values()), key=lambda one: one.kind))


def _parse_kept(more: str) -> Iterator[KeptAddress]:
    import json  # few people have more than one

    try:
        entries = json.loads(more)
    except ValueError:
        return
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        kind, address = entry.get("kind"), entry.get("address")
        if kind in (EMAIL, PHONE) and isinstance(address, str) and address:
            label, bounced_on = entry.get("label"), entry.get("bounced_on")
            yield KeptAddress(
                kind,
                address,
                label if isinstance(label, str) else None,
                bounced_on if isinstance(bounced_on, str) else None,
            )


class AddressColumns(NamedTuple):
    """Addresses of a person in the form of three columns."""

    email: str | None
    phone: str | None
    addresses: str | None


def keep_addresses(addresses: Iterable[KeptAddress]) -> AddressColumns:
    """The first of each kind, and what else is known: the others, and the label and bounce of any."""
    everything = {(one.kind, normal_form(one)): one for one in reversed(tuple(addresses))}
    ordered = tuple(reversed(everything.values()))
    email, phone = (next((one.address for one in ordered if one.kind == kind), None) for kind in (EMAIL, PHONE))
    more = [one for one in ordered if one.address not in (email, phone) or one.label or one.bounced_on]
    if not more:
        return AddressColumns(email, phone, None)
    import json

    rows = [{name: value for name, value in one._asdict().items() if value is not None} for one in more]
    return AddressColumns(email, phone, json.dumps(rows, ensure_ascii=False))


def describe_address(one: KeptAddress) -> str:
    """With its label, and since when mail to it comes back."""
    bounced = one.bounced_on and f"mail comes back since {one.bounced_on}"
    more = "; ".join(filter(None, (one.label, bounced)))
    return f"{one.address} ({more})" if more else one.address


def normal_form(one: KeptAddress) -> str:
    """By which two are the same."""
    return normalise_email(one.address) if one.kind == EMAIL else normalise_phone(one.address)


def normalised(addresses: Iterable[KeptAddress]) -> tuple[Address, ...]:
    """As they are compared, each once; a number also by its bare digits, as it was known before a country was named."""
    found = [
        Address(one.kind, form)
        for one in addresses
        for form in ((normal_form(one),) if one.kind == EMAIL else (normal_form(one), _bare(one.address)))
    ]
    return tuple(dict.fromkeys(one for one in found if one.text))


def read_mailboxes(text: str) -> tuple[Mailbox, ...]:
    """The addresses of a cell that holds nothing else, with the names that stand before their brackets, each once.

    `ann@acme.example; Bob <bob@acme.example>` are two. A cell with other words in it has none: they would be lost.
    """
    found: dict[str, Mailbox] = {}
    for mailbox in _mailboxes(text):
        if mailbox is None:
            return ()
        found.setdefault(normalise_email(mailbox.email), mailbox)
    return tuple(found.values())


def _mailboxes(text: str) -> Iterator[Mailbox | None]:
    end = 0
    for match in _ADDRESS.finditer(text):
        email, before = match[0].strip("'"), text[end : match.start()]
        name = before.strip(_AROUND)
        has_bracket = before.rstrip().endswith("<")
        yield Mailbox(name or None, email) if is_email(email) and (has_bracket or not name) else None
        end = match.end()
    if text[end:].strip(_AROUND):
        yield None
