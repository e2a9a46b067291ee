"""The command that an unmet exit criterion prints, pasted into a shell, meets it: every kind, end to end."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.large import LARGE

PLAYBOOK = """\
version: 1
currency: EUR
{settings}
pipelines:
  sales:
    name: Sales
    stages:
      - {{id: lead, name: Lead, funnel: top, probability: 10, exit_criteria: [{first}]}}
      - {{id: offer, name: Offer, funnel: middle, probability: 40, exit_criteria: [{second}]}}
      - {{id: close, name: Close, funnel: bottom, probability: 80}}
"""
CUSTOM = (
    "qualification: {framework: custom, items: [{id: pain, ask: Does it hurt?, weight: 3}, {id: money, ask: Is there "
    "money?}, {id: power, ask: Who decides?}], required: [pain], min_yes: 2}"
)
FITTING = "qualification: {framework: bant, min_yes: 2, ideal_customer: {countries: [DE, AT], industries: [software]}}"

CASES: dict[str, tuple[str, str, list[list[str]]]] = {
    "a reachable contact": ("{id: c, text: C, field: contact}", "", []),
    "a contact whose first person has a name alone": (
        "{id: c, text: C, field: contact}",
        "",
        [["edit", "1", "--contact", "Seán O'Brien"]],
    ),
    "an address": ("{id: c, text: C, field: email}", "", [["edit", "1", "--contact", "Zoë $HOME `id`"]]),
    "a telephone number": ("{id: c, text: C, field: phone}", "", []),
    "a telephone number of the person who is there": (
        "{id: c, text: C, field: phone}",
        "",
        [["edit", "1", "--contact", "ann@acme.example"]],
    ),
    "an organization": ("{id: c, text: C, field: organization}", "", [["edit", "1", "--org", ""]]),
    "a value": ("{id: c, text: C, field: value}", "", []),
    "a source of the list": ("{id: c, text: C, field: source}", "sources: [fair, web site]", []),
    "a source without a list": ("{id: c, text: C, field: source}", "", []),
    "a cost": ("{id: c, text: C, field: cost}", "", []),
    "a close date": ("{id: c, text: C, field: expected_close}", "", []),
    "an owner": ("{id: c, text: C, field: owner}", "", []),
    "a probability of its own": ("{id: c, text: C, field: probability}", "", []),
    "a category of its own": ("{id: c, text: C, field: category}", "", []),
    "a next step as a field": ("{id: c, text: C, field: next_step}", "", []),
    "a field of one's own": ("{id: c, text: C, field: industry}", "", []),
    "a field of an odd name": ('{id: c, text: C, field: "it\'s 5 $ & `x` [/]"}', "", []),
    "a call": ("{id: c, text: C, touchpoint: {kinds: [call, meeting]}}", "", []),
    "an answer from them": ("{id: c, text: C, touchpoint: {direction: in}}", "", [["log", "1", "call", "--out"]]),
    "three letters of ours in ten days": (
        "{id: c, text: C, touchpoint: {kinds: [letter], direction: out, at_least: 3, within_days: 10}}",
        "",
        [["log", "1", "letter"], ["log", "1", "letter", "--at", "-11d"], ["log", "1", "letter", "--in"]],
    ),
    "a touchpoint of any kind and direction": ("{id: c, text: C, touchpoint: {at_least: 2}}", "", []),
    "a kind of touchpoint with a space": (
        "{id: c, text: C, touchpoint: {kinds: [site visit]}}",
        "touchpoint_kinds: [call, site visit]",
        [],
    ),
    "qualified by bant": ("{id: c, text: C, qualified: true}", "qualification: {framework: bant, min_yes: 3}", []),
    "qualified by champ": (
        "{id: c, text: C, qualified: true}",
        "qualification: {framework: champ, min_yes: 4}",
        [["qualify", "1", "--set", "money=no"]],
    ),
    "qualified by meddic": ("{id: c, text: C, qualified: true}", "qualification: {framework: meddic, min_yes: 6}", []),
    "qualified by questions of our own": (
        "{id: c, text: C, qualified: true}",
        CUSTOM,
        [["qualify", "1", "--set", "pain=no", "--set", "money=yes"]],
    ),
    "a score": ("{id: c, text: C, score: {at_least: 60}}", CUSTOM, [["qualify", "1", "--set", "money=yes"]]),
    "a full score": ("{id: c, text: C, score: {at_least: 100}}", CUSTOM, [["qualify", "1", "--set", "pain=no"]]),
    "a score lowered by the wrong country": (
        "{id: c, text: C, score: {at_least: 100}}",
        FITTING,
        [["edit", "1", "--field", "country=PL", "--field", "Industry=Food & Drink"]],
    ),
    "a next step": ("{id: c, text: C, next_step: true}", "", []),
    "a value of at least so much": (
        "{id: c, text: C, value: {at_least: 1000}}",
        "",
        [["edit", "1", "--value", "999.99"]],
    ),
    "a value with cents": ("{id: c, text: C, value: {at_least: 1000.50}}", "", []),
    "a value in another currency": (
        "{id: c, text: C, value: {at_least: 1000}}",
        "exchange_rates: {USD: 0.92}",
        [["edit", "1", "--value", "$5"]],
    ),
    "a confirmation": ("{id: c, text: C, confirm: true}", "", []),
    "a confirmation of an id with signs": ("{id: they-said_so, text: C, confirm: true}", "", []),
    "a confirmation that was revoked": (
        "{id: c, text: C, confirm: true}",
        "",
        [["confirm", "1", "c"], ["confirm", "1", "c", "--revoke"]],
    ),
}


def write_playbook(path: Path, first: str, second: str = "", settings: str = "") -> None:
    path.write_text(PLAYBOOK.format(first=first, second=second, settings=settings), encoding="utf-8")


def paste(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a line as a person pastes it: in a shell, in the folder, with the program on the path."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    program = programs / "pipeline"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pipeline_cli "$@"\n')
    program.chmod(0o755)
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": root}
    return subprocess.run(["sh", "-c", line], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("case", CASES)
def test_the_printed_command_meets_what_is_missing(run: Run, folder: Path, case: str) -> None:
    criterion, settings, before = CASES[case]
    write_playbook(folder / "pipeline.yaml", criterion, settings=settings)
    run("add", "Acme: workshop")
    for line in before:
        result = run(*line)
        assert result.code == 0, result.err
    (unmet,) = run("show", "1", "--json").json["criteria"]
    assert unmet["met"] is False
    assert run("advance", "1").code == 5

    if LARGE or len(case) % 5 == 0:
        pasted = paste(unmet["fix"], folder)
        assert pasted.returncode == 0, f"{unmet['fix']}\n{pasted.stderr}"
    else:  # each as a shell reads it, some by a shell
        for line in unmet["fix"].split(" && "):
            typed = run(*shlex.split(line)[1:])
            assert typed.code == 0, f"{line}\n{typed.err}"
    (met,) = run("show", "1", "--json").json["criteria"]
    assert met["met"] is True, f"{unmet['fix']} did not meet {criterion}"
    assert met["evidence"]
    assert met["fix"] is None
    assert run("advance", "1").code == 0


def test_the_printed_command_names_the_files_that_were_named(run: Run, folder: Path) -> None:
    write_playbook(folder / "my sales.yaml", "{id: said, text: They said so, confirm: true}", settings="database: a.db")
    files = ["--config", "my sales.yaml", "--db", "the record.db"]
    (folder / "pipeline.yaml").write_text("not: ours")
    assert run(*files, "init").code == 0
    assert run(*files, "add", "Acme: workshop", "--stage", "lead").code == 0

    (unmet,) = run(*files, "show", "1", "--json").json["criteria"]
    pasted = paste(unmet["fix"], folder)

    assert unmet["fix"] == (
        "pipeline --config 'my sales.yaml' --db 'the record.db' confirm 1 said --evidence \"how we know\""
    )
    assert pasted.returncode == 0, pasted.stderr
    assert run(*files, "show", "1", "--json").json["criteria"][0]["met"] is True
    assert run(*files, "advance", "1").code == 0


def test_one_of_an_any_of_group_is_enough(run: Run, folder: Path) -> None:
    write_playbook(
        folder / "pipeline.yaml",
        "{id: champion, text: Champion, confirm: true, any_of: sponsor}, "
        "{id: met, text: Met the buyer, touchpoint: {kinds: [meeting]}, any_of: sponsor}",
    )
    run("add", "Acme: workshop")
    champion, met = run("show", "1", "--json").json["criteria"]
    assert [champion["met"], met["met"]] == [False, False]
    assert "(one of sponsor is enough)" in run("show", "1").out

    assert paste(met["fix"], folder).returncode == 0

    champion, met = run("show", "1", "--json").json["criteria"]
    assert [champion["met"], met["met"]] == [False, True]
    assert champion["fix"] is None
    assert "[-] Champion (not needed: another of sponsor is met)" in run("show", "1").out
    assert run("advance", "1").code == 0


def test_a_leap_is_judged_by_every_stage_it_passes(run: Run, folder: Path) -> None:
    write_playbook(
        folder / "pipeline.yaml", "{id: said, text: Said, confirm: true}", "{id: said, text: Said again, confirm: true}"
    )
    run("add", "Acme: workshop")
    run("confirm", "1", "said")

    refused = run("advance", "1", "--to", "close")

    assert refused.code == 5
    assert refused.err.splitlines() == [
        "Deal 1, Acme: workshop, cannot leave Lead yet: 1 of 2 exit criteria is missing.",
        "",
        "To leave Lead:",
        "  [x] Said: confirmed on 2026-11-21",
        "",
        "To leave Offer:",
        "  [ ] Said again",
        '        pipeline confirm 1 offer.said --evidence "how we know"',
        "",
        "The words and amounts in these commands are examples: put in your own.",
        "",
        "Then: pipeline advance 1 --to close",
        "Or go on without, which stays visible:",
        '      pipeline advance 1 --to close --force --reason "why"',
    ]
    assert paste('pipeline confirm 1 offer.said --evidence "how we know"', folder).returncode == 0
    assert paste("pipeline advance 1 --to close", folder).returncode == 0
    assert run("list", "--json").rows[0]["stage"] == "close"


def test_what_a_deal_was_forced_past_stays_visible_until_it_holds(run: Run, folder: Path) -> None:
    write_playbook(
        folder / "pipeline.yaml", "{id: said, text: Said, confirm: true}, {id: talked, text: Talked, touchpoint: {}}"
    )
    run("add", "Acme: workshop")
    forced = run("advance", "1", "--force", "--reason", "they hurry")

    assert forced.code == 0
    gap = {"flag": "criteria_gap", "number": 2, "limit": 0}
    assert gap in run("list", "--json").rows[0]["flags"]
    assert gap in run("show", "1", "--json").json["deal"]["flags"]
    assert [row["id"] for row in run("list", "flag=criteria_gap", "--json").rows] == [1]
    assert {row["stage"]: row["criteria_gap"] for row in run("health", "--json").rows}["offer"] == 1
    move = run("show", "1", "--json").json["moves"][-1]
    assert (move["forced"], move["reason"]) == (True, "they hurry")
    assert move["criteria_missing"] == ["lead.said", "lead.talked"]

    run("confirm", "1", "lead.said")
    assert {"flag": "criteria_gap", "number": 1, "limit": 0} in run("list", "--json").rows[0]["flags"]
    assert "[x] lead.said" in run("show", "1").out

    run("log", "1", "call")
    assert not [flag for flag in run("list", "--json").rows[0]["flags"] if flag["flag"] == "criteria_gap"]
    assert {row["stage"]: row["criteria_gap"] for row in run("health", "--json").rows}["offer"] == 0
    assert run("show", "1", "--json").json["moves"][-1]["forced"] is True


def test_an_old_call_no_longer_counts_and_the_gap_comes_from_the_move_alone(run: Run, folder: Path) -> None:
    write_playbook(folder / "pipeline.yaml", "{id: talked, text: Talked, touchpoint: {within_days: 30}}")
    run("add", "Acme: workshop", today="2026-10-01")
    run("log", "1", "call", today="2026-10-01")

    assert run("show", "1", "--json", today="2026-10-31").json["criteria"][0]["met"] is True
    assert run("show", "1", "--json", today="2026-11-01").json["criteria"][0]["met"] is False


def test_force_without_a_reason_is_refused(run: Run, folder: Path) -> None:
    write_playbook(folder / "pipeline.yaml", "{id: said, text: Said, confirm: true}")
    run("add", "Acme: workshop")

    for reason in ([], ["--reason", "  "]):
        result = run("advance", "1", "--force", *reason)
        assert result.code == 2
        assert result.err == "--force needs --reason: say why the deal goes on without its exit criteria.\n"
    assert run("list", "--json").rows[0]["stage"] == "lead"


def test_force_where_nothing_is_missing_is_no_forced_move(run: Run, folder: Path) -> None:
    write_playbook(folder / "pipeline.yaml", "{id: said, text: Said, confirm: true}")
    run("add", "Acme: workshop")
    run("confirm", "1", "said")

    assert run("advance", "1", "--force", "--reason", "in a hurry").code == 0

    assert run("show", "1", "--json").json["moves"][-1]["forced"] is False


def test_a_field_that_no_command_could_fill_is_refused(run: Run, folder: Path) -> None:
    write_playbook(folder / "pipeline.yaml", '{id: c, text: C, field: "a=b"}')

    result = run("add", "Acme: workshop")

    assert result.code == 3
    assert result.err.startswith("pipeline.yaml:8:")
    assert result.err.endswith(": the name of a field holds no `=`: `edit --field` could not set it\n")
