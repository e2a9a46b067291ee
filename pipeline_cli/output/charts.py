"""Ranges, counts and shares drawn as lines of characters."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.output.numbers import number, percent, whole_money
from pipeline_cli.output.report import Bar, Mark
from pipeline_cli.output.text import display_width, in_ascii, shorten, visible, wrap

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


EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float, width: int, *, unicode: bool) -> str:
    """Exactly `width` cells, filled to the share (0 to 1; beyond is cut off).

    More than nothing always shows, and only a whole share fills the bar. rich.bar.Bar shows nothing for a thousandth,
    has no form in ASCII, and would be loaded for a pipe.
    """
    share = min(max(share, 0.0), 1.0)
    steps = width * (8 if unicode else 1)
    filled = max(int(share * steps), 1 if share > 0 else 0)
    if not unicode:
        return ("#" * filled).ljust(width)
    whole, eighths = divmod(filled, 8)
    return ("█" * whole + EIGHTHS[eighths].strip()).ljust(width)


_NARROWEST_BAR, _WIDEST_BAR = 8, 60
_WIDEST_BAR_LABEL = 24
_GAP = "  "


def draw_bars(bars: Sequence[Bar], width: int, *, unicode: bool) -> list[str]:
    """A line for each; at most `width` cells, if that leaves room for a bar. One without a number is a heading."""
    labels = [_label(one, width if one.number is None else _WIDEST_BAR_LABEL, unicode=unicode) for one in bars]
    counts = ["" if one.number is None else number(one.number) for one in bars]
    rates = ["" if one.rate is None else percent(one.rate) for one in bars]
    margin = max(
        (display_width(label) for label, one in zip(labels, bars, strict=True) if one.number is not None), default=0
    )
    figures = max(map(len, counts)) + max(map(len, rates)) + 3 * len(_GAP)
    room = min(_WIDEST_BAR, max(_NARROWEST_BAR, width - margin - figures))
    lines = []
    for one, label, count, rate in zip(bars, labels, counts, rates, strict=True):
        if one.number is None:
            lines.append(label)
            continue
        drawn = bar(one.share, room, unicode=unicode)
        padding = " " * (margin - display_width(label))
        lines.append(
            f"{label}{padding}{_GAP}{drawn}{_GAP}{count.rjust(max(map(len, counts)))}{_GAP}"
            f"{rate.rjust(max(map(len, rates)))}".rstrip()
        )
    return lines


def _label(one: Bar, width: int, *, unicode: bool) -> str:
    text = visible(one.label)
    return shorten(text if unicode else in_ascii(text), width, ellipsis="…" if unicode else "...")
