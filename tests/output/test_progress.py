"""Who waits for long work is told how far it is, on a terminal alone, and nothing of it stays on the screen."""

from __future__ import annotations

import io

from pipeline_cli.output.conversation import RowCount, watched


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def stepped(stream: io.StringIO, *seconds: float) -> str:
    """Two steps begun at these seconds, the first of which is the beginning of all."""
    clock = iter(seconds)
    assert list(watched(["first", "second"], "backtest", stream, lambda: next(clock))) == ["first", "second"]
    return stream.getvalue()


def test_steps_of_less_than_a_second_say_nothing() -> None:
    assert stepped(Terminal(), 0, 0.2, 0.9) == ""


def test_after_a_second_a_bar_says_how_many_steps_are_done_and_is_wiped_at_the_end() -> None:
    assert stepped(Terminal(), 0, 0.2, 2) == f"\rbacktest [{'#' * 15}{'.' * 15}] 1 of 2\r\033[K"


def test_a_pipe_is_told_of_no_steps() -> None:
    assert stepped(io.StringIO(), 0, 5, 9) == ""


def counted(stream: io.StringIO, *seconds: float) -> str:
    """Three calls at these seconds, the first of which is the beginning."""
    clock = iter(seconds)
    with RowCount(stream, lambda: next(clock)) as count:
        for number in range(1, len(seconds)):
            count("deals.csv", number * 10_000)
    return stream.getvalue()


def test_rows_of_less_than_a_second_are_not_told() -> None:
    assert counted(Terminal(), 0, 0.2, 0.9) == ""


def test_after_a_second_the_rows_and_their_rate_are_told_and_wiped_at_the_end() -> None:
    assert counted(Terminal(), 0, 0, 2) == "\r\033[Kdeals.csv: 20,000 rows, 10,000 a second\r\033[K"


def test_they_are_told_ten_times_a_second_at_most() -> None:
    assert counted(Terminal(), 0, 1, 2, 2.05, 2.5).count("rows") == 3


def test_a_pipe_is_told_of_no_rows() -> None:
    assert counted(io.StringIO(), 0, 0, 5, 9) == ""
