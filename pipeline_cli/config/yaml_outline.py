"""Where the brackets, quotes and blocks of a YAML file open and close: seen before, and without, a parser.

It decides nothing that a parser decides; it counts the nesting, which no parser
has to survive then, and finds what was left open, in words that stay ours.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline_cli.config.problems import Problem

MOST_LEVELS = 20

_CLOSING = {"[": "]", "{": "}"}
_SPACE = re.compile(r"[ \t]*(?:#[^\n]*)?")
_DOUBLE_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SINGLE_QUOTED = re.compile(r"'(?:[^']|'')*'")
_PLAIN = re.compile(r"(?:[^\n:#]|:(?=\S)|(?<!\s)#)+")
_PLAIN_IN_BRACKETS = re.compile(r"(?:[^\n:#,\[\]{}]|:(?=[^\s,\[\]{}])|(?<!\s)#)+")
_BLOCK_TEXT = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\n]*)?(?=\r?\n|\Z)")
_INDENT = re.compile(r" *")


class Open(NamedTuple):
    """A bracket or quotation mark, and where it opens and closes."""

    sign: str
    at: int
    end: int | None
    """None: never."""


class Outline(NamedTuple):
    """What a look at the signs alone says of a text."""

    opened: tuple[Open, ...]
    too_deep: int | None
    """Where the nesting passes MOST_LEVELS."""

    def around(self, index: int) -> Open | None:
        """The innermost bracket or quotation mark that is open at a place, or was opened before and never closed."""
        inside = (one for one in reversed(self.opened) if one.at < index and (one.end is None or one.end > index))
        return next(inside, None)


class _Reader:
    """Goes through the text once, token by token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.opened: list[Open] = []
        self.brackets: list[int] = []
        """Positions in `opened` of the brackets that are open here."""
        self.blocks: list[tuple[int, str]] = []
        """The column and kind (`-` or `:`) of each block around this place."""
        self.line_start = 0
        self.too_deep: int | None = None

    def read(self) -> Outline:
        at = 0
        while at < len(self.text) and self.too_deep is None:
            at = self._step(at)
        return Outline(tuple(self.opened), self.too_deep)

    def _step(self, at: int) -> int:
        """Past the token that begins there."""
        text, sign = self.text, self.text[at]
        if sign == "\n":
            self.line_start = at + 1
            return at + 1
        if sign in " \t#":
            return max(_end(_SPACE, text, at), at + 1)
        if sign in "[{":
            self._open(sign, at)
            return at + 1
        if sign in "]}" and self.brackets:
            self._close(at)
            return at + 1
        if sign in "\"'":
            return self._quoted(sign, at)
        if self.brackets:
            return max(_end(_PLAIN_IN_BRACKETS, text, at), at + 1)
        return self._in_block(sign, at)

    def _in_block(self, sign: str, at: int) -> int:
        text = self.text
        if sign in "-?" and text[at + 1 : at + 2] in ("", " ", "\t", "\r", "\n"):
            self._enter(at, sign)
            return at + 1
        if sign in "|>" and (found := _BLOCK_TEXT.match(text, at)):
            return self._past_block_text(found.end())
        end = max(_end(_PLAIN, text, at), at + 1)
        if text[end : end + 1] == ":":
            self._enter(at, ":")
        return end

    def _quoted(self, sign: str, at: int) -> int:
        found = (_DOUBLE_QUOTED if sign == '"' else _SINGLE_QUOTED).match(self.text, at)
        self.opened.append(Open(sign, at, found.end() if found else None))
        if not found:
            return len(self.text)
        if not self.brackets and self.text[found.end() : found.end() + 1] == ":":
            self._enter(at, ":")
        return found.end()

    def _open(self, sign: str, at: int) -> None:
        self.brackets.append(len(self.opened))
        self.opened.append(Open(sign, at, None))
        self._count(at)

    def _close(self, at: int) -> None:
        """Also by the wrong bracket: the parser says so."""
        place = self.brackets.pop()
        if _CLOSING[self.opened[place].sign] == self.text[at]:
            self.opened[place] = self.opened[place]._replace(end=at + 1)

    def _enter(self, at: int, kind: str) -> None:
        """A key or a dash of a block: of the one that is there already, or of a new one within it."""
        block = (at - self.line_start, "-" if kind == "-" else ":")
        while self.blocks and (self.blocks[-1][0] > block[0] or (self.blocks[-1] == (block[0], "-") and kind != "-")):
            self.blocks.pop()
        if self.blocks[-1:] != [block]:
            self.blocks.append(block)
        self._count(at)

    def _count(self, at: int) -> None:
        if len(self.blocks) + len(self.brackets) > MOST_LEVELS:
            self.too_deep = at

    def _past_block_text(self, at: int) -> int:
        """Text after `|` or `>` goes on as long as lines stand further in than what holds it."""
        column = self.blocks[-1][0] if self.blocks else -1
        while at < len(self.text):
            start = at + 1
            inward = _end(_INDENT, self.text, start)
            if inward - start <= column and self.text[inward : inward + 1] not in ("\r", "\n", ""):
                break
            line_end = self.text.find("\n", start)
            at = line_end if line_end >= 0 else len(self.text)
        return at


def outline(text: str) -> Outline:
    """Takes any text; time and memory grow with its length alone."""
    return _Reader(text).read()


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


_UNKNOWN = "this cannot be read as YAML: check the quotes, brackets and indentation here and one line above"
_BRACKETS = {
    "[": "a `[` is not closed, or a comma is missing in the list: add `]` or the comma",
    "{": "a `{` is not closed, or a comma is missing in it: add `}` or the comma",
}
_QUOTE = "a quotation mark is not closed: close it"
_SIGNS = {
    ":": "a colon where no key can be: put text with a colon in quotes, or check the indentation",
    **dict.fromkeys("@`%", "text cannot begin with this character: put it in quotes"),
    **dict.fromkeys("]}", "a bracket that closes nothing: remove it, or put the text in quotes"),
}
_ESCAPE = "an unknown escape after a backslash: put the text in single quotes"
_NO_COLON = "a key without a colon, or a line indented wrongly: write `key: value`"
_ALIGN = "this line is not indented like its neighbours, lacks its `- `, or something before it is not closed: align it"


def describe_slip(text: str, seen: Outline, stopped: int, began: int | None) -> tuple[int, str]:
    """Where the slip is and what to do about it, for a parser that stopped at one index of the text.

    `began` is the index at which it began what it could not finish. Where a bracket or quotation mark was opened helps
    more than where the file ends.
    """
    around = seen.around(stopped)
    if around is not None and around.sign in _BRACKETS and text[stopped : stopped + 1] not in ("@", "`", "%"):
        return around.at, _BRACKETS[around.sign]
    if around is not None and around.sign == "'":
        return around.at, _QUOTE
    if around is not None and around.sign == '"':
        return (around.at, _QUOTE) if around.end is None else (text.rfind("\\", around.at, stopped + 1), _ESCAPE)
    if text[stopped : stopped + 1] in _SIGNS:
        return stopped, _SIGNS[text[stopped]]
    line_start = text.rfind("\n", 0, stopped) + 1
    if began is not None and began < line_start and not _holds_key_or_item(text, began):
        return stopped, _NO_COLON
    if not text[line_start:stopped].strip():
        return stopped, _ALIGN
    return stopped, _UNKNOWN


def _holds_key_or_item(text: str, at: int) -> bool:
    line = text[at:].partition("\n")[0]
    return ":" in line or line.startswith("-")


def too_deep(place: tuple[int, int]) -> Problem:
    """Nested deeper than anything that is meant."""
    return Problem(*place, f"nested more than {MOST_LEVELS} levels deep: a pipeline.yaml needs 7, check the brackets")
