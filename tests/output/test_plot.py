"""The plot of ranges: one line each, on one scale."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.output.charts import draw_marks, draw_spans
from pipeline_cli.output.report import Mark
from pipeline_cli.output.text import display_width

MARKS = [
    Mark("2026-06-01", 2_000_00, 5_000_00, 8_000_00, 6_000_00),
    Mark("2026-06-15", 0, 1_000_00, 3_000_00, 10_000_00),
]


def test_a_range_its_middle_and_what_came_lie_on_one_scale() -> None:
    assert draw_marks(MARKS, 43, unicode=True) == [
        "2026-06-01        ├────────●──◆─────┤",
        "2026-06-15  ├──●─────┤                    ◇",
        "            0                        10,000",
        "├─┤ P10 to P90, ● expected, ◆ came, ◇ came",
        "outside it",
    ]


def test_what_has_not_come_yet_is_drawn_beside_its_quota() -> None:
    assert draw_marks([Mark("2026-12", 0, 1_000_00, 3_000_00, target=5_000_00)], 40, unicode=True) == [
        "2026-12  ├─────●───────────┤           ▲",
        "         0                         5,000",
        "├─┤ P10 to P90, ● expected, ▲ quota",
    ]


def test_a_terminal_without_unicode_gets_plain_signs() -> None:
    assert draw_marks(MARKS, 60, unicode=False)[:2] == [
        "2026-06-01           |--------------o---x---------|",
        "2026-06-15  |----o--------|                                !",
    ]


def test_ranges_beside_a_table_share_a_scale_and_say_what_they_mean_as_far_as_there_is_room() -> None:
    marks = [Mark("", 2_000_00, 5_000_00, 8_000_00), Mark("", 0, 1_000_00, 3_000_00)]
    assert draw_spans(marks, 27, unicode=True) == [
        "├─┤ P10 to P90, ● expected ",
        "      ├─────────●─────────┤",
        "├──●──────┤                ",
    ]
    assert draw_spans(marks, 20, unicode=False)[0] == "|-| P10 to P90      "


def test_nothing_at_all_is_a_point_at_the_left() -> None:
    assert draw_marks([Mark("none", 0, 0, 0, 0)], 30, unicode=True)[0] == "none  ◆"


@given(st.lists(st.tuples(*[st.integers(0, 10**15)] * 4), min_size=1, max_size=5), st.integers(40, 200), st.booleans())
def test_no_line_is_wider_than_the_page(amounts: list[tuple[int, int, int, int]], width: int, unicode: bool) -> None:
    marks = [Mark("a day", *sorted(row[:3]), row[3]) for row in amounts]
    lines = draw_marks(marks, width, unicode=unicode)
    assert max(map(display_width, lines)) <= width
    assert unicode or all(line.isascii() for line in lines)
