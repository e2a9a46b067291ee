"""Mails as the tests write them."""

from __future__ import annotations

from pathlib import Path

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.progress import Reading
from pipeline_cli.exchange.mail.reading import read_mail

A_MAIL = b"""From: Ann <ann@acme.example>
To: me@mine.example
Subject: The offer
Date: Fri, 20 Nov 2026 10:00:00 +0100
Message-ID: <%(id)s@Acme.example>
%(more)s
Thank you for it.
"""


def a_mail(id: str = "1", more: str = "", body: str = "") -> bytes:  # noqa: A002
    """`more`: further fields, each ending its line."""
    return A_MAIL % {b"id": id.encode(), b"more": more.encode()} + body.encode()


def write(path: Path, *mails: bytes) -> Path:
    """One file, of which the folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(mails))
    return path


def a_maildir(folder: Path, **mails: bytes) -> Path:
    """Each mail by its name."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, mail in mails.items():
        (folder / "cur" / name).write_bytes(mail)
    return folder


def as_mbox(*mails: bytes) -> bytes:
    """As Thunderbird writes it."""
    quoted = [mail.replace(b"\nFrom ", b"\n>From ") for mail in mails]
    return b"".join(b"From - Fri Nov 20 09:00:05 2026\n" + mail + b"\n" for mail in quoted)


def read(*sources: Path | str, keep: str = "subject") -> tuple[list[Letter], Reading]:
    """All letters, and what was told beside them."""
    reading = Reading()
    return list(read_mail([str(source) for source in sources], keep, reading)), reading


def keys(*sources: Path | str) -> list[str]:
    """By which the letters are known, none of which failed."""
    letters, reading = read(*sources)
    assert reading.problems == []
    return [letter.key for letter in letters]
