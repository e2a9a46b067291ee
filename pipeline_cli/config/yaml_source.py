"""A YAML file as plain lists, mappings and text, each with its place; what is wrong with its form is told by line.

The tree of nodes is PyYAML's, composed in Python: libyaml is not everywhere, and stops at other places. Every scalar
stays the text that was written: whoever wants a number reads one from it. That is why `NO` is never false, `1:30` never
90 and `012` never 10.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.parser import ParserError
from yaml.reader import ReaderError
from yaml.tokens import FlowEntryToken, FlowMappingEndToken, FlowSequenceEndToken

from pipeline_cli.config.problems import Problem, quote
from pipeline_cli.domain.record import NamedTuple

Place = tuple[str | int, ...]
"""The way from the top of the file to a value: keys and positions."""
Mark = tuple[int, int]
"""Line and column, from 1."""

MOST_LEVELS = 20
MOST_VALUES = 20_000

_NULL, _ALIAS, _NO_CHARACTER = "tag:yaml.org,2002:null", "alias", "\ufdd0"
_LEADING_TAB = re.compile(r"^ *\t(?=.*\S)", re.MULTILINE)
_PUT_ASIDE = re.compile(r"^([ ?-]*\t)|\t|(?<=[^\s,\[{])(\?)", re.MULTILINE)
"""Tabs, but for those that stand where only spaces may, and question marks within a text."""

_TAB = "a tab in the indentation: use spaces, YAML does not take tabs"
_BRACKETS = {
    "[": "a `[` is not closed, or a comma is missing in the list: add `]` or the comma",
    "{": "a `{` is not closed, or a comma is missing in it: add `}` or the comma",
}
_NO_START = ("@", "`", "%")
_SIGNS = {
    "\t": _TAB,
    ":": "a colon where no key can be: put text with a colon in quotes, or check the indentation",
    **dict.fromkeys(_NO_START, "text cannot begin with this character: put it in quotes"),
    **dict.fromkeys("]}", "a bracket that closes nothing: remove it, or put the text in quotes"),
}
_QUOTE = "a quotation mark is not closed: close it"
_ESCAPE = "an unknown escape after a backslash: put the text in single quotes"
_NO_COLON = "a key without a colon, or a line indented wrongly: write `key: value`"
_ALIGN = "this line is not indented like its neighbours, lacks its `- `, or something before it is not closed: align it"
_UNKNOWN = "this cannot be read as YAML: check the quotes, brackets and indentation here and one line above"
_NO_KEY = "a key that is not plain text: write `key: value`"
_TOO_MANY = f"more than {MOST_VALUES:,} values: a pipeline.yaml holds the stages, not the deals"
_TOO_DEEP = f"nested more than {MOST_LEVELS} levels deep: a pipeline.yaml needs 7, check the brackets"
_EMPTY = "the file is empty: restore yours, or let `pipeline init` write one elsewhere"
_NO_KEYS = "the file does not begin with keys: the first line should be `version: 1`"


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
        """A problem at a value."""
        return Problem(*self.mark(place), text)

    def problem_at_key(self, place: Place, text: str) -> Problem:
        """A problem at the key of a value."""
        return Problem(*self.key_mark(place), text)


class _UnreadableError(Exception):
    """Nothing after this place can be made sense of: its arguments are those of a Problem."""


class _Loader(yaml.SafeLoader):
    """Refuses on the way what PyYAML would take, aliases, tags, depth, size, and takes two things it would refuse.

    These are a tab between words, which it reads as the space that it stands for, and a question mark within brackets,
    as in `{ask: Why?}`, where PyYAML would end the text. libyaml takes both.
    """

    def __init__(self, text: str, problems: list[Problem]) -> None:
        super().__init__(text)
        self.problems = problems
        self.level = self.values = 0
        self.written = self.buffer
        self.buffer = _PUT_ASIDE.sub(lambda found: found[1] or (_NO_CHARACTER if found[2] else " "), self.buffer)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        untyped: Any = self
        event: Any = untyped.peek_event()
        node: yaml.Node | None
        is_key, is_alias = isinstance(parent, yaml.MappingNode) and index is None, isinstance(event, yaml.AliasEvent)
        self.values += not is_key
        if self.values > MOST_VALUES:
            raise _UnreadableError(*_mark(event), _TOO_MANY)
        if self.level == MOST_LEVELS and isinstance(event, yaml.CollectionStartEvent):
            raise _UnreadableError(*_mark(event), _TOO_DEEP)
        if event.anchor is not None:
            said = f"{quote('&*'[is_alias] + event.anchor)} is an alias or anchor: write the values out instead"
            self.problems.append(Problem(*_mark(event), said))
            event.anchor = None
        if is_alias:
            untyped.get_event()
            node = yaml.ScalarNode(_ALIAS, "", event.start_mark, event.end_mark)
        else:
            if event.tag not in (None, "!"):
                said = f"a tag, {quote(event.tag)}: remove it; text that looks like a number may stand in quotes"
                self.problems.append(Problem(*_mark(event), said))
            self.level += 1
            node = super().compose_node(parent, index)
            self.level -= 1
        if is_key and (is_alias or not isinstance(node, yaml.ScalarNode)):
            raise _UnreadableError(*_mark(event), _NO_KEY)
        return node

    def process_empty_scalar(self, mark: Any) -> Any:
        """Nothing within brackets stands where they go on."""
        if self.check_token(FlowEntryToken, FlowMappingEndToken, FlowSequenceEndToken):
            following: Any = self.tokens[0]
            mark = following.start_mark
        return super().process_empty_scalar(mark)

    def scan_plain(self) -> Any:
        token: Any = super().scan_plain()
        token.value = token.value.replace(_NO_CHARACTER, "?")
        return token

    def scan_block_scalar(self, style: str) -> Any:
        shown, self.buffer = self.buffer, self.written
        token = super().scan_block_scalar(style)
        self.buffer = shown
        return token

    def scan_flow_scalar(self, style: str) -> Any:
        """Says where a quotation mark opens, not where the file ends, and refuses halves of characters."""
        start = self.line + 1, self.column + 1
        shown, self.buffer = self.buffer, self.written
        try:
            token: Any = super().scan_flow_scalar(style)
            token.value.encode()
        except (yaml.MarkedYAMLError, ValueError, OverflowError):  # the last two from an escape of no character
            if self.peek() == "\0" or self.column == 0:  # of `---`
                raise _UnreadableError(*start, _QUOTE) from None
            at = self.buffer.rindex("\\", 0, self.pointer)
            raise _UnreadableError(*_mark_at(self.buffer, at), _ESCAPE) from None
        self.buffer = shown
        return token


def read_source(text: str) -> Source:
    """Never raises for anything a file can hold: what is wrong is in `problems`."""
    problems = [Problem(*_mark_at(text, found.end() - 1), _TAB) for found in _LEADING_TAB.finditer(text)]
    source = Source(None, (), {}, {}, frozenset())
    try:
        loader = _Loader(text, problems)
        if not problems:
            source = _source_of(loader.get_single_node(), problems)
    except _UnreadableError as slip:
        problems.append(Problem(*slip.args))
    except ReaderError as error:
        said = f"a control character, {quote(text[error.position])}: remove it"
        problems.append(Problem(*_mark_at(text, error.position), said))
    except yaml.MarkedYAMLError as error:
        problems.append(_slip(text, error, loader))
    except ValueError:  # a number with thousands of digits in a %YAML line
        problems.append(Problem(1, 1, _UNKNOWN))
    return source._replace(problems=tuple(problems))


def _source_of(root: yaml.Node | None, problems: list[Problem]) -> Source:
    """Its `tree` is None when there are no keys."""
    marks: dict[Place, Mark] = {}
    key_marks: dict[Place, Mark] = {}
    damaged: set[Place] = set()

    def plain(node: Any, place: Place) -> Any:
        marks[place] = _mark(node)
        if isinstance(node, yaml.SequenceNode):
            return [plain(item, (*place, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return {key.value: plain(value, named(key, (*place, key.value))) for key, value in node.value}
        if node.tag == _ALIAS:
            damaged.add(place)
        return None if node.tag in (_NULL, _ALIAS) else node.value

    def named(key: yaml.Node, place: Place) -> Place:
        first = key_marks.setdefault(place, _mark(key))
        if first != _mark(key):
            said = f"{quote(key.value)} is given twice, first in line {first[0]}: keep one of them"
            problems.append(Problem(*_mark(key), said))
        return place

    tree = plain(root, ()) if root else None
    if not isinstance(tree, dict) or not tree:
        problems.append(Problem(*marks[()], _NO_KEYS) if tree else Problem(1, 1, _EMPTY))
        tree = None
    return Source(tree, (), marks, key_marks, frozenset(damaged))


def _slip(text: str, error: yaml.MarkedYAMLError, loader: _Loader) -> Problem:
    """By where PyYAML stopped and what it had begun: its words are its own."""
    mark: Any = error.problem_mark or error.context_mark
    start: Any = error.context_mark or mark
    sign = text[mark.index : mark.index + 1]
    line_start = text.rfind("\n", 0, mark.index) + 1
    opened = [one for one in (start, *loader.marks[-1:]) if text[one.index : one.index + 1] in _BRACKETS]
    advice = _UNKNOWN
    if isinstance(error, ComposerError):
        advice = "a second document begins here: keep one, without `---`"
    elif opened and (loader.flow_level or isinstance(error, ParserError)) and sign not in _NO_START:
        mark, advice = opened[0], _BRACKETS[text[opened[0].index]]
    elif sign in _SIGNS:
        advice = _SIGNS[sign]
    elif start.index < line_start and not re.match(r"-|[^\n]*:", text[start.index :]):
        advice = _NO_COLON
    elif not text[line_start : mark.index].strip():
        advice = _ALIGN
    return Problem(mark.line + 1, mark.column + 1, advice)


def _mark_at(text: str, index: int) -> Mark:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _mark(marked: Any) -> Mark:
    return marked.start_mark.line + 1, marked.start_mark.column + 1
