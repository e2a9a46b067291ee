"""`today`, and `pipeline` alone: what to do now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.two_pipelines import RULES, write_rules
from tests.conftest import Run
from tests.terminal import Terminal


@pytest.fixture
def agenda(pipeline: Run) -> Run:
    """One deal for each reason to do something today."""
    for title in ("answered", "overdue", "due", "closing"):
        pipeline("add", title, today="2026-11-19")
        pipeline("log", title, "email", today="2026-11-19")
    pipeline("add", "unanswered", today="2026-11-19")
    pipeline("log", "answered", "email", "--in", today="2026-11-20")
    pipeline("next", "overdue", "2026-11-20", "Call them", today="2026-11-19")
    pipeline("next", "due", "2026-11-21", "Send the offer", today="2026-11-19")
    pipeline("edit", "closing", "--close", "2026-11-24", today="2026-11-19")
    pipeline("add", "quiet", today="2026-11-07")
    pipeline("log", "quiet", "email", today="2026-11-07")
    for title, day in (("nearly idle", "2026-11-07"), ("decided soon", "2026-11-20")):
        pipeline("add", title, today=day)
        pipeline("log", title, "email", today=day)
        pipeline("next", title, "2026-12-31", "Wish them a good year", today=day)
    pipeline("edit", "decided", "--close", "2026-11-24", today="2026-11-20")
    return pipeline


def test_what_has_no_plan_is_said_with_what_its_stage_advises(pipeline: Run) -> None:
    for title, value in (("Acme", "5k"), ("Globex", "9k"), ("asleep", "50k")):
        pipeline("add", title, "--value", value)
    pipeline("snooze", "asleep", "3w")

    rows = pipeline("today", "--json").rows
    assert [(row["section"], row["id"], row["why"], row["command"]) for row in rows] == [
        ("no_plan", 2, "no next step: Find the person who feels the problem", "pipeline next 2 mon Call"),
        ("no_plan", 1, "no next step: Find the person who feels the problem", "pipeline next 1 mon Call"),
    ]
    assert pipeline("next", "2", "mon", "Call").code == 0
    assert [row["id"] for row in pipeline("today", "--json").rows] == [1]
    pipeline("next", "acme", "friday", "Call")
    assert pipeline("today").out.splitlines()[2] == "Nothing is due today."


@pytest.mark.parametrize(
    ("today", "day"),
    [("2026-11-16", "tue"), ("2026-11-19", "fri"), ("2026-11-20", "mon"), ("2026-11-21", "mon"), ("2026-11-22", "mon")],
)
def test_nobody_is_called_on_a_weekend(pipeline: Run, today: str, day: str) -> None:
    pipeline("add", "Acme", today=today)

    (row,) = pipeline("today", "--json", today=today).rows
    assert row["command"] == f"pipeline next 1 {day} Call"
    assert pipeline(*row["command"].split()[1:], today=today).code == 0
    (deal,) = pipeline("list", "--json", today=today).rows
    assert deal["next_step_due"] > today


def test_a_check_in_asks_for_nothing_that_helps_to_sell(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "acme", "--check-in", "3d")

    shown = pipeline("today").out

    assert "check-in on 2026-11-24" in shown
    assert "no next step" not in shown


def test_an_attempt_that_is_due_is_logged_and_any_other_step_is_done(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-10")
    pipeline("log", "acme", "email", "--next-attempt", today="2026-11-10")
    pipeline("add", "Globex")
    pipeline("next", "globex", "today", "Send the offer")

    assert [row["command"] for row in pipeline("today", "--json").rows] == ["pipeline log 1 call", "pipeline done 2"]
    assert [row["command"] for row in pipeline("today", "--json", today="2026-11-12").rows] == ["pipeline log 1 call"]


def test_what_costs_most_to_leave_comes_first_and_each_says_why(agenda: Run) -> None:
    rows = agenda("today", "--json").rows

    assert [(row["section"], row["title"], row["why"]) for row in rows] == [
        ("waiting", "unanswered", "no word from you for 46 hours"),
        ("waiting", "answered", "they wrote yesterday, no reply"),
        ("promised", "overdue", "overdue: Call them"),
        ("promised", "due", "due today: Send the offer"),
        ("at_risk", "quiet", "idle 14 days, flagged after 14; attempt 2 of 6 due 9 Nov"),
        ("at_risk", "nearly idle", "idle 14 days, flagged after 14"),
        ("at_risk", "closing", "expected close 24 Nov; attempt 2 of 6 due today"),
        ("at_risk", "decided soon", "expected close 24 Nov"),
    ]
    assert list(rows[0]) == [
        "id",
        "title",
        "stage",
        "why",
        "due",
        "value",
        "next_step",
        "age_hours",
        "command",
        "pipeline",
        "section",
        "organization",
        "contact",
    ]


def test_each_row_ends_in_the_command_to_type(agenda: Run) -> None:
    rows = agenda("today", "--json").rows

    assert {row["id"]: row["command"] for row in rows} == {
        5: "pipeline log 5 call",
        1: "pipeline log 1 email",
        2: "pipeline done 2",
        3: "pipeline done 3",
        6: "pipeline log 6 call",
        7: "pipeline log 7 call",
        4: "pipeline show 4",
        8: "pipeline show 8",
    }
    lines = agenda("today").out.splitlines()
    assert lines[0] == "Saturday, 21 November 2026"
    assert "pipeline …" in lines[2]
    for row in rows:
        assert agenda(*row["command"].split()[1:]).code == 0


def test_within_a_section_the_value_at_stake_decides(pipeline: Run) -> None:
    for title, value in (("small", "3200"), ("dear", "190k"), ("none", None), ("middling", "20k")):
        pipeline("add", title, *(("--value", value) if value else ()), today="2026-11-18")
        pipeline("log", title, "email", "--in", today="2026-11-18")

    assert [row["title"] for row in pipeline("today", "--json").rows] == ["dear", "middling", "small", "none"]


def test_one_line_a_deal_holds_all_its_reasons_the_strongest_first(pipeline: Run) -> None:
    pipeline("add", "Acme: workshop", "--contact", "Ann Lee <ann@acme.example>", "--value", "9k", today="2026-11-10")
    pipeline("next", "1", "2026-11-19", "Send the offer", today="2026-11-10")
    pipeline("edit", "1", "--close", "2026-11-24", today="2026-11-10")
    pipeline("log", "1", "email", "--in", today="2026-11-19")

    (row,) = pipeline("today", "--json").rows
    assert (row["section"], row["why"], row["due"]) == (
        "waiting",
        "they wrote 2 days ago, no reply; overdue: Send the offer; expected close 24 Nov",
        None,
    )
    assert (row["organization"], row["contact"], row["command"]) == ("Acme", "Ann Lee", "pipeline log 1 email")


def test_a_new_lead_that_is_to_be_called_is_a_promise_and_not_kept_waiting(pipeline: Run) -> None:
    pipeline("add", "Acme", "--next", "2026-11-21", "Call", today="2026-11-19")
    pipeline("add", "Borg", "--next", "2026-12-10", "Call after the fair", today="2026-11-19")

    rows = pipeline("today", "--json").rows
    assert [(row["title"], row["section"], row["why"]) for row in rows] == [("Acme", "promised", "due today: Call")]


def test_each_row_names_the_organization_and_the_person(pipeline: Run) -> None:
    pipeline("add", "ERP selection", "--org", "Acme", "--contact", "Ann Lee", today="2026-11-18")
    pipeline("add", "ERP selection", "--org", "Borg", today="2026-11-18")
    pipeline("add", "Cyan: workshop", "--contact", "Cy", today="2026-11-18")
    pipeline("add", "Cyan: coaching", today="2026-11-18")
    pipeline("add", "a stall at the fair", "--contact", "Fay", today="2026-11-18")

    out = pipeline("today").out
    for who in ("Acme, Ann Lee  ", "Borg  ", "Cyan: workshop, Cy  ", "Cyan: coaching  ", "a stall at the fair, Fay  "):
        assert f"  {who}" in out


def test_what_is_dead_is_one_line_and_nowhere_else(pipeline: Run) -> None:
    for title, value in (("dead", "3200"), ("dead too", "800")):
        pipeline("add", title, "--value", value, today="2026-08-01")
        pipeline("next", title, "2026-08-10", "Call", today="2026-08-01")
    pipeline("add", "dead and priceless", today="2026-08-01")
    pipeline("add", "they wait", "--value", "5000", today="2026-08-01")
    pipeline("log", "4", "email", "--in", today="2026-08-02")

    answer = pipeline("today", "--json").json
    assert [row["id"] for row in answer["rows"]] == [4]
    assert answer["dead"] == {"deals": 3, "value": 4000, "ids": [1, 2, 3]}
    out = pipeline("today").out
    assert "\n3 deals worth 4,000 look dead: `pipeline prune`.\n" in out
    assert "dead too" not in out
    assert pipeline("today", "--count").out == "1\n"
    pipeline("prune", "--yes")
    assert "dead" not in pipeline("today").out


def test_a_deal_that_the_forecast_counts_on_is_named_when_its_day_has_passed(pipeline: Run) -> None:
    pipeline("add", "Acme", "--close", "2026-11-12", today="2026-11-10")
    pipeline("edit", "1", "--category", "commit", today="2026-11-10")
    pipeline("log", "1", "call", today="2026-11-20")
    pipeline("next", "1", "2026-12-01", "Call", today="2026-11-20")

    (row,) = pipeline("today", "--json").rows
    assert (row["section"], row["why"], row["command"]) == (
        "at_risk",
        "commit, was to close 12 Nov",
        "pipeline edit 1 --close 30d",
    )
    assert pipeline(*row["command"].split()[1:]).code == 0
    assert pipeline("today", "--json").rows == []


def test_goals_are_counted_from_monday_on(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + "goals: {week: {call: 20, meeting: 5, email: 3}}\n", "utf-8")
    pipeline("add", "Acme", today="2026-11-10")
    for day, *words in (
        ("2026-11-15", "call"),  # the Sunday before
        ("2026-11-16", "call"),
        ("2026-11-17", "call", "--no-answer"),
        ("2026-11-18", "call", "--in"),
        ("2026-11-18", "meeting"),
        ("2026-11-19", "meeting", "--no-show"),
        ("2026-11-20", "email"),
        ("2026-11-20", "email", "--in"),
        ("2026-11-20", "email", "--in", "--auto"),
    ):
        assert pipeline("log", "1", *words, today=day).code == 0

    assert pipeline("today").out.splitlines()[0] == (
        "Saturday, 21 November 2026 · 3 of 20 calls, 1 of 5 meetings, 1 of 3 emails this week"
    )
    assert pipeline("today", "--json").json["goals"] == [
        {"kind": "call", "done": 3, "goal": 20},
        {"kind": "meeting", "done": 1, "goal": 5},
        {"kind": "email", "done": 1, "goal": 3},
    ]
    assert "0 of 20 calls" in pipeline("today", today="2026-11-23").out.splitlines()[0]


@pytest.mark.parametrize(
    ("goals", "said"),
    [
        ("{week: {calls: 20}}", "`calls` is not one of `touchpoint_kinds`: did you mean `call`?"),
        ("{week: {call: 0}}", "write a whole number from 1"),
        ("{month: {call: 5}}", "month"),
        ("20", "goals"),
    ],
)
def test_goals_that_mean_nothing_are_refused(pipeline: Run, folder: Path, goals: str, said: str) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + f"goals: {goals}\n", "utf-8")

    result = pipeline("today")
    assert result.code == 3
    assert said in result.err


def test_a_kind_of_two_words_is_quoted(agenda: Run, folder: Path) -> None:
    rules = (folder / "pipeline.yaml").read_text()
    (folder / "pipeline.yaml").write_text(rules.replace("touchpoint_kinds: [", "touchpoint_kinds: [first call, "))

    assert 'pipeline log 5 "first call"' in [row["command"] for row in agenda("today", "--json").rows]


def test_as_markdown_it_has_no_heading_without_words(agenda: Run) -> None:
    lines = agenda("today", "--format", "markdown").out.splitlines()

    assert lines[-1] == "- Last prune: never (due). Last review: never (due)."
    assert not any(line.strip("# ") == "" for line in lines if line.startswith("#"))


def test_only_one_stage_can_be_asked_for(agenda: Run) -> None:
    agenda("advance", "2", "--force", "--reason", "why not")

    assert [row["id"] for row in agenda("today", "--stage", "Qualification", "--json").rows] == [2]
    assert 2 not in [row["id"] for row in agenda("today", "--stage", "prospecting", "--json").rows]
    wrong = agenda("today", "--stage", "propsal")
    assert (wrong.code, wrong.err[:51]) == (2, "There is no stage 'propsal': did you mean proposal?")


def test_a_prompt_gets_one_number(run: Run, folder: Path) -> None:
    assert run("today", "--count") == (0, "", ""), "a prompt stands in folders without a pipeline too"
    run("init")
    assert run("today", "--count") == (0, "0\n", "")
    run("add", "unanswered", today="2026-11-19")
    assert run("today", "--count") == (0, "1\n", "")
    assert run("today", "--count", "--stage", "proposal") == (0, "0\n", "")
    (folder / "pipeline.db").unlink()
    assert run("today", "--count") == (0, "0\n", "")
    assert run("--config", "nope.yaml", "today", "--count").code == 3
    (folder / "pipeline.yaml").write_text("version: 1\n")
    assert run("today", "--count").code == 3


@pytest.mark.parametrize("words", [["--limit", "3"], ["--all"], ["--json"], ["-o", "x.csv"]])
def test_a_number_has_no_form(agenda: Run, words: list[str]) -> None:
    result = agenda("today", "--count", *words)

    assert (result.code, result.err) == (
        2,
        "--count is one number on stdout: leave --limit, --all and the forms away.\n",
    )


def test_the_cadence_counts_the_attempts(pipeline: Run) -> None:
    pipeline("add", "silent", today="2026-11-10")
    for day in ("2026-11-10", "2026-11-12"):
        pipeline("log", "silent", "email", today=day)

    assert pipeline("today", "--json", today="2026-11-13").rows == [], "the next attempt is a plan"
    (due,) = pipeline("today", "--json", today="2026-11-14").rows
    assert (due["why"], due["due"]) == ("attempt 3 of 6 due today", "2026-11-14")
    (late,) = pipeline("today", "--json", today="2026-11-16").rows
    assert (late["why"], late["due"]) == ("attempt 3 of 6 due 14 Nov", "2026-11-14")
    assert pipeline("today", "--json", today="2026-12-30").rows == [], "that long after, it is for prune"
    pipeline("next", "silent", "2026-11-30", "Call after the fair", today="2026-11-16")
    assert pipeline("today", "--json", today="2026-11-16").rows == [], "a person has planned something else"


def test_a_stage_may_have_a_cadence_of_its_own(pipeline: Run, folder: Path) -> None:
    rules = (folder / "pipeline.yaml").read_text()
    stage = "      - id: prospecting\n"
    assert rules.count(stage) == 1
    (folder / "pipeline.yaml").write_text(rules.replace(stage, stage + "        cadence: {days: [0, 1]}\n"))
    pipeline("add", "silent", today="2026-11-10")
    pipeline("log", "silent", "email", today="2026-11-10")

    assert pipeline("today", "--json", today="2026-11-11").rows[0]["why"] == "attempt 2 of 2 due today"
    pipeline("log", "silent", "email", today="2026-11-11")
    (row,) = pipeline("list", "--json", today="2026-11-12").rows
    assert {"flag": "unanswered", "number": 2, "limit": 2} in row["flags"]


@pytest.mark.parametrize(("deals", "columns"), [(0, 80), (1, 80), (60, 80), (60, 120)])
def test_a_terminal_holds_all_of_it(pipeline: Run, folder: Path, deals: int, columns: int) -> None:
    rows = "".join(f"{number},Company {number}: a workshop of some length,{number}000\n" for number in range(deals))
    (folder / "deals.csv").write_text(f"id,title,value,created\n{rows}".replace("000\n", "000,2026-11-19\n"))
    pipeline("import", "deals.csv")
    with Terminal(folder, "today", columns=columns) as terminal:
        assert terminal.finish() == 0

    assert len(terminal.lines) < 40, "nothing scrolls away on a terminal of 40 lines"
    assert max(map(len, terminal.lines)) <= columns, "nothing wraps"
    if deals == 60:
        assert "more: `pipeline today --all` shows them." in terminal.shown
        assert len(pipeline("today", "--json").rows) == 60
        assert len(pipeline("today").out.splitlines()) > 60, "nothing is cut in a pipe"


def test_a_limit_says_how_many_are_left(agenda: Run) -> None:
    result = agenda("today", "--limit", "2", "--json")

    assert len(result.rows) == 2
    assert "6 more: leave --limit away." in result.err


def test_pipeline_alone_shows_the_same(agenda: Run) -> None:
    assert agenda() == agenda("today")


def test_pipeline_alone_says_how_to_begin(run: Run, folder: Path) -> None:
    result = run()

    assert (result.code, result.err) == (0, "")
    assert "  pipeline init                     begin in this folder" in result.out.splitlines()

    run("init")
    assert run().out.endswith('No open deals. `pipeline add "Acme: workshop" --value 12k` adds one.\n')
    (folder / "pipeline.db").unlink()
    assert run().out == (
        f'{folder}/pipeline.yaml is there, the record is empty. Begin: pipeline add "Acme: workshop" --value 12k\n'
    )


def test_pipeline_alone_does_not_hide_a_file_that_is_wrong(run: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_text("version: 1\n")

    assert run().code == 3
    assert run("--config", "nope.yaml").code == 3


def test_the_last_prune_and_review_are_named_in_one_line(agenda: Run) -> None:
    assert agenda("today").out.endswith("\nLast prune: never (due). Last review: never (due).\n")
    agenda("add", "dead", today="2026-08-01")
    agenda("prune", "--yes", today="2026-11-13")
    assert "Last prune: 8 days ago (due)." in agenda("today").out
    assert agenda("today", "--json").json["last_prune"] == "2026-11-13T12:00:00.000Z"

    agenda("add", "dead too", today="2026-08-01")
    agenda("prune", "--yes", "--now", today="2026-11-21")
    assert "Last prune: today." in agenda("today").out


def test_a_lost_deal_to_try_again_names_commands_that_meet_the_same_files(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme: workshop", today="2026-05-01")
    pipeline("lose", "1", "--reason", "timing", "--again", "6m", today="2026-05-01")
    (folder / "elsewhere.yaml").write_bytes((folder / "pipeline.yaml").read_bytes())

    shown = pipeline("--config", "elsewhere.yaml", "today", today="2026-11-01").out

    program = "pipeline --config elsewhere.yaml"
    assert f"`{program} reopen 1` if it is on again, `{program} done 1` if it is not." in " ".join(shown.split())


def test_an_overdue_step_was_done_or_is_put_off(pipeline: Run) -> None:
    for title in ("Acme", "Borg"):
        pipeline("add", title, today="2026-11-10")
        pipeline("log", title, "call", today="2026-11-18")
        pipeline("next", title, "2026-11-19", "Send the offer", today="2026-11-18")

    said = pipeline("today").out

    assert (
        "\nOverdue, done or not\nAcme, due 19 Nov: `pipeline done 1` if you did it, `pipeline next 1 tomorrow` if not yet."
        "\nSo with 1 more deal.\n" in said
    )
    assert pipeline("next", "1", "tomorrow").code == 0
    assert [row["id"] for row in pipeline("today", "--json").rows] == [2]


def test_to_log_a_call_says_that_you_spoke_so_both_are_shown(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", today="2026-11-19")

    assert "\nIf nobody is there\n`pipeline log 1 call --no-answer`.\n" in pipeline("today").out

    rules = (folder / "pipeline.yaml").read_text()
    (folder / "pipeline.yaml").write_text(rules.replace("touchpoint_kinds: [call, ", "touchpoint_kinds: ["))
    assert "nobody is there" not in pipeline("today").out


def test_whoever_asked_not_to_be_contacted_is_not_to_be_called(pipeline: Run) -> None:
    pipeline("add", "silent lead", "--contact", "Ann <ann@acme.example>", today="2026-11-10")
    pipeline("add", "about to go idle", "--contact", "Bea <bea@borg.example>", today="2026-11-07")
    pipeline("log", "2", "email", "--in", today="2026-11-07")
    pipeline("add", "planned", "--contact", "Cy <cy@corp.example>", today="2026-11-19")
    pipeline("log", "3", "email", "--next-attempt", today="2026-11-19")
    for person in ("ann@acme.example", "bea@borg.example", "cy@corp.example"):
        assert pipeline("contact", "opt-out", person).code == 0

    rows = pipeline("today", "--json").rows

    assert [row["command"] for row in rows] == ["pipeline show 2", "pipeline done 3", "pipeline show 1"]
    assert [one["code"] for one in pipeline("health", "--json").json["findings"]] != ["slow_first_response"]
    for criterion in pipeline("show", "1", "--json").json["criteria"]:
        if criterion["fix"] and " log " in criterion["fix"]:
            assert criterion["fix"].endswith("--in")


def test_that_they_wrote_is_said_whatever_else_is_due(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-10")
    pipeline("next", "1", "2026-11-18", "Send the price", today="2026-11-10")
    pipeline("log", "1", "email", "Well?", "--in", today="2026-11-19")

    (row,) = pipeline("today", "--json").rows
    assert (row["why"], row["command"]) == (
        "they wrote 2 days ago, no reply; overdue: Send the price",
        "pipeline log 1 email",
    )
    pipeline("log", "1", "email", "Here it is")
    (row,) = pipeline("today", "--json").rows
    assert (row["why"], row["command"]) == ("overdue: Send the price", "pipeline done 1")


@pytest.mark.parametrize(
    ("kinds", "printed"),
    [
        ("[complete_application, call, email]", "call"),
        ("[visit, email, call]", "email"),
        ("[Bewerbung, Anruf]", "Anruf"),
        ("[fair, webinar]", "fair"),
    ],
)
def test_who_waits_is_to_be_reached_in_a_way_that_reaches_people(
    pipeline: Run, folder: Path, kinds: str, printed: str
) -> None:
    write_rules(folder, f"{RULES}touchpoint_kinds: {kinds}\n")
    pipeline("add", "Acme", today="2026-11-15")

    (task,) = pipeline("today", "--json", today="2026-11-21").rows

    assert task["command"] == f"pipeline log 1 {printed}"
