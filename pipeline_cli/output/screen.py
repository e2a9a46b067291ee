"""A terminal that shows one page again and again, and is given back as it was."""

from __future__ import annotations

from types import TracebackType
from typing import Self, TextIO

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
