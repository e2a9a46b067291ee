"""`init` on a terminal asks three questions; flags answer them, and without a terminal nothing is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.terminal import Terminal


def rules(folder: Path) -> list[str]:
    lines = (folder / "pipeline.yaml").read_text("utf-8").splitlines()
    return [
        line.partition("  #")[0].rstrip()
        for line in lines
        if line.startswith(("currency", "quota", "  saas", "  services"))
    ]


def test_three_answers_make_the_file(folder: Path) -> None:
    with Terminal(folder, "init") as terminal:
        terminal.wait_for("Which template? [services]")
        assert "  saas       Lead, Qualified, Demo, Trial, Contract" in terminal.lines
        assert "             Contract, Purchase" in terminal.lines
        terminal.type("sas")
        terminal.wait_for("did you mean saas?")
        terminal.type("saas")
        terminal.wait_for("Which currency? [EUR]")
        terminal.type("usd")
        assert terminal.wait_for("[60000/quarter] ").endswith("[60000/quarter] ")  # one space before the answer
        terminal.type("12k/month")
        assert terminal.finish() == 0
        shown = " ".join(terminal.lines)
        assert "Its stages: Lead, Qualified, Demo, Trial, Contract." in shown
        assert 'Next: pipeline add "Acme: workshop" --value 12k' in shown

    assert rules(folder) == ["currency: USD", "quota: {per: month, amount: 12000}", "  saas:"]


def test_enter_takes_what_is_offered_and_the_program_works_with_it(folder: Path, run: Run) -> None:
    with Terminal(folder, "init") as terminal:
        for question in ("template?", "currency?", "win"):
            terminal.wait_for(question)
            terminal.type("")
        assert terminal.finish() == 0

    assert rules(folder) == ["currency: EUR", "quota: {per: month, amount: 20000}", "  services:"]
    assert run("list", "--json").rows == []


def test_giving_up_makes_nothing(folder: Path) -> None:
    with Terminal(folder, "init") as terminal:
        terminal.wait_for("template?")
        terminal.press_control_c()
        assert terminal.finish() == 130

    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("template", ["services", "saas", "ecommerce", "aida", "radar", "classic", "full"])
@pytest.mark.parametrize(
    ("quota", "kept"),
    [
        ("1,500.50/year", "quota: {per: year, amount: 1500.50}"),
        ("30k", "quota: {per: month, amount: 30000}"),
        ("none", None),
    ],
)
def test_flags_answer_every_question_and_every_template_takes_them(
    run: Run, folder: Path, template: str, quota: str, kept: str | None
) -> None:
    result = run("init", "--template", template, "--currency", "chf", "--quota", quota)

    assert result.code == 0, result.err
    assert [line for line in rules(folder) if line[0] != " "] == ["currency: CHF", *([kept] if kept else [])]
    assert run("check").code == 0
    assert run("add", "Acme", "--value", "5k").code == 0
    assert run("forecast", "--json").json["currency"] == "CHF"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--currency", ""], "'' is not a currency: type its three letters, such as EUR or USD."),
        (["--currency", "euro"], "'euro' is not a currency: type its three letters, such as EUR or USD."),
        (
            ["--quota", "20k/moth"],
            "--quota '20k/moth': did you mean month? A quota is per month, quarter or year: type 20000/month.",
        ),
        (["--quota", "$5/month"], "--quota '$5/month': is in the currency of the file: leave USD away."),
        (["--quota", "x"], "'x' is not an amount: type an amount such as 1000, 12k, 1,000.50 or 1.000,50 €."),
        (["--quota", "0.00"], "--quota '0.00': a quota of nothing is none: type none."),
    ],
)
def test_a_wrong_answer_makes_nothing(run: Run, folder: Path, words: list[str], said: str) -> None:
    result = run("init", *words)

    assert (result.code, result.err) == (2, said + "\n")
    assert list(folder.iterdir()) == []
