"""What a command says to whoever typed it, asks, and shows of long work; safe for every terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TextIO, TypeVar

from pipeline_cli.output.text import visible, wrap


class Conversation:
    """The answer on stdout, all else on stderr, questions where both ends are a terminal."""

    @property
    def stdout(self) -> TextIO:
        return sys.stdout

    def answer(self, text: str) -> None:
        """A line of the answer, on stdout; broken at spaces on a terminal."""

        say(text, sys.stdout)

    def say(self, text: str) -> None:
        """What is said about the answer goes to stderr, each line made safe for a terminal."""

        with suppress(OSError, ValueError):  # a reader who has gone is noticed when the command ends
            sys.stdout.flush()  # so that on one screen it stands below what it speaks of
        say(text, sys.stderr)

    def say_waiting(self) -> None:
        """Another program holds the database, and this one waits."""
        self.say("Waiting for another command or program that holds the database …")

    def watched(self, steps: Sequence[int], what: str) -> Iterator[int]:
        """The same steps, while a terminal is told how far they are."""

        return watched(steps, what, sys.stderr)

    def row_count(self, noun: str = "rows") -> RowCount:
        """Tells a terminal how many rows, or pages of the file, long work is through."""

        return RowCount(sys.stderr, noun=noun)

    def confirm(self, text: str, deal_id: int | None = None) -> None:
        """What was changed, on stderr; the number of a new deal also on stdout when a script reads it."""
        if deal_id is not None and not sys.stdout.isatty():
            self.answer(str(deal_id))
        self.say(text)

    def ask(self, question: str) -> str:
        """One line from the terminal. Raises KeyboardInterrupt at its end: nothing was decided."""
        from pipeline_cli.output.text import visible

        _write(sys.stderr, visible(question))
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        return line.rstrip("\n")

    def read_piped(self, what: str) -> str:
        """All that stdin gives, as one text. Raises UsageError when that is nothing, or no UTF-8."""
        from pipeline_cli.domain.errors import UsageError

        if sys.stdin is None:
            raise UsageError(f"{what} is - and there is no input to read it from: type it, or pipe it in.")
        if sys.stdin.isatty():
            self.say(f"{what}, until Ctrl-D at the beginning of a line:")
        source = getattr(sys.stdin, "buffer", None)
        try:
            text: str = sys.stdin.read() if source is None else source.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UsageError(f"{what} that was piped in is not UTF-8: convert it first.") from None
        if not text.strip():
            raise UsageError(f"{what} that was piped in is empty: nothing was changed.")
        return text.replace("\r\n", "\n").strip("\n")

    def agrees(self, question: str, *, by_default: bool = False) -> bool:
        """Whether the answer is yes; `by_default`: Enter alone is."""
        answer = self.ask(question).strip().casefold()
        return answer in ("y", "yes") or (by_default and not answer)

    @cached_property
    def is_interactive(self) -> bool:
        """Questions may be asked: both ends are a terminal."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def say(text: str, stream: TextIO) -> None:
    """Each line of the text with everything invisible in it made visible."""
    width = _width(stream)
    for line in text.split("\n"):
        shown = visible(line)
        # Half the width is room enough whatever the letters are, and measuring wide ones loads a module.
        pieces = wrap(shown, width) if width is not None and 2 * len(shown) > width else [shown]
        _write(stream, "".join(f"{piece}\n" for piece in pieces))  # in one go, so that Ctrl-C leaves no half line


def _width(stream: TextIO) -> int | None:
    """Cells of a line of the terminal; None: it is none, and nothing is broken."""
    try:
        # 0 is what a terminal says whose size nobody has set.
        return max(os.get_terminal_size(stream.fileno()).columns or 80, 20) if stream.isatty() else None
    except (OSError, ValueError):
        return None


Step = TypeVar("Step")
_PATIENCE = 1.0
_PAUSE = 0.1
_WIDTH = 30
_WIPE = "\r\033[K"


def watched(
    steps: Sequence[Step], what: str, stream: TextIO, seconds: Callable[[], float] = time.monotonic
) -> Iterator[Step]:
    """Hands on the steps, and says after each how many are done."""
    begun = seconds()
    shows = stream.isatty()
    drawn = False
    try:
        for done, step in enumerate(steps):
            if shows and seconds() - begun >= _PATIENCE:
                bar = ("#" * (done * _WIDTH // len(steps))).ljust(_WIDTH, ".")
                _write(stream, f"\r{what} [{bar}] {done} of {len(steps)}")
                drawn = True
            yield step
    finally:
        if drawn:
            _write(stream, _WIPE)


class RowCount:
    """How many rows the work is through, told now and then; a context manager, so that its line goes away."""

    def __init__(self, stream: TextIO, seconds: Callable[[], float] = time.monotonic, noun: str = "rows") -> None:
        self._stream, self._noun = stream, noun
        self._seconds = seconds
        self._shows = stream.isatty()
        self._begun = self._said = seconds()
        self._what, self._since = "", self._begun
        self._drawn = False

    def __enter__(self) -> RowCount:
        return self

    def __exit__(self, *_: object) -> None:
        if self._drawn:
            _write(self._stream, _WIPE)

    def __call__(self, what: str, rows: int) -> None:
        """So many rows of something were read or saved."""
        now = self._seconds()
        if what != self._what:
            self._what, self._since = what, now
        if not self._shows or now - self._begun < _PATIENCE or (self._drawn and now - self._said < _PAUSE):
            return
        rate = f", {rows / (now - self._since):,.0f} a second" if now > self._since else ""
        _write(self._stream, f"{_WIPE}{what}: {rows:,} {self._noun}{rate}")
        self._drawn, self._said = True, now


def _write(stream: TextIO, text: str) -> None:
    """What is said about an answer never fails: the change it speaks of may have been made. The answer itself may."""
    if stream is not sys.stderr:
        stream.write(text)
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        unsaid.append(error.errno or 0)
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # or the end of the program would fail once more


unsaid: list[int] = []
"""Why stderr could not be written to; then the exit code alone says that something was not told."""
