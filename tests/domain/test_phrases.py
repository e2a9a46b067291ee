from __future__ import annotations

from pipeline_cli.domain.words.text import nearest, quoted, unknown_word


def test_a_long_text_is_cut_in_a_message() -> None:
    assert quoted("x" * 61) == f"'{'x' * 60}…'"
    assert quoted("x" * 60) == f"'{'x' * 60}'"


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    assert nearest("PROPSAL", ["Negotiation", "Proposal"]) == "Proposal"
    assert nearest("zebra", ["Negotiation", "Proposal"]) is None


def test_an_unknown_word_names_each_known_one_once() -> None:
    assert str(unknown_word("stage", "zebra", ["a", "b", "a"])) == "There is no stage 'zebra'. Known: a, b."
    assert str(unknown_word("reason", "price", [])) == "There is no reason 'price'. Known: none."
