"""Adds a mapping of an import to the text of a pipeline.yaml, line by line, so that everything else stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline_cli.config.draft_file import EMPTY, line_text, yaml_text
from pipeline_cli.config.yaml_source import Place, Source, read_source

_STEP = 2
"""Spaces, of each level that is new."""


def with_mapping(text: str, name: str, mapping: Mapping[str, Any]) -> str | None:
    """The text with what it did not have yet under `imports:` and the name; None: it is written so that nothing fits in."""
    new = text
    for place, value in _leaves(("imports", name), mapping):
        added = _with_value(new, place, value)
        if added is None:
            return None
        new = added
    return new


def _leaves(place: Place, value: Any) -> Iterator[tuple[Place, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves((*place, key), inner)
    elif isinstance(value, str):
        yield place, line_text(value) if value else EMPTY
    else:
        yield place, f"[{', '.join(map(line_text, value))}]"


def _with_value(text: str, place: Place, value: str) -> str | None:
    source = read_source(text)
    if source.tree is None:
        return None
    node, depth = _deepest(source, place)
    if depth == len(place):
        return text
    if not isinstance(node, dict) or (depth and not node):
        return None
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    if not depth:
        new = _nested(place, value, 0)
        return ending.join([*lines, "", *new, ""])
    parent = place[:depth]
    line, column = source.marks[parent]
    if lines[line - 1][column - 1 : column] == "{":
        return None
    indent = source.key_mark((*parent, next(iter(node))))[1] - 1
    end = _last_line(source, parent, lines)
    return ending.join([*lines[:end], *_nested(place[depth:], value, indent), *lines[end:], ""])


def _deepest(source: Source, place: Place) -> tuple[Any, int]:
    node: Any = source.tree
    for depth, key in enumerate(place):
        if not isinstance(node, dict) or key not in node:
            return node, depth
        node = node[key]
    return node, len(place)


def _nested(place: Place, value: str, indent: int) -> list[str]:
    keys = [f"{' ' * (indent + level * _STEP)}{yaml_text(str(key))}:" for level, key in enumerate(place)]
    return [*keys[:-1], f"{keys[-1]} {value}"]


def _last_line(source: Source, parent: Place, lines: list[str]) -> int:
    """Of what stands under a key, remarks below it left out."""
    within = [mark[0] for place, mark in source.marks.items() if place[: len(parent)] == parent]
    last = max(within)
    after = min((mark[0] for mark in source.key_marks.values() if mark[0] > last), default=len(lines) + 1)
    end = after - 1
    while end > last and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end
