"""Walks a file that may be wrong anywhere: yields what has the right shape, skips what has not.

The checks work on this, not on the validated models, so that their problems
are reported together with those of the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline_cli.config.yaml_source import Place, Source

Entry = tuple[Place, dict[str, Any]]


def value_at(source: Source, place: Place) -> Any:
    """None when there is nothing at the place."""
    node: Any = source.tree
    for part in place:
        if isinstance(node, dict):
            node = node.get(str(part))
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            return None
    return node


def entries_in(source: Source, place: Place) -> list[Entry]:
    """The mappings in a list."""
    node = value_at(source, place)
    items = node if isinstance(node, list) else []
    return [((*place, index), item) for index, item in enumerate(items) if isinstance(item, dict)]


def words_in(source: Source, place: Place) -> list[tuple[Place, str]]:
    """The texts in a list, without the blanks around them."""
    node = value_at(source, place)
    items = node if isinstance(node, list) else []
    return [((*place, index), item.strip()) for index, item in enumerate(items) if isinstance(item, str)]


def names_in(source: Source, place: Place) -> list[str]:
    """The keys of a mapping."""
    node = value_at(source, place)
    return list(node) if isinstance(node, dict) else []


def stage_lists(source: Source) -> Iterator[tuple[str, Place, list[Entry]]]:
    """Of each pipeline: its id, the place of its stages, the stages."""
    for name in names_in(source, ("pipelines",)):
        place: Place = ("pipelines", name, "stages")
        yield name, place, entries_in(source, place)


def rule_places(source: Source, key: str) -> list[Place]:
    """Where the file may say something: once for all, and in each pipeline that says it itself."""
    places: list[Place] = [(key,), *(("pipelines", name, key) for name in names_in(source, ("pipelines",)))]
    return [place for place in places if value_at(source, place) is not None]


def criteria_lists(source: Source) -> Iterator[list[Entry]]:
    """The exit criteria of each stage."""
    for _, _, stages in stage_lists(source):
        for place, _ in stages:
            yield entries_in(source, (*place, "exit_criteria"))
