"""`forecast` as a person or a script meets it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from math import prod
from pathlib import Path
from typing import Any

import pytest

from tests.commands.reading import record
from tests.conftest import Result, Run

ROW = ["period", "won", "commit", "best_case", "expected", "p10", "p50", "p90", "quota", "chance"]
HORIZON = [
    "days",
    "until",
    "open_deals",
    "open_value",
    "expected",
    "expected_wins",
    "p10",
    "p50",
    "p90",
    "stage_weighted",
    "configured",
]
STAGE = ["stage", "configured", "won", "closed", "used", "low", "high"]
DEAL = ["id", "external_id", "stage", "value", "p_win", "p_win_by_horizon", "reason", "probability"]
METHODS = ("timed", "stage", "configured")
CONFIGURED = {"prospecting": 0.05, "qualification": 0.15, "proposal": 0.4, "negotiation": 0.65, "commit": 0.9}


@pytest.fixture
def five_deals(pipeline: Run) -> Run:
    """No history: three deals with a date, one of them past it, one without a value, one without a date."""
    for title, stage, value, close in (
        ("Acme", "proposal", "10000", "2026-11-28"),
        ("Beta", "commit", "4000", "2026-12-10"),
        ("Cora", "negotiation", "6000", "2026-11-30"),
        ("Dyna", "proposal", "", "2026-12-01"),
        ("Echo", "qualification", "2000", ""),
    ):
        options = [*(["--value", value] if value else []), *(["--close", close] if close else [])]
        result = pipeline("add", title, "--stage", stage, *options, today="2026-11-20")
        assert result.code == 0, result.err
    return pipeline


def add_history(run: Run, folder: Path, count: int = 24, apart: int = 10) -> None:
    """Deals won after nine days in `proposal`, and as many lost after twenty, so many days apart."""
    deals, moves = ["id,title,stage,value,status,created_at,closed_at"], ["deal,from_stage,to_stage,moved_at"]
    for number in range(count):
        outcome, days = ("won", 9) if number % 2 else ("lost", 20)
        begun = date(2026, 2, 1) + timedelta(days=apart * number)
        ended = begun + timedelta(days=days)
        deals.append(f"h{number},Old {number},proposal,1000,{outcome},{begun},{ended}")
        moves += [f"h{number},,proposal,{begun}", f"h{number},proposal,{outcome},{ended}"]
    (folder / "old.csv").write_text("\n".join(deals) + "\n")
    (folder / "old_moves.csv").write_text("\n".join(moves) + "\n")
    result = run("import", "old.csv", "--moves", "old_moves.csv")
    assert result.code == 0, result.err


def forecast(run: Run, *options: str, **other: Any) -> Any:
    result: Result = run("forecast", "--json", *options, **other)
    assert result.code == 0, result.err
    return result.json


def test_the_keys_are_those_that_are_promised(five_deals: Run) -> None:
    answer = forecast(five_deals, "--deals")
    assert answer["report"] == "forecast"
    assert answer["method"] == "timed"
    assert [list(row) for row in answer["rows"]] == [ROW, ROW]
    assert list(answer["horizon"]) == HORIZON
    assert [list(stage) for stage in answer["stages"]] == [STAGE] * 5
    assert [list(deal) for deal in answer["deals"]] == [DEAL] * 5
    assert "deals" not in forecast(five_deals)


def test_without_history_a_deal_is_won_in_the_end_as_often_as_configured_and_sooner_less_often(five_deals: Run) -> None:
    for deal in forecast(five_deals, "--deals", "--horizon", "30d")["deals"]:
        assert deal["p_win"] == pytest.approx(CONFIGURED[deal["stage"]], abs=1e-9)
        assert 0 < deal["p_win_by_horizon"] < deal["p_win"]


def test_a_method_that_knows_no_time_counts_each_deal_in_the_period_of_its_date(five_deals: Run) -> None:
    for method in ("stage", "configured"):
        answer = forecast(five_deals, "--method", method, today="2026-11-29")
        november, december = answer["rows"]
        assert (november["period"], december["period"]) == ("2026-11", "2026-12")
        assert november["expected"] == pytest.approx(6000 * 0.65, abs=0.02)
        assert december["expected"] == pytest.approx(4000 * 0.9, abs=0.02)
        aside = {reason: (row["deals"], row["value"]) for reason, row in answer["unscheduled"].items()}
        assert aside == {
            "past_close_date": (1, 10000),
            "no_close_date": (1, 2000),
            "no_value": (1, 0),
            "omitted": (0, 0),
            "far_close_date": (0, 0),
            "later": (0, 0),
        }


def test_a_deal_counts_in_every_period_with_its_chance_of_being_won_in_that_one(five_deals: Run) -> None:
    answer = forecast(five_deals, "--deals", today="2026-11-21")
    november, december = answer["rows"]
    dated = {deal["id"]: deal["value"] * deal["p_win"] for deal in answer["deals"] if deal["id"] in (1, 2, 3)}
    assert dated[1] + dated[3] < november["expected"] + december["expected"] < sum(dated.values()) + 2000
    assert 0.5 * dated[2] < december["expected"]
    assert november["expected"] < 0.8 * (dated[1] + dated[3])
    aside = answer["unscheduled"]
    assert (aside["later"]["deals"], aside["later"]["value"]) == (3, 20000)
    assert 0 < aside["later"]["weighted"] < 0.3 * sum(dated.values())
    assert 0 < aside["no_close_date"]["weighted"] < 2000 * 0.15


def test_a_close_date_that_passes_fades_and_is_no_switch(five_deals: Run) -> None:
    chances = []
    for day in range(25, 31):
        answer = forecast(five_deals, "--method", "timed", today=f"2026-11-{day}")
        chances.append(answer["rows"][0]["expected"])
    # Acme (10,000 at 40 %) was due on the 28th and Cora (6,000 at 65 %) is on the 30th; on the 30th no day is left
    assert all(later < sooner for sooner, later in pairwise(chances))
    assert chances[-1] == 0
    falls = [sooner - later for sooner, later in pairwise(chances)]
    assert max(falls) < 0.5 * chances[0]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("per", ["week", "month", "quarter", "year"])
def test_periods_and_the_rows_beside_them_add_up_to_every_deal_by_its_chance(
    five_deals: Run, folder: Path, method: str, per: str
) -> None:
    add_history(five_deals, folder)
    answer = forecast(five_deals, "--deals", "--method", method, "--by", per)
    parts = sum(row["expected"] - row["won"] for row in answer["rows"])
    parts += sum(row["weighted"] for row in answer["unscheduled"].values())
    whole = sum((deal["value"] or 0) * deal["p_win"] for deal in answer["deals"])
    assert parts == pytest.approx(whole, abs=0.05)


@pytest.mark.parametrize("method", ["stage", "configured"])
def test_the_range_is_that_of_every_outcome_listed(five_deals: Run, folder: Path, method: str) -> None:
    add_history(five_deals, folder)
    answer = forecast(five_deals, "--deals", "--method", method)
    valued = [deal for deal in answer["deals"] if deal["value"]]
    chances: dict[float, float] = {}
    for outcome in product((False, True), repeat=len(valued)):
        total = sum(deal["value"] for deal, won in zip(valued, outcome, strict=True) if won)
        p = prod(deal["p_win"] if won else 1 - deal["p_win"] for deal, won in zip(valued, outcome, strict=True))
        chances[total] = chances.get(total, 0.0) + p
    horizon = answer["horizon"]
    for share, name in ((0.1, "p10"), (0.5, "p50"), (0.9, "p90")):
        reached = [total for total in sorted(chances) if sum(p for t, p in chances.items() if t <= total) >= share]
        assert horizon[name] == reached[0]
    assert horizon["expected"] == pytest.approx(sum(deal["value"] * deal["p_win"] for deal in valued), abs=0.01)


def test_the_chance_of_the_quota_counts_what_is_won_already(five_deals: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    text = rules.read_text()
    assert "amount: 20000" in text
    rules.write_text(text.replace("amount: 20000", "amount: 8000"))
    five_deals("add", "Fox", "--value", "3000")
    five_deals("win", "Fox")
    for method in METHODS:
        answer = forecast(five_deals, "--method", method, "--deals")
        november, chances = answer["rows"][0], {deal["id"]: deal["p_win"] for deal in answer["deals"]}
        assert (november["won"], november["quota"]) == (3000, 8000)
        # 3,000 are won: Acme (10,000) or Cora (6,000) would do
        alone = 1 - (1 - chances[1]) * (1 - chances[3])
        if method == "timed":  # either may come later than in November
            assert 0.1 < november["chance"] < alone
        else:
            assert november["chance"] == pytest.approx(alone, abs=1e-9)


def test_by_the_horizon_a_deal_without_a_value_counts_as_the_usual_one_and_that_is_said(
    five_deals: Run, folder: Path
) -> None:
    add_history(five_deals, folder)
    answer = forecast(five_deals, "--deals")
    by_value = sum((deal["value"] or 0) * deal["p_win_by_horizon"] for deal in answer["deals"])
    (dyna,) = [deal for deal in answer["deals"] if deal["value"] is None]
    filled = answer["filled"]
    assert filled["deals"] == 1
    assert answer["horizon"]["expected"] == pytest.approx(
        by_value + filled["value"] * dyna["p_win_by_horizon"], abs=0.02
    )
    assert "1 deal without a value is counted here, and only here, as the usual" in five_deals("forecast").out


def test_a_probability_set_by_hand_holds_through_stage_changes_and_is_marked(five_deals: Run, folder: Path) -> None:
    add_history(five_deals, folder)
    (before,) = [deal for deal in forecast(five_deals, "--deals")["deals"] if deal["id"] == 1]
    five_deals("edit", "Acme", "--probability", "80")
    (after,) = [deal for deal in forecast(five_deals, "--deals")["deals"] if deal["id"] == 1]
    assert after["p_win"] == 0.8
    soon = before["p_win_by_horizon"] / before["p_win"]
    assert after["p_win_by_horizon"] == pytest.approx(0.8 * soon)

    five_deals("advance", "Acme", "--to", "commit", "--force", "--reason", "they asked for the contract")
    (moved,) = [deal for deal in forecast(five_deals, "--deals")["deals"] if deal["id"] == 1]
    assert (moved["stage"], moved["p_win"]) == ("commit", 0.8)
    (line,) = [line for line in five_deals("forecast", "--deals").out.splitlines() if line.startswith("1  Acme ")]
    assert "*" in line
    assert "set by hand" in line


def test_an_omitted_deal_counts_nowhere(five_deals: Run) -> None:
    five_deals("edit", "Acme", "--category", "omitted")
    answer = forecast(five_deals)
    assert answer["horizon"]["open_deals"] == 4
    assert answer["unscheduled"]["omitted"]["deals"] == 1


def test_without_history_the_chance_in_the_end_is_that_of_pipeline_yaml_and_list_and_show_agree(
    five_deals: Run,
) -> None:
    for stage in ("proposal", "negotiation", "commit"):
        assert five_deals("advance", "Echo", "--to", stage, "--force", "--reason", "they asked").code == 0
    chances = {deal["id"]: deal for deal in forecast(five_deals, "--deals")["deals"]}
    listed = {row["id"]: row for row in five_deals("list", "--json").rows}
    assert len(chances) == 5
    for number, deal in chances.items():
        assert deal["p_win"] == listed[number]["probability"] == CONFIGURED[deal["stage"]]
        assert five_deals("show", str(number), "--json").json["deal"]["probability"] == deal["p_win"]
        assert 0 < deal["p_win_by_horizon"] < deal["p_win"]
    longer = forecast(five_deals, "--deals", "--horizon", "300d")["deals"]
    assert all(one["p_win_by_horizon"] > chances[one["id"]]["p_win_by_horizon"] for one in longer)


def test_one_loss_says_little_of_the_others(pipeline: Run) -> None:
    for title in ("Alpha", "Beta", "Cora"):
        assert pipeline("add", title, "--value", "1000", today="2026-10-01").code == 0
    assert pipeline("lose", "Alpha", "--reason", "price", today="2026-10-20").code == 0
    reached = ("advance", "Cora", "--to", "proposal", "--force", "--reason", "they asked")
    assert pipeline(*reached, today="2026-10-20").code == 0
    chances = {deal["stage"]: deal["p_win"] for deal in forecast(pipeline, "--deals")["deals"]}
    assert chances["prospecting"] == pytest.approx(0.05, abs=0.01)
    assert chances["proposal"] == pytest.approx(0.4, abs=0.05)
    out = pipeline("forecast").out
    assert "No deal was won yet: how soon is a guess." in out


def test_losses_whose_wins_nobody_dated_teach_no_chance(five_deals: Run, folder: Path) -> None:
    rows = [f"l{n},Old {n},lost,2026-01-{n + 1:02},2026-05-01" for n in range(30)]
    rows += [f"w{n},New {n},won,2026-01-{n + 1:02}," for n in range(30)]
    (folder / "old.csv").write_text("\n".join(["id,title,status,created_at,closed_at", *rows]) + "\n")
    assert five_deals("import", "old.csv").code == 0
    for deal in forecast(five_deals, "--deals")["deals"]:
        assert deal["p_win"] == CONFIGURED[deal["stage"]]
        assert "as configured" in deal["reason"]
    assert "no file gives. The chances in the end are those of pipeline.yaml" in five_deals("forecast").out


def test_wins_alone_teach_no_chance_and_the_forecast_says_so(five_deals: Run, folder: Path) -> None:
    rows = [f"w{n},Old {n},proposal,1000,won,2026-0{n + 1}-01,2026-0{n + 1}-20" for n in range(9)]
    (folder / "old.csv").write_text("\n".join(["id,title,stage,value,status,created_at,closed_at", *rows]) + "\n")
    assert five_deals("import", "old.csv").code == 0
    for method in METHODS:
        answer = forecast(five_deals, "--deals", "--method", method)
        assert {deal["stage"]: deal["p_win"] for deal in answer["deals"]} == {
            stage: CONFIGURED[stage] for stage in ("proposal", "commit", "negotiation", "qualification")
        }
    assert all(stage["used"] == CONFIGURED[stage["stage"]] for stage in answer["stages"])
    assert all((stage["low"], stage["high"]) == (None, None) for stage in answer["stages"])
    out = five_deals("forecast").out
    assert "9 deals won and none lost: how deals end cannot be learned from wins alone." in out
    assert "a guess: nothing was lost" in out
    assert "none lost" not in five_deals("forecast", "--method", "configured").out.partition("Win rate by stage")[0]


def test_no_deal_was_won_yet_never_stands_over_wins(five_deals: Run, folder: Path) -> None:
    assert "No deal was won yet" in five_deals("forecast").out
    rows = [f"w{n},Old {n},won,2026-09-01," for n in range(3)]
    (folder / "old.csv").write_text("\n".join(["id,title,status,created_at,closed_at", *rows]) + "\n")
    assert five_deals("import", "old.csv").code == 0
    out = five_deals("forecast").out
    assert "No deal was won yet" not in out
    assert "Nothing is learned from 3 won deals: won the day they came, or on a day that no file gives." in out


def test_each_deal_says_why(five_deals: Run, folder: Path) -> None:
    assert "in Proposal (as configured)" in five_deals("forecast", "--deals").out
    add_history(five_deals, folder)
    five_deals("add", "Ghost", "--stage", "proposal", "--value", "1000", "--at", "2026-09-01")
    out = five_deals("forecast", "--deals").out
    assert "1 day in Proposal (won: 9)" in out
    assert "81 days in Proposal (won: never so long)" in out
    assert "have been longer in their stage than any that was won, or in one none was won from." in out
    by_id = {deal["id"]: deal for deal in forecast(five_deals, "--deals")["deals"]}
    # with 24 deals closed, what pipeline.yaml says still weighs 20 / 44
    assert by_id[30]["p_win_by_horizon"] < by_id[1]["p_win_by_horizon"] / 2
    assert by_id[30]["reason"] == "81 days in Proposal (won: never so long)"


def test_every_method_is_explained_in_three_sentences(five_deals: Run) -> None:
    lines = five_deals("forecast", "--explain").out.splitlines()
    told = {line.partition(":")[0]: line.partition(":")[2] for line in lines}
    for method in METHODS:
        assert told[method].replace("pipeline.yaml", "it").count(".") == 3, method


def test_what_was_measured_is_explained(five_deals: Run, folder: Path) -> None:
    add_history(five_deals, folder, 80, 3)
    five_deals("edit", "Acme", "--close", "2026-11-25")
    five_deals("edit", "Acme", "--close", "2026-12-25")
    five_deals("lose", "Acme", "--reason", "price")
    said = dict(line.split(": ", 1) for line in five_deals("forecast", "--explain").out.splitlines() if ": " in line)
    assert said["past misses"].startswith("nothing is corrected")
    assert said["close dates"].startswith("believed by 70%, as is usual")
    assert said["pushed dates"].startswith("0 of 1 closed deal with a date that was pushed were won, 0 of 0")
    assert said["quarter ends"].startswith(("nothing is said", "wins by half months"))


def test_deals_of_several_pipelines_and_currencies_are_added_up(five_deals: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    partners = "\n  partners:\n    name: Partners\n    stages:\n" + "".join(
        f"      - {{id: {name}, name: {name}, funnel: top, probability: 50}}\n" for name in ("talk", "deal", "sign")
    )
    text = rules.read_text().replace("\nqualification:", partners + "\nqualification:", 1)
    rules.write_text(text + "\nexchange_rates: {USD: 0.5}\n")
    added = five_deals("add", "Zeta", "--pipeline", "partners", "--value", "$1000", "--close", "2026-11-30")
    assert added.code == 0, added.err
    alone = forecast(five_deals, "--pipeline", "partners", "--method", "configured")
    assert alone["rows"][0]["expected"] == pytest.approx(250, abs=0.01)
    both = forecast(five_deals, "--all-pipelines", "--method", "configured")
    assert both["pipeline"] is None
    assert both["rows"][0]["expected"] == pytest.approx(250 + 10000 * 0.4 + 6000 * 0.65, abs=0.02)
    assert both["horizon"]["open_deals"] == 6


def test_what_if_says_what_an_edit_would_bring_and_changes_nothing(five_deals: Run, folder: Path) -> None:
    add_history(five_deals, folder)
    before = record(five_deals)
    asked = forecast(five_deals, "--value", "Acme=20k", "--without", "Beta")
    assert record(five_deals) == before
    assert five_deals("history", "--json").rows[0]["command"] == "import"

    was = forecast(five_deals)
    five_deals("edit", "Acme", "--value", "20k")
    five_deals("edit", "Beta", "--category", "omitted")
    then = forecast(five_deals)
    row = asked["what_if"][0]
    assert row["what"] == "30 days"
    assert row["expected_before"] == was["horizon"]["expected"]
    for name in ("p10", "p90"):
        assert asked["horizon"][name] == pytest.approx(then["horizon"][name], rel=0.05)
    assert asked["rows"][0] == then["rows"][0]
    assert row["change"] == pytest.approx(row["expected"] - row["expected_before"])


def test_what_if_a_deal_is_won_it_is_certain_from_today(five_deals: Run) -> None:
    asked = forecast(five_deals, "--win", "Beta", "--method", "configured")
    (november,) = [row for row in asked["what_if"] if row["what"] == "2026-11"]
    (december,) = [row for row in asked["what_if"] if row["what"] == "2026-12"]
    assert november["change"] == 4000
    assert december["change"] == pytest.approx(-3600, abs=0.01)
    assert november["p10"] == november["p10_before"] + 4000
    assert november["chance"] > november["chance_before"]
    by_time = forecast(five_deals, "--win", "Beta")["what_if"]
    changes = {row["what"]: row["change"] for row in by_time}
    assert changes["2026-11"] > 0 > changes["2026-12"]
    # what was expected of it in either month is gone, and 4,000 are there
    assert 4000 * (1 - 0.9) - 0.01 <= changes["2026-11"] + changes["2026-12"] < 4000 * (1 - 0.9) + 4000 * 0.5


def test_what_if_is_asked_of_open_deals(five_deals: Run) -> None:
    five_deals("win", "Beta")
    result = five_deals("forecast", "--without", "Beta")
    assert result.code == 5
    assert "Deal 2 is not an open deal of this pipeline" in result.err
    assert five_deals("forecast", "--win", "Nobody").code == 4
    assert five_deals("forecast", "--value", "Acme").code == 2


def test_a_kept_forecast_is_compared_with_what_came(five_deals: Run, folder: Path) -> None:
    said = forecast(five_deals, "--method", "configured", "--save", today="2026-11-21")["horizon"]
    five_deals("win", "Cora", today="2026-11-25")
    five_deals("edit", "Acme", "--value", "90k", today="2026-11-26")
    five_deals("add", "Late", "--value", "5000", today="2026-11-26")
    five_deals("win", "Late", today="2026-11-27")
    running = five_deals("forecast", "--compare", "--json", today="2026-12-10").rows[0]
    assert (running["actual"], running["inside"]) == (6000, None)

    five_deals("win", "Beta", today="2026-12-25")
    answer = five_deals("forecast", "--compare", "--json", today="2026-12-30").json
    (row,) = answer["rows"]
    assert (row["as_of"], row["until"], row["open_deals"]) == ("2026-11-21", "2026-12-21", 5)
    assert {name: row[name] for name in ("expected", "p10", "p50", "p90")} == {
        name: said[name] for name in ("expected", "p10", "p50", "p90")
    }
    assert (row["actual"], row["actual_wins"], row["inside"]) == (6000, 1, True)
    assert "The range held 1 of 1 time" in five_deals("forecast", "--compare", today="2026-12-30").out
    assert five_deals("forecast", "--compare", "--as-of", "2026-11-20", "--json", today="2026-12-30").rows == []


def test_keeping_a_forecast_is_an_operation_like_any_other(five_deals: Run) -> None:
    assert "No forecast is kept yet" in five_deals("forecast", "--compare").out
    result = five_deals("forecast", "--save")
    assert result.code == 0
    assert "Kept. From 2026-12-21 on, `pipeline forecast --compare` shows whether it held." in result.err
    five_deals("undo")
    assert five_deals("forecast", "--compare", "--json").rows == []
    five_deals("redo")
    assert len(five_deals("forecast", "--compare", "--json").rows) == 1


def test_what_makes_no_sense_is_refused(five_deals: Run) -> None:
    for options, said in (
        (["--method", "magic"], "--method magic: is no method: choose one of timed, stage, configured."),
        (["--by", "decade"], "--by decade: is no period"),
        (["--save", "--compare"], "ask for one"),
        (["--plot", "--compare"], "--plot draws a forecast"),
        (["--save", "--as-of", "2026-11-20"], "--save keeps the forecast of today"),
        (["--horizon", "0d"], "0d"),
    ):
        result = five_deals("forecast", *options)
        assert result.code == 2
        assert said in result.err


def test_the_periods_are_drawn_on_one_scale_for_people_alone(five_deals: Run) -> None:
    drawn = five_deals("forecast", "--plot").out
    (line,) = [line for line in drawn.splitlines() if line.startswith("2026-12") and "●" in line]
    assert "┤" in line
    assert "├─┤ P10 to P90, ● expected" in drawn
    assert five_deals("forecast", "--plot", "--json").out == five_deals("forecast", "--json").out


def test_it_takes_the_method_that_the_own_past_trusts_and_says_why(five_deals: Run, folder: Path) -> None:
    young = five_deals("forecast").out
    assert "Method timed: the usual one; 0 deals have closed, and from 20 on your own past chooses." in young
    assert "How far to trust it cannot be said yet: no past day has had its time." in young
    add_history(five_deals, folder, 80, 3)
    answer = forecast(five_deals)
    (trusted,) = answer["chosen"]["trusted"]
    brier = {track["method"]: track["brier"] for track in trusted["tracks"]}
    assert (answer["chosen"]["by"], answer["method"], trusted["closed"]) == ("backtest", trusted["method"], 78)
    assert answer["method"] == min(brier, key=lambda name: brier[name])
    shown = five_deals("forecast").out
    others = ", ".join(f"{brier[name]:.3f} ({name})" for name in brier if name != answer["method"])
    nearest = f"error (Brier) {brier[answer['method']]:.3f} against {others}."
    assert f"Method {answer['method']}: nearest on your own past, {nearest}" in shown
    assert f"On the last {trusted['days']} days replayed, 30 days ahead" in shown


@pytest.mark.parametrize("method", METHODS)
def test_a_method_that_is_named_is_taken_and_its_last_forecasts_are_said(
    five_deals: Run, folder: Path, method: str
) -> None:
    add_history(five_deals, folder)
    answer = forecast(five_deals, "--method", method)
    assert (answer["method"], answer["chosen"]["by"]) == (method, "you")
    (track,) = [one for one in answer["chosen"]["trusted"][0]["tracks"] if one["method"] == method]
    shown = five_deals("forecast", "--method", method).out
    assert f"Method {method}:" not in shown
    assert f"off by {track['wape']:.0%} in all, and what came lay in its range on {track['held']}." in shown


def test_an_empty_record_has_nothing_to_forecast(pipeline: Run) -> None:
    answer = forecast(pipeline, "--deals")
    assert answer["horizon"]["expected"] == 0
    assert answer["deals"] == []
    assert pipeline("forecast", "--by", "week").code == 0
    assert pipeline("forecast", "--plot").out == pipeline("forecast").out
