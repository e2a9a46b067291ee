"""What a command says to whoever typed it, and asks."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pipeline_cli.output.progress import RowCount


class Conversation:
    """The answer on stdout, all else on stderr, questions where both ends are a terminal."""

    @property
    def stdout(self) -> TextIO:
        return sys.stdout

    def answer(self, text: str) -> None:
        """A line of the answer, on stdout; broken at spaces on a terminal."""
        from pipeline_cli.output.saying import say

        say(text, sys.stdout)

    def say(self, text: str) -> None:
        """What is said about the answer goes to stderr, each line made safe for a terminal."""
        from pipeline_cli.output.saying import say

        with suppress(OSError, ValueError):  # a reader who has gone is noticed when the command ends
            sys.stdout.flush()  # so that on one screen it stands below what it speaks of
        say(text, sys.stderr)

    def say_waiting(self) -> None:
        self.say("Waiting for another command or program that holds the database …")

    def watched(self, steps: Sequence[int], what: str) -> Iterator[int]:
        """The same steps, while a terminal is told how far they are."""
        from pipeline_cli.output.progress import watched

        return watched(steps, what, sys.stderr)

    def row_count(self, noun: str = "rows") -> RowCount:
        """Tells a terminal how many rows, or pages of the file, long work is through."""
        from pipeline_cli.output.progress import RowCount

        return RowCount(sys.stderr, noun=noun)

    def confirm(self, text: str, deal_id: int | None = None) -> None:
        """What was changed, on stderr; the number of a new deal also on stdout when a script reads it."""
        if deal_id is not None and not sys.stdout.isatty():
            self.answer(str(deal_id))
        self.say(text)

    def ask(self, question: str) -> str:
        """One line from the terminal. Raises KeyboardInterrupt at its end: nothing was decided."""
        from pipeline_cli.output.text import visible

        print(visible(question), end="", file=sys.stderr, flush=True)  # noqa: T201
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        return line.rstrip("\n")

    def agrees(self, question: str, *, by_default: bool = False) -> bool:
        """Whether the answer is yes; `by_default`: Enter alone is."""
        answer = self.ask(question).strip().casefold()
        return answer in ("y", "yes") or (by_default and not answer)

    @cached_property
    def is_interactive(self) -> bool:
        """Questions may be asked: both ends are a terminal."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
