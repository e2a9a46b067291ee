"""Lines of styled words on a stream: by Rich when there is colour, as they are when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

Line = Sequence[tuple[str, str]]
"""Visible texts, each with its style in Rich's words (`bold`, `dim`, `magenta`), or an empty one."""


WARNING = "bold magenta"
"""Of the eight colours the one that is legible on white, on black and on both of Solarized; yellow is not on white."""


def paint(lines: Sequence[Line], stream: TextIO, *, color: bool) -> None:
    """Writes each line. Without colour there is no escape code at all, not even bold, and Rich is not loaded."""
    if color:
        _paint_by_rich(lines, stream)
    else:
        stream.write("".join("".join(text for text, _ in line) + "\n" for line in lines))


def _paint_by_rich(lines: Sequence[Line], stream: TextIO) -> None:
    from rich.console import Console  # 30 ms, and only colour needs it
    from rich.segment import Segment, Segments
    from rich.style import Style

    # Segments, for they are never read as markup, and a thousand rows take Rich 0.01 s so, as a rich.table.Table 0.8 s.
    # An empty environment keeps Rich from deciding again what `decide_color` has decided.
    console = Console(file=stream, force_terminal=True, color_system="standard", legacy_windows=False, _environ={})
    segments = []
    for line in lines:
        segments += [Segment(text, Style.parse(style) if style else None) for text, style in line]
        segments.append(Segment.line())
    console.print(Segments(segments), end="", crop=False, soft_wrap=True)
