"""The plot of counts: one line each, numbers in a column."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.output.charts import draw_bars
from pipeline_cli.output.report import Bar
from pipeline_cli.output.text import display_width

BARS = [Bar("Prospecting"), Bar("  event", 1.0, 1204), Bar("  referral", 0.5, 602, 0.5), Bar("  none", 0.0, 0, 0.0)]


def test_bars_numbers_and_rates_stand_under_each_other() -> None:
    assert draw_bars(BARS, 42, unicode=True) == [
        "Prospecting",
        "  event     ██████████████████  1,204",
        "  referral  █████████             602  50%",
        "  none                              0   0%",
    ]


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    assert draw_bars(BARS, 42, unicode=False)[1:3] == [
        "  event     ##################  1,204",
        "  referral  #########             602  50%",
    ]


def test_headings_alone_are_drawn_too() -> None:
    assert draw_bars([Bar("Prospecting")], 40, unicode=True) == ["Prospecting"]


LABELS = st.text(min_size=1, max_size=40) | st.sampled_from(["漢字株式会社 研修", "שלום", "[/]", "\x1b[31m"])
NUMBERED = st.builds(Bar, LABELS, st.floats(0, 1), st.integers(0, 10**9), st.none() | st.floats(0, 1))


@given(st.lists(NUMBERED | LABELS.map(Bar), min_size=1, max_size=8), st.integers(60, 200), st.booleans())
def test_no_line_is_wider_than_the_page(bars: list[Bar], width: int, unicode: bool) -> None:
    lines = draw_bars(bars, width, unicode=unicode)
    assert max(map(display_width, lines)) <= width
    assert unicode or all(line.isascii() for line in lines)
