"""`review`: the weekly page, what it says, what `--mark` keeps and where the next one begins."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Prepare, Run


def a_week(pipeline: Run) -> None:
    for number, (title, value) in enumerate(
        [
            ("Won", "1k"),
            ("Lost", "2k"),
            ("Out", "3k"),
            ("Forward", "4k"),
            ("Back", "5k"),
            ("Pushed", "6k"),
            ("Pulled", "7k"),
            ("Grown", "8k"),
            ("Shrunk", "9k"),
            ("Silent", "10k"),
        ],
        1,
    ):
        stage = "proposal" if title == "Back" else "qualification"
        pipeline("add", title, "--value", value, "--close", "2026-12-10", "--stage", stage, today="2026-11-10")
        if title != "Silent":
            pipeline("log", str(number), "call", today="2026-11-16")
    for words in (
        ["win", "1"],
        ["lose", "2", "--reason", "price"],
        ["disqualify", "3", "--reason", "a student"],
        ["advance", "4", "--force", "--reason", "sure"],
        ["back", "5", "qualification", "--reason", "too soon"],
        ["edit", "6", "--close", "2027-01-10"],
        ["edit", "7", "--close", "2026-12-01"],
        ["edit", "8", "--value", "8500"],
        ["edit", "9", "--value", "8900"],
        ["add", "New", "--value", "500"],
    ):
        assert pipeline(*words, today="2026-11-18").code == 0


@pytest.fixture
def week(prepare: Prepare) -> Run:
    """A week up to Saturday, 21 November 2026, in which everything happened once."""
    return prepare(a_week)


def rows_of(run: Run, *options: str, **other: Any) -> list[tuple[Any, ...]]:
    result = run("review", "--json", *options, **other)
    assert result.code == 0, result.err
    return [(row["id"], row["change"], row["from"], row["to"], row["value"]) for row in result.rows]


def test_a_week_is_told_deal_by_deal(week: Run) -> None:
    result = week("review", "--json")

    assert list(result.rows[0]) == ["id", "title", "change", "from", "to", "value", "at", "pipeline"]
    assert result.rows[0]["title"] == "Won"
    assert result.rows[0]["at"] == "2026-11-18T12:00:00.000Z"
    assert rows_of(week) == [
        (1, "won", "qualification", "won", 1000),
        (2, "lost", "qualification", "lost", 2000),
        (3, "disqualified", "qualification", "disqualified", 3000),
        (11, "new", None, "prospecting", 500),
        (4, "forward", "qualification", "proposal", 4000),
        (5, "back", "proposal", "qualification", 5000),
        (6, "pushed", "2026-12-10", "2027-01-10", 6000),
        (7, "pulled", "2026-12-10", "2026-12-01", 7000),
        (8, "grown", 8000, 8500, 500),
        (9, "shrunk", 9000, 8900, -100),
        (10, "silent", None, None, 10000),
    ]


def test_the_machine_form_is_what_is_promised(week: Run) -> None:
    answer = week("review", "--json").json

    assert list(answer)[:14] == [
        "report",
        "version",
        "as_of",
        "pipeline",
        "currency",
        "rows",
        "from",
        "to",
        "waterfall",
        "start",
        "end",
        "decisions",
        "health",
        "forecast",
    ]
    assert (answer["from"], answer["to"]) == ("2026-11-14", "2026-11-21")
    assert (answer["start"], answer["end"]) == (55000, 49900)
    assert sum(item["value"] for item in answer["waterfall"]) == 49900 - 55000
    assert {item["item"]: item["value"] for item in answer["waterfall"] if item["deals"]} == {
        "new": 500,
        "grown": 500,
        "won": -1000,
        "lost": -2000,
        "disqualified": -3000,
        "shrunk": -100,
    }
    stages = {one["stage"]: (one["then"]["deals"], one["now"]["deals"]) for one in answer["health"]["stages"]}
    assert stages == {
        "prospecting": (0, 1),
        "qualification": (9, 6),
        "proposal": (1, 1),
        "negotiation": (0, 0),
        "commit": (0, 0),
    }
    assert (answer["forecast"]["then"]["as_of"], answer["forecast"]["now"]["as_of"]) == ("2026-11-13", "2026-11-21")
    assert answer["health"]["totals"]["now"]["open_value"] == 49900


def test_without_a_review_before_it_seven_days_are_shown_and_it_says_so(week: Run) -> None:
    result = week("review")

    assert result.out.startswith("Services: review of 14 to 21 November 2026\n")
    assert result.err == (
        "No review was kept before: the last seven days are shown. `pipeline review --mark` keeps this one, and the "
        "next begins where it ended.\n"
    )


def test_the_page_ends_with_what_matters_most_each_with_a_command(week: Run) -> None:
    page = week("review").out

    assert page.split("\n\n")[1].startswith("What changed: 1 won, 1 lost, 1 disqualified, 1 new, 1 forward, 1 back")
    last = page.split("\n\n")[-1].splitlines()
    assert last[0] == "What matters most"
    assert 1 <= len(last) - 1 <= 3
    assert all("`pipeline " in line for line in last[1:])


def test_between_two_days_both_are_included(week: Run) -> None:
    assert len(rows_of(week, "--from", "2026-11-18", "--to", "2026-11-18")) == 10
    assert rows_of(week, "--from", "2026-11-19", "--to", "2026-11-19") == []
    assert [row[1] for row in rows_of(week, "--from", "2026-11-11", "--to", "2026-11-17")] == ["silent"]
    assert len(rows_of(week, "--from", "2026-11-10", "--to", "2026-11-10")) == 10


def test_the_past_does_not_change_when_later_commands_run(week: Run) -> None:
    before = week("review", "--json", "--from", "2026-11-14", "--to", "2026-11-19").json
    week("reopen", "1")
    week("edit", "6", "--close", "2026-12-24", "--value", "1")
    week("log", "10", "call")
    week("review", "--mark")

    assert week("review", "--json", "--from", "2026-11-14", "--to", "2026-11-19").json == before
    assert week("review", "--json", "--from", "2026-11-14", "--as-of", "2026-11-19").json == before


def test_after_a_mark_the_next_review_begins_where_it_ended(week: Run) -> None:
    marked = week("review", "--mark", "--json").json
    assert week("review", "--json").rows == []

    week("win", "6", "--at", "2026-11-20")
    week("log", "10", "call", "--at", "2026-11-20")
    after = week("review", "--json", today="2026-11-23").json
    assert after["start"] == marked["end"]
    assert (after["from"], after["to"], after["since"]) == ("2026-11-21", "2026-11-23", "2026-11-21T10:00:00.000Z")
    assert [(row["id"], row["change"]) for row in after["rows"] if row["change"] != "silent"] == [(6, "won")]
    assert 10 not in [row["id"] for row in after["rows"] if row["change"] == "silent"]
    assert after["forecast"]["then"] == marked["forecast"]["now"]
    assert after["health"]["totals"]["then"] == marked["health"]["totals"]["now"]


def test_deals_merged_since_the_mark_are_one_at_the_start_too(pipeline: Run) -> None:
    for title in ("A", "A again", "B"):
        pipeline("add", title, "--value", "10k", today="2026-11-10")
    pipeline("review", "--mark", today="2026-11-14")
    pipeline("merge", "2", "1")

    lines = [line.split() for line in pipeline("review").out.splitlines()]
    assert ["on", "14", "Nov", "2", "20,000"] in lines
    assert ["on", "21", "Nov", "2", "20,000"] in lines


def test_a_mark_is_one_operation_with_its_forecast_and_undo_takes_both_back(week: Run) -> None:
    result = week("review", "--mark")
    assert (result.code, result.err) == (0, "Kept, with its forecast and 11 changes; the next review begins here.\n")
    assert len(week("forecast", "--compare", "--json").rows) == 1
    assert week("today", "--json").json["last_review"] == "2026-11-21T10:00:00.000Z"

    undone = week("undo").out
    assert "1 kept review: there -> gone" in undone
    assert "1 kept forecast: there -> gone" in undone
    assert week("forecast", "--compare", "--json").rows == []
    assert week("review", "--json").json["begins"] == "week"
    week("redo")
    assert week("review", "--json").json["begins"] == "mark"


def test_a_second_mark_of_a_day_replaces_nothing_and_says_so(week: Run) -> None:
    week("review", "--mark")
    again = week("review", "--mark")

    assert again.err == (
        "Kept, with its forecast and 0 changes; the next review begins here. One of today was kept before, and stays.\n"
    )
    assert len(week("forecast", "--compare", "--json").rows) == 2


def test_last_shows_the_review_as_it_was_kept_with_the_titles_of_today(week: Run) -> None:
    kept = week("review", "--mark", "--json").json
    week("edit", "10", "--title", "Quiet", "--value", "77")
    week("reopen", "2", today="2026-11-28")
    last = week("review", "--last", "--json", today="2026-11-28").json

    assert [{**row, "title": ""} for row in last["rows"]] == [{**row, "title": ""} for row in kept["rows"]]
    assert last["rows"][-1]["title"] == "Quiet"
    for key in ("from", "to", "waterfall", "start", "end", "health", "forecast", "since", "touchpoints", "matters"):
        assert last[key] == kept[key]
    page = week("review", "--last", today="2026-11-28").out
    assert page.startswith("Services: review of 14 to 21 November 2026, as it was kept\n")


def test_last_without_a_kept_review_says_how_to_keep_one(week: Run) -> None:
    result = week("review", "--last")

    assert (result.code, result.out) == (0, "No review is kept yet: `pipeline review --mark` keeps the one of today.\n")


def test_kept_reviews_show_a_trend(week: Run) -> None:
    week("review", "--mark", today="2026-11-20")
    assert "\nTrend\n" not in week("review", "--last", today="2026-11-20").out
    week("win", "6")

    trend = week("review").out.partition("\nTrend\n")[2].splitlines()
    assert [line.split()[:3] for line in trend[2:4]] == [["20", "Nov", "8"], ["21", "Nov", "7"]]


def test_reopened_deals_are_named_under_the_waterfall(week: Run) -> None:
    week("review", "--mark", today="2026-11-19")
    week("reopen", "2")

    assert "Open again, or from another pipeline: 2 Lost.\n" in week("review").out
    assert {"item": "moved_in", "deals": 1, "value": 2000} in week("review", "--json").json["waterfall"]


def test_pruned_deals_that_came_back_are_counted(week: Run) -> None:
    week("add", "dead", today="2026-08-01")
    week("prune", "--yes", today="2026-11-19")
    assert "Of 1 deal that prune ever closed, 0 came back.\n" in week("review").out

    week("reopen", "12")
    assert "Of 1 deal that prune ever closed, 1 came back.\n" in week("review").out


def test_new_leads_are_measured_by_their_first_answer(week: Run) -> None:
    week("log", "11", "call", "--at", "2026-11-18 12:30")

    assert week("review", "--json").json["speed_to_lead"]["median_hours"] == pytest.approx(0.5)
    assert (
        "1 new lead, 1 answered: after 0.5 h (median), 100% in time; before 144.0 h, 0% (n 9).\n" in week("review").out
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--from", "2026-11-22"], "--from 2026-11-22: is after the end, 2026-11-21: name that day or an earlier one."),
        (["--to", "2026-11-22"], "--to 2026-11-22: is after today (2026-11-21): name today or an earlier day."),
        (["--to", "2026-11-20", "--as-of", "2026-11-19"], "--to and --as-of name different days: give one of them."),
        (["--last", "--mark"], "--last shows a review as it was kept: it goes without --mark, --from and --to."),
        (
            ["--mark", "--to", "2026-11-20"],
            "--mark keeps the review up to now: it goes without --to and --as-of of an earlier day.",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(week: Run, words: list[str], says: str) -> None:
    result = week("review", *words)

    assert (result.code, result.err) == (2, f"{says}\n")


def test_a_review_that_cannot_be_written_is_not_marked_either(week: Run, folder: Path) -> None:
    (folder / "week.md").write_text("mine")

    assert week("review", "--mark", "-o", "week.md").code == 5
    assert week("review", "--mark", "-o", "week.doc").code == 2
    assert week("review", "--last", "--json").json["from"] is None
    assert week("review", "--mark", "-o", "week.md", "--force").code == 0


def test_the_page_as_markdown_and_the_rows_as_csv(week: Run, folder: Path) -> None:
    assert week("review", "-o", "week.md").code == 0
    page = (folder / "week.md").read_text("utf-8")
    assert page.startswith("## Services: review of 14 to 21 November 2026\n\n### What changed: 1 won")
    assert "| won | 1 | Won | Qualification | won | 1,000 | 18 Nov |" in page

    rows = list(csv.DictReader(io.StringIO(week("review", "--format", "csv").out)))
    assert (rows[8]["change"], rows[8]["from"], rows[8]["to"], rows[8]["value"]) == ("grown", "8000", "8500", "500")
    assert week("export", "review").out == week("review", "--format", "csv").out


def test_long_lists_are_cut_on_a_terminal_alone(pipeline: Run) -> None:
    for number in range(8):
        pipeline("add", f"Deal {number}", "--value", f"{number + 1}k")

    on_a_terminal, in_a_pipe = pipeline("review", terminal=True).out, pipeline("review").out
    assert "Not shown: 3 more new; `-o week.md` writes all.\n" in on_a_terminal
    assert on_a_terminal.count("Deal ") == 5
    assert "Not shown" not in in_a_pipe
    assert in_a_pipe.count("Deal ") == 8


def test_a_record_without_a_deal_says_how_to_begin(pipeline: Run) -> None:
    result = pipeline("review")

    assert result.code == 0
    assert result.out.endswith('No deals yet. `pipeline add "Acme: workshop" --value 12k` adds one.\n')
    assert pipeline("review", "--json").rows == []
    assert pipeline("review", "--mark").code == 0


def test_every_word_is_explained(week: Run) -> None:
    explained = week("review", "--mark", "--explain").out

    for word in ("won:", "silent:", "waterfall moved_in:", "to decide stuck:", "what matters most:"):
        assert f"\n{word}" in explained
    assert week("review", "--last", "--json").json["from"] is None


def test_an_overdue_step_was_done_or_is_put_off(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "5k", today="2026-11-10")
    pipeline("next", "1", "2026-11-18", "Send the offer", today="2026-11-17")

    shown = pipeline("review").out

    assert "\n1 Acme, due 18 Nov: `pipeline done 1` if you did it, `pipeline next 1 tomorrow` if not yet.\n" in shown
    assert pipeline("review", "--json").json["decisions"][0]["command"] == "pipeline done 1"


def test_a_stuck_deal_is_advanced_once_nothing_is_missing_and_in_the_last_stage_decided_on(
    pipeline: Run, folder: Path
) -> None:
    (folder / "pipeline.yaml").write_text(
        "version: 1\ncurrency: EUR\npipelines:\n  p:\n    stages:\n"
        "      - {id: talk, name: Talk, probability: 10, max_days: 5, "
        "exit_criteria: [{id: spoken, text: Spoken, confirm: true}]}\n"
        "      - {id: offer, name: Offer, probability: 50, max_days: 5, funnel: bottom}\n"
        "lost_reasons: [price, other]\n"
    )
    pipeline("add", "Acme", "--value", "5k", today="2026-11-10")
    pipeline("add", "Borg", "--value", "4k", "--stage", "offer", today="2026-11-10")
    pipeline("next", "2", "2026-11-30", "Ask", today="2026-11-10")

    def commands() -> list[str]:
        return [one["command"] for one in pipeline("review", "--json").json["decisions"]]

    assert commands() == ["pipeline confirm 1 spoken", "pipeline win 2"]
    assert pipeline("confirm", "1", "spoken").code == 0
    assert commands() == ["pipeline advance 1", "pipeline win 2"]
    assert "\n2 Borg: `pipeline win 2` if it is won, `pipeline lose 2 --reason other` if it is not.\n" in (
        pipeline("review").out
    )


def test_a_kept_review_prints_no_command_that_is_over(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "5k", today="2026-11-10")
    pipeline("add", "Borg", "--value", "4k", today="2026-11-10")
    for number in ("1", "2"):
        pipeline("next", number, "2026-11-18", "Send the offer", today="2026-11-17")
    pipeline("review", "--mark")
    pipeline("lose", "1", "--reason", "price")

    kept = pipeline("review", "--last", "--json").json

    assert [one["command"] for one in kept["decisions"]] == ["pipeline show 1", "pipeline done 2"]
    assert [one["command"] for one in kept["matters"]] == ["pipeline show 1"]


def test_of_a_criterion_that_is_missing_a_script_gets_the_whole_answer_and_a_terminal_the_question(
    pipeline: Run, folder: Path
) -> None:
    (folder / "pipeline.yaml").write_text(
        "version: 1\ncurrency: EUR\npipelines:\n  p:\n    stages:\n"
        "      - {id: talk, name: Talk, probability: 10, max_days: 5, exit_criteria: [{id: q, text: Q, qualified: true}]}\n"
        "      - {id: offer, name: Offer, probability: 50}\n"
        "qualification: {framework: bant, required: [need], min_yes: 2}\n"
    )
    pipeline("add", "Acme", today="2026-11-10")

    (command,) = [one["command"] for one in pipeline("review", "--json").json["decisions"]]

    assert command == "pipeline qualify 1 --set need=yes --set budget=yes"
    assert "11d in stage  qualify 1\n" in "\n".join(line.rstrip() for line in pipeline("review").out.splitlines())
    assert pipeline(*command.split()[1:]).code == 0
    assert [one["command"] for one in pipeline("review", "--json").json["decisions"]] == ["pipeline advance 1"]


def test_of_touchpoints_that_may_have_been_answers_it_is_not_said_that_nobody_answered(
    pipeline: Run, folder: Path
) -> None:
    (folder / "deals.csv").write_text("id,title,created\nx1,Acme,2026-11-18\nx2,Borg,2026-11-18\n")
    (folder / "touches.csv").write_text("deal,kind,at\nx1,call,2026-11-19\n")
    pipeline("import", "deals.csv", "--touchpoints", "touches.csv")

    review = pipeline("review", "--json").json
    assert (review["speed_to_lead"]["new"], review["speed_to_lead"]["answered"]) == (2, None)
    assert "2 new leads." in pipeline("review").out
    assert pipeline("review", "--mark").code == 0
    assert "2 new leads." in pipeline("review", "--last").out

    pipeline("log", "2", "call", "--out")
    assert "2 new leads, 1 answered" in pipeline("review", "--from", "2026-11-18").out
