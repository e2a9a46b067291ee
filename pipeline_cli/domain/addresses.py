"""E-mail addresses and telephone numbers in the one form in which they are compared."""

from __future__ import annotations

from pipeline_cli.domain.record import NamedTuple

EMAIL, PHONE = "email", "phone"


class Address(NamedTuple):
    kind: str
    """email | phone"""
    text: str
    """Normalised."""


def normalise_email(text: str) -> str:
    """Without case and the spaces around it; accents are one sign each."""
    if not text.isascii():
        from unicodedata import normalize  # most addresses are plain

        text = normalize("NFC", text)
    return text.strip().casefold()


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
