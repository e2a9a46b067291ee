"""`help`: a page on a topic, the help of a command, or what there is."""

from __future__ import annotations

import pytest

from pipeline_cli.cli import COMMANDS
from pipeline_cli.help.pages import list_topics
from tests.conftest import Run


def test_what_there_is_is_listed(run: Run) -> None:
    result = run("help")

    assert result.code == 0
    listed = result.out.replace(",", " ").split()
    assert {*COMMANDS, *list_topics()} <= set(listed)
    assert all(len(line) <= 80 for line in result.out.splitlines())


@pytest.mark.parametrize("topic", list(list_topics()))
def test_a_topic_is_a_page(run: Run, topic: str) -> None:
    result = run("help", topic)

    assert result.code == 0
    assert list_topics()[topic] in result.out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_is_the_same_as_by_the_option(run: Run, command: str) -> None:
    assert run("help", command).out.startswith(run(command, "--help").out)


def test_several_words_name_a_command_of_a_group_or_a_topic(run: Run) -> None:
    assert run("help", "contact", "add").out == run("contact", "add", "--help").out
    assert run("help", "exit", "criteria").out == run("help", "exit-criteria").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["prvacy"], "There is no help on 'prvacy': did you mean privacy? `pipeline help` lists what there is."),
        (["advnace"], "There is no help on 'advnace': did you mean advance? `pipeline help` lists what there is."),
        (
            ["exit-criterias"],
            "There is no help on 'exit-criterias': did you mean exit-criteria? `pipeline help` lists what there is.",
        ),
        (["xyzzy"], "There is no help on 'xyzzy': `pipeline help` lists what there is."),
        (["contact", "ad"], "There is no command 'ad': did you mean add? `pipeline contact --help` lists them."),
    ],
)
def test_an_unknown_word_is_guessed(run: Run, words: list[str], said: str) -> None:
    result = run("help", *words)

    assert (result.code, result.out, result.err) == (2, "", said + "\n")
