"""The README is true: its transcripts are run, every command has its section, every YAML key is named."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pipeline_cli.cli import COMMANDS
from tests.conftest import REPOSITORY, Run

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
TRANSCRIPTS = re.findall(r"```console\n(.*?)```", README, re.DOTALL)


def commands_of(transcript: str) -> list[tuple[str, str]]:
    """Each command of a transcript with what it prints."""
    parts = re.split(r"^\$ ", transcript, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


def without_trailing_spaces(text: str) -> list[str]:
    return [row.rstrip() for row in text.splitlines()]


def test_the_transcripts_are_what_the_program_prints(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    for transcript in TRANSCRIPTS:
        for line, expected in commands_of(transcript):
            words = shlex.split(line)
            assert words[0] == "pipeline", line

            result = run(*words[1:], terminal=True)
            printed = (result.out + result.err).replace(str(folder), ".")

            assert without_trailing_spaces(printed) == without_trailing_spaces(expected), line


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_section(command: str) -> None:
    assert re.search(rf"^### .*\b{command}\b", README, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, run: Run) -> None:
    result = run(command, "--help")

    assert result.code == 0
    assert f"pipeline {command}" in result.out
    assert len(result.out.splitlines()[2].strip()) > 10


KEYS = (
    *("version", "currency", "time_zone", "database", "exchange_rates", "quota", "pipelines", "stages", "id", "name"),
    *("funnel", "probability", "category", "idle_after_days", "max_days", "wip_limit", "next_actions", "exit_criteria"),
    *("text", "touchpoint", "field", "confirm", "qualified", "score", "next_step", "value", "any_of", "qualification"),
    *("framework", "items", "required", "min_yes", "ideal_customer", "touchpoint_kinds", "sources", "lost_reasons"),
    "won_reasons",
    *("cadence", "max_unanswered", "days", "first_response_hours", "prune", "idle_multiple", "cycle_multiple"),
    *("usual_cycle_days", "grace_days", "last_chance", "imports", "remind", "views", "columns"),
)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_pipeline_yaml_is_explained(key: str) -> None:
    assert f"`{key}`" in README
