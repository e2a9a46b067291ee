"""Every template of `init` walked by one deal: what is printed to be typed is typed, and leads from stage to stage."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from pipeline_cli.config.template_files import template_names
from tests.commands.reading import deal, shown
from tests.conftest import Run

MOST_STAGES = 8


def asked(run: Run, day: str) -> list[dict[str, Any]]:
    """What the stage that the deal is in asks for."""
    return list(run("show", "1", "--json", today=day).json["criteria"])


@pytest.mark.parametrize("template", template_names())
def test_what_is_printed_for_a_criterion_meets_it(run: Run, template: str) -> None:
    assert run("init", "--template", template).code == 0
    assert run("add", "Acme", today="2026-11-01").code == 0

    for number in range(MOST_STAGES):
        day = f"2026-11-{1 + 2 * number:02}"
        for result in asked(run, day):
            for line in filter(None, (result["fix"] or "").split(" && ")):
                program, *words = shlex.split(line)
                assert program == "pipeline"
                typed = run(*words, today=day)
                assert typed.code == 0, (line, typed.err)
        left = [result["fix"] for result in asked(run, day) if result["fix"]]
        assert left == [], "everything asked for was typed"
        if run("advance", "1", today=day).code != 0:
            break
        assert shown(run)["moves"][-1]["criteria_met"] != []

    assert run("win", "1", today=day).code == 0
    assert deal(run)["status"] == "won"
    assert shown(run)["moves"][-1]["criteria_met"] != []


@pytest.mark.parametrize("template", template_names())
def test_no_machine_and_no_empty_line_carries_a_deal_through_a_template(run: Run, template: str) -> None:
    """Calls that nobody took, meetings nobody came to and automatic replies alone."""
    assert run("init", "--template", template).code == 0
    assert run("add", "Acme").code == 0

    for words in (("call", "--no-answer"), ("email", "--in", "--auto"), ("call", "--voicemail")):
        assert run("log", "1", *words).code == 0
    met = {result["id"] for result in shown(run)["criteria"] if result["met"]}
    assert met <= {"tried"}, met
