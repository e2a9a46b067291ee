"""A line of a shell as words, and a word put back the way bash wants to see it."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.completion.complete import all_for_bash, for_bash, is_safe, read_line


@pytest.mark.parametrize(
    ("text", "words", "typed"),
    [
        ("pipeline", [], "pipeline"),
        ("pipeline ", [], ""),
        ("pipeline log 12 ca", ["log", "12"], "ca"),
        (r"pipeline show Acme:\ wo", ["show"], "Acme: wo"),
        ('pipeline show "Acme: wo', ["show"], "Acme: wo"),
        ("pipeline show 'it is", ["show"], "it is"),
        (r'pipeline note "say \"no\"" x', ["note", 'say "no"'], "x"),
        ("pipeline add '' ", ["add", ""], ""),
        ("pipeline show Acme\\", ["show"], "Acme"),
    ],
)
def test_a_line_is_read_as_the_shell_reads_it(text: str, words: list[str], typed: str) -> None:
    line = read_line(text)

    assert (line.words, line.typed) == (words if text != "pipeline" else [], typed)


@pytest.mark.parametrize(
    ("begun", "shown"),
    [
        ("pipeline show ac", r"Acme\:\ \$5"),
        (r"pipeline show Acme:", r"\ \$5"),
        (r"pipeline show Acme\:", r"Acme\:\ \$5"),
        ('pipeline show "ac', r"Acme: \$5"),
        ("pipeline show 'ac", "Acme: $5"),
    ],
)
def test_bash_is_given_what_stands_behind_its_last_break_quoted_as_the_word_was_begun(begun: str, shown: str) -> None:
    assert for_bash("Acme: $5", read_line(begun)) == shown


@pytest.mark.parametrize(
    ("titles", "shown"),
    [
        (["Acme audit", "Acme workshop"], [r"Acme\ audit", r"Acme\ workshop"]),
        (["Acme audit", "Acme: workshop"], ["'Acme audit", "'Acme: workshop"]),
        (["Acme's audit", "Acme (old)"], ["\"Acme's audit", '"Acme (old)']),
        (["Acme: workshop"], [r"Acme\:\ workshop"]),
    ],
)
def test_what_several_deals_have_in_common_ends_in_no_half_escape(titles: list[str], shown: list[str]) -> None:
    assert all_for_bash(titles, read_line("pipeline show ac")) == shown


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], include_characters=" $`\"'\\;&|<>()*?[]#~=!")))
def test_whatever_a_deal_is_called_the_shell_reads_it_back_as_one_word(title: str) -> None:
    begun = read_line("pipeline show ")
    if not title or not is_safe(title, begun):
        return

    assert shlex.split(for_bash(title, begun)) == [title]


@pytest.mark.parametrize("title", ["two\nlines", "\x1b[31mred", "--force"])
def test_a_title_that_would_be_an_option_or_a_line_of_its_own_is_not_offered(title: str) -> None:
    assert not is_safe(title, read_line("pipeline show "))
