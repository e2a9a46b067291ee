"""`prune`: the plan is shown first, a person decides, and one operation does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.terminal import Terminal

LONG_AGO = "2026-09-01"
"""81 days before the tests' today: more than 2 × the 14 days that prospecting may be silent."""


@pytest.fixture
def dead(pipeline: Run) -> Run:
    """Two dead deals, one of them with somebody to write to; one that is alive."""
    pipeline("add", "Acme: workshop", "--value", "12k", today=LONG_AGO)
    pipeline("add", "Borg: audit", "--value", "5k", "--contact", "Ann <ann@borg.example>", today=LONG_AGO)
    pipeline("add", "Cyrano: letters", "--value", "1k")
    return pipeline


def steps(result_rows: list[dict[str, object]]) -> dict[object, object]:
    return {row["id"]: row["step"] for row in result_rows}


def test_the_plan_names_every_dead_deal_with_its_rule_and_its_numbers(dead: Run) -> None:
    plan = dead("prune", "--dry-run", "--json")

    assert (plan.code, plan.err) == (0, "")
    first, second = plan.rows
    assert first == {
        "id": 1,
        "external_id": None,
        "title": "Acme: workshop",
        "stage": "prospecting",
        "value": 12000,
        "idle_days": 81,
        "rule": "idle",
        "step": "close",
        "deadline": None,
        "reason": "idle 81 days > 28",
        "pipeline": "services",
    }
    assert (second["step"], second["deadline"]) == ("last_chance", "2026-11-28")
    assert plan.json["totals"] == {"candidates": 2, "to_close": 1, "value": 17000, "weighted_value": 850}
    assert plan.json["effect"]["open_value_before"] == 18000
    assert plan.json["effect"]["open_value_after"] == 1000


def test_without_a_terminal_nothing_is_done_and_the_flag_is_named(dead: Run) -> None:
    result = dead("prune", typed="y\n")

    assert result.code == 0
    assert result.err == "Nothing was changed: without a terminal, --yes applies the plan.\n"
    assert len(dead("list", "--json").rows) == 3


def test_yes_applies_the_plan_as_one_operation_and_undo_takes_it_back(dead: Run, folder: Path) -> None:
    before = dead("list", "--json").out

    done = dead("prune", "--yes")

    assert done.code == 0
    assert done.err == (
        "1 closed as lost (no_response), 1 given a last chance. `pipeline undo` brings every one back.\n"
        "last-chances: 1 draft, which your mail program opens. Read and send.\n"
    )
    (lost,) = dead("list", "status=lost", "--json").rows
    assert (lost["id"], lost["lost_reason"], lost["stage"]) == (1, "no_response", "prospecting")
    assert dead("history", "--json").rows[0]["command"] == "prune"
    assert dead("undo").code == 0
    assert dead("list", "--json").out == before
    assert steps(dead("prune", "--dry-run", "--json").rows) == {1: "close", 2: "last_chance"}


def test_the_second_run_of_a_day_does_nothing(dead: Run) -> None:
    dead("prune", "--yes")
    before = len(dead("history", "--json").rows)

    again = dead("prune", "--yes", "--json")

    assert steps(again.rows) == {2: "wait"}
    assert again.err == "", "cron mails whatever is said"
    assert dead("prune").err == "Nothing to do today: every candidate is kept, or its last chance is still running.\n"
    assert len(dead("history", "--json").rows) == before


def test_when_the_deadline_comes_without_an_answer_the_deal_is_lost(dead: Run) -> None:
    dead("prune", "--yes")

    assert steps(dead("prune", "--dry-run", "--json", today="2026-11-27").rows) == {2: "wait"}
    assert dead("today", "--json", today="2026-11-28").json["dead"]["ids"] == [2]
    assert steps(dead("prune", "--dry-run", "--json", today="2026-11-28").rows) == {2: "close"}
    assert dead("prune", "--yes", today="2026-11-28").code == 0
    assert [row["id"] for row in dead("list", "status=lost", "--json", today="2026-11-28").rows] == [1, 2]


def test_an_answer_takes_a_deal_off_the_list(dead: Run) -> None:
    dead("prune", "--yes")
    dead("log", "2", "email", "--in", today="2026-11-24")

    assert dead("prune", "--dry-run", "--json", today="2026-11-29").rows == []


def test_now_skips_the_last_chance(dead: Run) -> None:
    assert steps(dead("prune", "--now", "--dry-run", "--json").rows) == {1: "close", 2: "close"}


def test_a_snoozed_deal_and_one_with_a_next_step_soon_are_spared(dead: Run) -> None:
    dead("snooze", "1", "1m")
    dead("next", "2", "3d", "Call")

    assert dead("prune", "--dry-run", "--json").rows == []
    assert dead("prune", "--dry-run").out.splitlines()[-1] == ("Nothing to prune: no open deal is dead by your rules.")


def test_whoever_is_met_is_not_dead_however_far_ahead_the_day(dead: Run) -> None:
    row = dead("prune", "--dry-run", "--json").rows[0]
    dead("next", str(row["id"]), "30d", "14:30", "Demo")
    assert row["id"] not in [one["id"] for one in dead("prune", "--dry-run", "--json").rows]
    dead("next", str(row["id"]), "90d", "14:30", "Demo", "--replace")
    assert row["id"] in [one["id"] for one in dead("prune", "--dry-run", "--json").rows]


def test_the_bound_is_exclusive(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", today="2026-10-24")

    assert pipeline("prune", "--dry-run", "--json", today="2026-11-21").rows == []
    assert steps(pipeline("prune", "--dry-run", "--json", today="2026-11-22").rows) == {1: "close"}


def test_keep_leaves_a_deal_alone(dead: Run) -> None:
    assert dead("prune", "--yes", "--keep", "1").code == 0

    assert sorted(row["id"] for row in dead("list", "--json").rows) == [1, 2, 3]
    assert [row["id"] for row in dead("prune", "--dry-run", "--json", today="2026-12-05").rows] == [2], "14 days"
    assert 1 in [row["id"] for row in dead("prune", "--dry-run", "--json", today="2026-12-06").rows]
    dead("undo")
    assert [row["id"] for row in dead("prune", "--dry-run", "--json").rows] == [1, 2]


def test_only_what_matches_the_filter_is_pruned(dead: Run) -> None:
    assert steps(dead("prune", "borg", "--dry-run", "--json").rows) == {2: "last_chance"}
    assert steps(dead("prune", "value>10k", "--dry-run", "--json").rows) == {1: "close"}


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--yes", "--dry-run"], 2, "--yes and --dry-run contradict each other: give one of them."),
        (["--keep", "3"], 2, "--keep 3: is not a candidate, so it stays anyway: leave it away."),
        (["--keep", "x"], 2, "--keep: 'x' is not a whole number; `pipeline prune --help` says more."),
        (["--yes", "--as-of", "yesterday"], 5, "The past cannot be pruned: leave --as-of away, or add --dry-run."),
        (
            ["stage=foo", "--yes"],
            2,
            "There is no stage 'foo'. Known: prospecting, qualification, proposal, negotiation, commit.",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(dead: Run, words: list[str], code: int, message: str) -> None:
    before = dead("list", "status=all", "--json").out

    result = dead("prune", *words)

    assert (result.code, result.err) == (code, f"{message}\n")
    assert dead("list", "status=all", "--json").out == before


def test_on_a_terminal_it_shows_the_plan_and_asks_once(dead: Run, folder: Path) -> None:
    with Terminal(folder, "prune") as terminal:
        plan = terminal.wait_for("Apply? [y]es, [n]o, or keep NUMBER … [until DATE]: ")
        assert "idle 81 days > 28" in plan
        assert "2 candidates: 1 to close, 1 to get a last chance." in plan
        assert max(map(len, terminal.lines)) <= 80
        terminal.type("y")
        assert terminal.finish() == 0

    assert "1 closed as lost (no_response), 1 given a last chance." in terminal.shown
    assert [row["id"] for row in dead("list", "status=lost", "--json").rows] == [1]


@pytest.mark.parametrize("answer", ["n", "", "q"])
def test_on_a_terminal_no_changes_nothing(dead: Run, folder: Path, answer: str) -> None:
    with Terminal(folder, "prune") as terminal:
        terminal.wait_for("Apply?")
        terminal.type(answer)
        assert terminal.finish() == 0

    assert "Nothing was changed." in terminal.shown
    assert len(dead("list", "--json").rows) == 3


def test_on_a_terminal_single_deals_can_be_kept_and_snoozed(dead: Run, folder: Path) -> None:
    with Terminal(folder, "prune") as terminal:
        terminal.wait_for("[until DATE]: ")
        terminal.type("keep 7")
        assert "7 is no number of the plan. Type y, n, keep 12 14" in terminal.wait_for("[until DATE]: ")
        terminal.type("perhaps")
        assert "Type y, n, keep 12 14, or keep 12 until 2w" in terminal.wait_for("[until DATE]: ")
        terminal.type("keep 1 until yesterday")
        assert "2026-11-20 is no later day: today is 2026-11-21." in terminal.wait_for("[until DATE]: ")
        terminal.type("keep #1 until 2w")
        assert "Kept: 1. Silent until 2026-12-05." in terminal.wait_for("[until DATE]: ")
        terminal.type("yes")
        assert terminal.finish() == 0

    assert "0 closed as lost (no_response), 1 given a last chance, 1 snoozed." in terminal.shown
    assert dead("list", "acme", "--json").rows[0]["snoozed_until"] == "2026-12-05"
    assert len(dead("list", "--json").rows) == 3
    dead("undo")
    assert steps(dead("prune", "--dry-run", "--json").rows) == {1: "close", 2: "last_chance"}


def test_history_says_which_deals_were_kept(pipeline: Run) -> None:
    for number in range(1, 6):
        pipeline("add", f"Deal {number}", "--contact", f"Ann <ann{number}@acme.example>", today="2026-09-01")
    pipeline("prune", "--keep", "2", "--yes", today="2026-10-30")

    pipeline("prune", "--keep", "3", "--yes", today="2026-10-31")
    pipeline("prune", *(f"--keep={number}" for number in (1, 4, 5)), "--yes", today="2026-11-01")

    nothing_to_close, one, several = [
        row["summary"] for row in pipeline("history", "--json", today="2026-11-01").rows if row["command"] == "prune"
    ]
    assert several == "0 closed as lost (no_response), 4 given a last chance, kept deal 2"
    assert "kept deal 3" in one
    assert nothing_to_close == "nothing to close, kept deals 1, 4, 5"


def test_breaking_off_changes_nothing(dead: Run, folder: Path) -> None:
    with Terminal(folder, "prune") as terminal:
        terminal.wait_for("Apply?")
        terminal.press_control_c()
        assert terminal.finish() == 130

    assert terminal.shown.splitlines()[-1] == "Interrupted: nothing was changed.", "not behind the question"
    assert len(dead("list", "--json").rows) == 3


def test_the_next_step_of_a_deal_that_is_closed_is_over(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "1", "--close", "2026-12-24", today="2026-01-05")
    pipeline("next", "Acme", "2026-01-10", "Call", today="2026-01-05")

    assert pipeline("prune", "--yes").code == 0

    assert pipeline("check") == (0, "", "")
    assert [row["status"] for row in pipeline("list", "status=all", "--json").rows] == ["lost"]
    assert pipeline("undo").code == 0
    assert pipeline("list", "--json").rows[0]["next_step"] == "Call"


def test_who_still_tries_has_no_dead_deal(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-09-01")
    pipeline("log", "1", "email", today="2026-11-20")

    assert pipeline("prune", "--dry-run", "--json").rows == []
    assert len(pipeline("prune", "--dry-run", "--json", today="2026-12-20").rows) == 1


def test_who_waits_for_your_answer_is_never_dead_however_long_they_wait(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>", today="2026-08-01")
    pipeline("log", "1", "email", "can we talk?", "--in", today="2026-08-02")

    for today in ("2026-11-10", "2027-11-10"):
        assert pipeline("prune", "--dry-run", "--json", today=today).rows == []
        assert pipeline("prune", "--now", "--yes", today=today).code == 0
    (row,) = pipeline("today", "--json", today="2027-11-10").rows
    assert (row["why"], row["command"]) == ("they wrote 465 days ago, no reply", "pipeline log 1 email")
    assert not (folder / "last-chances").exists()


def test_a_reason_is_never_read_as_idle_days_that_it_has_not(pipeline: Run) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>", today="2026-09-01")
    pipeline("prune", "--yes", today="2026-10-15")
    pipeline("log", "1", "email", "The draft", today="2026-10-16")

    (row,) = pipeline("prune", "--dry-run", "--json", today="2026-10-17").rows
    assert (row["step"], row["reason"]) == ("wait", "46 days without a sign from them > 28")


def test_what_was_just_reopened_is_not_dead(pipeline: Run) -> None:
    pipeline("add", "Acme", "--contact", "Ann <ann@acme.example>", today="2026-08-01")
    pipeline("lose", "1", "--reason", "timing", today="2026-09-20")
    pipeline("reopen", "1", today="2026-11-10")

    for today, many in (("2026-11-10", 0), ("2026-11-24", 0), ("2026-11-25", 1)):
        assert len(pipeline("prune", "--dry-run", "--json", today=today).rows) == many, today
