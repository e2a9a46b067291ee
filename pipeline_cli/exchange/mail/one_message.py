"""One mail that another program hands over, as mutt and its like do at a key: read from a stream that cannot go back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from pipeline_cli.domain.capture.letter import Letter
from pipeline_cli.exchange.mail.headers import LONGEST, is_mail
from pipeline_cli.exchange.mail.one_file import EXCERPT_READ, Header, letter_of, with_line_ends
from pipeline_cli.exchange.mail.progress import Reading, reason_of
from pipeline_cli.exchange.mail.writing_letters import Place

NAME = "standard input"
_BLOCK = 256 << 10
_KEPT = LONGEST + EXCERPT_READ
"""Bytes that are remembered; of what is behind them only the length is ever asked."""


class _Stream:
    """Bytes that come once: any of those that are remembered, and behind them one block after the other."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._kept, self._place = stream, b"", 0

    def read(self, start: int, length: int) -> bytes:
        """As of a file, where it was not read further before."""
        while len(self._kept) < min(start + length, _KEPT):
            block = self._stream.read(_BLOCK)
            if not block:
                break
            self._kept += block
            self._place += len(block)
        if start < len(self._kept):
            return self._kept[start : start + length]
        block = self._stream.read(length) if start == self._place else b""
        self._place += len(block)
        return block

    def drain(self) -> None:
        """The program that hands it over is not cut short."""
        while self._stream.read(_BLOCK):
            pass


def read_message(stream: BinaryIO, reading: Reading) -> Iterator[Letter]:
    """Where it tells no time, it is of now."""
    rest = _Stream(stream)
    try:
        read = with_line_ends(rest.read)
        header = Header(read)
        if is_mail(header.fields):
            yield letter_of(header, read, Place(NAME, reading.now or datetime.now(UTC)), reading)
        else:
            reading.fails(NAME, "is no mail" if rest.read(0, 1) else "is empty")
        rest.drain()
    except OSError as error:
        reading.fails(NAME, reason_of(error))
