"""`backtest` as a person or a script meets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RealRecord, Run

ROW = [
    "as_of",
    "method",
    "open_deals",
    "open_value",
    "expected",
    "p10",
    "p50",
    "p90",
    "actual",
    "actual_wins",
    "expected_wins",
]
METHOD = ["method", "wape", "bias", "brier", "log_loss", "inside_p10_p90", "dates", "deals"]
METHODS = ["configured", "stage", "timed"]


@pytest.fixture
def a_year(pipeline: Run, folder: Path) -> Run:
    """A deal every four days: one is won within nine, the next sits for eighty and is lost."""
    deals, moves = ["id,title,stage,value,status,created_at,closed_at"], ["deal,from_stage,to_stage,moved_at"]
    for number in range(80):
        outcome, days = ("won", 9) if number % 2 else ("lost", 80)
        begun = date(2025, 12, 10) + timedelta(days=4 * number)
        ended = begun + timedelta(days=days)
        is_open = ended > date(2026, 11, 20)
        deals.append(
            f"d{number},Deal {number},proposal,1000,{'open' if is_open else outcome},{begun},{'' if is_open else ended}"
        )
        moves.append(f"d{number},,proposal,{begun}")
        moves += [] if is_open else [f"d{number},proposal,{outcome},{ended}"]
    (folder / "deals.csv").write_text("\n".join(deals) + "\n")
    (folder / "moves.csv").write_text("\n".join(moves) + "\n")
    result = pipeline("import", "deals.csv", "--moves", "moves.csv")
    assert result.code == 0, result.err
    return pipeline


def backtest(run: Run, *options: str, **other: Any) -> Any:
    result = run("backtest", "--json", *options, **other)
    assert result.code == 0, result.err
    return result.json


def test_the_keys_are_those_that_are_promised(a_year: Run) -> None:
    answer = backtest(a_year, "--from", "2026-06-01", "--to", "2026-06-15")
    assert answer["report"] == "backtest"
    assert [list(row) for row in answer["rows"]] == [ROW] * 6
    assert [(row["as_of"], row["method"]) for row in answer["rows"]] == [
        (day, method) for day in ("2026-06-01", "2026-06-15") for method in METHODS
    ]
    assert [list(score) for score in answer["methods"]] == [METHOD] * 3
    assert "calibration" not in answer


def test_what_came_is_counted_from_the_deals_that_were_open(a_year: Run) -> None:
    # Open on 1 June: the lost ones begun in the 80 days before, and the won ones of the last nine days
    row = backtest(a_year, "--from", "2026-06-01", "--to", "2026-06-01", "--horizon", "30d")["rows"][0]
    begun = {number: date(2025, 12, 10) + timedelta(days=4 * number) for number in range(80)}
    day = date(2026, 6, 1)
    won = [n for n, start in begun.items() if n % 2 and start <= day < start + timedelta(days=9)]
    lost = [n for n, start in begun.items() if n % 2 == 0 and start <= day < start + timedelta(days=80)]
    assert (row["open_deals"], row["open_value"]) == (len(won + lost), 1000 * len(won + lost))
    assert (row["actual"], row["actual_wins"]) == (1000 * len(won), len(won))


def test_each_row_is_the_forecast_of_that_day(a_year: Run) -> None:
    a_year("reopen", "Deal 3", today="2026-11-20")
    for row in backtest(a_year, "--from", "2026-04-01", "--to", "2026-08-01", "--every", "61d", "--horizon", "45d")[
        "rows"
    ]:
        options = ["--as-of", row["as_of"], "--method", row["method"], "--horizon", "45d", "--deals", "--json"]
        said = a_year("forecast", *options).json["horizon"]
        for name in ("open_deals", "open_value", "expected", "p10", "p50", "p90"):
            assert row[name] == said[name], (row["as_of"], row["method"], name)
        assert row["expected_wins"] == pytest.approx(said["expected_wins"])


def test_it_says_in_one_sentence_which_method_deserves_trust_and_by_how_much(a_year: Run) -> None:
    answer = backtest(a_year)
    brier = {score["method"]: score["brier"] for score in answer["methods"]}
    assert answer["ranking"] == sorted(brier, key=lambda method: brier[method])
    assert answer["ranking"][0] == "timed"
    out = a_year("backtest").out
    less = {method: f"{1 - brier['timed'] / brier[method]:.0%} below that of {method}" for method in METHODS[:2]}
    (verdict,) = [line for line in out.splitlines() if line.startswith("Trust timed: deal by deal")]
    assert all(words in verdict for words in less.values())
    assert "its totals were off by" in verdict


def test_under_twenty_resolved_deals_no_method_is_ranked(pipeline: Run) -> None:
    for number in range(3):
        pipeline("add", f"Deal {number}", "--value", "1000", today="2026-09-01")
        pipeline("win", f"Deal {number}", today="2026-10-10")
    answer = backtest(pipeline, "--from", "2026-09-15", "--to", "2026-10-05")
    assert (answer["ranking"], answer["resolved"]) == ([], 3)
    out = pipeline("backtest", "--from", "2026-09-15", "--to", "2026-10-05").out
    assert "Only 3 deals that were open on these days closed within the horizon: too few to rank methods; 20 are" in out
    assert "Trust" not in out


def test_days_that_the_record_does_not_cover_are_left_out_and_counted(a_year: Run) -> None:
    result = a_year(
        "backtest", "--json", "--from", "2025-11-20", "--to", "2026-11-19", "--every", "7d", "--horizon", "30d"
    )
    days = sorted({row["as_of"] for row in result.json["rows"]})
    # begun on 10 December; what came after 22 October is not known yet
    assert (days[0], days[-1]) == ("2025-12-11", "2026-10-22")
    assert result.err == "7 days left out: the record does not cover what came, or had not begun.\n"


def test_without_days_it_goes_back_from_the_latest_that_can_be_judged(a_year: Run) -> None:
    days = sorted({row["as_of"] for row in backtest(a_year)["rows"]})
    # not into the first two horizons, 60 days
    assert (days[0], days[1], days[-1]) == ("2026-02-12", "2026-02-26", "2026-10-22")


def test_calibration_shares_every_forecast_out(a_year: Run) -> None:
    answer = backtest(a_year, "--calibration")
    for score in answer["methods"]:
        tenths = [row for row in answer["calibration"] if row["method"] == score["method"]]
        assert sum(row["deals"] for row in tenths) == score["deals"]
        assert all(row["low"] <= row["expected"] <= row["high"] for row in tenths)
    assert "Calibration: of what was said, how much came" in a_year("backtest", "--calibration").out


def test_the_rows_by_month_are_graded_too(a_year: Run) -> None:
    answer = a_year("backtest", "--periods", "--json").json
    assert list(answer["periods"][0]) == [
        *("as_of", "method", "period", "ahead", "days_left", "expected", "p10", "p50", "p90", "actual", "inside")
    ]
    assert {row["as_of"] for row in answer["periods"]} == {row["as_of"] for row in answer["rows"]}
    for row in answer["periods"]:
        assert row["inside"] == (row["p10"] <= row["actual"] <= row["p90"])
        assert row["as_of"][:7] <= row["period"]
    for score in answer["period_scores"]:
        own = [row for row in answer["periods"] if (row["method"], row["ahead"]) == (score["method"], score["ahead"])]
        assert score["rows"] == len(own)
        assert score["inside_p10_p90"] == pytest.approx(sum(row["inside"] for row in own) / len(own))
    timed = [row for row in answer["periods"] if row["method"] == "timed"]
    held = sum(row["inside"] for row in timed)
    assert f"timed: {held} of {len(timed)} rows held" in a_year("backtest", "--periods").out
    assert "periods" not in a_year("backtest", "--json").json


def test_the_plot_shows_forecast_range_and_what_came(a_year: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("backtest", "--plot", "--from", "2026-06-01", "--to", "2026-06-15")
    out = a_year(*options, "--method", "timed").out
    (line,) = [line for line in out.splitlines() if line.startswith("2026-06-01")]
    assert {"├", "┤", "●"} <= set(line)
    assert "P10 to P90" in out

    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "70")
    plain = a_year(*options, terminal=True).out
    (line,) = [line for line in plain.splitlines() if line.startswith("2026-06-01")]
    assert {"|", "o"} <= set(line)
    assert all(len(line) <= 70 for line in plain.splitlines())
    assert plain.isascii()


def test_only_the_methods_that_were_named_are_replayed(a_year: Run) -> None:
    answer = backtest(a_year, "--method", "timed", "--method", "configured")
    assert [score["method"] for score in answer["methods"]] == ["configured", "timed"]


def test_an_empty_record_has_nothing_to_replay(pipeline: Run) -> None:
    assert backtest(pipeline)["rows"] == []
    assert "The record covers no day with 30 days after it" in pipeline("backtest").out


def test_what_makes_no_sense_is_refused(a_year: Run) -> None:
    for options, said in (
        (["--method", "magic"], "--method magic: is no method: choose one of configured, stage, timed."),
        (["--from", "2026-06-01", "--to", "2026-05-01"], "--from 2026-06-01 is after --to 2026-05-01"),
        (["--all-pipelines"], "one pipeline at a time"),
        (["--every", "0"], "0"),
    ):
        result = a_year("backtest", *options)
        assert result.code == 2
        assert said in result.err


def test_on_the_banks_record_the_method_that_knows_time_is_nearer_and_its_range_holds(
    run: Run, real_record: Callable[[str], RealRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = real_record("bank")
    monkeypatch.chdir(bank.folder)
    answer = backtest(run, "--from", "2011-11-14", "--to", "2011-11-30", "--every", "16d", today=bank.today)
    scores = {score["method"]: score for score in answer["methods"]}
    assert scores["timed"]["brier"] <= 0.180
    assert scores["timed"]["wape"] <= 0.12
    assert scores["timed"]["wape"] < scores["stage"]["wape"] / 4
    assert scores["timed"]["inside_p10_p90"] == 1
    assert answer["ranking"][0] == "timed"
