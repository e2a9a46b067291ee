"""How the columns of a table share the width of a terminal: the least important go, long text is cut, numbers never."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.record import NamedTuple

GAP = 2
SHORT_TEXT = 12
LEGIBLE_TEXT = 20
STUB = 4


class Need(NamedTuple):
    """What one column asks for, in cells of the terminal."""

    natural: int
    """The widest of its heading and its cells."""
    heading: int
    """Its heading, or more where its text says nothing in so few cells."""
    priority: int
    """0 never goes; the highest goes first."""
    elastic: bool
    """Text that may be cut."""


class Fit(NamedTuple):
    kept: tuple[int, ...]
    """Positions of the columns that stay, in their order."""
    widths: tuple[int, ...]
    """Of those that stay."""


def fit(needs: Sequence[Need], width: int) -> Fit:
    """The columns that stay within `width` cells, and how wide each is.

    Columns go from the highest priority number down, of equals the right one first, as long as text has less than 12
    cells (20 in a column of priority 0). When only columns of priority 0 are left, their text goes down to 4 cells;
    if that is still too wide, the table is wider than the terminal, for numbers are not cut.
    """
    kept = list(range(len(needs)))
    floors = [_floor(need, LEGIBLE_TEXT if need.priority == 0 else SHORT_TEXT) for need in needs]
    while _total(floors, kept) > width and any(needs[index].priority for index in kept):
        kept.remove(max(kept, key=lambda index: (needs[index].priority, index)))
    for shortest in (SHORT_TEXT, STUB):
        if _total(floors, kept) > width:
            floors = [_floor(need, shortest) for need in needs]
    widths = _share([needs[index] for index in kept], [floors[index] for index in kept], width)
    return Fit(tuple(kept), tuple(widths))


def _floor(need: Need, shortest: int) -> int:
    """The least a column may have; its heading is cut only together with its text."""
    if not need.elastic:
        return need.natural
    return min(need.natural, max(shortest, need.heading if shortest > STUB else 0))


def _total(widths: Sequence[int], kept: Sequence[int]) -> int:
    return sum(widths[index] for index in kept) + GAP * (len(kept) - 1)


def _share(needs: Sequence[Need], floors: Sequence[int], width: int) -> list[int]:
    """What is left over goes to the cut columns, the narrowest first, so that they end up alike."""
    widths = list(floors)
    spare = width - _total(widths, range(len(widths)))
    while spare > 0:
        cut = [index for index, need in enumerate(needs) if widths[index] < need.natural]
        if not cut:
            break
        widths[min(cut, key=lambda index: widths[index])] += 1
        spare -= 1
    return widths
