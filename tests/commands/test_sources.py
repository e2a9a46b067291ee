"""`sources` as a person or a script meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RealRecord, Run

FIGURES = [
    "leads",
    "open",
    "won",
    "lost",
    "conversion",
    "low",
    "high",
    "cost",
    "cost_per_lead",
    "cost_per_won",
    "won_value",
    "average_won_value",
    "cycle_median",
    "customers",
    "value_per_customer",
]


@pytest.fixture
def leads(pipeline: Run) -> Run:
    for title, source, cost in (("Acme", "event", "30"), ("Beta", "event", "15.50"), ("Cora", "event", None)):
        spent = ["--cost", cost] if cost else []
        result = pipeline("add", title, "--source", source, "--value", "1000", *spent, today="2026-11-01")
        assert result.code == 0, result.err
    assert pipeline("add", "Dyna", "--value", "200", today="2026-11-02").code == 0
    assert pipeline("win", "1", "--value", "900", today="2026-11-11").code == 0
    assert pipeline("lose", "2", "--reason", "price", today="2026-11-12").code == 0
    return pipeline


def test_a_script_finds_the_promised_keys(leads: Run) -> None:
    answer = leads("sources", "--json").json
    assert [list(row) for row in answer["rows"]] == [["source", *FIGURES]] * 2
    assert list(answer["totals"]) == FIGURES


def test_a_source_shows_what_it_brought_and_what_it_cost(leads: Run) -> None:
    event, none = leads("sources", "--json").rows
    assert {key: event[key] for key in ("source", "leads", "open", "won", "lost", "won_value", "cycle_median")} == {
        "source": "event",
        "leads": 3,
        "open": 1,
        "won": 1,
        "lost": 1,
        "won_value": 900,
        "cycle_median": 10.0,
    }
    assert event["conversion"] == pytest.approx(1 / 3)
    assert event["low"] < 1 / 3 < event["high"]
    assert (event["cost"], event["cost_per_lead"], event["cost_per_won"]) == (45.5, 15.17, 45.5)
    assert (none["source"], none["leads"], none["cost"], none["conversion"]) == (None, 1, None, 0)


def test_totals_are_those_of_every_source(leads: Run) -> None:
    totals = leads("sources", "--json").json["totals"]
    assert (totals["leads"], totals["open"], totals["won"], totals["lost"]) == (4, 2, 1, 1)
    assert (totals["conversion"], totals["cost"], totals["won_value"]) == (0.25, 45.5, 900)


def test_people_see_the_name_of_none_and_a_rate_of_few_with_its_n(leads: Run) -> None:
    table = leads("sources").out
    assert "(none)" in table
    assert "33% (n 2)" in table
    assert "4 leads, 25% of them won; 1 won worth 900 EUR." in table


def test_from_and_to_go_by_creation_and_as_of_hides_what_came_later(leads: Run) -> None:
    assert [row["leads"] for row in leads("sources", "--to", "2026-11-01", "--json").rows] == [3]
    then = leads("sources", "--as-of", "2026-11-10", "--json").json["totals"]
    assert (then["leads"], then["won"], then["lost"], then["won_value"]) == (4, 0, 0, 0)


def test_all_pipelines_are_added_up(leads: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    stages = "".join(
        f"\n      - {{id: s{number}, name: S{number}, funnel: top, probability: 9}}" for number in range(3)
    )
    partners = f"\n  partners:\n    name: Partners\n    stages:{stages}\nqualification:"
    rules.write_text(rules.read_text().replace("\nqualification:", partners, 1))
    assert leads("add", "Ally", "--pipeline", "partners").code == 0
    answer = leads("sources", "--all-pipelines", "--json").json
    assert (answer["pipeline"], answer["totals"]["leads"]) == (None, 5)
    assert leads("sources", "--json").json["totals"]["leads"] == 4


def test_an_empty_record_says_how_a_source_gets_in(pipeline: Run) -> None:
    assert "--source referral" in pipeline("sources").out


def test_olist_by_origin(real_record: Callable[[str], RealRecord], run: Run) -> None:
    olist = real_record("olist")
    answer = run("--config", olist.folder / "pipeline.yaml", "sources", "--json", today=olist.today)
    assert {row["source"]: (row["leads"], row["won"]) for row in answer.rows} == {
        "organic_search": (2296, 271),
        "paid_search": (1586, 195),
        "social": (1350, 75),
        "unknown": (1099, 179),
        "direct_traffic": (499, 56),
        "email": (493, 15),
        "referral": (284, 24),
        "other": (150, 4),
        "display": (118, 6),
        "other_publicities": (65, 3),
        None: (60, 14),
    }
    assert answer.json["totals"]["conversion"] == pytest.approx(0.105250, abs=1e-6)
