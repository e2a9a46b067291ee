"""The cards of a file as lines, cut out one by one, without pictures and whatever else nobody needs of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.exchange.found_files import lines_of

_WANTED = frozenset(
    {
        b"UID",
        b"FN",
        b"N",
        b"NICKNAME",
        b"EMAIL",
        b"TEL",
        b"ORG",
        b"TITLE",
        b"KIND",
        b"X-ABLABEL",
        b"X-ABSHOWAS",
        b"X-ADDRESSBOOKSERVER-KIND",
    }
)
_MOST_BYTES = 8_000
"""Of one property: a longer one is no name, address or number."""
_MOST_LINES = 1_000
"""Of one card."""
_QUOTED_PRINTABLE = re.compile(rb"[^:]*quoted-printable", re.IGNORECASE)


class Part(NamedTuple):
    """A card, or what is wrong at its place in the file."""

    number: int
    lines: tuple[bytes, ...] = ()
    complaint: str | None = None


def cut(file: BinaryIO) -> Iterator[Part]:
    """Each card by its number, from 1, and the reasons why some are none. Raises OSError."""
    number, lines, is_inside, has_one, is_empty = 0, list[bytes](), False, False, True
    for line in _logical_lines(file):
        mark = line.strip().upper()
        is_empty = is_empty and not mark
        if mark == b"BEGIN:VCARD":
            if is_inside:
                yield Part(number, complaint="has no end, and is left out")
            number, lines, is_inside, has_one = number + 1, [], True, True
        elif mark == b"END:VCARD" and is_inside:
            is_inside = False
            yield Part(number, tuple(lines))
        elif is_inside and len(lines) < _MOST_LINES and _name(line) in _WANTED:
            lines.append(line)
    if is_inside:
        yield Part(number, complaint="is cut off, and is left out")
    if not (has_one or is_empty):  # an address book may be empty
        yield Part(0, complaint="holds no card")


def _name(line: bytes) -> bytes:
    """Of the property, without the group that stands before a dot."""
    head = line[:60].split(b":", 1)[0].split(b";", 1)[0].strip().upper()
    return head.rpartition(b".")[2]


def _logical_lines(file: BinaryIO) -> Iterator[bytes]:
    """Folded ones put together, those of 2.1 that end in `=` too; of what is too long, only the beginning."""
    whole = b""
    goes_on = False
    for line in lines_of(file):
        if goes_on:
            whole = (whole + b"\n" + line)[:_MOST_BYTES]
        elif line[:1] in (b" ", b"\t"):
            if len(whole) < _MOST_BYTES:
                whole = (whole + line[1:])[:_MOST_BYTES]
        else:
            if whole:
                yield whole
            whole = line[:_MOST_BYTES]
        goes_on = whole.endswith(b"=") and _QUOTED_PRINTABLE.match(whole) is not None
    if whole:
        yield whole
