"""`qualify`: questions, answers with evidence, score, verdict and the next question."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.terminal import Terminal

STAGES = """\
version: 1
currency: EUR
pipelines:
  sales:
    name: Sales
    stages:
      - {id: lead, name: Lead, funnel: top, probability: 10}
      - {id: offer, name: Offer, funnel: middle, probability: 40}
      - {id: close, name: Close, funnel: bottom, probability: 80}
"""


def qualify_by(folder: Path, qualification: str) -> None:
    (folder / "pipeline.yaml").write_text(f"{STAGES}qualification: {qualification}\n", encoding="utf-8")


def test_an_answer_with_evidence_is_kept_and_judged(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")

    result = pipeline("qualify", "1", "--set", "budget=yes", "--evidence", "budget=The CFO said 20k = enough")

    assert result.code == 0
    assert result.out.splitlines() == [
        "[yes] budget: Is there money for this, or a way to get it? (The CFO said 20k = enough)",
        "[?] authority: Are we talking with the person who decides, or do we know how to reach them?",
        "[?] need: Have they told us a problem that hurts enough to act on it?",
        "[?] timeline: Is there a date by which it has to be solved, and a reason for that date?",
        "Score 20 of 100: not yet qualified (1 yes, 3 needed; required: need).",
        "Next question: Have they told us a problem that hurts enough to act on it?",
    ]
    assert pipeline("list", "--json").rows[0]["score"] == 20
    assert pipeline("history", "--json").rows[0]["summary"] == "qualified Acme: workshop: budget=yes"


def test_enough_yes_and_every_required_yes_is_qualified(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")

    result = pipeline(
        "qualify", "1", "--set", "need=Yes", "--set", "budget=y", "--set", "Timeline=yes", "--set", "authority=no"
    )

    assert "Score 80 of 100: qualified (3 yes, 3 needed; required: need)." in result.out
    assert "Next question" not in result.out


def test_a_no_to_a_required_question_cannot_be_made_good(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")

    result = pipeline("qualify", "1", "--set", "need=no")

    assert "Score 0 of 100: not qualified, and it cannot be any more (0 yes, 3 needed; required: need)." in result.out


def test_unknown_takes_an_answer_back(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")
    pipeline("qualify", "1", "--set", "budget=yes", "--evidence", "budget=They said so")

    result = pipeline("qualify", "1", "--set", "budget=unknown")

    assert "[?] budget: Is there money for this, or a way to get it?\n" in result.out
    assert "Score 0 of 100" in result.out


def test_a_mismatch_with_the_ideal_customer_costs_twenty_points(run: Run, folder: Path) -> None:
    qualify_by(folder, "{framework: bant, ideal_customer: {countries: [DE, AT], industries: [software]}}")
    run("add", "Acme: workshop", "--field", "country=PL", "--field", "industry=Software")

    result = run("qualify", "1", "--set", "budget=yes", "--set", "need=yes")

    assert "Not the ideal customer: country PL is not one of DE, AT (20 points less)." in result.out
    assert run("list", "--json").rows[0]["score"] == 30


@pytest.mark.parametrize(
    ("framework", "items"),
    [
        ("bant", ["budget", "authority", "need", "timeline"]),
        ("champ", ["challenges", "authority", "money", "prioritization"]),
        ("meddic", ["metrics", "economic_buyer", "decision_criteria", "decision_process", "pain", "champion"]),
    ],
)
def test_a_framework_brings_its_own_questions(run: Run, folder: Path, framework: str, items: list[str]) -> None:
    qualify_by(folder, f"{{framework: {framework}}}")
    run("add", "Acme: workshop")

    result = run("qualify", "1", *(word for item in items for word in ("--set", f"{item}=yes")))

    assert [line.split(":")[0] for line in result.out.splitlines()[:-1]] == [f"[yes] {item}" for item in items]
    assert result.out.splitlines()[-1].startswith("Score 100 of 100: qualified")


def test_questions_of_our_own_are_weighed_as_we_say(run: Run, folder: Path) -> None:
    qualify_by(
        folder,
        "{framework: custom, items: [{id: pain, ask: Does it hurt?, weight: 3}, {id: fit, ask: Fit?}], "
        "required: [pain], min_yes: 1}",
    )
    run("add", "Acme: workshop")

    result = run("qualify", "1", "--set", "pain=yes")

    assert result.out.splitlines() == [
        "[yes] pain: Does it hurt?",
        "[?] fit: Fit?",
        "Score 75 of 100: qualified (1 yes, 1 needed; required: pain).",
        "Next question: Fit?",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--set", "money=yes"],
            "There is no qualification question 'money'. Known: budget, authority, need, timeline.",
        ),
        (["--set", "budgt=yes"], "There is no qualification question 'budgt': did you mean budget? Known: "),
        (["--set", "need"], "--set need: is no answer: write need=yes, =no or =unknown."),
        (["--set", "need=maybe"], "--set need=maybe: is no answer: write need=yes, =no or =unknown."),
        (["--evidence", "need=x"], "--evidence need: has no answer beside it: add --set need=yes."),
        (["--set", "need=yes", "--evidence", "need"], "--evidence need: is not ITEM=TEXT: write "),
        (["--set", "need=yes", "--evidence", "need= "], "The evidence is empty: say what it is."),
    ],
)
def test_an_answer_that_is_none_is_refused(pipeline: Run, words: list[str], message: str) -> None:
    pipeline("add", "Acme: workshop")

    result = pipeline("qualify", "1", *words)

    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(message)
    assert len(pipeline("history", "--json").rows) == 1


def test_without_a_terminal_the_flag_is_named_and_nothing_asked(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")

    result = pipeline("qualify", "1", typed="y\n\n")

    assert (result.code, result.out) == (5, "")
    assert result.err == (
        "Without a terminal the answers come as options: "
        'pipeline qualify 1 --set budget=yes --evidence budget="how you know"\n'
    )
    assert len(pipeline("history", "--json").rows) == 1


def test_an_unknown_deal_is_named_before_anything_is_asked(pipeline: Run) -> None:
    assert pipeline("qualify", "7").code == 4
    assert pipeline("qualify", "7", "--set", "need=yes").code == 4


def test_a_closed_deal_needs_no_questions(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop")
    pipeline("win", "1")

    result = pipeline("qualify", "1", "--set", "need=yes")

    assert result.code == 5
    assert result.err == "Deal 1 is won. It needs no qualification: `pipeline reopen 1` opens it first.\n"


def test_on_a_terminal_one_question_is_asked_at_a_time(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop")
    pipeline("qualify", "1", "--set", "authority=no", "--evidence", "authority=she is an intern")

    with Terminal(folder, "qualify", "1") as terminal:
        first = terminal.wait_for("Is there money for this, or a way to get it? ")
        assert "1, Acme: workshop: y yes, n no, u unknown, Enter keeps, q ends." in first
        assert "authority" not in first
        terminal.type("maybe")
        assert "Type y, n, u, Enter or q." in terminal.wait_for("get it? ")
        terminal.type("y")
        terminal.wait_for("How do you know? ")
        terminal.type("CFO said 20k")
        terminal.wait_for("[no: she is an intern] ")
        terminal.type("")
        terminal.wait_for("hurts enough to act on it? ")
        terminal.type("n")
        terminal.wait_for("How do you know? ")
        terminal.type("")
        terminal.wait_for("a reason for that date? ")
        terminal.type("u")
        assert terminal.finish() == 0

    assert "[yes] budget: Is there money for this, or a way to get it? (CFO said 20k)" in terminal.lines
    assert "[no] authority" in terminal.shown
    assert "cannot be any more" in terminal.shown
    assert pipeline("history", "--json").rows[0]["summary"] == (
        "qualified Acme: workshop: budget=yes, need=no, timeline=unknown"
    )


def test_ending_early_keeps_what_was_answered(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop")

    with Terminal(folder, "qualify", "1") as terminal:
        terminal.wait_for("get it? ")
        terminal.type("yes")
        terminal.wait_for("How do you know? ")
        terminal.type("")
        terminal.wait_for("how to reach them? ")
        terminal.type("q")
        assert terminal.finish() == 0

    assert pipeline("list", "--json").rows[0]["score"] == 20


@pytest.mark.parametrize("way", ["press_control_c", "end_of_input"])
def test_breaking_off_changes_nothing(pipeline: Run, folder: Path, way: str) -> None:
    pipeline("add", "Acme: workshop")

    with Terminal(folder, "qualify", "1") as terminal:
        terminal.wait_for("get it? ")
        terminal.type("yes")
        terminal.wait_for("How do you know? ")
        getattr(terminal, way)()
        assert terminal.finish() == 130

    assert "Interrupted: nothing was changed." in terminal.shown
    assert len(pipeline("history", "--json").rows) == 1


def test_on_a_terminal_an_unknown_deal_is_refused_before_the_first_question(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop")

    with Terminal(folder, "qualify", "Borg") as terminal:
        assert terminal.finish() == 4
    assert terminal.lines[0] == "There is no deal 'Borg'. `pipeline list status=all` shows every deal."
