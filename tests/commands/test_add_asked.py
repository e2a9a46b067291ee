"""`add` without a title asks, on a terminal alone; a title given, it asks nothing."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Run
from tests.terminal import Terminal


def answer(folder: Path, words: list[str], answers: list[tuple[str, str]]) -> str:
    with Terminal(folder, "add", *words) as terminal:
        for question, typed in answers:
            terminal.wait_for(question)
            terminal.type(typed)
        assert terminal.finish() == 0
        return " ".join(terminal.lines)


def test_answers_make_a_deal(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text("utf-8") + "\nsources: [inbound, referral]\n", "utf-8")
    shown = answer(
        folder,
        [],
        [
            ("What do you sell", "Acme: workshop"),
            ("Organization", "Acme"),
            ("Contact", "Ann <ann@acme.example"),
            ("is not a contact", "Ann Lee <ann@acme.example>"),
            ("(EUR)", "many"),
            ("is not an amount", "12k"),
            ("(inbound, referral)", "refferal"),
            ("did you mean referral?", "referral"),
            ("Close date", "30d"),
        ],
    )

    assert "Added 1: Acme: workshop." in shown
    deal = pipeline("list", "--json").rows[0]
    assert (
        deal["title"],
        deal["organization"],
        deal["contact"],
        deal["value"],
        deal["source"],
        deal["expected_close"],
    ) == (
        "Acme: workshop",
        "Acme",
        "Ann Lee",
        12000,
        "referral",
        "2026-12-21",
    )


def test_enter_skips_all_but_the_title_and_what_was_given_is_not_asked(pipeline: Run, folder: Path) -> None:
    questions = [
        ("What do you sell", ""),
        ("The title is empty", "Acme"),
        ("Contact", ""),
        ("Source", ""),
        ("Close", ""),
    ]
    answer(folder, ["--value", "3k", "--org", "Acme"], questions)

    deal = pipeline("list", "--json").rows[0]
    assert (deal["title"], deal["value"], deal["contact"], deal["source"]) == ("Acme", 3000, None, None)


def test_giving_up_adds_nothing(pipeline: Run, folder: Path) -> None:
    with Terminal(folder, "add") as terminal:
        terminal.wait_for("What do you sell")
        terminal.type("Acme")
        terminal.wait_for("Organization")
        terminal.press_control_c()
        assert terminal.finish() == 130

    assert pipeline("list", "--json").rows == []


def test_with_a_title_and_without_a_terminal_nothing_is_asked(pipeline: Run, folder: Path) -> None:
    assert "Added 1" in answer(folder, ["Acme"], [])

    result = pipeline("add", "--value", "3k")
    assert (result.code, result.err) == (
        2,
        "TITLE is missing: type pipeline add TITLE; `pipeline add --help` says more.\n",
    )
