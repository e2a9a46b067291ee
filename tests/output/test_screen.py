"""A page of the terminal: drawn over the one before, and given back at the end."""

from __future__ import annotations

import io

from pipeline_cli.output.terminal import Screen


def test_a_page_is_drawn_over_the_one_before_and_the_terminal_is_given_back() -> None:
    stream = io.StringIO()
    with Screen(stream, is_plain=False) as screen:
        screen.draw(["one", "two"], 24)
    assert stream.getvalue() == "\x1b[?1049h\x1b[?25l\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J\x1b[?25h\x1b[?1049l"


def test_the_last_line_stays_free_or_the_page_would_scroll() -> None:
    stream = io.StringIO()
    Screen(stream, is_plain=False).draw(["1", "2", "3"], 3)
    assert "3" not in stream.getvalue()


def test_a_terminal_that_knows_no_signs_gets_one_page_after_the_other() -> None:
    stream = io.StringIO()
    with Screen(stream, is_plain=True) as screen:
        screen.draw(["one"], 24)
        screen.draw(["two"], 24)
    assert stream.getvalue() == "one\n\ntwo\n\n"
