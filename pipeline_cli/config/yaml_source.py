"""The text of a YAML file as plain lists, mappings and text, with the place of everything in it.

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
from pipeline_cli.config.yaml_outline import MOST_LEVELS, Outline, describe_slip, outline, too_deep
from pipeline_cli.domain.record import NamedTuple

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
