"""What a header says, as a person reads it: encoded words decoded, on one line, without signs that command a terminal."""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_qp

_LONGEST = 10_000
"""Signs of a header that are decoded; a longer subject is nobody's."""
_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?]*)?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")
_CHARSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks-c-5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-1": "cp1252",
}
"""Names under which programs write more than the charset of that name holds."""
_OF_PYTHON = frozenset({"unicode-escape", "raw-unicode-escape", "punycode", "idna", "undefined", "mbcs", "oem"})
"""What Python can decode and no mail is written in."""
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
    if text.isascii() and text.isprintable() and "  " not in text and "=?" not in text:
        return text[:_LONGEST].strip()
    words = text[:_LONGEST]
    if "=?" in words:
        words = _decoded_words(words)
    words = _COMMANDS.sub(_gap, words)
    return " ".join(words.encode("utf-8", "replace").decode("utf-8").split())


def _gap(found: re.Match[str]) -> str:
    """A line break or a tab is a space, an escape is nothing."""
    return " " if any(sign in " \t\r\n" for sign in found[0]) else ""


def _decoded_words(text: str) -> str:
    """Words of one charset that follow each other are one: a sign may begin in the one and end in the other."""
    parts: list[str] = []
    charset, waiting, end = "", b"", 0
    for found in _WORD.finditer(text):
        between = text[end : found.start()]
        if waiting and not between.strip() and found[1].lower() == charset:
            waiting += _bytes_of(found)
        else:
            parts.append(in_charset(waiting, charset))
            if between.strip() or not waiting:
                parts.append(between)
            charset, waiting = found[1].lower(), _bytes_of(found)
        end = found.end()
    return "".join((*parts, in_charset(waiting, charset), text[end:]))


def _bytes_of(word: re.Match[str]) -> bytes:
    text = word[3]
    if word[2] in "qQ":
        return a2b_qp(text.encode("utf-8"), header=True)
    plain = _NO_BASE64.sub("", text)
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    return a2b_base64(plain + "=" * (-len(plain) % 4))


def in_charset(content: bytes, charset: str) -> str:
    """Read so; as most programs write where nobody knows that charset."""
    name = charset.casefold().replace("_", "-")
    if name in _OF_PYTHON:
        return text_of(content)
    try:
        return content.decode(_CHARSETS.get(name, name), "replace")
    except (LookupError, ValueError):
        return text_of(content)
