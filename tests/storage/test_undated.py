"""What no file gave a date: in no cycle, cohort, period, learning or prune rule, and each report says how many."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Prepare, Run

MADE_UP = 8
KNOWN = 12


def a_school(run: Run) -> None:
    """Twelve wins after 16 days and a loss; eight wins and a loss whose closing nobody wrote down; an open deal of
    18 days, and one that nobody dated."""
    rows = ["id,title,stage,status,value,created_at,closed_at"]
    rows += [f"k{n},Known {n},,won,1000,2026-09-{n + 1:02},2026-09-{n + 17:02}" for n in range(KNOWN)]
    rows += [f"u{n},Undated {n},,won,9000,2026-11-{n + 1:02}," for n in range(MADE_UP)]
    rows += ["l1,Lost,,lost,500,2026-09-01,2026-10-01", "l2,Lost when,,lost,500,2026-11-01,"]
    rows += ["o1,Open,prospecting,open,700,2026-11-03,", "o2,Came when,prospecting,open,700,,"]
    Path("school.csv").write_text("\n".join(rows) + "\n")
    result = run("import", "school.csv")
    assert result.code == 0, result.err


@pytest.fixture
def school(prepare: Prepare) -> Run:
    return prepare(a_school)


def asked(run: Run, *words: str, **other: Any) -> Any:
    result = run(*words, "--json", **other)
    assert result.code == 0, result.err
    return result.json


def test_no_cycle_has_an_end_that_an_import_made_up(school: Run) -> None:
    totals = asked(school, "health")["totals"]
    assert (totals["won_deals"], totals["lost_deals"]) == (KNOWN + MADE_UP, 2), "that they were is known"
    assert (totals["cycle_median"], totals["cycle_mean"], totals["cycle_p90"]) == (16, 16, 16)
    assert asked(school, "funnel")["totals"]["cycle_median"] == 16
    (source,) = asked(school, "sources")["rows"]
    assert source["cycle_median"] == 16


def test_no_period_holds_a_closing_that_an_import_made_up(school: Run) -> None:
    months = {one["group"]: one for one in asked(school, "funnel", "--by", "month", "--cohort", "closed")["groups"]}
    assert {month: one["won"] for month, one in months.items()} == {"2026-09": 12, "2026-10": 0, None: 8}
    assert asked(school, "funnel", "--cohort", "closed", "--from", "2026-11-01")["totals"]["deals"] == 0
    assert asked(school, "forecast")["rows"][0]["won"] == 0, "72,000 were won, and nobody knows when"
    coverage = asked(school, "health")["totals"]["coverage"]
    assert coverage == 0


def test_a_quota_is_not_reached_by_closings_that_an_import_made_up(school: Run, folder: Path) -> None:
    text = (folder / "pipeline.yaml").read_text()
    (folder / "pipeline.yaml").write_text(text.replace("amount: 20000", "amount: 50000"))
    (row,) = asked(school, "forecast")["rows"]
    assert (row["quota"], row["chance"]) == (50000, 0)


def test_a_win_that_nobody_dated_is_in_its_cohort_and_in_no_span_of_days(school: Run) -> None:
    rows = {row["cohort"]: row for row in asked(school, "cohorts", today="2027-06-01")["rows"]}
    assert (rows["2026-11"]["deals"], rows["2026-11"]["won"]) == (MADE_UP + 2, MADE_UP)
    assert [rows["2026-11"][f"won_{days}"] for days in (30, 60, 90, 180)] == [None, None, None, None]
    assert rows["2026-09"]["won_30"] == KNOWN
    assert rows[None]["deals"] == 1


def test_an_open_deal_of_18_days_is_not_old_where_wins_take_16(school: Run) -> None:
    assert asked(school, "list", "flag=old")["rows"] == []
    assert asked(school, "prune")["rows"] == []


def test_with_few_known_cycles_the_usual_cycle_is_that_of_pipeline_yaml(pipeline: Run, folder: Path) -> None:
    rows = [f"u{n},Undated {n},,won,,2026-11-{n + 1:02}," for n in range(15)]
    rows.append("o1,Open,prospecting,open,,2026-11-03,")
    (folder / "deals.csv").write_text("\n".join(["id,title,stage,status,value,created_at,closed_at", *rows]) + "\n")
    assert pipeline("import", "deals.csv").code == 0
    assert asked(pipeline, "list", "flag=old")["rows"] == []
    (old,) = asked(pipeline, "list", "flag=old", today="2027-05-03")["rows"]
    assert [flag["limit"] for flag in old["flags"] if flag["flag"] == "old"] == [2 * 90]


def test_silence_since_a_day_that_was_made_up_kills_no_deal(school: Run) -> None:
    answer = asked(school, "prune", today="2027-03-01")
    assert [row["external_id"] for row in answer["rows"]] == ["o1"]
    assert answer["undated"] == {"closed": MADE_UP + 1, "created": 1, "not_judged": 1}
    assert "nothing was logged since: 1 open deal." in school("prune", today="2027-03-01").out
    assert school("log", "ext:o2", "email", today="2026-11-22").code == 0
    assert len(asked(school, "prune", today="2027-03-01")["rows"]) == 2, "that was silence since a known day"


def test_nothing_is_learned_from_closings_that_an_import_made_up(school: Run, folder: Path) -> None:
    chances = asked(school, "forecast", "--deals")["deals"]
    assert f"Learned from {KNOWN} won deals." in school("forecast").out
    without = Path("school.csv").read_text().splitlines(keepends=True)
    (folder / "known.csv").write_text("".join(row for row in without if not row.startswith(("u", "l2"))))
    assert school("undo").code == 0
    assert school("import", "known.csv").code == 0
    assert [one["p_win"] for one in asked(school, "forecast", "--deals")["deals"]] == [one["p_win"] for one in chances]


def test_a_backtest_knows_nothing_of_closings_that_an_import_made_up(school: Run) -> None:
    result = school("backtest", "--json", "--from", "2026-11-08", "--to", "2026-11-08", "--horizon", "10d")
    assert {row["open_deals"] for row in result.json["rows"]} == {1}, "the undated ones were open then, or were not"
    assert "9 closings" in result.err


def test_a_week_holds_no_closing_of_a_deal_that_came_closed_on_a_day_nobody_gave(school: Run) -> None:
    week = asked(school, "review", "--from", "2026-10-25")
    assert {row["change"] for row in week["rows"]} == {"new"}
    assert [row["id"] for row in week["rows"]] == [KNOWN + MADE_UP + 3], "that the next one is new is not known"
    assert week["undated"] == {"closed": MADE_UP + 1}
    assert week["end"] - week["start"] == sum(item["value"] for item in week["waterfall"])
    assert f"no file says when: {MADE_UP + 1} closings" in school("review", "--from", "2026-10-25").out


@pytest.mark.parametrize(
    ("words", "closings", "creations"),
    [
        (["health"], True, True),
        (["funnel"], True, True),
        (["funnel", "--by", "source"], True, True),
        (["cohorts"], True, True),
        (["sources"], True, True),
        (["prune"], True, True),
        (["forecast"], True, False),
    ],
)
def test_each_report_says_in_one_line_how_many_it_left_out(
    words: list[str], closings: bool, creations: bool, school: Run
) -> None:
    (line,) = [line for line in school(*words).out.splitlines() if "because no file says when:" in line]
    assert (" 9 closings" in line, " 1 creation" in line) == (closings, creations)
    left_out = asked(school, *words)["undated"]
    assert (left_out["closed"], left_out["created"]) == (MADE_UP + 1, 1)


@pytest.mark.parametrize("words", [["health"], ["funnel"], ["cohorts"], ["sources"], ["prune"], ["forecast"]])
def test_a_record_with_every_date_is_told_of_none_missing(words: list[str], pipeline: Run) -> None:
    assert pipeline("add", "Acme", "--value", "1000").code == 0
    assert pipeline("win", "Acme").code == 0
    assert "no file says" not in pipeline(*words).out


def test_a_closing_that_is_typed_is_known(school: Run) -> None:
    assert school("reopen", "ext:u0").code == 0
    assert school("win", "ext:u0").code == 0
    assert asked(school, "health")["undated"]["closed"] == MADE_UP
    assert asked(school, "forecast")["rows"][0]["won"] == 9000


def test_the_past_is_told_as_if_no_later_closing_had_been_made_up(school: Run) -> None:
    then = asked(school, "health", "--as-of", "2026-10-31")
    assert then["undated"] == {"closed": 0, "created": 0}
    assert then["totals"]["won_deals"] == KNOWN


def test_a_closing_made_up_when_a_file_comes_again_is_marked_too(pipeline: Run, folder: Path) -> None:
    header = "id,title,stage,status,created_at,closed_at"
    (folder / "deals.csv").write_text(
        f"{header}\n1,Acme,prospecting,open,2026-11-01,\n2,Beta,prospecting,open,2026-11-01,\n"
    )
    assert pipeline("import", "deals.csv", "--source-name", "crm").code == 0
    (folder / "deals.csv").write_text(f"{header}\n1,Acme,,won,2026-11-01,\n2,Beta,,lost,2026-11-01,2026-11-11\n")
    assert pipeline("import", "deals.csv", "--source-name", "crm").code == 0
    assert asked(pipeline, "health")["undated"]["closed"] == 1
    stages = {row["stage"]: row["visits"] for row in asked(pipeline, "funnel")["rows"]}
    assert stages["prospecting"] == sum(stages.values()) == 1, "the deal whose closing is dated left the stage it had"


def test_a_closing_before_the_last_known_move_keeps_the_order_and_is_no_date(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("id,title,stage,status,created_at\n1,Acme,prospecting,open,2026-11-10\n")
    assert pipeline("import", "deals.csv", "--source-name", "crm").code == 0
    (folder / "deals.csv").write_text("id,title,status,closed_at\n1,Acme,won,2026-11-05\n")
    assert pipeline("import", "deals.csv", "--source-name", "crm").code == 0
    assert asked(pipeline, "health")["totals"]["cycle_median"] is None
    assert asked(pipeline, "health")["undated"]["closed"] == 1


def test_the_mark_of_a_made_up_closing_survives_an_export_of_deals_alone(school: Run, folder: Path) -> None:
    assert school("export", "deals", "-o", "out.csv").code == 0
    assert school("undo").code == 0
    assert school("import", "out.csv").code == 0
    health = asked(school, "health")
    assert health["undated"] == {"closed": MADE_UP + 1, "created": 1}
    assert health["totals"]["cycle_median"] == 16
