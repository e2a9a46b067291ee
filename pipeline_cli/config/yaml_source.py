"""A YAML file as plain lists, mappings and text, each with its place; what is wrong with its form is told by line.

Every scalar stays the text that was written: whoever wants a number reads one
from it. That is why `NO` is never false, `1:30` never 90 and `012` never 10.
The tree is built from parser events on a stack of our own, so aliases never
multiply and nesting never exhausts memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from pipeline_cli.config.problems import Problem, quote
from pipeline_cli.domain.record import NamedTuple

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


Node = str | None | list[Any] | dict[str, Any]
"""Text, nothing (null), a list or a mapping."""
Place = tuple[str | int, ...]
"""The way from the top of the file to a value: keys and positions."""
Mark = tuple[int, int]
"""Line and column, from 1."""

MOST_VALUES = 20_000
NULLS = ("", "~", "null", "Null", "NULL")

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LEADING_TAB = re.compile(r"^ *\t(?=.*\S)", re.MULTILINE)
_TAB_ADVICE = "a tab in the indentation: use spaces, YAML does not take tabs"


class Source(NamedTuple):
    """A file that was read; `tree` is None when it could not be."""

    tree: dict[str, Any] | None
    problems: tuple[Problem, ...]
    marks: dict[Place, Mark]
    key_marks: dict[Place, Mark]
    damaged: frozenset[Place]
    """Values that were refused here already: what follows from that is not worth a second message."""

    def mark(self, place: Place) -> Mark:
        """Where a value begins; the nearest value around it when it is not in the file."""
        while place and place not in self.marks:
            place = place[:-1]
        return self.marks.get(place, (1, 1))

    def key_mark(self, place: Place) -> Mark:
        """Where the key of a value is; the value itself when it is an item of a list."""
        return self.key_marks.get(place) or self.mark(place)

    def problem(self, place: Place, text: str) -> Problem:
        return Problem(*self.mark(place), text)

    def problem_at_key(self, place: Place, text: str) -> Problem:
        return Problem(*self.key_mark(place), text)


class _UnreadableError(Exception):
    """Nothing after this place can be made sense of; the problem is noted already."""


class _Level:
    """A list or mapping that is being filled."""

    def __init__(self, place: Place, content: list[Any] | dict[str, Any]) -> None:
        self.place = place
        self.content = content
        self.key: str | None = None


class _Builder:
    """Takes the parser's events one by one."""

    def __init__(self) -> None:
        self.root: Node = None
        self.problems: list[Problem] = []
        self.marks: dict[Place, Mark] = {}
        self.key_marks: dict[Place, Mark] = {}
        self.damaged: set[Place] = set()
        self.levels: list[_Level] = []
        self.documents = 0

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._stop(event, "a second document begins here: keep one, without `---`")
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.levels.pop()

    def _take_node(self, event: Any) -> None:
        level = self.levels[-1] if self.levels else None
        if level is not None and isinstance(level.content, dict) and level.key is None:
            self._take_key(level, event)
            return
        place = self._next_place(level)
        self.marks[place] = _mark(event)
        if len(self.marks) > MOST_VALUES:
            self._stop(event, f"more than {MOST_VALUES:,} values: a pipeline.yaml holds the stages, not the deals")
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            node = None if event.implicit[0] and event.value in NULLS else event.value
        elif isinstance(event, yaml.AliasEvent):
            self.damaged.add(place)
            node = None
        else:
            node = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self._refuse_extras(event)
        self._put(level, node)
        if isinstance(node, list | dict):
            self.levels.append(_Level(place, node))
            if len(self.levels) > MOST_LEVELS:
                self.problems.append(too_deep(_mark(event)))
                raise _UnreadableError

    def _take_key(self, level: _Level, event: Any) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(event, "a key that is not plain text: write `key: value`")
        self._refuse_extras(event)
        level.key = event.value
        place = (*level.place, event.value)
        if place in self.key_marks:
            first = self.key_marks[place][0]
            self._note(event, f"{quote(event.value)} is given twice, first in line {first}: keep one of them")
        else:
            self.key_marks[place] = _mark(event)

    def _next_place(self, level: _Level | None) -> Place:
        if level is None:
            return ()
        return (*level.place, len(level.content) if level.key is None else level.key)

    def _put(self, level: _Level | None, node: Node) -> None:
        if level is None:
            self.root = node
        elif isinstance(level.content, list):
            level.content.append(node)
        elif level.key is not None:
            level.content[level.key] = node
            level.key = None

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            self._note(event, f"{quote(sign + event.anchor)} is an alias or anchor: write the values out instead")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self._note(event, f"a tag, {quote(tag)}: remove it; text that looks like a number may stand in quotes")

    def _note(self, event: Any, text: str) -> None:
        self.problems.append(Problem(*_mark(event), text))

    def _stop(self, event: Any, text: str) -> None:
        self._note(event, text)
        raise _UnreadableError


def read_source(text: str) -> Source:
    """Never raises for anything a file can hold: what is wrong is in `problems`."""
    builder = _Builder()
    builder.problems.extend(_unfit_characters(text))
    tree: dict[str, Any] | None = None
    seen = outline(text)
    if seen.too_deep is not None:
        builder.problems.append(too_deep(_mark_at(text, seen.too_deep)))
    if not builder.problems:
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                builder.take(event)
            tree = _whole_tree(builder)
        except yaml.MarkedYAMLError as error:
            builder.problems.append(_syntax_problem(error, text, seen))
        except _UnreadableError:
            tree = None
    damaged = frozenset(builder.damaged)
    return Source(tree, tuple(builder.problems), builder.marks, builder.key_marks, damaged)


def _whole_tree(builder: _Builder) -> dict[str, Any] | None:
    if isinstance(builder.root, dict) and builder.root:
        return builder.root
    if builder.root is None or builder.root == {}:
        builder.problems.append(
            Problem(1, 1, "the file is empty: restore yours, or let `pipeline init` write one elsewhere")
        )
    else:
        mark = builder.marks[()]
        builder.problems.append(
            Problem(*mark, "the file does not begin with keys: the first line should be `version: 1`")
        )
    return None


def _unfit_characters(text: str) -> Iterator[Problem]:
    for found in _LEADING_TAB.finditer(text):
        yield Problem(*_mark_at(text, found.end() - 1), _TAB_ADVICE)
    odd = _NOT_YAML.search(text)
    if odd:
        yield Problem(*_mark_at(text, odd.start()), f"a control character, {quote(odd.group())}: remove it")


def _mark_at(text: str, index: int) -> Mark:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _mark(event: Any) -> Mark:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _syntax_problem(error: yaml.MarkedYAMLError, text: str, seen: Outline) -> Problem:
    """By where the parser stopped: its words are its own, and change."""
    began = _index_of(error.context_mark, text) if error.context_mark else None
    stopped = _index_of(error.problem_mark or error.context_mark, text)
    at, advice = describe_slip(text, seen, stopped, began)
    line, column = _mark_at(text, at)
    return Problem(line, column, _TAB_ADVICE if text[at : at + 1] == "\t" else advice)


def _index_of(mark: Any, text: str) -> int:
    """Counted from the lines: what else a mark holds differs between the parsers."""
    if mark is None:
        return 0
    starts = [0, *(found.end() for found in re.finditer(r"\r\n?|[\n\x85\u2028\u2029]", text))]
    if mark.line >= len(starts):  # a parser ends the last line itself
        return len(text)
    return min(starts[int(mark.line)] + int(mark.column), len(text))
