"""The line of a shell up to the cursor as words, and a word put back the way the shell wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import commonprefix

from pipeline_cli.domain.record import NamedTuple

_BASH_BREAKS = ":=<>"
"""Bash takes what stands behind one of these for a word of its own, unless it is quoted."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,@%+-")


class Line(NamedTuple):
    words: list[str]
    """The finished words behind the program's name."""
    typed: str
    """The word at the cursor, which may be empty, unquoted."""
    quote: str
    """The quotation mark that is open at the cursor, or nothing."""
    unquoted_start: int
    """How many letters of `typed` stand before the last unquoted break of bash."""


def read_line(text: str) -> Line:
    """Words as POSIX shells split them; a quote that is still open is the word at the cursor."""
    words: list[str] = []
    word: str | None = None
    quote, start, index = "", 0, 0
    while index < len(text):
        sign = text[index]
        index += 1
        if quote:
            if sign == quote:
                quote = ""
                continue
            if sign == "\\" and quote == '"' and text[index : index + 1] in ('"', "\\", "$", "`"):
                sign, index = text[index], index + 1
        elif sign.isspace():
            if word is not None:
                words.append(word)
            word, start = None, 0
            continue
        elif sign in "'\"":
            word, quote = word or "", sign
            continue
        elif sign == "\\":
            sign, index = text[index : index + 1], index + 1
        elif sign in _BASH_BREAKS:
            start = len(word or "") + 1
        word = (word or "") + sign
    return Line(words[1:], word or "", quote, start)


def for_bash(value: str, line: Line) -> str:
    """Only what stands behind the last break, quoted as the word was begun; readline closes an open quote itself."""
    if line.quote == "'":
        return value
    if line.quote == '"':
        return "".join(f"\\{sign}" if sign in '"\\$`' else sign for sign in value)
    rest = value[line.unquoted_start :]
    # A value that was asked for with `=` stays plain there, or each Tab would quote it anew.
    return "".join(sign if sign in _PLAIN or sign == "=" or not sign.isascii() else f"\\{sign}" for sign in rest)


def all_for_bash(values: Sequence[str], line: Line) -> list[str]:
    """Of several, bash types what they have in common: it must not end in half an escape, as `Acme\\` would."""
    escaped = [for_bash(value, line) for value in values]
    common = commonprefix(escaped)  # noqa: RUF071 - texts, not paths: what bash would type
    if len(values) < 2 or (len(common) - len(common.rstrip("\\"))) % 2 == 0:
        return escaped
    quote = '"' if any("'" in value for value in values) else "'"
    return [quote + for_bash(value[line.unquoted_start :], line._replace(quote=quote)) for value in values]


def is_safe(value: str, line: Line) -> bool:
    """Whether a shell can be given it as one word: nothing invisible, no option, no quote that would end its own."""
    return value.isprintable() and not value.startswith("-") and not (line.quote == "'" and "'" in value)
