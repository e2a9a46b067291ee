"""`import` of data that nobody here wrote: the record adds up to the figures that others computed of the same files."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import pytest

from tests.conftest import RealRecord, Run
from tests.large import LARGE


@pytest.mark.parametrize(
    ("name", "won", "won_value", "lost", "open_deals"),
    [
        ("bank", 1130, 16758044, 5680, 645),
        *([("leads10k", 4075, 249396390, 4117, 1816)] if LARGE else []),
        ("maven", 4238, 10005534, 2473, 2089),
    ],
)
def test_a_pipeline_adds_up(
    name: str,
    won: int,
    won_value: int,
    lost: int,
    open_deals: int,
    real_record: Callable[[str], RealRecord],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = real_record(name)
    monkeypatch.chdir(real.folder)
    totals = run("health", "--json", today=real.today).json["totals"]

    assert [totals[key] for key in ("won_deals", "won_value", "lost_deals", "open_deals")] == [
        won,
        won_value,
        lost,
        open_deals,
    ]
    assert run("check", today=real.today).code in (0, 5)


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
def test_the_leads_of_a_marketplace_and_the_deals_won_from_them_are_one_record(
    real_record: Callable[[str], RealRecord], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = real_record("olist")
    monkeypatch.chdir(real.folder)
    totals = run("health", "--json", today=real.today).json["totals"]
    assert (totals["won_deals"], totals["open_deals"]) == (842, 7158)
    assert (totals["win_rate"], totals["lost_deals"]) == (None, 0)
    # won date - first contact, of all but the one that was won before its first contact
    assert totals["cycle_median"] == pytest.approx(14.7215, abs=1e-4)
    assert totals["cycle_mean"] == pytest.approx(49.1602, abs=1e-4)
    visits = run("funnel", "--json", today=real.today).rows
    assert [row["visits"] for row in visits] == [0] * len(visits), "nobody said when they left the first stage"


def test_a_hubspot_portal_keeps_its_planted_faults(shared_data: Path, run: Run, folder: Path) -> None:
    source = shared_data / "hygiene"
    (folder / "pipeline.yaml").write_bytes((source / "pipeline.yaml").read_bytes())
    arguments = ("import", str(source / "deals.csv"), "--contacts", str(source / "contacts.csv"))
    result = run(*arguments, "--json", today="2026-07-30")

    assert (result.code, result.json["deals"]["created"], result.json["contacts"]["read"]) == (0, 120, 283)
    silent = run("list", "idle>30", "--json", today="2026-07-30").rows
    assert sorted(row["external_id"] for row in silent) == [
        "9009",
        "9018",
        "9025",
        "9034",
        "9057",
        "9065",
        "9067",
        "9076",
        "9082",
        "9090",
        "9093",
        "9094",
        "9105",
        "9109",
        "9116",
    ]
    assert "Nothing was changed" in run(*arguments, today="2026-07-30").err
    # three wins have a close date that is still ahead, two losses none
    health = run("health", "--json", today="2026-07-30").json
    assert (health["undated"]["closed"], health["totals"]["won_deals"]) == (5, 26)
    assert (health["totals"]["cycle_median"], health["totals"]["cycle_mean"]) == (72, pytest.approx(1628 / 23))
    assert run("forecast", "--json", today="2026-07-30").rows[0]["won"] == 0, "none of July's"


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
def test_the_leads_of_a_course_seller_need_no_map(shared_data: Path, run: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_bytes((shared_data / "maven" / "pipeline.yaml").read_bytes())
    result = run("import", str(shared_data / "xeducation" / "Leads.csv"), "--json")
    assert (result.code, result.json["deals"]["created"]) == (0, 9240)
    health = run("health", "--json").json
    totals = health["totals"]
    assert (totals["won_deals"], totals["open_deals"]) == (3561, 5679)
    assert (totals["win_rate"], totals["cycle_median"], totals["velocity_per_day"]) == (None, None, None)
    assert health["undated"] == {"closed": 3561, "created": 9240}
    (cohort,) = run("cohorts", "--json").rows
    assert (cohort["cohort"], cohort["deals"], cohort["won"]) == (None, 9240, 3561)
    review = run("review", "--json")
    assert review.json["undated"] == {"closed": 3561}
    assert review.rows == [], "no file says when they were created"
    assert "No deal was won yet" not in run("forecast").out
    assert run("prune", "--json", today="2027-06-01").rows == []


def test_leads_are_answered_as_their_touchpoints_say(
    shared_data: Path, real_record: Callable[[str], RealRecord], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: dict[str, str] = {}
    with (shared_data / "leads1k" / "deals.csv").open(encoding="utf-8") as file:
        deals = {row["deal_id"]: (row["created_at"], row["closed_at"] or "9999") for row in csv.DictReader(file)}
    with (shared_data / "leads1k" / "touches.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["touch_direction"] == "outbound" and row["at"] <= deals[row["deal_id"]][1]:
                first[row["deal_id"]] = min(first.get(row["deal_id"], "9999"), row["at"])
    days = [(date.fromisoformat(at) - date.fromisoformat(deals[deal][0])).days for deal, at in first.items()]

    real = real_record("leads1k")
    monkeypatch.chdir(real.folder)
    totals = run("health", "--json", today=real.today).json["totals"]
    speed = totals["speed_to_lead"]
    assert (speed["deals"], speed["never_answered"]) == (len(days), len(deals) - len(days))
    assert totals["speed_to_lead_hours"] == 24 * median(days)
