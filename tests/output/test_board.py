"""The board: columns of cards within the terminal, numbers whole, the rest counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.output.board import Sheet, draw_board
from pipeline_cli.output.report import Card, Lane
from pipeline_cli.output.text import display_width

LANES = [
    Lane(
        "Prospecting",
        3,
        62_000_00,
        ["over its limit, 2"],
        [
            Card(1, "Acme: workshop", 12_000_00, "EUR", 12_000_00, 41, ["overdue 3 +2", "overdue 3", "overdue"]),
            Card(7, "Beta: a title that is longer than its column", 50_000_00, "EUR", 50_000_00, 5),
            Card(9, "Cora", None, "EUR", 0, None, ["snoozed until 2027-01-01", "snoozed"], True),
        ],
    ),
    Lane("Proposal", 1, 920_00, (), [Card(12, "Dyna", 1_000_00, "USD", 920_00, 0)]),
    Lane("Commit", 0, 0),
]


def drawn(lanes: list[Lane], width: int | None, height: int | None = None, *, unicode: bool = True) -> list[str]:
    return ["".join(text for text, _ in line) for line in draw_board(lanes, Sheet(width, height, "EUR", unicode))]


def test_each_stage_is_a_column_with_its_sums_and_its_cards() -> None:
    assert drawn(LANES, 80) == [
        "Prospecting                Proposal                   Commit",
        "3 deals, 62,000            1 deal, 920                0 deals, 0",
        "over its limit, 2",
        "─────────────────────────  ─────────────────────────  ─────────────────────────",
        "#1 Acme: workshop          #12 Dyna",
        "12,000  41d  overdue 3 +2  1,000 USD  0d",
        "#7 Beta: a title that is…",
        "50,000  5d",
        "#9 Cora",
        "-  snoozed",
    ]


def test_stages_that_do_not_fit_beside_each_other_stand_below() -> None:
    assert drawn(LANES, 42)[:4] == [
        "Prospecting           Proposal",
        "3 deals, 62,000       1 deal, 920",
        "over its limit, 2",
        "────────────────────  ────────────────────",
    ]
    assert drawn(LANES, 42)[-3:] == ["Commit", "0 deals, 0", "────────────────────"]


def test_what_is_below_the_end_of_the_terminal_is_counted_with_its_value() -> None:
    assert drawn(LANES, 80, 7)[-3:] == [
        "#1 Acme: workshop          #12 Dyna",
        "12,000  41d  overdue 3 +2  1,000 USD  0d",
        "+ 2 more, 50,000",
    ]
    assert drawn(LANES, 80, 2)[-1] == "+ 3 more, 62,000           + 1 more, 920"


def test_what_one_band_of_stages_does_not_need_the_other_gets() -> None:
    many = Lane("Prospecting", 9, 0, (), [Card(number, "Acme", None, "EUR", 0, 1) for number in range(1, 10)])
    assert drawn([many, LANES[2]], 20, 23)[-3:] == ["Commit", "0 deals, 0", "────────────────────"]
    assert sum("Acme" in line for line in drawn([many, LANES[2]], 20, 23)) == 7


def test_away_from_a_terminal_nothing_is_cut() -> None:
    text = "\n".join(drawn(LANES, None))
    assert "#7 Beta: a title that is longer than its column" in text
    assert "overdue 3 +2" in text
    assert "more" not in text


def test_a_number_that_is_wider_than_a_column_makes_it_wider() -> None:
    dear = Lane("Proposal", 1, 10**15, (), [Card(1, "Acme", 10**15, "USD", 10**15, 3)])
    assert any("10,000,000,000,000 USD" in line for line in drawn([dear], 10))


def test_a_terminal_without_unicode_gets_plain_signs_and_escapes() -> None:
    lines = drawn([Lane("Angebot für", 1, 0, (), [Card(1, "漢字", None, "EUR", 0, 1)])], 30, unicode=False)
    assert all(line.isascii() for line in lines)
    assert lines[2] == "-" * 30


WORDS = st.text(min_size=1, max_size=30) | st.sampled_from(
    ["漢字株式会社", "🚀 Rocket", "שלום עולם", "[/]", "\x1b[31m\t"]
)
CARDS = st.builds(
    Card,
    st.integers(1, 10**6),
    WORDS,
    st.none() | st.integers(0, 10**11),
    st.sampled_from(["EUR", "USD"]),
    st.integers(0, 10**11),
    st.none() | st.integers(0, 4000),
    st.lists(WORDS, max_size=2),
    st.booleans(),
)
DRAWN = st.lists(
    st.builds(Lane, WORDS, st.integers(0, 99), st.integers(0, 10**12), st.just(()), st.lists(CARDS, max_size=6)),
    min_size=1,
    max_size=7,
)


@given(DRAWN, st.integers(40, 200), st.integers(60, 100), st.booleans())
def test_no_line_is_wider_than_the_terminal_and_no_board_higher(
    lanes: list[Lane], width: int, height: int, unicode: bool
) -> None:
    lines = drawn(lanes, width, height, unicode=unicode)
    assert max(map(display_width, lines)) <= width
    assert len(lines) <= height
    assert unicode or all(line.isascii() for line in lines)


@given(st.lists(st.integers(0, 10**9), max_size=40), st.integers(1, 60))
def test_every_deal_is_shown_or_counted_and_so_is_its_value(values: list[int], height: int) -> None:
    cards = [Card(number, "Acme", cents * 100, "EUR", cents * 100, 1) for number, cents in enumerate(values, 1)]
    body = drawn([Lane("Proposal", len(cards), 0, (), cards)], 40, height)[3:]
    shown = [line for line in body if line.startswith("#")]
    rest = [line for line in body if line.startswith("+ ")]
    assert len(shown) + sum(int(line.split()[1].replace(",", "")) for line in rest) == len(cards)
    assert all(line.endswith(f" {sum(values[len(shown) :]):,}") for line in rest)
