"""How long the text of a mail is, the same wherever a copy of it lies: by it two without a Message-ID are told apart."""

from __future__ import annotations

import re
from collections.abc import Callable

Read = Callable[[int, int], bytes]
"""`read(start, length)`: those bytes of the mail, fewer at its end."""

_BLOCK = 256 << 10
_QUOTED = re.compile(rb"^>+(?=From )", re.MULTILINE)
_WITHIN = 100
"""Bytes at the end of a block in which a line may begin that is told from others by its first words."""


def size_of_body(start: int, read: Read) -> int:
    """From `start` on: a line end counts as one and those at the end as none.

    What an mbox puts before a line that begins with `From ` counts as none either. Reads all of it, in blocks.
    """
    size, ends, rest = 0, 0, b""
    while True:
        block = read(start, _BLOCK)
        start += len(block)
        data, rest = _at_a_line(rest + block) if block else (rest, b"")
        plain = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        size += len(plain) - sum(map(len, _QUOTED.findall(plain)))
        if plain:
            others = len(plain.rstrip(b"\n"))
            ends = len(plain) - others + (0 if others else ends)
        if not block:
            return size - ends


def _at_a_line(data: bytes) -> tuple[bytes, bytes]:
    """What is whole, and the line that begins shortly before the end."""
    begin = data.rfind(b"\n", max(0, len(data) - _WITHIN)) + 1
    if begin:
        return data[:begin], data[begin:]
    return (data[:-1], b"\r") if data.endswith(b"\r") else (data, b"")
