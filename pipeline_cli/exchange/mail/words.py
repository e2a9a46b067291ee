"""What a header says, as a person reads it: encoded words decoded, on one line, without signs that command a terminal."""

from __future__ import annotations

import re

_LONGEST = 10_000
"""Signs of a header that are decoded; a longer subject is nobody's."""
_COMMANDS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def text_of(value: bytes) -> str:
    """A header as it stands: UTF-8, or else what most programs that name no charset write."""
    if value.isascii():
        return value.decode("ascii")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def decoded(text: str) -> str:
    """On one line; a word in a charset that nobody knows is read as far as that goes."""
    words = text[:_LONGEST]
    if "=?" in words:
        words = _decoded_words(words)
    if words.isascii() and words.isprintable() and "  " not in words:
        return words.strip()
    words = _COMMANDS.sub(lambda found: " " if found[0].strip(" \t\r\n") != found[0] else "", words)
    return " ".join(words.encode("utf-8", "replace").decode("utf-8").split())


def _decoded_words(text: str) -> str:
    from email.errors import HeaderParseError
    from email.header import decode_header

    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(_decoded_part(part, charset) for part, charset in parts)


def _decoded_part(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    if charset is None:
        # what stands between encoded words went through raw-unicode-escape
        try:
            return part.decode("ascii")
        except UnicodeDecodeError:
            return part.decode("raw-unicode-escape", "replace")
    try:
        return part.decode(charset.partition("*")[0], "replace")
    except (LookupError, ValueError):
        return text_of(part)
