"""Text that a spreadsheet would run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.words.text import RUN_BY_SPREADSHEETS, guard_formula, unguard_formula


@pytest.mark.parametrize("start", RUN_BY_SPREADSHEETS)
def test_text_a_spreadsheet_would_run_gets_one_apostrophe(start: str) -> None:
    assert guard_formula(f"{start}1+1") == f"'{start}1+1"


def test_text_that_was_guarded_already_gets_one_more_apostrophe() -> None:
    assert guard_formula("'=1+1") == "''=1+1"
    assert unguard_formula("''=1+1") == "'=1+1"


@pytest.mark.parametrize("text", ["", "'", "Acme", "'t Hooft", "a=b", " =1", "''Acme"])
def test_harmless_text_is_left_alone_both_ways(text: str) -> None:
    assert guard_formula(text) == text
    assert unguard_formula(text) == text


@pytest.mark.parametrize("text", ["00123", "0170555", "1234567890123456789", "12E5", "7e10"])
def test_numbers_that_a_spreadsheet_would_round_are_guarded_for_one_alone(text: str) -> None:
    assert guard_formula(text) == text
    assert guard_formula(text, digits=True) == f"'{text}"
    assert unguard_formula(f"'{text}") == text


@pytest.mark.parametrize("text", ["0", "120", "123456789012345", "0.5", "7a", "E5", "12E", "1E5E2", "2026-11-20"])
def test_numbers_that_a_spreadsheet_keeps_are_left_alone(text: str) -> None:
    assert guard_formula(text, digits=True) == text


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@\t\r\n＝＋－＠ aeE01"), st.characters())), st.booleans())
def test_taking_the_guard_off_gives_back_every_text_exactly(text: str, digits: bool) -> None:
    assert unguard_formula(guard_formula(text, digits=digits)) == text
    assert not guard_formula(text).startswith(RUN_BY_SPREADSHEETS)
