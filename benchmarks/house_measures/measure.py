"""One number about the tree, and the places that make it up."""

from __future__ import annotations

from typing import NamedTuple


class Measure(NamedTuple):
    """`where` names what was counted, as `file:line name`; empty where the number says it all."""

    section: str
    name: str
    value: float
    where: tuple[str, ...] = ()


def count(section: str, name: str, where: list[str]) -> Measure:
    """The number of places, and the places."""
    return Measure(section, name, len(where), tuple(where))
