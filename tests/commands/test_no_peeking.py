"""A forecast of a past day is the forecast of a file that ends there, figure for figure."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RealRecord, Run
from tests.large import LARGE

DAYS = ("2011-10-20", "2011-11-14", "2011-12-15") if LARGE else ("2011-11-14",)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def cut_the_bank(source: Path, folder: Path, day: str) -> None:
    """What the bank's three files would hold if they had been written at the end of that day."""
    end = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(days=1)

    def is_known(instant: str) -> bool:
        return bool(instant) and datetime.fromisoformat(instant) < end

    moves = [row for row in rows_of(source / "stage_history.csv") if is_known(row["changed_at"])]
    last = {row["deal_id"]: row["to_stage"] for row in sorted(moves, key=lambda row: int(row["seq"]))}
    deals = [row for row in rows_of(source / "deals.csv") if is_known(row["created_at"])]
    for deal in deals:
        if not is_known(deal["closed_at"]):
            deal |= {"closed_at": "", "outcome": "", "lost_reason": "", "stage": last[deal["deal_id"]]}
    write(folder / "deals.csv", deals)
    write(folder / "moves.csv", moves)
    write(folder / "touches.csv", [row for row in rows_of(source / "touches.csv") if is_known(row["at"])])


def figures(run: Run, *options: str, **other: Any) -> Any:
    """All that a forecast says but the program's own numbers of deals, which depend on the file."""
    result = run("forecast", "--deals", "--json", *options, **other)
    assert result.code == 0, result.err
    answer = result.json
    for deal in answer["deals"]:
        del deal["id"]
    for row in answer["unscheduled"].values():
        del row["ids"]
    return answer


def lessons(run: Run, **other: Any) -> Any:
    """All that history teaches."""
    options = ("--as-of", other.pop("as_of")) if "as_of" in other else ()
    answers = [run("lessons", *words, "--json", *options, **other) for words in ((), ("--effort",), ("--capacity",))]
    assert [answer.code for answer in answers] == [0, 0, 0], answers[0].err
    return [answer.json for answer in answers]


@pytest.mark.parametrize("day", DAYS)
def test_the_banks_record_says_of_a_past_day_what_it_said_then(
    day: str,
    run: Run,
    folder: Path,
    shared_data: Path,
    real_record: Callable[[str], RealRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bank = real_record("bank")
    cut_the_bank(shared_data / "bank", folder, day)
    (folder / "pipeline.yaml").write_bytes((shared_data / "bank" / "pipeline.yaml").read_bytes())
    then = f"{day}T23:59:59.999Z"
    imported = run("import", "deals.csv", "--moves", "moves.csv", "--touchpoints", "touches.csv", today=then)
    assert imported.code == 0, imported.err
    said_then = {method: figures(run, "--method", method, today=then) for method in ("timed", "stage", "configured")}
    assert len(said_then["timed"]["deals"]) > 500
    taught_then = lessons(run, today=then)
    assert len(taught_then[0]["rows"]) > 5

    monkeypatch.chdir(bank.folder)
    for method, said in said_then.items():
        assert figures(run, "--method", method, "--as-of", day, today=bank.today) == said
    assert lessons(run, as_of=day, today=bank.today) == taught_then


def test_what_is_recorded_later_changes_no_forecast_of_an_earlier_day(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "5000", "--close", "2026-11-30", "--stage", "proposal", today="2026-11-01")
    pipeline("add", "Beta", "--stage", "qualification", today="2026-11-02")
    pipeline("log", "Acme", "call", today="2026-11-03")
    pipeline("win", "Beta", "--value", "700", today="2026-11-04")
    before = pipeline("forecast", "--deals", "--json", today="2026-11-05").json

    pipeline("edit", "Acme", "--value", "9000", "--probability", "90", "--category", "commit", today="2026-11-06")
    pipeline("edit", "Acme", "--close", "2027-02-01", today="2026-11-07")
    pipeline("edit", "Beta", "--value", "800", today="2026-11-08")
    pipeline("reopen", "Beta", today="2026-11-09")
    pipeline("log", "Acme", "call", "--in", today="2026-11-10")
    pipeline("add", "Cora", "--value", "100", today="2026-11-11")
    pipeline("lose", "Acme", "--reason", "price", today="2026-11-12")

    after = pipeline("forecast", "--deals", "--json", "--as-of", "2026-11-05", today="2026-11-20").json
    assert after == before
