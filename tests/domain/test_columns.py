"""The columns of each report by name: what pipeline.yaml may choose is what the reports have."""

from __future__ import annotations

import pytest

from pipeline_cli.domain.words.columns import COLUMNS, find_column
from pipeline_cli.reports.cohorts import COLUMNS as OF_COHORTS
from pipeline_cli.reports.forecast import COLUMNS as OF_FORECAST
from pipeline_cli.reports.funnel import COLUMNS as OF_FUNNEL
from pipeline_cli.reports.health import COLUMNS as OF_HEALTH
from pipeline_cli.reports.history import COLUMNS as OF_HISTORY
from pipeline_cli.reports.prune import COLUMNS as OF_PRUNE
from pipeline_cli.reports.rows import LIST_COLUMNS
from pipeline_cli.reports.sources import COLUMNS as OF_SOURCES

REPORTS = {
    "list": LIST_COLUMNS,
    "health": OF_HEALTH,
    "funnel": OF_FUNNEL,
    "sources": OF_SOURCES,
    "cohorts": OF_COHORTS,
    "forecast": OF_FORECAST,
    "prune": OF_PRUNE,
    "history": OF_HISTORY,
}


@pytest.mark.parametrize("report", COLUMNS)
def test_each_report_has_the_columns_that_can_be_chosen(report: str) -> None:
    assert {column.key: column.heading for column in REPORTS[report] if column.heading} == COLUMNS[report]


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("next_step", "next_step"),
        ("Next Step", "next_step"),
        ("next-step", "next_step"),
        ("due", "next_step_due"),
        ("#", "id"),
        ("In stage", "days_in_stage"),
        ("chance", "probability"),
        ("tag", "tags"),
        ("org", "organization"),
        ("nothing", None),
        ("", None),
    ],
)
def test_a_column_is_meant_by_its_key_its_heading_or_what_people_call_it(word: str, key: str | None) -> None:
    assert find_column(word, COLUMNS["list"]) == key


def test_a_heading_that_people_see_goes_before_a_key_that_they_do_not() -> None:
    assert find_column("stage", COLUMNS["health"]) == "stage"
    assert find_column("stage", COLUMNS["health"], first=["name", "deals"]) == "name"
