"""Addresses people are reached by: what is one, in which forms it is written, and which two are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def normalise_phone(text: str) -> str:
    """Its digits alone; `+49 30 …` and `0049 30 …` are the same, `030 …` is another, since it does not say where."""
    digits = "".join(sign for sign in text if sign.isdecimal())
    return digits.removeprefix("00")


def addresses_of(email: str | None, phone: str | None) -> tuple[Address, ...]:
    """Those a person has."""
    found = []
    if email and email.strip():
        found.append(Address(EMAIL, normalise_email(email)))
    if phone and normalise_phone(phone):
        found.append(Address(PHONE, normalise_phone(phone)))
    return tuple(found)


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
