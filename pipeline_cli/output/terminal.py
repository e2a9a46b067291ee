"""Pages of a terminal: coloured lines, the pager, and one page that is drawn again and again."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from pipeline_cli.domain.record import NamedTuple
from pipeline_cli.output.text import display_width

if TYPE_CHECKING:
    from rich.table import Table

_LEFT = frozenset({0, 130, 141})
"""How a pager ends that was read or left: well, by Ctrl-C, or because what it wrote to was closed. Signals are below 0."""


def find_pager(environ: Mapping[str, str]) -> list[str] | None:
    """PIPELINE_PAGER, else PAGER, else less where there is one. None: none, or `cat`, or the terminal is dumb."""
    if environ.get("TERM") == "dumb":
        return None
    named = next((environ[name] for name in ("PIPELINE_PAGER", "PAGER") if name in environ), None)
    if named is None:
        named = "less" if shutil.which("less") else ""
    try:
        words = shlex.split(named)
    except ValueError:
        return None
    return words if words and words != ["cat"] else None


def is_longer_than_the_screen(text: str) -> bool:
    """With room for the prompt that follows it."""
    return text.count("\n") >= shutil.get_terminal_size((80, 24)).lines - 1


def page(text: str, pager: list[str], environ: Mapping[str, str], stream: TextIO) -> None:
    """Shows the text in the pager, or on the stream when that fails. Ctrl-C is the pager's meanwhile."""
    if not _paged(text, pager, environ):
        stream.write(text)


def _paged(text: str, pager: list[str], environ: Mapping[str, str]) -> bool:
    sys.stdout.flush()
    # F: leaves at once what fits; R: colours; X: what was shown stays on the screen.
    variables = {"LESS": "FRX", "LV": "-c", **environ}
    # A function, not SIG_IGN, which the pager would inherit.
    at_interrupt = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        running = subprocess.Popen(pager, stdin=subprocess.PIPE, env=variables)  # noqa: S603 - the program the user named
        _feed(running, text)
        code = running.wait()
        return code < 0 or code in _LEFT
    except (OSError, ValueError):
        return False
    finally:
        signal.signal(signal.SIGINT, at_interrupt)


def _feed(running: subprocess.Popen[bytes], text: str) -> None:
    assert running.stdin is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError):  # whoever reads has seen enough
        running.stdin.write(text.encode("utf-8", "backslashreplace"))
    with suppress(BrokenPipeError):
        running.stdin.close()


_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_HOME, _REST_OF_LINE, _REST_OF_PAGE = "\x1b[H", "\x1b[K", "\x1b[J"


class Screen:
    """A page of its own while it is open. `is_plain`: a terminal without such signs, where pages follow each other."""

    def __init__(self, stream: TextIO, *, is_plain: bool) -> None:
        self._stream = stream
        self._is_plain = is_plain

    def __enter__(self) -> Self:
        self._write("" if self._is_plain else _ENTER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write("" if self._is_plain else _LEAVE)

    def draw(self, lines: list[str], height: int) -> None:
        """At most so many lines less one, in place of those before; nothing flickers, for nothing is blank between."""
        if self._is_plain:
            self._write("\n".join([*lines, "", ""]))
            return
        page = "".join(f"{line}{_REST_OF_LINE}\n" for line in lines[: max(1, height - 1)])
        self._write(f"{_HOME}{page}{_REST_OF_PAGE}")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


Line = Sequence[tuple[str, str]]
"""Visible texts, each with its style in Rich's words (`bold`, `dim`, `magenta`), or an empty one."""


WARNING = "bold magenta"
"""Of the eight colours the one that is legible on white, on black and on both of Solarized; yellow is not on white."""

MARKED = "bold underline"
"""Words that were looked for."""


GAP = 2
"""Cells between two columns of a table."""

_MOST_ROWS_BY_RICH = 50
"""Two screenfuls. A rich.table.Table takes 1 ms a row and more: 19 ms for 20 rows, 182 for 200, 15,000 for 10,000; the
lines here 1, 4 and 400 for the same look. tabulate takes 1, 17 and 700, 84 to be loaded, and knows no wide letters."""
_NO_LIMIT = 1_000_000
"""Cells of a line: what is given to Rich fits already, or is wider because numbers are never cut."""


class Grid(NamedTuple):
    """A table whose cells fit into their columns."""

    heads: Sequence[str]
    """Empty: without headings."""
    rows: Sequence[Sequence[Line]]
    widths: Sequence[int]
    right: Sequence[bool]
    """Columns of numbers."""
    rule: str
    """What the line under the headings is made of."""

    def as_lines(self) -> Iterator[Line]:
        """For a pipe, which Rich has no part in, and for long tables."""
        if self.heads:
            yield self._line([[(head, "bold")] for head in self.heads])
            yield [(self.rule * (sum(self.widths) + GAP * (len(self.widths) - 1)), "dim")]
        yield from map(self._line, self.rows)

    def _line(self, cells: Sequence[Line]) -> Line:
        spans: list[tuple[str, str]] = []
        for cell, width, at_right in zip(cells, self.widths, self.right, strict=True):
            space = " " * (width - sum(display_width(text) for text, _ in cell))
            spans += [(space, ""), *cell] if at_right else [*cell, (space, "")]
            spans.append((" " * GAP, ""))
        return spans[:-1]


def pad(text: str, width: int, *, right: bool) -> str:
    """In exactly `width` cells of the terminal, at its right end or its left."""
    space = " " * (width - display_width(text))
    return space + text if right else text + space


def paint(blocks: Sequence[Line | Grid], stream: TextIO, *, color: bool) -> None:
    """Writes lines and tables. Without colour there is no escape code at all, not even bold, and Rich is not loaded."""
    if color:
        _paint_by_rich(blocks, stream)
    else:
        stream.write("".join("".join(text for text, _ in line) + "\n" for line in _in_lines(blocks)))


def _in_lines(blocks: Iterable[Line | Grid]) -> Iterator[Line]:
    for block in blocks:
        if isinstance(block, Grid):
            yield from block.as_lines()
        else:
            yield block


def _paint_by_rich(blocks: Sequence[Line | Grid], stream: TextIO) -> None:
    from rich.console import Console  # 30 ms, and only colour needs it
    from rich.segment import Segment, Segments
    from rich.style import Style

    # An empty environment keeps Rich from deciding again what `decide_color` has decided.
    console = Console(
        file=stream,
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
        width=_NO_LIMIT,
        _environ={},
    )
    for block in blocks:
        if isinstance(block, Grid) and len(block.rows) <= _MOST_ROWS_BY_RICH:
            console.print(_table(block))
            continue
        segments = []
        for line in _in_lines([block]):  # segments are never read as markup
            segments += [Segment(text, Style.parse(style) if style else None) for text, style in line]
            segments.append(Segment.line())
        console.print(Segments(segments), end="", crop=False, soft_wrap=True)


def _table(grid: Grid) -> Table:
    from rich.box import Box
    from rich.table import Table
    from rich.text import Text  # whose words are never read as markup

    rule, blank = f" {grid.rule * 2} \n", " " * 4 + "\n"
    table = Table(
        box=Box(blank * 2 + rule + blank * 5, ascii=grid.rule.isascii()),
        show_edge=False,
        show_header=bool(grid.heads),
        pad_edge=False,
        padding=(0, GAP - 1, 0, 0),  # and one for the box
        border_style="dim",
    )
    for place, (width, at_right) in enumerate(zip(grid.widths, grid.right, strict=True)):
        head = Text(pad(grid.heads[place], width, right=at_right), "bold") if grid.heads else ""
        table.add_column(head, width=width, no_wrap=True)
    for row in grid.rows:
        # Not by Rich's own `justify`, which takes the blank end of a bar for space that may move.
        table.add_row(
            *[
                Text.assemble(" " * (width - sum(display_width(text) for text, _ in cell)) if at_right else "", *cell)
                for cell, width, at_right in zip(row, grid.widths, grid.right, strict=True)
            ]
        )
    return table
