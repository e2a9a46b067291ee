"""Several pipelines are one day's work: what is done each day and each week covers all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.two_pipelines import RULES, write_rules
from tests.conftest import Run


@pytest.fixture
def two(run: Run, folder: Path) -> Run:
    """A deal of each pipeline with a next step that is due, and one of each that died in the summer."""
    write_rules(folder)
    for title, where, value in (("Acme", "new", "5k"), ("Borg", "renewals", "8k")):
        run("add", title, "--pipeline", where, "--value", value, today="2026-11-18")
        run("next", title, "2026-11-21", "Call", today="2026-11-18")
    for title, where, value in (("Cold", "new", "1k"), ("Dead", "renewals", "2k")):
        run(
            "add", title, "--pipeline", where, "--value", value, "--contact", f"<{title}@x.example>", today="2026-06-01"
        )
    return run


def test_today_has_every_pipeline_in_one_order_and_names_each(two: Run) -> None:
    answer = two("today", "--json").json

    assert answer["pipeline"] is None
    assert [(row["title"], row["pipeline"]) for row in answer["rows"]] == [
        ("Borg", "renewals"),
        ("Acme", "new"),
    ]
    assert sorted(answer["dead"]["ids"]) == [3, 4]
    page = two("today").out
    assert "New business" in page
    assert "2 deals worth 3,000 look dead: `pipeline prune`." in page


def test_a_pipeline_that_is_named_is_the_only_one(two: Run) -> None:
    answer = two("today", "--pipeline", "renewals", "--json").json
    assert answer["pipeline"] == "renewals"
    assert ([row["title"] for row in answer["rows"]], answer["dead"]["ids"]) == (["Borg"], [4])
    page = two("today", "--pipeline", "renewals").out
    assert "Renewals" not in page
    assert "1 deal worth 2,000 looks dead: `pipeline prune --pipeline renewals`." in page
    for command in ("prune", "review", "board"):
        assert two(command, "--pipeline", "renewals", "--json").json["pipeline"] == "renewals"
        assert two(command, "--json").json["pipeline"] is None


def test_the_prompt_counts_what_there_is_to_do_in_all_of_them(two: Run) -> None:
    assert two("today", "--count").out == "2\n"
    assert two("today", "--count", "--pipeline", "new").out == "1\n"


def test_a_bare_call_shows_them_all(two: Run) -> None:
    assert two().out == two("today").out


def test_a_stage_is_that_of_its_own_pipeline_though_another_has_the_name(two: Run) -> None:
    assert [row["title"] for row in two("today", "--stage", "due", "--json").rows] == ["Borg"]
    assert two("today", "--stage", "elsewhere").code == 2


def test_prune_closes_the_dead_of_every_pipeline_by_its_own_rules_as_one_operation(two: Run) -> None:
    plan = two("prune", "--dry-run", "--json").json
    assert [(row["title"], row["pipeline"], row["deadline"]) for row in plan["rows"]] == [
        ("Dead", "renewals", "2026-12-12"),
        ("Cold", "new", "2026-11-28"),
    ]

    assert two("prune", "--now", "--yes").code == 0

    assert [row["title"] for row in two("list", "status=lost", "--all-pipelines", "--json").rows] == ["Cold", "Dead"]
    assert two("undo").code == 0
    assert two("list", "status=lost", "--all-pipelines", "--json").rows == []


def test_what_prune_does_to_each_and_to_all_together_is_said(two: Run) -> None:
    two("win", "Acme")
    two("lose", "Borg", "--reason", "price")

    plan = two("prune", "--dry-run")

    assert "New business: Win rate none (nothing was lost) -> 50.0%." in plan.out
    assert "Together: Win rate 50.0% -> 25.0%." in plan.out
    effect = two("prune", "--dry-run", "--json").json["effect"]
    assert (effect["win_rate_before"], effect["win_rate_after"]) == (0.5, 0.25)
    assert (effect["open_value_before"], effect["open_value_after"]) == (3000, 0)


def test_a_board_has_each_pipeline_under_a_line_of_its_own(two: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "40")
    monkeypatch.setenv("NO_COLOR", "1")

    lines = two("board", terminal=True).out.splitlines()

    assert lines[0] == "New business, Renewals, 21 November 2026: 4 open deals, 16,000 EUR"
    heads = [line for line in lines if line.endswith("EUR")][1:]
    assert heads == ["New business: 2 open deals, 6,000 EUR", "Renewals: 2 open deals, 10,000 EUR"]
    assert lines[lines.index(heads[1]) + 1].split() == ["Due", "Offer", "sent", "Invoice", "out"]
    assert {row["title"]: row["pipeline"] for row in two("board", "--json").rows}["Borg"] == "renewals"


def test_a_pipeline_without_an_open_deal_takes_no_room_on_the_board(two: Run) -> None:
    two("lose", "Borg", "--reason", "price")
    two("lose", "Dead", "--reason", "price")

    assert "Invoice out" not in two("board").out
    assert len(two("board", "--json").json["stages"]) == 6


def test_a_review_tells_the_week_of_all_and_where_each_deal_belongs(two: Run) -> None:
    answer = two("review", "--json").json

    assert {(row["title"], row["pipeline"]) for row in answer["rows"]} >= {("Acme", "new"), ("Borg", "renewals")}
    assert {one["title"]: one["pipeline"] for one in answer["decisions"]}["Dead"] == "renewals"
    assert (answer["start"], answer["end"]) == (3000, 16000)
    assert "Renewals: Due" in two("review").out


def test_a_review_begins_where_all_of_them_were_looked_at_last_though_a_pipeline_came_to_the_file(
    two: Run, folder: Path
) -> None:
    two("review", "--mark", today="2026-11-19")
    more = "  third:\n    stages: [{id: a, probability: 5}, {id: b, probability: 9}, {id: c, probability: 20}]\n"
    write_rules(folder, RULES.replace("exchange_rates", f"{more}exchange_rates"))

    for options in ((), ("--pipeline", "renewals")):
        answer = two("review", *options, "--json").json
        assert (answer["begins"], answer["from"]) == ("mark", "2026-11-19")
    assert two("review", "--json").json["health"]["totals"]["then"]["open_deals"] == 4
    assert "19 November" in two("review", "--last").out


def test_a_printed_command_of_another_pipeline_finds_its_stages(run: Run, folder: Path) -> None:
    write_rules(folder, RULES.replace("{id: due,", "{id: due, wip_limit: 1,"))
    for title in ("Acme", "Borg"):
        run("add", title, "--pipeline", "renewals")

    findings = {one["code"]: one for one in run("health", "--pipeline", "renewals", "--json").json["findings"]}

    assert findings["over_capacity"]["pipeline"] == "renewals"
    said = findings["over_capacity"]["advice"].split("`")[1]
    assert said == "pipeline list stage=due --sort -idle --pipeline renewals"
    assert run(*said.split()[1:]).code == 0


def test_exports_cover_what_their_commands_cover(two: Run) -> None:
    for what in ("today", "prune"):
        assert {row["pipeline"] for row in two("export", what, "--json").rows} == {"new", "renewals"}
        assert {row["pipeline"] for row in two("export", what, "--json", "--pipeline", "new").rows} == {"new"}


def test_one_pipeline_alone_is_not_named(run: Run, folder: Path) -> None:
    write_rules(folder, RULES[: RULES.index("  renewals:")])
    run("add", "Acme", "--value", "1k", today="2026-06-01")

    for command in ("today", "prune", "review", "board"):
        page = run(command)
        assert (page.code, page.out.count("New business")) == (0, page.out.splitlines()[0].count("New business"))
        assert run(command, "--json").json["pipeline"] == "new"


@pytest.mark.parametrize("command", ["today", "prune --dry-run", "review"])
def test_the_value_of_a_deal_in_another_currency_says_in_which_one_it_is_shown(
    run: Run, folder: Path, command: str
) -> None:
    write_rules(folder)
    run("add", "Partner", "--value", "5000 USD", today="2026-11-19" if command == "today" else "2026-09-01")

    page = run(*command.split(), today="2026-11-21").out

    heading = next(line for line in page.splitlines() if "#" in line and "Title" in line)
    amount = next(line for line in page.splitlines() if "Partner" in line and "2,500" in line)
    assert heading.index("EUR") + len("EUR") == amount.index("2,500") + len("2,500")
    assert "Value" not in heading
