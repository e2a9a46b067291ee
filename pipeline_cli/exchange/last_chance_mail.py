"""Last-chance messages as `.eml` files, which mail programs open as drafts.

`X-Unsent: 1` says that it is one. There is no From: the mail program puts in the account it sends with.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.domain.rules.last_chance import Addressee, Draft, one_line
from pipeline_cli.domain.words.addresses import in_ascii, normalise_email


def mail_bytes(draft: Draft, now: datetime) -> bytes:
    """The message in ASCII, lines of CRLF: headers as RFC 2047 has them, the text quoted-printable UTF-8.

    Only an address with an accent before its @ stands there in UTF-8, as RFC 6532 has it: no other form of it is valid.
    Raises ValueError for an addressee whose address is none: nothing is written to a guess.
    """
    # 20 ms, which only a prune that writes to somebody pays. `EmailMessage` breaks long names that are not ASCII where
    # other programs then see a space; `Header` does not.
    from email.charset import QP, Charset
    from email.header import Header
    from email.message import Message
    from email.policy import compat32
    from email.utils import format_datetime

    utf8 = Charset("utf-8")
    utf8.body_encoding = QP
    message: Message[Any, Any] = Message(policy=compat32.clone(linesep="\r\n"))
    message["X-Unsent"] = "1"
    message["X-Pipeline-Draft"] = draft.mark
    mailbox = _mailbox(draft.to)
    message["To"] = mailbox if mailbox.isascii() else _TO
    message["Subject"] = Header(
        draft.subject, "us-ascii" if _is_plain(draft.subject) else "utf-8", header_name="Subject"
    )
    message["Date"] = format_datetime(now)
    message.set_payload(draft.body, utf8)
    written = message.as_bytes()
    return (
        written if mailbox.isascii() else written.replace(f"To: {_TO}\r\n".encode(), f"To: {mailbox}\r\n".encode(), 1)
    )


_TO = "the-addressee"
"""Stands in the header until the message is bytes, because the library would encode the address as if it were a name."""


def text_of(mail: bytes) -> str:
    """All that a person reads in such a file, to look for somebody in it; never fails, whatever the file holds."""
    from email import message_from_bytes
    from email.header import decode_header, make_header

    message = message_from_bytes(mail)
    parts = [mail.decode("utf-8", "replace")]
    for value in message.values():
        try:
            parts.append(str(make_header(decode_header(str(value)))))
        except (ValueError, LookupError):
            parts.append(str(value))
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            parts.append(content.decode("utf-8", "replace"))
    return "\n".join(parts)


class SentFrom(NamedTuple):
    """By what a draft is known again once it was sent: mail programs keep the subject, and not every header."""

    mark: str
    subject: str
    to: str
    """Normalised."""


def read_sent_from(mail: bytes) -> SentFrom | None:
    """Of a draft as it lies there; None for one that is none of ours."""
    from email import message_from_bytes
    from email.header import decode_header, make_header
    from email.utils import parseaddr

    message = message_from_bytes(mail)
    try:
        subject = str(make_header(decode_header(str(message["Subject"] or ""))))
    except (ValueError, LookupError):
        return None
    mark, to = str(message["X-Pipeline-Draft"] or ""), parseaddr(str(message["To"] or ""))[1]
    return SentFrom(mark, one_line(subject), normalise_email(to)) if mark and subject and to else None


def _mailbox(to: Addressee) -> str:
    from email.header import Header
    from email.utils import quote

    name, address = one_line(to.name or ""), in_ascii(to.email)
    if address is None:
        raise ValueError("an addressee without a valid address")
    if not name:
        return address
    return f'"{quote(name)}" <{address}>' if _is_plain(name) else f"{Header(name, 'utf-8').encode()} <{address}>"


def _is_plain(text: str) -> bool:
    """ASCII that no program takes for an encoded word, in words that lines can hold."""
    return text.isascii() and "=?" not in text and all(len(word) <= 60 for word in text.split())
