"""Ranges drawn as a plot of one line each: where the range lies, what was expected, and what came."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.output.numbers import whole_money
from pipeline_cli.output.report import Mark
from pipeline_cli.output.text import display_width, shorten, visible, wrap

_NARROWEST = 20
_WIDEST_LABEL = 24


class _Signs(NamedTuple):
    start: str
    line: str
    end: str
    expected: str
    inside: str
    outside: str
    target: str


_UNICODE = _Signs("├", "─", "┤", "●", "◆", "◇", "▲")
_ASCII = _Signs("|", "-", "|", "o", "x", "!", "^")


def draw_marks(marks: Sequence[Mark], width: int, *, unicode: bool) -> list[str]:
    """A line for each mark on one scale from 0, then the scale and what the signs mean; each at most `width` cells."""
    signs = _UNICODE if unicode else _ASCII
    labels = [shorten(visible(mark.label), _WIDEST_LABEL, ellipsis="…" if unicode else ".") for mark in marks]
    margin = max(map(display_width, labels))
    room = max(_NARROWEST, width - margin - 2)
    top = max(1, *(max(mark.high, mark.expected, mark.actual or 0, mark.target or 0) for mark in marks))
    lines = [
        f"{label}{' ' * (margin - display_width(label))}  {_bar(mark, room, top, signs)}"
        for label, mark in zip(labels, marks, strict=True)
    ]
    most = whole_money(top)
    meanings = [f"{signs.start}{signs.line}{signs.end} P10 to P90", f"{signs.expected} expected"]
    meanings += [f"{signs.target} quota"] if any(mark.target is not None for mark in marks) else []
    if any(mark.actual is not None for mark in marks):
        meanings += [f"{signs.inside} came", f"{signs.outside} came outside it"]
    legend = ", ".join(meanings)
    return [*(line.rstrip() for line in lines), f"{' ' * (margin + 2)}0{most.rjust(room - 1)}", *wrap(legend, width)]


def draw_spans(marks: Sequence[Mark], width: int, *, unicode: bool) -> list[str]:
    """What the signs mean, then the range of each mark on one scale from 0, each in exactly `width` cells."""
    signs = _UNICODE if unicode else _ASCII
    top = max(1, *(max(mark.high, mark.expected) for mark in marks))
    span = f"{signs.start}{signs.line}{signs.end} P10 to P90"
    meaning = next(text for text in (f"{span}, {signs.expected} expected", span, "") if display_width(text) <= width)
    return [meaning.ljust(width), *(_bar(mark, width, top, signs) for mark in marks)]


def _bar(mark: Mark, room: int, top: int, signs: _Signs) -> str:
    """What came is drawn last, for it is what a reader looks for."""

    def place(amount: float) -> int:
        return min(room - 1, max(0, round(amount / top * (room - 1))))

    cells = [" "] * room
    low, high = place(mark.low), place(mark.high)
    cells[low : high + 1] = signs.line * (high - low + 1)
    cells[low], cells[high] = signs.start, signs.end
    if mark.target is not None:
        cells[place(mark.target)] = signs.target
    cells[place(mark.expected)] = signs.expected
    if mark.actual is not None:
        cells[place(mark.actual)] = signs.inside if mark.low <= mark.actual <= mark.high else signs.outside
    return "".join(cells)
