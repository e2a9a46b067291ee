"""The pages of `pipeline help`: short, true to the code, and about commands that exist."""

from __future__ import annotations

import re
import shlex

import pytest

from pipeline_cli.cli import COMMANDS, load_command
from pipeline_cli.config.full_check import check_in_full
from pipeline_cli.domain.forecast.backtest import FEWEST_RESOLVED
from pipeline_cli.domain.forecast.probability import StageProbability, stage_probabilities
from pipeline_cli.domain.playbook import Playbook
from pipeline_cli.help.pages import find_topic, list_topics, page_text

TOPICS = list(list_topics())


def words_of(topic: str) -> str:
    """The page in one line."""
    return " ".join(page_text(topic).split())


@pytest.fixture
def defaults() -> Playbook:
    """What holds where pipeline.yaml says nothing."""
    checked = check_in_full(
        "version: 1\npipelines:\n  p:\n    stages:\n      - {id: one, probability: 50, "
        "exit_criteria: [{id: met, text: We met, touchpoint: {kinds: [call]}}]}\n"
    )
    assert checked.playbook is not None, checked.problems
    return checked.playbook


def test_there_is_a_page_on_each_topic() -> None:
    assert TOPICS == ["exit-criteria", "forecast", "import", "privacy", "prune"]
    assert (find_topic("Exit Criteria"), find_topic("criteria"), find_topic("gdpr")) == ("exit-criteria",) * 2 + (
        "privacy",
    )
    assert find_topic("../README") is None


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_fits_a_screen(topic: str) -> None:
    lines = page_text(topic).split("\n")

    assert len(lines) <= 40
    assert [line for line in lines if len(line) > 78] == []
    assert re.match(r"[A-Z].*: \w", lines[0])


@pytest.mark.parametrize("topic", TOPICS)
def test_every_command_and_option_on_a_page_exists(topic: str) -> None:
    text = page_text(topic)
    for typed in re.findall(r"(?:^  |`)pipeline ([^`\n]*?)(?:  |`|\n|$)", text, re.MULTILINE):
        name, *words = shlex.split(typed.replace("|", " "))
        assert name in COMMANDS, typed
        command = load_command(name)
        if hasattr(command, "commands"):
            command = command.commands[words[0]]
        known = {option for param in command.params for option in param.opts}
        assert {word for word in words if word.startswith("-")} <= known | {"--help"}, typed


def test_the_numbers_of_prune_are_the_defaults(defaults: Playbook) -> None:
    rules, stage, page = defaults.prune, defaults.pipelines[0].stages[0], words_of("prune")

    assert f"idle_multiple ({rules.idle_multiple:g})" in page
    assert f"idle_after_days ({stage.idle_after_days})" in page
    assert f"cycle_multiple ({rules.cycle_multiple:g})" in page
    assert f"usual_cycle_days, {rules.usual_cycle_days}," in page
    assert f"grace_days ({rules.grace_days})" in page


def test_the_numbers_of_the_forecast_are_the_codes() -> None:
    page = words_of("forecast")
    horizon = next(param for param in load_command("forecast").params if param.name == "horizon")

    assert StageProbability("one", 0.5, 19, 19, 0.5).is_a_guess
    assert not StageProbability("one", 0.5, 20, 20, 0.5).is_a_guess
    assert "a guess until 20 deals" in page
    assert f"fewer than {FEWEST_RESOLVED} deals" in page
    assert f"else {horizon.default.removesuffix('d')} days" in page


def test_the_imagined_deals_of_the_forecast_are_those_it_shrinks_by() -> None:
    [stage] = stage_probabilities([("proposal", 0.5)], won=[9], closed=[10])

    assert stage.used == pytest.approx((9 + 5 * 0.5) / (10 + 5))
    assert "5 imagined deals" in words_of("forecast")


def test_what_exit_criteria_take_for_granted_is_the_default(defaults: Playbook) -> None:
    [criterion] = defaults.pipelines[0].stages[0].exit_criteria

    assert "Without at_least one touchpoint is enough, without within_days its date does not matter." in words_of(
        "exit-criteria"
    )
    assert (criterion.at_least, criterion.within_days) == (1, None)
