"""`board` as a person or a script meets it, once and while it is watched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.terminal import Terminal

KEYS = [
    "stage",
    "id",
    "title",
    "organization",
    "value",
    "currency",
    "days_in_stage",
    "snoozed_until",
    "flags",
    "pipeline",
    "last_chance",
]


@pytest.fixture
def deals(pipeline: Run, folder: Path) -> Run:
    """A quiet deal, one that is overdue and worth less, one in dollars, and a big one that sleeps."""
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text() + "\nexchange_rates: {USD: 0.92}\n")
    for title, value, stage, due in (
        ("Acme", "12k", "prospecting", "2026-12-01"),
        ("Beta", "500", "prospecting", "2026-11-20"),
        ("Cora", "$1,000", "proposal", "2026-12-01"),
        ("Dyna", "90k", "prospecting", "2026-12-01"),
    ):
        assert (
            pipeline("add", title, "--value", value, "--stage", stage, "--close", "60d", today="2026-11-19").code == 0
        )
        assert pipeline("next", title, due, "Call", today="2026-11-19").code == 0
    assert pipeline("snooze", "Dyna", "2026-12-24").code == 0
    return pipeline


def test_flagged_deals_come_first_then_the_dearest_and_snoozed_ones_last(deals: Run) -> None:
    assert [(row["stage"], row["title"]) for row in deals("board", "--json").rows] == [
        ("prospecting", "Beta"),
        ("prospecting", "Acme"),
        ("prospecting", "Dyna"),
        ("proposal", "Cora"),
    ]


def test_a_script_finds_the_promised_keys(deals: Run) -> None:
    answer = deals("board", "--json").json
    assert [list(row) for row in answer["rows"]] == [KEYS] * 4
    assert list(answer) == ["report", "version", "as_of", "pipeline", "currency", "rows", "stages", "totals"]
    assert answer["stages"][0] == {
        "pipeline": "services",
        "stage": "prospecting",
        "name": "Prospecting",
        "deals": 3,
        "value": 102500,
        "snoozed": 1,
        "wip_limit": 40,
    }
    assert answer["totals"] == {"deals": 4, "value": 103420}
    assert deals("board", "--format", "csv").out.splitlines()[0] == ",".join(KEYS)
    assert "| proposal | 3 | Cora |" in deals("board", "--format", "markdown").out


def test_people_see_columns_with_sums_and_cards_with_value_days_and_flag(
    deals: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    lines = deals("board", terminal=True).out.splitlines()
    assert lines[:3] == [
        "Services, 21 November 2026: 4 open deals, 103,420 EUR",
        "",
        "Prospecting                Qualification              Proposal",
    ]
    assert lines[3].startswith("3 deals, 102,500           0 deals, 0                 1 deal, 920")
    assert lines[5].startswith("#2 Beta                                               #3 Cora")
    assert lines[6].startswith("500  2d  overdue 1                                    1,000 USD  2d")
    assert "90,000  2d  snoozed" in lines
    assert max(map(len, lines)) <= 80


def test_a_stage_above_its_limit_says_so_and_sleepers_do_not_count(deals: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text().replace("wip_limit: 40", "wip_limit: 2", 1))
    assert "over its limit" not in deals("board").out
    deals("snooze", "Dyna", "today")
    assert "over its limit, 2" in deals("board").out


def test_deals_of_a_stage_that_the_file_lost_are_shown_in_a_column_of_their_own(deals: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text().replace("id: proposal", "id: offer"))
    result = deals("board")
    assert "no such stage" in result.out
    assert "#3 Cora" in result.out


def test_as_of_a_day_it_shows_what_was_known_then(deals: Run) -> None:
    deals("win", "1")
    assert "#1 Acme" not in deals("board").out
    assert "#1 Acme" in deals("board", "--as-of", "2026-11-20").out
    assert deals("board", "--as-of", "2026-11-18", "--json").rows == []


def test_an_empty_board_says_what_to_type(pipeline: Run) -> None:
    assert "`pipeline add" in pipeline("board").out
    assert pipeline("board", "--json").json["totals"] == {"deals": 0, "value": 0}


def test_three_thousand_deals_end_with_the_terminal_and_are_all_in_a_pipe(
    pipeline: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{number},Deal {number},{number}\n" for number in range(1, 3001))
    (folder / "deals.csv").write_text(f"external_id,title,value\n{rows}")
    assert pipeline("import", "deals.csv").code == 0
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("NO_COLOR", "1")
    drawn = pipeline("board", terminal=True).out.splitlines()
    assert len(drawn) < 24
    shown = [int(line.split()[0][1:]) for line in drawn if line.startswith("#")]
    (counted,) = [line for line in drawn if line.startswith("+ ")]
    assert shown == list(range(3000, 3000 - len(shown), -1))
    assert counted == f"+ {3000 - len(shown):,} more, {sum(range(1, 3001 - len(shown))):,}"
    assert pipeline("board").out.count("#") == 3000


def test_watching_without_a_terminal_is_refused_and_so_is_another_form(deals: Run) -> None:
    refused = deals("board", "--watch")
    assert (refused.code, refused.err) == (
        5,
        "--watch draws on a terminal, and this is none: `pipeline board` shows it once.\n",
    )
    for words in (["--json"], ["-o", "board.csv"], ["--as-of", "yesterday"]):
        assert deals("board", "--watch", *words).code == 2, words


def test_a_watched_board_follows_the_record_and_ctrl_c_ends_it_quietly(deals: Run, folder: Path) -> None:
    with Terminal(folder, "board", "--watch") as terminal:
        terminal.wait_for("Watching pipeline.db. Ctrl-C ends.")
        assert "#1 Acme" in terminal.shown
        assert "#5 Ezra" not in terminal.shown
        deals("add", "Ezra", "--value", "7k")
        terminal.wait_for("#5 Ezra")
        deals("undo")
        terminal.shown = ""
        terminal.wait_for("4 open deals")
        terminal.press_control_c()
        assert terminal.finish() == 0
    assert "Interrupted" not in terminal.shown
    assert terminal.shown.endswith("\x1b[?25h\x1b[?1049l")


def test_a_watched_board_follows_the_size_of_the_terminal(deals: Run, folder: Path) -> None:
    with Terminal(folder, "board", "--watch", columns=200) as terminal:
        terminal.wait_for("Watching")
        rule = "─" * 38
        assert rule in terminal.shown
        terminal.resize(columns=60, lines=20)
        terminal.shown = ""
        terminal.wait_for("Watching")
        assert rule not in terminal.shown
        terminal.press_control_c()
        assert terminal.finish() == 0


def test_rules_that_are_wrong_for_a_while_are_told_in_place_of_the_board(deals: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    right = rules.read_text()
    with Terminal(folder, "board", "--watch") as terminal:
        terminal.wait_for("Watching")
        rules.write_text(f"{right}\nnonsense: 1\n")
        terminal.wait_for("nonsense")
        terminal.shown = ""
        rules.write_text(f"{right}\n")
        terminal.wait_for("4 open deals")
        terminal.press_control_c()
        assert terminal.finish() == 0
