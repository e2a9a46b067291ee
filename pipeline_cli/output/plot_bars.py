"""Counts drawn as bars of one line each, with the count and a rate beside them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline_cli.output.bars import bar
from pipeline_cli.output.numbers import number, percent
from pipeline_cli.output.report import Bar
from pipeline_cli.output.text import display_width, in_ascii, shorten, visible

_NARROWEST, _WIDEST = 8, 60
_WIDEST_LABEL = 24
_GAP = "  "


def draw_bars(bars: Sequence[Bar], width: int, *, unicode: bool) -> list[str]:
    """A line for each; at most `width` cells, if that leaves room for a bar. One without a number is a heading."""
    labels = [_label(one, width if one.number is None else _WIDEST_LABEL, unicode=unicode) for one in bars]
    counts = ["" if one.number is None else number(one.number) for one in bars]
    rates = ["" if one.rate is None else percent(one.rate) for one in bars]
    margin = max((display_width(label) for label, one in zip(labels, bars, strict=True) if one.number is not None),
                 default=0)  # fmt: skip
    figures = max(map(len, counts)) + max(map(len, rates)) + 3 * len(_GAP)
    room = min(_WIDEST, max(_NARROWEST, width - margin - figures))
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
