"""Mails of a Maildir folder: one file each, in `new` and `cur`, the flags in its name; `tmp` holds what is not there yet."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.headers import is_mail
from pipeline_cli.exchange.mail.one_file import Header, letter_of, with_line_ends
from pipeline_cli.exchange.mail.paths import is_folder, is_regular, shown, written_at
from pipeline_cli.exchange.mail.progress import NO_MAIL, Reading, reason_of
from pipeline_cli.exchange.mail.writing_letters import Place

_FLAGS = re.compile(r"[:;!\-]2,([A-Za-z]*)")


def is_maildir(folder: Path) -> bool:
    """It has `cur`, or `new` and `tmp`."""
    return is_folder(folder / "cur") or (is_folder(folder / "new") and is_folder(folder / "tmp"))


def mail_files(folder: Path) -> list[os.DirEntry[str]]:
    """Those in `new`, then those in `cur`, since mails move from the one into the other. Raises OSError."""
    found: list[os.DirEntry[str]] = []
    for part in ("new", "cur"):
        try:
            with os.scandir(folder / part) as entries:
                found += sorted(
                    (one for one in entries if is_regular(one) and not one.name.startswith(".")),
                    key=lambda one: one.name,
                )
        except FileNotFoundError:
            continue
    return found


def read_maildir(folder: Path, reading: Reading, *, is_draft: bool = False) -> Iterator[Letter]:
    """A mail that is renamed while it is read is looked for once more under its new name."""
    done: set[str] = set()
    for _ in range(2):
        try:
            files = mail_files(folder)
        except OSError as error:
            reading.fails(shown(folder), reason_of(error))
            return
        is_moved = False
        for entry in files:
            name = _FLAGS.split(entry.name, maxsplit=1)[0]
            if name in done:
                continue
            try:
                letter = _read(entry, reading, is_draft=is_draft)
            except FileNotFoundError:
                is_moved = True
                continue
            except OSError as error:
                reading.fails(shown(entry.path), reason_of(error))
                letter = None
            done.add(name)
            if letter is not None:
                yield letter
        if not is_moved:
            return


def _read(entry: os.DirEntry[str], reading: Reading, *, is_draft: bool) -> Letter | None:
    flags = _FLAGS.search(entry.name)
    said = flags[1] if flags is not None else ""
    return read_file(entry.path, reading, is_deleted="T" in said, is_draft=is_draft or "D" in said)


def read_file(path: str, reading: Reading, *, is_deleted: bool = False, is_draft: bool = False) -> Letter | None:
    """The mail in a file of its own; None, counted, where it is none. Raises OSError."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - ten thousand of them

        def read(start: int, length: int) -> bytes:
            file.seek(start)
            return file.read(length)

        lines = with_line_ends(read)
        header = Header(lines)
        if not is_mail(header.fields):
            reading.unread[NO_MAIL] += 1
            return None
        place = Place(shown(path), written_at(os.fstat(file.fileno())), is_deleted, is_draft)
        return letter_of(header, lines, place, reading)
