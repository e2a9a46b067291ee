"""`next`: the one thing to do next on a deal."""

from __future__ import annotations

import pytest

from tests.commands.reading import deal, flags, record
from tests.conftest import Run


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("3d", "2026-11-24"),
        ("friday", "2026-11-27"),
        ("today", "2026-11-21"),
        ("2w", "2026-12-05"),
        ("eom", "2026-11-30"),
    ],
)
def test_a_next_step_has_a_day(pipeline: Run, when: str, due: str) -> None:
    pipeline("add", "Acme")
    assert "no_next_step" in flags(pipeline)

    result = pipeline("next", "1", when, "Send the offer")

    assert (result.code, result.err.splitlines()[0]) == (0, f"Next on 1, Acme: Send the offer, due {due}.")
    assert (deal(pipeline)["next_step"], deal(pipeline)["next_step_due"]) == ("Send the offer", due)
    assert "no_next_step" not in flags(pipeline)


def test_with_replace_a_new_step_takes_the_place_of_the_old_and_undo_brings_it_back(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("next", "1", "3d", "Call")
    said = pipeline("next", "1", "2026-11-25", "Write", "--replace").err
    assert said == "Next on 1, Acme: Write, due 2026-11-25. In place of: Call, due 2026-11-24.\n"
    assert deal(pipeline)["next_step"] == "Write"

    pipeline("undo")
    assert (deal(pipeline)["next_step"], deal(pipeline)["next_step_due"]) == ("Call", "2026-11-24")


def test_a_day_that_is_past_is_taken_and_said_to_be(pipeline: Run) -> None:
    pipeline("add", "Acme")

    result = pipeline("next", "1", "2026-11-20", "Call")

    assert result.err == "Next on 1, Acme: Call, due 2026-11-20 (that day is past: today is 2026-11-21).\n"
    assert flags(pipeline)["overdue"] == 1


def test_a_step_without_words_or_day_is_refused(pipeline: Run) -> None:
    pipeline("add", "Acme")
    before = record(pipeline)

    assert pipeline("next", "1", "3d", " ").code == 2
    assert pipeline("next", "1", "soon", "Call").code == 2
    assert record(pipeline) == before


CLOSINGS = {
    "won": ["win", "1"],
    "lost": ["lose", "1", "--reason", "price"],
    "disqualified": ["disqualify", "1", "--reason", "x"],
}


@pytest.mark.parametrize("status", CLOSINGS)
def test_a_closed_deal_can_have_a_future_and_is_no_open_deal_for_it(pipeline: Run, status: str) -> None:
    pipeline("add", "Acme", "--value", "12k")
    pipeline(*CLOSINGS[status])
    before = record(pipeline)

    result = pipeline("next", "1", "2026-11-24", "Write to them")

    assert (result.code, result.err) == (0, f"Next on 1, Acme, which is {status}: Write to them, due 2026-11-24.\n")
    row = pipeline("list", f"status={status}", "--json", today="2027-03-01").rows[0]
    assert (row["next_step"], row["next_step_due"], row["flags"]) == ("Write to them", "2026-11-24", [])
    assert "Write to them (due 24 Nov 2026)" in pipeline("show", "1", today="2027-03-01").out
    totals = pipeline("health", "--json", today="2027-03-01").json["totals"]
    assert (totals["open_deals"], totals["open_value"]) == (0, 0)
    assert pipeline("list", "--json").rows == []
    assert pipeline("prune", "--dry-run", "--json", today="2027-03-01").rows == []
    assert pipeline("check").code == 0
    pipeline("undo")
    assert record(pipeline) == before


@pytest.mark.parametrize(("status", "command"), [("won", "done 1"), ("lost", "reopen 1"), ("disqualified", "reopen 1")])
def test_today_brings_a_closed_deal_when_its_step_is_due_with_what_to_type(
    pipeline: Run, status: str, command: str
) -> None:
    pipeline("add", "Acme")
    pipeline(*CLOSINGS[status])
    pipeline("next", "1", "2026-11-24", "Write to them")

    assert pipeline("today", "--json", today="2026-11-23").rows == []
    assert pipeline("today", "--count", today="2026-11-24").out == "1\n"
    (row,) = pipeline("today", "--json", today="2026-11-24").rows
    assert (row["why"], row["due"], row["next_step"]) == (
        f"{status}, due today: Write to them",
        "2026-11-24",
        "Write to them",
    )
    assert row["command"] == f"pipeline {command}"
    late = pipeline("today", "--json", today="2026-12-24").rows[0]
    assert late["why"] == f"{status}, overdue: Write to them"
    assert pipeline(*command.split(), today="2026-12-24").code == 0
    assert not any(one["why"].startswith(status) for one in pipeline("today", "--json", today="2026-12-24").rows)


def test_what_is_due_on_a_deal_that_was_given_up_has_two_ways_out(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("lose", "1", "--reason", "timing", "--again", "6m")

    said = pipeline("today", today="2027-05-21").out

    assert "Acme: `pipeline reopen 1` if it is on again, `pipeline done 1` if it is not." in said
    assert pipeline("done", "1", today="2027-05-21").code == 0
    assert "No open deals" in pipeline("today", today="2027-05-21").out


def test_of_many_deals_to_try_again_three_are_spelled_out(pipeline: Run) -> None:
    for number in range(5):
        pipeline("add", f"Deal {number}")
        pipeline("lose", str(number + 1), "--reason", "timing", "--again", "6m")

    section = pipeline("today", today="2027-05-21").out.partition("To try again\n")[2].splitlines()

    assert [line[:6] for line in section[:3]] == ["Deal 0", "Deal 1", "Deal 2"]
    assert section[3] == "So with 2 more deals."


def test_of_a_won_deal_today_names_what_done_will_close(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "1", "--check-in", "2026-11-24")
    pipeline("next", "1", "2026-11-26", "Send the invoice")

    assert [row["why"] for row in pipeline("today", "--json", today="2026-11-26").rows] == [
        "check-in due since 2026-11-24"
    ]
    assert pipeline("done", "1", today="2026-11-26").err.startswith("Done: check-in of 2026-11-24.")
    assert [row["why"] for row in pipeline("today", "--json", today="2026-11-26").rows] == [
        "won, due today: Send the invoice"
    ]


def test_the_past_knows_what_was_planned_for_a_closed_deal_then(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-01")
    pipeline("next", "1", "2026-11-09", "Call", today="2026-11-02")
    pipeline("lose", "1", "Ask about the new budget", "--reason", "timing", "--again", "2026-11-15", today="2026-11-05")
    pipeline("reopen", "1", today="2026-11-16")
    pipeline("done", "1", today="2026-11-17")

    def planned(day: str) -> tuple[str, str | None]:
        row = pipeline("list", "status=all", "--as-of", day, "--json").rows[0]
        return row["status"], row["next_step"]

    assert [planned(day) for day in ("2026-11-01", "2026-11-03", "2026-11-05", "2026-11-16", "2026-11-17")] == [
        ("open", None),
        ("open", "Call"),
        ("lost", "Ask about the new budget"),
        ("open", "Ask about the new budget"),
        ("open", None),
    ]
    assert [row["why"] for row in pipeline("today", "--as-of", "2026-11-15", "--json").rows] == [
        "lost, due today: Ask about the new budget"
    ]


def test_without_a_text_it_is_the_same_on_another_day(pipeline: Run) -> None:
    pipeline("add", "Acme")
    assert pipeline("next", "1", "tomorrow") == (
        2,
        "",
        "TEXT is missing: deal 1 has no next step yet, so say what to do.\n",
    )
    pipeline("next", "1", "2026-11-24", "Call [Ann]")

    said = pipeline("next", "1", "2026-11-27", today="2026-11-25")

    assert said.err == "Next on 1, Acme: Call [Ann], due 2026-11-27. It was 2026-11-24.\n"
    (row,) = pipeline("list", "--json", today="2026-11-25").rows
    assert (row["next_step"], row["next_step_due"]) == ("Call [Ann]", "2026-11-27")
    assert pipeline("undo", today="2026-11-25").code == 0
    assert pipeline("list", "--json", today="2026-11-25").rows[0]["next_step_due"] == "2026-11-24"
