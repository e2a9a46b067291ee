"""Data that nobody here wrote: what the plans of it add up to, against figures that others computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from pipeline_cli.config.pipeline_file import load_playbook
from pipeline_cli.domain.words.clock import Clock, days_between, from_text
from pipeline_cli.exchange.import_plan import ImportPlan, plan_import
from pipeline_cli.exchange.mapping import ImportFiles, ImportOptions
from tests.conftest import SHARED_DATA
from tests.exchange.conftest import warned
from tests.large import LARGE

pytestmark = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the shared data is not beside the repository")


def plan_of(
    folder: str, *names: str, pipeline_forecast: str | None = None, today: datetime | None = None, **options: object
) -> ImportPlan:
    playbook = load_playbook(SHARED_DATA / (pipeline_forecast or folder) / "pipeline.yaml", None).playbook
    assert playbook is not None
    clock = Clock(today or datetime(2026, 11, 21, 10, tzinfo=UTC), ZoneInfo(playbook.time_zone or "UTC"))
    files = ImportFiles(*(SHARED_DATA / folder / name for name in names))
    plan = plan_import(files, ImportOptions(**options), playbook, clock)  # type: ignore[arg-type]
    assert plan.problems == []
    return plan


def sums(plan: ImportPlan) -> Mapping[str, tuple[int, float]]:
    """Status -> number and value."""
    deals = list(plan.deals())
    counts = Counter(deal.status for deal in deals)
    return {
        status: (count, sum(deal.value_cents or 0 for deal in deals if deal.status == status) / 100)
        for status, count in counts.items()
    }


def test_bank_adds_up() -> None:
    plan = plan_of("bank", "deals.csv", "stage_history.csv", "touches.csv")
    assert sums(plan) == {"won": (1130, 16758044), "lost": (5680, sums(plan)["lost"][1]), "open": (645, 10399017)}
    assert sum(1 for _ in plan.moves()) == 29524
    assert sum(1 for _ in plan.touchpoints()) == 37605
    assert Counter(deal.lost_reason for deal in plan.deals() if deal.status == "lost") == {
        "declined": 4334,
        "cancelled": 1346,
    }
    cycles = [days_between(d.created_at, d.closed_at) for d in plan.deals() if d.status == "won" and d.closed_at]
    assert round(median(cycles), 4) == 13.7733
    assert warned(plan) == {"moves_columns_not_kept": [], "touchpoints_columns_not_kept": []}


@pytest.mark.skipif(not LARGE, reason="PIPELINE_LARGE runs it")
def test_leads10k_adds_up() -> None:
    plan = plan_of("leads10k", "deals.csv", "stage_history.csv", "touches.csv")
    found = sums(plan)
    assert {status: count for status, (count, _) in found.items()} == {"won": 4075, "lost": 4117, "open": 1816}
    assert found["won"][1] == 249396390
    assert sum(1 for _ in plan.moves()) == 66894
    assert Counter(touch.direction for touch in plan.touchpoints()) == {"out": 62817, "in": 50729}
    assert set(warned(plan)) == {"lost_without_reason", "moves_columns_not_kept", "touchpoints_columns_not_kept"}


def test_maven_adds_up_and_both_date_forms_are_the_same_deals() -> None:
    plan = plan_of("maven", "sales_pipeline.csv")
    found = sums(plan)
    assert (found["won"], found["lost"][0], found["open"][0]) == ((4238, 10005534), 2473, 2089)
    assert Counter(deal.stage for deal in plan.deals() if deal.status == "open") == {
        "engaging": 1589,
        "prospecting": 500,
    }
    assert sum(deal.organization is None for deal in plan.deals()) == 1425
    assert len(warned(plan)["created_inferred"]) == 500
    cycles = [days_between(d.created_at, d.closed_at) for d in plan.deals() if d.status == "won" and d.closed_at]
    assert (median(cycles), round(sum(cycles) / len(cycles), 2)) == (57, 51.78)
    assert list(plan_of("maven", "sales_pipeline_us_dates.csv").deals()) == list(plan.deals())


def test_hygiene_is_recognised_without_a_map() -> None:
    today = datetime(2026, 7, 30, 12, tzinfo=UTC)
    files = ImportFiles(SHARED_DATA / "hygiene" / "deals.csv", contacts=SHARED_DATA / "hygiene" / "contacts.csv")
    playbook = load_playbook(SHARED_DATA / "hygiene" / "pipeline.yaml", None).playbook
    assert playbook is not None
    clock = Clock(today, UTC)
    plan = plan_import(files, ImportOptions(), playbook, clock)
    assert plan.problems == []
    assert [mapping.preset for mapping in plan.mappings()] == ["hubspot", "hubspot"]
    assert sums(plan)["won"] == (26, 1594000)
    assert sums(plan)["lost"][0] == 13
    last = {touch.deal: from_text(touch.touched_at) for touch in plan.touchpoints()}
    open_deals = [(place, deal) for place, deal, _ in plan.histories() if deal.status == "open"]
    idle = [deal for place, deal in open_deals if clock.days_since(last[place]) > 30]
    assert [deal.key for deal in idle] == (
        [
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
    )
    assert sum(deal.value_cents or 0 for deal in idle) == 77800000
    assert [deal.key for _, deal in open_deals if deal.expected_close and deal.expected_close < clock.today] == [
        "9005",
        "9021",
        "9028",
        "9036",
        "9052",
        "9055",
        "9056",
        "9069",
        "9079",
        "9080",
        "9111",
        "9117",
    ]
    assert sum(1 for _ in plan.contacts()) == 283


def test_olist_is_day_first_by_the_evidence_of_its_columns() -> None:
    leads = plan_of("olist", "olist_marketing_qualified_leads_dataset.csv", pipeline_forecast="maven")
    sources = Counter(deal.source for deal in leads.deals())
    assert (sources["organic_search"], sources["display"], sources[None]) == (2296, 118, 60)
    assert next(leads.deals()).created_at == datetime(2018, 2, 1, tzinfo=UTC)
    assert list(sums(plan_of("olist", "olist_closed_deals_dataset.csv", pipeline_forecast="maven"))) == ["won"]


def test_olist_joined_has_one_deal_won_before_its_first_contact(tmp_path: Path) -> None:
    folder = SHARED_DATA / "olist"
    closed = (folder / "olist_closed_deals_dataset.csv").read_text(encoding="utf-8").splitlines()[1:]
    won = {line.split(",")[0]: line.split(",")[4] for line in closed}
    leads = (folder / "olist_marketing_qualified_leads_dataset.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{leads[0]},won_date", *(f"{line},{won.get(line.split(',')[0], '')}" for line in leads[1:])]
    (tmp_path / "joined.csv").write_text("\n".join(rows), encoding="utf-8")
    plan = plan_of("olist", str(tmp_path / "joined.csv"), pipeline_forecast="maven")
    assert {status: count for status, (count, _) in sums(plan).items()} == {"open": 7158, "won": 842}
    assert len(warned(plan)["closed_before_created"]) == 1


def test_xeducation_needs_no_map_and_keeps_its_words_about_activity() -> None:
    plan = plan_of("xeducation", "Leads.csv", pipeline_forecast="maven")
    assert {status: count for status, (count, _) in sums(plan).items()} == {"open": 5679, "won": 3561}
    assert next(plan.deals()).fields["Last Activity"] == "Page Visited on Website"
    assert "words_in_last_activity" in warned(plan)
    assert sum(deal.closing_inferred for deal in plan.deals()) == 3561
    assert sum(deal.created_inferred for deal in plan.deals()) == 9240


@pytest.mark.parametrize("folder", ["hubspot_seeds", "salesforce_seeds"])
def test_every_vendor_table_is_planned_or_refused_with_a_reason(folder: str) -> None:
    playbook = load_playbook(SHARED_DATA / "hygiene" / "pipeline.yaml", None).playbook
    assert playbook is not None
    clock = Clock(datetime(2026, 11, 21, 10, tzinfo=UTC), UTC)
    for path in sorted((SHARED_DATA / folder).glob("*.csv")):
        plan = plan_import(ImportFiles(path, contacts=path), ImportOptions(), playbook, clock)
        assert plan.may_be_stored or all(problem.message for problem in plan.problems)
