"""`cohorts` as a person or a script meets it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import RealRecord, Run

KEYS = ["cohort", "deals", "won", "lost", "open", "won_30", "won_60", "won_90", "won_180"]


@pytest.fixture
def three_deals(pipeline: Run) -> Run:
    for title, created in (("Acme", "2026-08-01"), ("Beta", "2026-08-22"), ("Cora", "2026-11-01")):
        assert pipeline("add", title, today=created).code == 0
    assert pipeline("win", "1", today="2026-09-20").code == 0
    assert pipeline("lose", "2", "--reason", "price", today="2026-09-21").code == 0
    return pipeline


def test_wins_stand_under_the_days_they_took_and_young_cohorts_stay_empty(three_deals: Run) -> None:
    rows = three_deals("cohorts", "--json", today="2026-11-21").rows
    assert [list(row) for row in rows] == [KEYS, KEYS]
    assert list(rows[0].values()) == ["2026-08", 2, 1, 1, 0, 0, 1, 1, None]  # the youngest is 91 days old
    assert list(rows[1].values()) == ["2026-11", 1, 0, 0, 1, None, None, None, None]


def test_a_quarter_is_as_young_as_its_youngest_deal(three_deals: Run) -> None:
    rows = three_deals("cohorts", "--by", "quarter", "--json").rows
    assert [(row["cohort"], row["deals"]) for row in rows] == [("2026-Q3", 2), ("2026-Q4", 1)]


def test_as_of_an_earlier_day_the_cohort_was_younger(three_deals: Run) -> None:
    rows = three_deals("cohorts", "--as-of", "2026-09-21", "--json").rows
    assert list(rows[0].values()) == ["2026-08", 2, 1, 1, 0, 0, None, None, None]


def test_deals_whose_creation_nobody_told_are_a_cohort_of_no_age(pipeline: Run, folder: Path) -> None:
    (folder / "deals.csv").write_text("id,title,stage\n1,Acme,won\n")
    assert pipeline("import", "deals.csv").code == 0
    assert list(pipeline("cohorts", "--json", today="2027-11-21").rows[0].values()) == [
        None,
        1,
        1,
        0,
        0,
        None,
        None,
        None,
        None,
    ]
    assert "not known" in pipeline("cohorts").out


def test_weeks_are_no_cohorts(pipeline: Run) -> None:
    refused = pipeline("cohorts", "--by", "week")
    assert (refused.code, refused.err) == (2, "--by week: is no period of cohorts: choose one of month, quarter.\n")


def test_leads_of_a_year_are_the_ones_counted_from_the_file(
    real_record: Callable[[str], RealRecord], run: Run, shared_data: Path
) -> None:
    leads = real_record("leads1k")
    rows = run("--config", leads.folder / "pipeline.yaml", "cohorts", "--json", today=leads.today).rows
    won: dict[str, list[int]] = {}
    with (shared_data / "leads1k" / "deals.csv").open(newline="") as lines:
        for deal in csv.DictReader(lines):
            days = won.setdefault(deal["created_at"][:7], [])
            if deal["outcome"] == "won":
                took = date.fromisoformat(deal["closed_at"]) - date.fromisoformat(deal["created_at"])
                days.append(took // timedelta(days=1))
    assert [row["cohort"] for row in rows] == sorted(won)
    for row in rows[:12]:
        for span in (30, 60, 90, 180):
            assert row[f"won_{span}"] == sum(days <= span for days in won[row["cohort"]])
    assert [rows[-1][f"won_{span}"] for span in (30, 60, 90, 180)] == [None] * 4
