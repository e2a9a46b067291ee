"""Pages of a terminal: coloured lines, the pager, and one page that is drawn again and again."""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self, TextIO

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
