from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_cli.domain.words.shell import as_called, command_line, first_command


def test_a_command_quotes_only_what_a_shell_would_take_apart() -> None:
    line = command_line("pipeline", "edit", "12", "--contact", "Ann Lee <ann@acme.example>", "--close", "30d")
    assert line == 'pipeline edit 12 --contact "Ann Lee <ann@acme.example>" --close 30d'


def test_the_program_keeps_its_own_options() -> None:
    assert command_line("pipeline --db 'my deals.db'", "win", "12") == "pipeline --db 'my deals.db' win 12"


@pytest.mark.parametrize("word", ["costs $5", "say `hi`", 'a "b"', "wow!", "it's", "", "a\\b", "#12", "~", "a;b"])
def test_a_shell_reads_back_the_word_that_was_meant(word: str) -> None:
    assert shlex.split(command_line("pipeline", word)) == ["pipeline", word]


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\0"))))
def test_any_words_come_back_whole(words: list[str]) -> None:
    assert shlex.split(command_line("pipeline", *words)) == ["pipeline", *words]


def test_commands_that_are_printed_meet_the_files_of_this_run() -> None:
    program = "pipeline --db 'a\\1 b.db'"

    said = as_called("`pipeline undo` takes it back, `pipeline --db x redo` and `pipeline init` stay.", program)

    assert said == f"`{program} undo` takes it back, `pipeline --db x redo` and `pipeline init` stay."
    assert as_called("`pipeline undo`", "pipeline") == "`pipeline undo`"


def test_the_first_of_several_commands_ends_outside_quotes() -> None:
    assert first_command('pipeline log 1 call "a && b" && pipeline log 1 call') == 'pipeline log 1 call "a && b"'
    assert first_command("pipeline done 1") == "pipeline done 1"
