"""Every command that the program prints works: it is typed, and the reason that it was printed for is gone or less."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, Prepare, RealRecord, Run
from tests.large import LARGE
from tests.printed.printed import REPORTS, patterns_in, printed_by, steps_of
from tests.printed.quarter import TODAY, a_quarter
from tests.printed.record import Record
from tests.printed.trying import try_after, try_deals, try_reports

_SAMPLE_DATA = REPOSITORY / "sample_data"


def the_sample_data(run: Run) -> None:
    files = [f"--{name}={_SAMPLE_DATA / name}.csv" for name in ("moves", "touchpoints", "contacts")]
    assert run("import", f"{_SAMPLE_DATA / 'deals'}.csv", *files).code == 0


@pytest.fixture
def quarter(prepare: Prepare, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Record:
    return Record(prepare(a_quarter), monkeypatch, folder, TODAY)


@pytest.fixture
def demo(prepare: Prepare, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Record:
    return Record(prepare(the_sample_data), monkeypatch, folder, TODAY)


def test_of_a_quarter(quarter: Record) -> None:
    _nothing(try_reports(quarter))


def test_about_deals_of_a_quarter(quarter: Record) -> None:
    _nothing(try_deals(quarter, most=14))


def test_after_what_was_typed(quarter: Record) -> None:
    _nothing(
        try_after(
            quarter,
            ["add", "Zoë again", "--org", "Löw", "--contact", "<a6@x.example>"],
            ["log", "30", "email"],
            ["log", "39", "first call", "--no-answer"],
            ["log", "39", "first call"],
            ["log", "36", "email"],
            ["done", "22"],
            ["done", "41"],
            ["done", "42"],
            ["done", "24"],
            ["next", "42", "tomorrow"],
            ["win", "28"],
            ["lose", "30"],
            ["lose", "42", "--reason", "price"],
            ["lose", "40", "--reason", "no_response"],
            ["back", "24", "talk", "--reason", "x"],
            ["back", "21", "offer", "--reason", "x"],
            ["advance", "24", "--to", "talk"],
            ["advance", "24", "--to", "offer"],
            ["advance", "42"],
            ["reopen", "21"],
            ["confirm", "21", "agreed"],
            ["qualify", "21"],
            ["qualify", "21", "--set", "need=yes"],
            ["edit", "42", "--close", "30d"],
            ["edit", "30", "--renewal", "12m"],
            ["edit", "30", "--pipeline", "renewals"],
            ["contact", "add", "Ann", "--email", "a1@x.example"],
            ["contact", "show", "Nobody"],
            ["contact", "forget", "c1"],
            ["merge", "21", "21"],
            ["merge", "42", "21"],
            ["merge", "21", "42"],
            ["show", "999"],
            ["show", "nothing of that name"],
            ["undo", "50"],
            ["undo"],
            ["redo"],
            ["backup"],
            ["backup", "--list"],
            ["prune", "--yes"],
            ["review", "--mark"],
            ["review", "--last"],
            ["forecast", "--save"],
            ["check", "--map", "talk=offer"],
            ["check", "--fix"],
            ["import", "closed.csv"],
            ["init"],
        )
    )


def test_a_pattern_has_a_command_and_options_that_there_are(quarter: Record) -> None:
    pages = [quarter.type(*report.split()) for report in REPORTS]
    pages += [quarter.type("back", "24"), quarter.type("import", "closed.csv", "--dry-run"), quarter.type("init")]
    found = {one for page in pages for one in patterns_in(f"{page.out}\n{page.err}")}

    assert found
    for pattern in found:
        words = next(steps_of(pattern))
        usage = quarter.type(words[0], "--help").out
        assert usage, pattern
        assert all(word in usage for word in words if word.startswith("--")), pattern


@pytest.mark.parametrize("old", ["talk", "checked"], ids=["deals are in it", "deals passed it"])
def test_of_a_record_whose_stage_is_gone(quarter: Record, old: str) -> None:
    quarter.take_out(old)
    (repair,) = (one.command for one in printed_by(quarter, ("check",)) if "--map" in one.command)
    if old == "talk":
        for report in ("today", "review", "health", "forecast", "prune", "board"):
            assert repair in quarter.type(report).err, "the first thing to type"
    with quarter.copied() as copy:
        assert copy.type(*next(steps_of(repair))).code == 0
        _nothing(try_reports(copy, alike=1, reports=("today", "check")))
    _nothing(try_after(quarter, ["log", "30", "call"], ["show", "30"], ["list"]))


def test_of_a_record_that_was_named(quarter: Record) -> None:
    """Every command meets the same files: its options stand in it."""
    (quarter.folder / "pipeline.yaml").rename(quarter.folder / "rules.yaml")
    for file in ("db", "db.key"):
        (quarter.folder / f"pipeline.{file}").rename(quarter.folder / f"deals.{file}")
    named = quarter.named("--config", "rules.yaml", "--db", "deals.db")

    without = [one.command for one in printed_by(named) if "--config rules.yaml --db deals.db" not in one.command]
    assert without == []
    _nothing(try_reports(named, alike=1, reports=("today", "health --all-pipelines")))
    _nothing(try_after(named, ["show", "21"], ["done", "24"], ["show", "999"], ["log", "36", "call"], ["lose", "42"]))


def test_of_the_sample_data(demo: Record) -> None:
    _nothing(try_reports(demo, alike=1, reports=("today", "review", "health", "check", "forecast")))
    _nothing(try_deals(demo, most=5))


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
@pytest.mark.parametrize("name", ["maven", "bank"] if LARGE else ["maven"])
def test_of_records_that_nobody_here_wrote(
    name: str, real_record: Callable[[str], RealRecord], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = real_record(name)
    record = Record(run, monkeypatch, real.folder, real.today)

    _nothing(try_reports(record, alike=1, reports=("today", "review", "health"), in_one_go=True))
    _nothing(try_deals(record, most=2 if LARGE else 1))


def _nothing(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(problems)
