"""Several deals in one line: named, or found by a filter and agreed to; all of them changed as one operation, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.reading import deal, last, record, shown
from tests.conftest import Prepare, Run
from tests.terminal import Terminal


def four(run: Run) -> None:
    for title in ("Acme: workshop", "Borg: cube", "Corp: audit", "Delta: study"):
        run("add", title, "-v", "10k", "-n", "2026-11-24", "Call them", today="2026-11-01")


@pytest.fixture
def deals(prepare: Prepare) -> Run:
    return prepare(four)


def of(run: Run, key: str) -> list[object]:
    rows = run("list", "status=all", "--json").rows
    return [row[key] for row in sorted(rows, key=lambda row: row["id"])]


@pytest.mark.parametrize(
    ("line", "key", "values"),
    [
        ("done 1 3", "next_step", [None, "Call them", None, "Call them"]),
        ("done #1 corp 1", "next_step", [None, "Call them", None, "Call them"]),
        ("done Corp: audit", "next_step", ["Call them", "Call them", None, "Call them"]),
        ("next 1 borg fri send the offer --replace", "next_step", ["send the offer"] * 2 + ["Call them"] * 2),
        ("next 1 2 last friday 5 calls", "next_step_due", ["2026-11-20"] * 2 + ["2026-11-24"] * 2),
        ("next 1 2 3 d", "next_step_due", ["2026-11-24"] * 4),
        ("next 1 2 tomorrow", "next_step_due", ["2026-11-22"] * 2 + ["2026-11-24"] * 2),
        ("snooze 1 2 30d board meets then", "snoozed_until", ["2026-12-21"] * 2 + [None] * 2),
        ("edit 1 2 --close 3 d", "expected_close", ["2026-11-24"] * 2 + [None] * 2),
        ("lose 1 2 --reason price", "status", ["lost"] * 2 + ["open"] * 2),
        ("lose 1 2 --reason timing --again 6m Ask them", "next_step", ["Ask them"] * 2 + ["Call them"] * 2),
        ("lose 1 2 Ask them --reason timing --again 6m", "next_step", ["Ask them"] * 2 + ["Call them"] * 2),
        ("disqualify 3 4 --reason student", "status", ["open"] * 2 + ["disqualified"] * 2),
        ("done stage=prospecting value>1k --all-matching --yes", "next_step", [None] * 4),
        ("snooze acme --all-matching --yes 30d", "snoozed_until", ["2026-12-21"] + [None] * 3),
    ],
)
def test_several_deals_are_changed_as_one_operation(deals: Run, line: str, key: str, values: list[object]) -> None:
    before = record(deals)

    result = deals(*line.split())

    assert result.code == 0, result.err
    assert of(deals, key) == values
    assert deals("undo").code == 0
    assert record(deals) == before


def test_each_is_said_and_the_operation_names_three(deals: Run) -> None:
    said = deals("done", "1", "2").err.splitlines()

    assert said[0] == '1, Acme: workshop: Done: Call them. Plan the next one: pipeline next 1 3d "Call"'
    assert said[2] == "2 deals, one operation: `pipeline undo` takes all of it back."
    deals("undo")
    deals("done", "1", "2", "3", "4")
    assert last(deals)["summary"].endswith("done on Corp: audit: Call them; 1 more")
    assert deals("history", "4", "--json").rows[0]["command"] == "done"


def test_of_very_many_ten_are_said(pipeline: Run, folder: Path) -> None:
    rows = "\n".join(f"{number},Deal {number}" for number in range(300))
    (folder / "deals.csv").write_text(f"id,title\n{rows}\n")
    assert pipeline("import", "deals.csv").code == 0

    said = pipeline("snooze", "status=open", "2026-12-21", "--all-matching", "--yes").err.splitlines()

    assert said[-2:] == ["And 290 more.", "300 deals, one operation: `pipeline undo` takes all of it back."]
    assert len(said) == 12


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("done 1 99", 4, "There is no deal '99'"),
        ("next 1 2", 2, "'2' is not a date"),
        ("next 1", 2, "DATE is missing: type pipeline next DEAL"),
        ("snooze 1 2 yesterday", 2, "A deal cannot sleep until 2026-11-20"),
        ("snooze 1 30d why --reason because", 2, "'why' and --reason 'because' are both why"),
        ("edit 1 2 --title x", 2, "--title belongs to one deal"),
        ("edit 1 2 --external-id x", 2, "--external-id belongs to one deal"),
        ("edit 1 2", 2, "There is nothing to change"),
        ("lose 1 2 --reason pricey", 2, "There is no lost reason 'pricey'"),
        ("done stage=prospecting", 2, "'stage=prospecting' is a filter: with --all-matching"),
        ("done stage=nowhere --all-matching --yes", 2, "There is no stage 'nowhere'"),
        ("done --all-matching --yes", 2, "DEAL is missing: type pipeline done DEAL"),
    ],
)
def test_a_wrong_word_changes_no_deal(deals: Run, line: str, code: int, said: str) -> None:
    before = record(deals)

    result = deals(*line.split())

    assert (result.code, len(result.err.splitlines())) == (code, 1)
    assert result.err.startswith(said)
    assert record(deals) == before


def test_an_empty_filter_means_no_deal(deals: Run) -> None:
    assert deals("done", " ", "--all-matching", "--yes").err.startswith("--all-matching needs a filter")
    result = deals("done", "value>1m", "--all-matching", "--yes")
    assert result == (0, "", "No deal matches value>1m: nothing was changed.\n")


def test_one_deal_that_may_not_be_changed_keeps_all_of_them_as_they_are(deals: Run) -> None:
    deals("win", "2")
    before = record(deals)

    result = deals("lose", "1", "2", "3", "--reason", "price")

    assert result.code == 5
    assert result.err.splitlines() == [
        "Nothing was changed: 1 of 3 deals may not be.",
        "  Deal 2 is won. It cannot be lost: `pipeline reopen 2` opens it first.",
    ]
    assert record(deals) == before


def test_without_a_terminal_a_filter_needs_yes(deals: Run) -> None:
    before = record(deals)

    result = deals("done", "value>1k", "--all-matching")

    assert result.code == 5
    assert result.err.splitlines()[:2] == [
        "4 deals worth 40,000 EUR match. Nothing was changed: without a terminal, --yes does it.",
        "  1  Acme: workshop",
    ]
    assert record(deals) == before


@pytest.mark.parametrize(("answer", "status"), [("y", "lost"), ("", "open"), ("n", "open")])
def test_on_a_terminal_the_deals_of_a_filter_are_shown_and_asked_about(
    deals: Run, folder: Path, answer: str, status: str
) -> None:
    with Terminal(folder, "lose", "acme", "--reason", "price", "--all-matching") as terminal:
        shown = terminal.wait_for("Lose it? [y/N] ")
        assert "1 deal worth 10,000 EUR:" in shown
        terminal.type(answer)
        assert terminal.finish() == 0

    assert deal(deals)["status"] == status


def test_calls_that_nobody_took_are_logged_in_one_line(deals: Run) -> None:
    before = record(deals)

    result = deals("log", "1", "#3", "4", "1", "call", "the", "whole", "morning", "--no-answer", "--next-attempt")

    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines() == [
        *(
            f"Logged call (out, no answer) on {number}, {title}."
            for number, title in ((1, "Acme: workshop"), (3, "Corp: audit"), (4, "Delta: study"))
        ),
        "3 deals, one operation: `pipeline undo` takes all of it back.",
    ]
    assert [[one["note"] for one in shown(deals, number)["touchpoints"]] for number in "123"] == [
        ["the whole morning"],
        [],
        ["the whole morning"],
    ]
    assert deals("undo").code == 0
    assert record(deals) == before


def test_of_several_the_step_of_each_is_done_and_the_next_one_planned(deals: Run) -> None:
    assert deals("log", "1", "2", "meeting", "at the fair", "--done", "-n", "fri", "Send the offer").code == 0
    assert of(deals, "next_step") == ["Send the offer"] * 2 + ["Call them"] * 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("log 1 2 call -v 9k", 2),
        ("log 1 2 call -a", 2),
        ("log 1 2 call --confirm problem", 2),
        ("log 1 2", 2),
        ("log 1 2 3", 2),
        ("log 1 2 shout", 2),
        ("log 1 99 call", 4),
        ("log 1 2 call --change 3", 2),
        ("log 1 2 call --at 2031-01-01", 2),
    ],
)
def test_what_cannot_be_told_of_several_changes_none(deals: Run, line: str, code: int) -> None:
    before = record(deals)

    assert deals(*line.split()).code == code
    assert record(deals) == before
