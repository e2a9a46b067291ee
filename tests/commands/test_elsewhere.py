"""A report of one pipeline says in one line what the others hold; the quota is held against all of them together."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.two_pipelines import RULES, write_rules
from tests.conftest import Run

REPORTS = ("health", "funnel", "forecast", "sources", "cohorts", "lessons", "backtest", "list")


@pytest.fixture
def two(run: Run, folder: Path) -> Run:
    """One deal of new business; of renewals one in euros, one in dollars and one that is closed."""
    write_rules(folder)
    for title, where, value in (
        ("Acme", "new", "5k"),
        ("Borg", "renewals", "8k"),
        ("Cora", "renewals", "$2,000"),
        ("Dyna", "renewals", "1k"),
    ):
        run("add", title, "--pipeline", where, "--value", value, today="2026-10-18")
    assert run("lose", "Dyna", "--reason", "price", today="2026-10-19").code == 0
    return run


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_of_one_pipeline_says_what_the_other_holds(two: Run, report: str) -> None:
    assert two(report).err.splitlines()[-1] == (
        "Pipeline 'renewals' holds 2 open deals, 9,000 EUR: --pipeline renewals."
    )
    assert "Pipeline 'new' holds 1 open deal, 5,000 EUR: --pipeline new." in two(report, "--pipeline", "renewals").err
    assert "holds" not in two(report, "--json").out


def test_a_report_of_all_leaves_nothing_out(two: Run) -> None:
    for report in ("health", "funnel", "forecast", "sources", "cohorts", "list"):
        assert "holds" not in two(report, "--all-pipelines").err
    for report in ("today", "board", "review", "prune"):
        assert "holds" not in two(report).err


def test_what_was_held_is_that_of_the_day(two: Run) -> None:
    assert "holds" not in two("health", "--as-of", "2026-10-17").err
    assert "holds 3 open deals, 10,000 EUR" in two("health", "--as-of", "2026-10-18").err


def test_a_pipeline_with_closed_deals_alone_is_told_too(two: Run) -> None:
    for title in ("Borg", "Cora"):
        two("win", title)
    assert "Pipeline 'renewals' holds 3 closed deals: --pipeline renewals." in two("funnel").err


def test_an_empty_pipeline_is_not_spoken_of(run: Run, folder: Path) -> None:
    write_rules(folder)
    run("add", "Acme")
    assert "holds" not in run("health").err


def test_two_others_are_named_each_and_more_together(two: Run, folder: Path) -> None:
    stages = "stages: [{id: a, probability: 5}, {id: b, probability: 9}, {id: c, probability: 20}]"
    write_rules(
        folder, RULES.replace("exchange_rates", f"  third: {{{stages}}}\n  fourth: {{{stages}}}\nexchange_rates")
    )
    two("add", "Eve", "--pipeline", "third", "--value", "100")
    assert two("health").err.splitlines()[-1] == (
        "Pipeline 'renewals' holds 2 open deals, 9,000 EUR: --pipeline renewals; "
        "'third' holds 1 open deal, 100 EUR: --pipeline third."
    )
    two("add", "Fay", "--pipeline", "fourth")
    assert two("health").err.splitlines()[-1] == (
        "Pipelines 'renewals', 'third', 'fourth' hold 4 open deals, 9,100 EUR: --pipeline NAME."
    )


def test_deals_of_a_pipeline_that_went_from_the_file_are_named_by_every_report(two: Run, folder: Path) -> None:
    write_rules(folder, RULES[: RULES.index("  renewals:")] + "exchange_rates: {USD: 0.5}\n")
    said = (
        "Pipeline 'renewals', which pipeline.yaml does not have, holds 2 open deals, 9,000 EUR: `pipeline check` says what "
        "to do."
    )
    for report in ("today", "board", "prune", "review", "health", "list"):
        assert said in two(report).err, report
    assert said in two().err
    assert "renewals" in two("check").out


def test_a_currency_without_a_rate_is_no_reason_to_refuse_a_report_of_other_deals(two: Run, folder: Path) -> None:
    write_rules(folder, RULES.replace("exchange_rates: {USD: 0.5}\n", ""))
    assert "Pipeline 'renewals' holds 2 open deals: --pipeline renewals." in two("health").err


def quota(run: Run, *options: str) -> object:
    return run("forecast", *options, "--json").rows[0]["quota"]


def test_the_quota_of_the_file_is_held_against_all_together_and_that_of_a_pipeline_against_it(
    two: Run, folder: Path
) -> None:
    assert quota(two, "--all-pipelines") == 20000
    assert (quota(two), quota(two, "--pipeline", "renewals")) == (None, None)
    said = "The quota of 20,000 EUR a month is for all pipelines together: --all-pipelines."
    for report in ("forecast", "health"):
        assert said in two(report).err
        assert "quota" not in two(report, "--all-pipelines").err
    assert "of 20,000" in two("review").out

    write_rules(folder, RULES.replace("name: Renewals", "name: Renewals\n    quota: {per: quarter, amount: 30000}"))
    assert quota(two, "--pipeline", "renewals") == 10000
    assert "quota" not in two("forecast", "--pipeline", "renewals").err
    assert quota(two, "--all-pipelines") == 20000


def test_coverage_is_that_of_the_quota_a_report_is_held_against(two: Run, folder: Path) -> None:
    for title in ("Acme", "Borg"):
        two("edit", title, "--close", "2026-11-28")

    def coverage(*options: str) -> object:
        return two("health", *options, "--json").json["totals"]["coverage"]

    assert coverage("--all-pipelines") == 13000 / 20000
    assert coverage() is None
    write_rules(folder, RULES.replace("name: Renewals", "name: Renewals\n    quota: {per: month, amount: 16000}"))
    assert coverage("--pipeline", "renewals") == 0.5


def test_too_few_deals_for_the_quota_are_found_where_all_pipelines_are_looked_at(two: Run) -> None:
    for number in range(6):
        two("add", f"Old {number}", "--value", "1k", today="2026-10-20")
        two("lose" if number % 2 else "win", f"Old {number}", *(("--reason", "price") if number % 2 else ()))

    def starved(*options: str) -> list[object]:
        found = two("health", *options, "--json").json["findings"]
        return [(one["pipeline"], one["deals"]) for one in found if one["code"] == "starved"]

    assert starved() == []
    assert starved("--all-pipelines") == [(None, 3)]
