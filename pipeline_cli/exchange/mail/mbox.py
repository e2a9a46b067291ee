"""Mails of an mbox, as Thunderbird, mutt and others keep a folder in one file, read block by block whatever its size.

`mailbox.mbox` copies each mail before it parses it, text and all, and takes any line that begins with `From ` for the
next one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime
from io import FileIO
from pathlib import Path

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.mail.dates import read_date
from pipeline_cli.exchange.mail.folder_names import DRAFTS, JUNK, TRASH, kind_of_label
from pipeline_cli.exchange.mail.headers import Fields, is_mail
from pipeline_cli.exchange.mail.one_file import Header, letter_of
from pipeline_cli.exchange.mail.paths import shown, written_at
from pipeline_cli.exchange.mail.progress import NO_MAIL, Reading, reason_of
from pipeline_cli.exchange.mail.words import decoded, text_of
from pipeline_cli.exchange.mail.writing_letters import Place

BEGINNING = b"From "
_LINE = re.compile(rb"From (?:[^\n]{0,400}?\d:\d\d[^\n]{0,100}|-?[ \t]*)\r?\n(?=>?From |[!-9;-~]+[ \t]*:)")
"""Begins a mail: it ends with a time, or holds nothing, as newer Thunderbirds write it, and a header follows."""
_BLOCK = 1 << 20
_LOOK_AHEAD = 4 << 10
_WRITTEN = re.compile(r"([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d\d:\d\d(?::\d\d)?)\s+(?:([+-]\d{4}|[A-Z]{1,5})\s+)?(\d{4})")


class _Span(NamedTuple):
    """Where a mail lies in its file."""

    begin: int
    end: int
    is_last: bool


def read_mbox(path: Path, reading: Reading, *, is_draft: bool = False) -> Iterator[Letter]:
    """What is appended meanwhile is left to the next time, and so is a mail that is cut off within its header."""
    try:
        with path.open("rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            place = Place(shown(path), written_at(status), is_draft=is_draft)
            for span in _spans(file, status.st_size, place, reading):
                letter = _letter_in(file, span, place, reading)
                if letter is not None:
                    yield letter
    except OSError as error:
        reading.fails(shown(path), reason_of(error))


def _spans(file: FileIO, size: int, place: Place, reading: Reading) -> Iterator[_Span]:
    begin = None
    for following in _beginnings(file, size):
        if begin is not None:
            yield _Span(begin, following, is_last=False)
        elif following:
            reading.fails(place.source, "begins in the middle of a mail, which was left out")
        begin = following
    if begin is not None:
        yield _Span(begin, size, is_last=True)
    elif size:
        reading.unread[NO_MAIL] += 1


def _beginnings(file: FileIO, size: int) -> Iterator[int]:
    """Where the mails begin, found block by block."""
    data, start = b"\n", -1
    while True:
        file.seek(start + len(data))
        block = file.read(min(_BLOCK, size - start - len(data)))
        data += block
        end = len(data) - (_LOOK_AHEAD if block else 0)
        place = data.find(b"\nFrom ", 0, max(0, end))
        while place >= 0:
            if _LINE.match(data, place + 1):
                yield start + place + 1
            place = data.find(b"\nFrom ", place + 1, end)
        if not block:
            return
        keep = max(0, end - len(BEGINNING))
        data, start = data[keep:], start + keep


def _letter_in(file: FileIO, span: _Span, place: Place, reading: Reading) -> Letter | None:
    line = _read(file, span, 0, 1_000).partition(b"\n")[0] + b"\n"
    stored = _written(line) or place.stored

    def read(start: int, length: int) -> bytes:
        return _read(file, span, len(line) + start, length)

    header = Header(read)
    if span.is_last and not header.is_ended:
        reading.fails(place.source, "ends in the middle of a mail; run this again when it is whole")
        return None
    if not is_mail(header.fields):
        reading.unread[NO_MAIL] += 1
        return None
    labels = _labels(header.fields)
    if JUNK in labels:
        reading.unread[JUNK] += 1
        return None
    letter = letter_of(header, read, place._replace(stored=stored), reading)
    state = text_of(b"".join(header.fields.get(b"x-status", ())))
    return letter._replace(
        is_deleted=letter.is_deleted or "D" in state or TRASH in labels,
        is_draft=letter.is_draft or "T" in state or DRAFTS in labels,
    )


def _labels(fields: Fields) -> set[str | None]:
    """What Gmail's export of all mail says of one: it has no folders. The first counts: the others came with the mail."""
    labels = fields.get(b"x-gmail-labels", ())[:1]
    return {kind_of_label(label.strip(' "')) for text in labels for label in decoded(text_of(text)).split(",")}


def _read(file: FileIO, span: _Span, start: int, length: int) -> bytes:
    file.seek(span.begin + start)
    return file.read(max(0, min(length, span.end - span.begin - start)))


def _written(line: bytes) -> datetime | None:
    """What stands behind `From`, such as `ann@acme.example Sat May 30 14:21:12 2026`."""
    found = _WRITTEN.search(text_of(line))
    return read_date(f"{found[2]} {found[1]} {found[5]} {found[3]} {found[4] or '+0000'}") if found else None
