"""`funnel` as a person or a script meets it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RealRecord, Run
from tests.large import LARGE

KEYS = [
    "stage",
    "entered",
    "next",
    "to_next",
    "won",
    "lost",
    "disqualified",
    "open",
    "win_rate_all",
    "win_rate_closed",
    "low",
    "high",
    "visits",
    "median_days",
    "open_visits",
    "median_days_open",
    "won_value",
]
TOTALS = ["deals", "won", "won_value", "lost", "win_rate", "cycle_median", "cycle_mean", "cycle_p90"]
GROUP = ["group", "deals", "won", "won_value", "lost", "open", "win_rate", "cycle_median"]
MORE_PIPELINES = """
  partners:
    name: Partners
    stages:
      - {id: talk, name: Talk, funnel: top, probability: 10}
      - {id: deal, name: Deal, funnel: middle, probability: 30}
      - {id: sign, name: Sign, funnel: bottom, probability: 60}
qualification:"""

DEALS = """id,title,stage,value,source,created_at,closed_at,status,team
a,Acme,negotiation,1000,event,2026-09-01,2026-09-11,won,north
b,Beta,proposal,500,event,2026-09-05,2026-10-10,lost,north
c,Cora,prospecting,700,,2026-10-01,,open,south
d,Dyna,qualification,300,referral,2026-10-02,2026-10-20,disqualified,
"""
MOVES = """deal,from_stage,to_stage,moved_at
a,,prospecting,2026-09-01
a,prospecting,negotiation,2026-09-03
a,negotiation,negotiation,2026-09-05
a,negotiation,won,2026-09-11
b,,prospecting,2026-09-05
b,prospecting,proposal,2026-09-09
b,proposal,prospecting,2026-09-19
b,prospecting,proposal,2026-09-29
b,proposal,lost,2026-10-10
c,,prospecting,2026-10-01
d,,prospecting,2026-10-02
d,prospecting,qualification,2026-10-04
d,qualification,disqualified,2026-10-20
"""


@pytest.fixture
def four_deals(pipeline: Run, folder: Path) -> Run:
    (folder / "deals.csv").write_text(DEALS)
    (folder / "moves.csv").write_text(MOVES)
    result = pipeline("import", "deals.csv", "--moves", "moves.csv")
    assert result.code == 0, result.err
    return pipeline


def column(rows: list[dict[str, Any]], key: str) -> list[Any]:
    return [row[key] for row in rows]


def test_a_script_finds_the_promised_keys_in_their_order(four_deals: Run) -> None:
    answer = four_deals("funnel", "--json").json
    assert [list(row) for row in answer["rows"]] == [KEYS] * len(answer["rows"])
    assert list(answer["totals"]) == TOTALS
    assert list(answer) == ["report", "version", "as_of", "pipeline", "currency", "rows", "totals", "undated"]
    grouped = four_deals("funnel", "--by", "source", "--json").json
    assert [list(row) for row in grouped["rows"]] == [["group", *KEYS]] * len(grouped["rows"])
    assert [list(group) for group in grouped["groups"]] == [GROUP] * 3
    assert four_deals("funnel", "--format", "csv").out.splitlines()[0] == ",".join(KEYS)


def test_skipped_stages_are_reached_and_moving_back_takes_nothing_away(four_deals: Run) -> None:
    rows = four_deals("funnel", "--json").rows
    assert column(rows, "stage")[:4] == ["prospecting", "qualification", "proposal", "negotiation"]
    assert column(rows, "entered")[:4] == [4, 3, 2, 1]
    assert column(rows, "next")[:4] == [3, 2, 1, 1]
    assert column(rows, "lost")[:4] == [1, 1, 1, 0]
    assert column(rows, "disqualified")[:4] == [1, 1, 0, 0]
    assert column(rows, "open")[:4] == [1, 0, 0, 0]
    assert rows[0]["win_rate_all"] == 0.25
    assert rows[0]["win_rate_closed"] == 0.5
    assert rows[0]["low"] < 0.5 < rows[0]["high"]


def test_days_are_those_of_visits_and_a_move_to_the_same_stage_starts_none(four_deals: Run) -> None:
    first, _, proposal, negotiation = four_deals("funnel", "--json", today="2026-10-21T00:00Z").rows[:4]
    assert (first["visits"], first["median_days"]) == (4, 3.0)  # 2, 4, 10 and 2 days
    assert (first["open_visits"], first["median_days_open"]) == (1, 20.0)
    assert (proposal["visits"], proposal["median_days"]) == (2, 10.5)
    assert (negotiation["visits"], negotiation["median_days"]) == (1, 8.0)


def test_the_totals_know_the_cycle_and_leave_disqualified_deals_out_of_the_win_rate(four_deals: Run) -> None:
    totals = four_deals("funnel", "--json").json["totals"]
    assert totals == {
        "deals": 4,
        "won": 1,
        "won_value": 1000,
        "lost": 1,
        "win_rate": 0.5,
        "cycle_median": 10.0,
        "cycle_mean": 10.0,
        "cycle_p90": 10.0,
    }


def test_a_rate_of_few_closed_deals_says_so_to_people_and_not_to_scripts(four_deals: Run) -> None:
    table = four_deals("funnel").out
    assert "50% (n 2)" in table
    assert "1 disqualified: among the deals entered, in no win rate." in table
    assert "50% (n 2)" not in four_deals("funnel", "--format", "csv").out
    grey = four_deals("--color", "always", "funnel").out
    assert re.search(r"\x1b\[2m *50% \(n 2\)", grey)


def test_groups_are_stored_values_and_the_group_of_none_is_null(four_deals: Run) -> None:
    groups = four_deals("funnel", "--by", "source", "--json").json["groups"]
    assert [(group["group"], group["deals"]) for group in groups] == [("event", 2), ("referral", 1), (None, 1)]
    teams = four_deals("funnel", "--by", "team", "--json").json["groups"]
    assert [(group["group"], group["deals"]) for group in teams] == [("north", 2), ("south", 1), (None, 1)]
    assert "(none)" in four_deals("funnel", "--by", "source").out


def test_months_and_quarters_go_by_creation_or_by_closing(four_deals: Run) -> None:
    def groups(*arguments: str) -> list[tuple[str | None, int]]:
        answer = four_deals("funnel", "--json", *arguments).json
        return [(group["group"], group["deals"]) for group in answer["groups"]]

    assert groups("--by", "month") == [("2026-09", 2), ("2026-10", 2)]
    assert groups("--by", "quarter") == [("2026-Q3", 2), ("2026-Q4", 2)]
    assert groups("--by", "month", "--cohort", "closed") == [("2026-09", 1), ("2026-10", 2), (None, 1)]


def test_from_and_to_part_the_deals(four_deals: Run) -> None:
    early = four_deals("funnel", "--to", "2026-09-30", "--json")
    late = four_deals("funnel", "--from", "2026-10-01", "--json")
    whole = four_deals("funnel", "--json")
    for key in ("entered", "won", "lost", "disqualified", "open"):
        both = [one + other for one, other in zip(column(early.rows, key), column(late.rows, key), strict=True)]
        assert both == column(whole.rows, key)
    closed = four_deals("funnel", "--from", "2026-10-10", "--to", "2026-10-10", "--cohort", "closed", "--json")
    assert closed.json["totals"]["deals"] == 1
    assert "created from 2026-10-01" in four_deals("funnel", "--from", "2026-10-01").out


def test_inferred_moves_count_for_reaching_a_stage_and_never_for_days_in_it(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text(DEALS)
    assert pipeline("import", "deals.csv").code == 0
    rows = pipeline("funnel", "--json").rows
    assert column(rows, "entered")[:4] == [4, 3, 2, 1]
    assert column(rows, "visits")[:4] == [0, 0, 0, 0]
    assert column(rows, "open_visits")[:4] == [1, 0, 0, 0]


def test_a_deal_whose_creation_nobody_told_has_no_cycle_and_no_month(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text(
        "id,title,stage,created_at,closed_at\n1,Acme,won,,2026-09-01\n2,Beta,won,2026-09-01,2026-09-09\n"
    )
    assert pipeline("import", "deals.csv").code == 0
    answer = pipeline("funnel", "--by", "month", "--json").json
    assert answer["totals"]["cycle_mean"] == 8
    assert [(group["group"], group["deals"]) for group in answer["groups"]] == [("2026-09", 1), (None, 1)]
    assert "not known" in pipeline("funnel", "--by", "month").out


def test_a_stage_that_the_file_lost_has_a_row_of_its_own(four_deals: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text().replace("id: proposal", "id: offer"))
    rows = four_deals("funnel", "--json").rows
    assert (rows[-1]["stage"], rows[-1]["entered"], rows[-1]["lost"], rows[-1]["next"]) == ("proposal", 1, 1, None)
    assert (rows[-1]["visits"], rows[-1]["median_days"]) == (2, 10.5)
    assert column(rows, "entered")[:4] == [4, 2, 1, 1]
    assert "proposal (not in pipeline.yaml)" in four_deals("funnel").out


def test_all_pipelines_are_groups_of_their_own_stages(four_deals: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text().replace("\nqualification:", MORE_PIPELINES, 1))
    assert four_deals("add", "Ally", "--pipeline", "partners").code == 0
    answer = four_deals("funnel", "--all-pipelines", "--json")
    assert answer.json["pipeline"] is None
    assert answer.json["totals"]["deals"] == 5
    assert [(group["group"], group["deals"]) for group in answer.json["groups"]] == [("services", 4), ("partners", 1)]
    assert [row["stage"] for row in answer.rows if row["group"] == "partners"] == ["talk", "deal", "sign"]
    assert four_deals("funnel", "--by", "pipeline", "--json").rows == answer.rows
    assert four_deals("funnel", "--pipeline", "partners", "--json").json["totals"]["deals"] == 1
    refused = four_deals("funnel", "--all-pipelines", "--by", "source")
    assert (refused.code, refused.err) == (
        2,
        "--by source and --all-pipelines: stages of several pipelines have no common order. "
        "Name one of them: `pipeline funnel --by source --pipeline NAME`.\n",
    )


def test_an_unknown_group_or_cohort_is_wrong_usage(four_deals: Run) -> None:
    unknown = four_deals("funnel", "--by", "taem")
    assert unknown.code == 2
    assert unknown.err.startswith("There is no group 'taem': did you mean team? Known: source, owner, pipeline, ")
    assert four_deals("funnel", "--cohort", "lost").code == 2


def test_a_cohort_that_changes_nothing_is_said(four_deals: Run) -> None:
    said = "--cohort closed says which date --from, --to, month and quarter mean: without them it is idle.\n"
    assert four_deals("funnel", "--cohort", "closed").err == said
    assert four_deals("funnel", "--cohort", "closed", "--by", "month").err == ""
    assert four_deals("funnel", "--cohort", "closed", "--from", "2026-01-01").err == ""


def test_an_empty_record_says_what_brings_a_history(pipeline: Run) -> None:
    assert "pipeline import deals.csv --moves moves.csv" in pipeline("funnel").out
    answer = pipeline("funnel", "--json").json
    assert answer["rows"] == []
    assert answer["totals"]["deals"] == 0


def test_explain_defines_every_column(four_deals: Run) -> None:
    lines = four_deals("funnel", "--explain").out.splitlines()
    explained = {line.partition("(")[2].partition(")")[0]: line.partition("): ")[2] for line in lines if "(" in line}
    assert [key for key in KEYS if not explained.get(key)] == []


Real = Callable[[str], RealRecord]


@pytest.mark.parametrize("name", ["bank", "leads1k", "leads10k"] if LARGE else ["bank", "leads1k"])
def test_the_funnel_of_real_histories_is_the_one_computed_by_others(
    name: str, real_record: Real, run: Run, shared_data: Path
) -> None:
    import json

    record = real_record(name)
    expected = json.loads((shared_data / name / "expected_funnel.json").read_text())
    found = run("--config", record.folder / "pipeline.yaml", "funnel", "--json", today=record.today).json
    assert len(found["rows"]) == len(expected["rows"])
    for row, theirs in zip(found["rows"], expected["rows"], strict=True):
        for key, figure in theirs.items():
            exact = not isinstance(figure, float)
            near = 1e-4 if key.startswith("median") else 1e-6
            assert row[key] == figure if exact else row[key] == pytest.approx(figure, abs=near), (row["stage"], key)
    for key in TOTALS:
        if key in expected["totals"]:
            assert found["totals"][key] == pytest.approx(expected["totals"][key], abs=1e-6), key


def test_as_of_a_day_the_funnel_is_that_of_a_file_cut_then(
    real_record: Real, run: Run, folder: Path, shared_data: Path
) -> None:
    bank, cut = real_record("bank"), "2011-12-16T00:00"
    rules = folder / "pipeline.yaml"
    rules.write_text((shared_data / "bank" / "pipeline.yaml").read_text())
    _cut(
        shared_data / "bank" / "deals.csv", folder / "deals.csv", "created_at", cut, ("deal_id", "created_at", "amount")
    )
    _cut(shared_data / "bank" / "stage_history.csv", folder / "moves.csv", "changed_at", cut)
    imported = run("import", "deals.csv", "--moves", "moves.csv", today="2011-12-15T23:59:59.999Z")
    assert imported.code == 0, imported.err
    of_cut = run("funnel", "--by", "month", "--json", today="2011-12-15T23:59:59.999Z")
    as_of = run(
        "--config",
        bank.folder / "pipeline.yaml",
        "funnel",
        "--by",
        "month",
        "--json",
        "--as-of",
        "2011-12-15",
        today=bank.today,
    )
    assert of_cut.json["totals"]["deals"] > 6000
    assert as_of.json == of_cut.json


def _cut(source: Path, target: Path, instant: str, before: str, columns: tuple[str, ...] = ()) -> None:
    """The rows of a file whose instant, in UTC, is before that; of some columns, or all."""
    from datetime import UTC, datetime

    with source.open(newline="") as lines, target.open("w", newline="") as out:
        reader = csv.DictReader(lines)
        writer = csv.DictWriter(out, columns or list(reader.fieldnames or ()), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(
            row for row in reader if datetime.fromisoformat(row[instant]).astimezone(UTC).isoformat() < before
        )


def test_maven_by_quarter_of_closing_and_by_product(real_record: Real, run: Run) -> None:
    maven = real_record("maven")
    arguments = ("--config", maven.folder / "pipeline.yaml", "funnel", "--json")
    quarters = run(*arguments, "--by", "quarter", "--cohort", "closed", today=maven.today).json["groups"]
    assert [(group["group"], group["won"], group["won_value"]) for group in quarters] == [
        ("2017-Q1", 531, 1_134_672),
        ("2017-Q2", 1_254, 3_086_111),
        ("2017-Q3", 1_257, 2_982_255),
        ("2017-Q4", 1_196, 2_802_496),
        (None, 0, 0),
    ]
    created = run(*arguments, "--by", "month", today=maven.today).json["groups"]
    assert created[-1]["group"] is None
    assert created[-1]["deals"] == 500  # those without an engage date
    products = run(*arguments, "--by", "product", today=maven.today).json
    assert {group["group"]: group["deals"] for group in products["groups"]}["GTXPro"] == 1_480
    assert sum(group["deals"] for group in products["groups"]) == 8_800
    totals = products["totals"]
    assert (totals["cycle_median"], totals["cycle_p90"], round(totals["cycle_mean"], 2)) == (57, 106, 51.78)
    assert totals["win_rate"] == pytest.approx(0.631501, abs=1e-6)


def test_a_group_may_be_what_the_file_says_of_the_stage(pipeline: Run) -> None:
    for stage in ("prospecting", "qualification", "proposal", "negotiation"):
        pipeline("add", stage, "--stage", stage)
    pipeline("edit", "1", "--category", "commit")

    groups = {row["group"]: row["deals"] for row in pipeline("funnel", "--by", "funnel", "--json").json["groups"]}
    assert list(groups) == ["top", "middle", "bottom"]
    assert sum(groups.values()) == 4
    stages = pipeline("funnel", "--by", "stage", "--json").json["groups"]
    assert [row["group"] for row in stages] == ["prospecting", "qualification", "proposal", "negotiation"]
    assert "Negotiation" in pipeline("funnel", "--by", "stage").out
    categories = {row["group"]: row["deals"] for row in pipeline("funnel", "--by", "category", "--json").json["groups"]}
    assert categories["commit"] == 1, "its own goes before that of its stage"
    assert sum(categories.values()) == 4
