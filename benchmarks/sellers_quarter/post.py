"""The seller's mailbox and calendar as they lie on the disk: a Maildir as a mail program keeps it, and a file an event."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path

ME, MY_NAME = "vera@studio-vera.example", "Vera Stein"
SETTINGS = """
capture:
  me: [vera@studio-vera.example, hello@studio-vera.example]
  mail: ['{mail}']
  calendar: ['{calendar}']
  never: [family-stein.example]
"""
_NEWS = (
    ("The weekly digest", "Digest <digest@news.example>"),
    ("Five things you can do better", "Better <hello@better.example>"),
    ("Your invoice from the hosting company", "Billing <no-reply@hosting.example>"),
    ("Sunday lunch?", "Mum <mum@family-stein.example>"),
)


class Post:
    """Writes mails and events; whoever writes one is told by what it can be answered, moved or cancelled."""

    def __init__(self, folder: Path) -> None:
        self._mail, self._calendar = folder / "Mail", folder / "Calendar"
        for box in ("INBOX", "Sent", "Newsletters"):
            for part in ("cur", "new", "tmp"):
                (self._mail / box / part).mkdir(parents=True)
        self._calendar.mkdir()
        self._written = 0

    @property
    def settings(self) -> str:
        """What goes into pipeline.yaml."""
        return SETTINGS.format(mail=self._mail, calendar=self._calendar)

    def write(
        self,
        person: str,
        address: str,
        at: datetime,
        subject: str,
        text: str,
        *,
        inbound: bool,
        thread: list[str],
        machine: bool = False,
    ) -> None:
        """A mail of theirs, or one of the seller's; it answers the last one of the thread, and is the last one then."""
        message, theirs, mine = EmailMessage(), formataddr((person, address)), formataddr((MY_NAME, ME))
        message["From"], message["To"] = (theirs, mine) if inbound else (mine, theirs)
        message["Subject"] = f"Automatic reply: {subject}" if machine else f"{'Re: ' if thread else ''}{subject}"
        if thread:
            message["In-Reply-To"] = thread[-1]
            message["References"] = " ".join(thread[-8:])
        if machine:
            message["Auto-Submitted"] = "auto-replied"
            message["Return-Path"] = "<>"
        message.set_content(f"{text}\n\n-- \n{person if inbound else MY_NAME}\n")
        name = self._keep(message, at, "INBOX" if inbound else "Sent")
        if not machine:
            thread.append(name)

    def bounce(self, address: str, at: datetime) -> None:
        """Mail to that address came back."""
        boundary = "report"
        text = (
            f"From: Mail Delivery System <mailer-daemon@studio-vera.example>\nTo: {ME}\n"
            "Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n"
            f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\nMIME-Version: 1.0\n\n'
            f"--{boundary}\nContent-Type: text/plain\n\nIt did not arrive.\n"
            f"--{boundary}\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.studio-vera.example\n\n"
            f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n\n--{boundary}--\n"
        )
        self._keep(email.message_from_string(text, policy=email.policy.default), at, "INBOX")

    def news(self, number: int, at: datetime) -> None:
        """What fills a mailbox anyway."""
        subject, sender = _NEWS[number % len(_NEWS)]
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, ME, subject
        if number % len(_NEWS) < 2:
            message["List-Unsubscribe"] = "<https://news.example/off>"
        message.set_content("Read on.\n")
        self._keep(message, at, "Newsletters" if number % 2 else "INBOX")

    def news_of(self, person: str, address: str, at: datetime) -> None:
        """A newsletter in the name of somebody who is known."""
        message = EmailMessage()
        message["From"], message["To"] = formataddr((person, address)), ME
        message["Subject"], message["List-Id"] = "What is new with us", "<news.example>"
        message.set_content("We have moved.\n")
        self._keep(message, at, "INBOX")

    def send_draft(self, draft: Path, at: datetime, *, with_its_headers: bool) -> None:
        """A last-chance message, opened in the mail program and sent; some programs keep no headers but the usual."""
        written = email.message_from_bytes(draft.read_bytes(), policy=email.policy.default)
        message = EmailMessage()
        for name in ("To", "Subject", *(("X-Pipeline-Draft",) if with_its_headers else ())):
            if written[name] is not None:
                message[name] = str(written[name])
        message["From"] = formataddr((MY_NAME, ME))
        body = written.get_body()
        message.set_content("" if body is None else body.get_content())
        self._keep(message, at, "Sent")

    def _keep(self, message: email.message.Message, at: datetime, box: str) -> str:
        self._written += 1
        name = f"<{self._written}.{at:%Y%m%d%H%M%S}@studio-vera.example>"
        message["Date"], message["Message-ID"] = format_datetime(at), name
        part, flags = ("cur", ":2,S") if box == "Sent" else ("new", "")
        file = f"{int(at.timestamp())}.M{self._written}P1.host{flags}"
        waiting = self._mail / box / "tmp" / file
        waiting.write_bytes(message.as_bytes())
        waiting.rename(self._mail / box / part / file)
        return name

    def arrange(
        self,
        uid: str,
        start: datetime,
        summary: str,
        person: str,
        address: str,
        *,
        version: int = 0,
        is_on: bool = True,
    ) -> None:
        """An event of three quarters of an hour, as it is now."""
        instants = ((start, "DTSTART"), (start + timedelta(minutes=45), "DTEND"))
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//studio-vera//calendar//EN",
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"SEQUENCE:{version}",
            "DTSTAMP:20260901T080000Z",
            *(f"{name}:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at, name in instants),
            f"SUMMARY:{summary}",
            f"STATUS:{'CONFIRMED' if is_on else 'CANCELLED'}",
            f"ORGANIZER;CN={MY_NAME}:mailto:{ME}",
            f"ATTENDEE;CN={person};PARTSTAT=ACCEPTED:mailto:{address}",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        (self._calendar / f"{uid}.ics").write_bytes("".join(f"{line}\r\n" for line in lines).encode())
