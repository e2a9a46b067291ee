"""Who waits for long work is told how far it is, on a terminal alone, and nothing of it stays on the screen."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pipeline_cli.output.row_count import RowCount


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ticking(*seconds: float) -> Iterator[float]:
    yield from seconds


def said(stream: io.StringIO, *seconds: float) -> str:
    """Three calls at these seconds, the first of which is the beginning."""
    clock = ticking(*seconds)
    with RowCount(stream, lambda: next(clock)) as count:
        for number in range(1, len(seconds)):
            count("deals.csv", number * 10_000)
    return stream.getvalue()


def test_work_of_less_than_a_second_says_nothing() -> None:
    assert said(Terminal(), 0, 0.2, 0.9) == ""


def test_after_a_second_the_rows_and_their_rate_are_told_and_wiped_at_the_end() -> None:
    assert said(Terminal(), 0, 0, 2) == "\r\033[Kdeals.csv: 20,000 rows, 10,000 a second\r\033[K"


def test_it_is_told_ten_times_a_second_at_most() -> None:
    assert said(Terminal(), 0, 1, 2, 2.05, 2.5).count("rows") == 3


def test_where_there_is_no_terminal_nothing_is_said() -> None:
    assert said(io.StringIO(), 0, 0, 5, 9) == ""
