"""--explain: every column and section of every report has a meaning, and it is printed."""

from __future__ import annotations

import pytest

from pipeline_cli.commands import reading
from pipeline_cli.output.report import Report
from tests.conftest import Prepare, Run

REPORTS = [
    "list",
    "list status=all",
    "today",
    "show 1",
    "board",
    "health",
    "funnel",
    "funnel --by source",
    "sources",
    "cohorts",
    "cohorts --by quarter",
    "lessons",
    "lessons --effort",
    "lessons --capacity",
    "forecast",
    "forecast --deals",
    "forecast --compare",
    "forecast --without 1",
    "forecast --method stage",
    "backtest --from 2026-09-01 --every 30d",
    "backtest --from 2026-09-01 --calibration",
    "history",
    "prune --dry-run",
    "review",
    "contact list",
    "contact show c1",
]


def some_months(pipeline: Run) -> None:
    for number in range(1, 9):
        day = f"2026-0{1 + number % 8}-10"
        person = f"Ann {number} <a{number}@acme.example>"
        assert (
            pipeline(
                "add",
                f"Deal {number}",
                "--contact",
                person,
                "--value",
                f"{number}k",
                "--at",
                day,
                "--close",
                "2026-12-10",
                "--source",
                "referral",
                today="2026-09-15",
            ).code
            == 0
        )
    for number in (2, 3):
        assert pipeline("win", str(number), "--at", f"2026-1{number - 2}-05").code == 0
    for number in (4, 5):
        assert pipeline("lose", str(number), "--reason", "price", "--at", "2026-10-20").code == 0
    assert pipeline("next", "1", "yesterday", "Call").code == 0
    assert pipeline("forecast", "--save").code == 0


@pytest.fixture
def record(prepare: Prepare) -> Run:
    """Deals in several stages, of several outcomes, over some months."""
    return prepare(some_months)


@pytest.mark.parametrize("words", REPORTS)
def test_every_column_is_explained(record: Run, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Report] = []
    show = reading.show
    monkeypatch.setattr(
        reading, "show", lambda workspace, view, report: (shown.append(report), show(workspace, view, report))
    )

    plain = record(*words.split())
    explained = record(*words.split(), "--explain")

    assert (plain.code, explained.code) == (0, 0), plain.err + explained.err
    [report, again] = shown
    columns = [*report.columns, *(column for section in report.sections for column in section.columns)]
    assert [column.key for column in columns if not column.meaning.strip()] == []
    printed = explained.out.splitlines()
    assert [
        column.key for column in columns if not any(f"({column.key}): {column.meaning}" in line for line in printed)
    ] == []
    assert len(printed) >= len({column.key for column in again.columns if column.shown})
    assert not [line for line in printed if line.endswith((": ", ":"))]
