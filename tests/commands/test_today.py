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


def test_a_day_without_a_task_says_how_many_deals_have_no_next_step(pipeline: Run) -> None:
    for title in ("Acme", "Globex", "asleep"):
        pipeline("add", title)
    pipeline("snooze", "asleep", "3w")

    assert pipeline("today").out.splitlines()[2] == (
        "Nothing is due today, but 2 open deals have no next step: `pipeline list flag=no_next_step` shows which."
    )
    pipeline("next", "acme", "friday", "Call")
    assert "but 1 open deal has no next step" in pipeline("today").out
    pipeline("next", "globex", "friday", "Call")
    assert pipeline("today").out.splitlines()[2] == "Nothing is due today."


def test_what_to_type_next_looks_at_the_same_pipeline(pipeline: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    other = "  renewals:\n    name: Renewals\n    stages:\n      - {id: only, name: Only, probability: 50}\n"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("\nqualification:", f"\n{other}\nqualification:"), encoding="utf-8")
    pipeline("add", "Acme", "--pipeline", "renewals")

    said = pipeline("today", "--pipeline", "renewals", "--stage", "only").out
    assert "`pipeline list flag=no_next_step stage=only --pipeline renewals` shows which." in said
    assert "`pipeline list flag=no_next_step --all-pipelines`" in pipeline("today", "--all-pipelines").out


def test_a_check_in_asks_for_nothing_that_helps_to_sell(pipeline: Run) -> None:
    pipeline("add", "Acme")
    pipeline("win", "acme", "--check-in", "3d")

    shown = pipeline("today").out

    assert "check-in on 2026-11-24" in shown
    assert "What to do where no next step is set" not in shown


def test_an_attempt_that_is_due_is_logged_and_any_other_step_is_done(pipeline: Run) -> None:
    pipeline("add", "Acme", today="2026-11-10")
    pipeline("log", "acme", "email", "--next-attempt", today="2026-11-10")
    pipeline("add", "Globex")
    pipeline("next", "globex", "today", "Send the offer")

    assert [row["command"] for row in pipeline("today", "--json").rows] == ["pipeline log 1 call", "pipeline done 2"]
    assert [row["command"] for row in pipeline("today", "--json", today="2026-11-12").rows] == ["pipeline log 1 call"]


def test_the_most_urgent_comes_first_and_each_says_why(agenda: Run) -> None:
    rows = agenda("today", "--json").rows

    assert [(row["title"], row["why"]) for row in rows] == [
        ("overdue", "overdue: Call them"),
        ("due", "due today: Send the offer"),
        ("unanswered", "no word from you for 46 hours"),
        ("answered", "they wrote yesterday, no reply"),
        ("quiet", "attempt 2 of 6 due 9 Nov"),
        ("closing", "attempt 2 of 6 due today"),
        ("nearly idle", "idle 14 days, flagged after 14"),
        ("decided soon", "expected close 24 Nov"),
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
    ]


def test_each_row_ends_in_the_command_to_type(agenda: Run) -> None:
    rows = agenda("today", "--json").rows

    assert [row["command"] for row in rows] == [
        "pipeline done 2",
        "pipeline done 3",
        "pipeline log 5 call",
        "pipeline log 1 email",
        "pipeline log 6 call",
        "pipeline log 4 call",
        "pipeline log 7 call",
        "pipeline show 8",
    ]
    lines = agenda("today").out.splitlines()
    assert lines[0] == "Saturday, 21 November 2026"
    assert "pipeline …" in lines[2]
    for row in rows:
        assert agenda(*row["command"].split()[1:]).code == 0


def test_a_kind_of_two_words_is_quoted(agenda: Run, folder: Path) -> None:
    rules = (folder / "pipeline.yaml").read_text()
    (folder / "pipeline.yaml").write_text(rules.replace("touchpoint_kinds: [", "touchpoint_kinds: [first call, "))

    assert 'pipeline log 5 "first call"' in [row["command"] for row in agenda("today", "--json").rows]


def test_what_helps_is_said_where_no_next_step_is_set(agenda: Run) -> None:
    out = agenda("today").out

    assert "What to do where no next step is set\nProspecting: Find the person who feels the problem;" in out
    assert "What to do" not in agenda("today", "--limit", "2").out


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

    assert pipeline("today", "--json", today="2026-11-13").rows == []
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

    assert [row["command"] for row in rows] == ["pipeline done 3", "pipeline show 2"]
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
