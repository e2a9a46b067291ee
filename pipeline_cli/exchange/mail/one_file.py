"""A letter out of bytes that hold a mail, of which no more is read than its header, whatever its size."""

from __future__ import annotations

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.body_size import Read, size_of_body
from pipeline_cli.exchange.mail.headers import LONGEST, body_begins, end_of_header, fields_of
from pipeline_cli.exchange.mail.progress import Reading
from pipeline_cli.exchange.mail.writing_letters import Place, write_letter

_FIRST_BLOCK = 8 << 10
_BLOCK = 256 << 10
REPORT_READ = 64 << 10
"""Bytes of a delivery report that are looked through for the addresses it is about."""
EXCERPT_READ = 128 << 10
"""Bytes of a mail that are looked through for its text."""


def with_line_ends(read: Read) -> Read:
    """The same bytes; where lines end in CR alone, as old programs write them, in LF instead."""
    first = read(0, _FIRST_BLOCK)
    if b"\n" in first or b"\r" not in first:
        return read
    return lambda start, length: read(start, length).replace(b"\r", b"\n")


class Header:
    """The header of a mail, and where its body begins."""

    def __init__(self, read: Read) -> None:
        data = read(0, _FIRST_BLOCK)
        end = end_of_header(data)
        more = b"..." if len(data) == _FIRST_BLOCK else b""
        while end is None and more and len(data) < LONGEST:
            more = read(len(data), max(_BLOCK, len(data)))
            data += more
            end = end_of_header(data)
        self.fields, ends = fields_of(data if end is None else data[:end])
        self.body = body_begins(data, ends)
        self.is_ended = end is not None
        """An empty line stands behind it: nothing is missing."""


def letter_of(header: Header, read: Read, place: Place, reading: Reading) -> Letter:
    """The letter; of the body are opened only a delivery report's, and the beginning of one whose excerpt is wanted."""
    letter = write_letter(header.fields, place, lambda: size_of_body(header.body, read), reading.now)
    if letter.is_report:
        from pipeline_cli.exchange.mail.reports import failed_in

        letter = letter._replace(failed=failed_in(read(0, header.body + REPORT_READ)))
    if reading.wants_excerpt(letter):
        from pipeline_cli.exchange.mail.excerpts import excerpt_of

        letter = letter._replace(excerpt=excerpt_of(read(0, header.body + EXCERPT_READ)))
    return letter
