"""Stored text on its way to the screen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.output.text import display_width, in_ascii, shorten, visible, wrap

SURROGATES_TOO = st.text(alphabet=st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Acme GmbH", "Acme GmbH"),
        ("Acme [red]X [/]", "Acme [red]X [/]"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x1b]52;c;ZXZpbA==\x07", r"\x1b]52;c;ZXZpbA==\x07"),
        ("a\x00b\x7fc\x9bd", r"a\x00b\x7fc\x9bd"),
        ("first\nsecond\r\nthird\rfourth\tfifth", r"first⏎second⏎third\rfourth\tfifth"),
        ("\u202egpj.exe\u2066x\u2069\u200f", r"\u202egpj.exe\u2066x\u2069\u200f"),
        ("Ac\u200bme\ufeff\u00ad\u2060", r"Ac\u200bme\ufeff\xad\u2060"),
        ("one\u2028two\u2029three", r"one\u2028two\u2029three"),
        ("lone \ud800 and \udc80", r"lone \ud800 and \udc80"),
        (
            "tag \U000e0041, private \ue000, unassigned \U0003ffff",
            r"tag \U000e0041, private \ue000, unassigned \U0003ffff",
        ),
        ("€\u00a02.900 and 漢字\u3000שלום é", "€\u00a02.900 and 漢字\u3000שלום é"),
    ],
)
def test_what_acts_on_a_terminal_or_hides_is_made_visible(stored: str, shown: str) -> None:
    assert visible(stored) == shown


def test_joiners_stay_where_writing_needs_them_and_nowhere_else() -> None:
    assert visible("👩\u200d💻") == "👩\u200d💻"
    assert visible("❤\ufe0f\u200d🔥") == "❤\ufe0f\u200d🔥"
    assert visible("می\u200cخواهم") == "می\u200cخواهم"
    assert visible("Ac\u200dme \u200cx\u200d") == r"Ac\u200dme \u200cx\u200d"


@given(SURROGATES_TOO)
def test_visible_text_is_one_line_without_anything_a_terminal_obeys(stored: str) -> None:
    shown = visible(stored)
    assert {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} == set()
    assert {char for char in shown if unicodedata.category(char) == "Cf"} <= {"\u200c", "\u200d"}
    assert shown.encode("utf-8").decode("utf-8") == shown
    assert in_ascii(shown).isascii()


@given(SURROGATES_TOO, st.integers(min_value=0, max_value=30))
def test_shortened_text_never_takes_more_room_than_it_has(stored: str, width: int) -> None:
    assert display_width(shorten(visible(stored), width)) <= width


def test_only_text_that_does_not_fit_is_shortened() -> None:
    assert shorten("proposal", 8) == "proposal"
    assert shorten("proposal", 7) == "propos…"
    assert shorten("Acme and Sons", 6) == "Acme…"
    assert shorten("漢字の取引先", 7) == "漢字の…"
    assert shorten("漢字の取引先", 6) == "漢字…"
    assert shorten("x" * 10_000, 12) == "x" * 11 + "…"
    assert shorten("abcdef", 5, ellipsis="...") == "ab..."
    assert shorten("abcdef", 0) == ""


def test_wide_letters_take_two_cells_and_accents_none() -> None:
    assert display_width("Acme") == 4
    assert display_width("漢字") == 4
    assert display_width("e\u0301") == 1


def test_sentences_break_at_spaces_and_keep_their_indent() -> None:
    assert wrap("  ask for the order or qualify out", 16) == ["  ask for the", "  order or", "  qualify out"]
    assert wrap("short", 80) == ["short"]
    assert wrap("", 80) == [""]


def test_a_word_longer_than_a_line_is_broken_without_losing_a_letter() -> None:
    assert wrap("see https://acme.example/very-long end", 12) == ["see", "https://acme", ".example/ver", "y-long end"]


@given(st.text(alphabet=st.characters(categories=["L", "P", "Zs"])), st.integers(min_value=4, max_value=40))
def test_wrapped_lines_fit_and_hold_every_word(stored: str, width: int) -> None:
    lines = wrap(visible(stored), width)
    assert all(display_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == visible(stored).replace(" ", "")
