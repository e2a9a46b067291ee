"""Mails, events and cards of a test, as they lie on somebody's machine."""

from __future__ import annotations

from pathlib import Path

ME = "me@mine.example"
SETTINGS = """
capture:
  me: [me@mine.example]
  mail: [mail]
  calendar: [calendar]
  contacts: [people.vcf]
  never: [family@home.example, lawyer.example]
"""


def settings(folder: Path, text: str = SETTINGS) -> None:
    """Says in pipeline.yaml whose mail it is, and makes the folders."""
    with (folder / "pipeline.yaml").open("a") as file:
        file.write(text)
    for name in ("cur", "new", "tmp"):
        (folder / "mail" / name).mkdir(parents=True, exist_ok=True)
    (folder / "calendar").mkdir(exist_ok=True)
    (folder / "people.vcf").touch()


def mail(
    folder: Path,
    number: int,
    sender: str,
    to: str,
    subject: str = "Offer",
    day: str = "20 Nov 2026",
    more: str = "",
    text: str = "Thank you, that fits.",
) -> Path:
    """A mail in the Maildir; its Message-ID is its number."""
    path = folder / "mail" / "cur" / f"{1790000000 + number}.M{number}.host:2,S"
    path.write_text(
        f"From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {day} 09:00:00 +0000\n"
        f"Message-ID: <m{number}@mail.example>\n{more}\n{text}\n"
    )
    return path


def event(folder: Path, uid: str, start: str, attendee: str = "ann@acme.example", more: str = "") -> Path:
    """An event of half an hour in a file of its own, as vdirsyncer keeps it."""
    path = folder / "calendar" / f"{uid}.ics"
    path.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//t//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:{start}\r\nDURATION:PT30M\r\nSUMMARY:Demo\r\n"
        f"ORGANIZER:mailto:{ME}\r\nATTENDEE:mailto:{attendee}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return path


def card(folder: Path, *cards: tuple[str, str]) -> None:
    """An address book of names and addresses."""
    text = "".join(
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u-{number}\r\nFN:{name}\r\nN:{name};;;;\r\n"
        + "".join(f"EMAIL:{email}\r\n" for email in emails.split())
        + "END:VCARD\r\n"
        for number, (name, emails) in enumerate(cards)
    )
    (folder / "people.vcf").write_text(text)
