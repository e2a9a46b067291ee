"""`import` of data that nobody here wrote: the record adds up to the figures that others computed of the same files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RealRecord, Run


@pytest.mark.parametrize(
    ("name", "won", "won_value", "lost", "open_deals"),
    [
        ("bank", 1130, 16758044, 5680, 645),
        ("leads10k", 4075, 249396390, 4117, 1816),
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
        won, won_value, lost, open_deals,
    ]  # fmt: skip
    assert run("check", today=real.today).code in (0, 5)


def test_the_leads_of_a_marketplace_and_the_deals_won_from_them_are_one_record(
    real_record: Callable[[str], RealRecord], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = real_record("olist")
    monkeypatch.chdir(real.folder)
    totals = run("health", "--json", today=real.today).json["totals"]
    assert (totals["won_deals"], totals["open_deals"]) == (842, 7158)


def test_a_hubspot_portal_keeps_its_planted_faults(shared_data: Path, run: Run, folder: Path) -> None:
    source = shared_data / "hygiene"
    (folder / "pipeline.yaml").write_bytes((source / "pipeline.yaml").read_bytes())
    arguments = ("import", str(source / "deals.csv"), "--contacts", str(source / "contacts.csv"))
    result = run(*arguments, "--json", today="2026-07-30")

    assert (result.code, result.json["deals"]["created"], result.json["contacts"]["read"]) == (0, 120, 283)
    silent = run("list", "idle>30", "--json", today="2026-07-30").rows
    assert sorted(row["external_id"] for row in silent) == [
        "9009", "9018", "9025", "9034", "9057", "9065", "9067", "9076", "9082", "9090", "9093", "9094", "9105", "9109",
        "9116",
    ]  # fmt: skip
    assert "Nothing was changed" in run(*arguments, today="2026-07-30").err


def test_the_leads_of_a_course_seller_need_no_map(shared_data: Path, run: Run, folder: Path) -> None:
    (folder / "pipeline.yaml").write_bytes((shared_data / "maven" / "pipeline.yaml").read_bytes())
    result = run("import", str(shared_data / "xeducation" / "Leads.csv"), "--json")
    assert (result.code, result.json["deals"]["created"]) == (0, 9240)
    totals = run("health", "--json").json["totals"]
    assert (totals["won_deals"], totals["open_deals"]) == (3561, 5679)
