"""One deal has one chance, whoever is asked; and a sum that hangs on one deal says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline_cli.output.numbers import percent
from tests.conftest import REPOSITORY, RealRecord, Run
from tests.large import LARGE

SAMPLE = REPOSITORY / "sample_data"
DAY = "2026-11-20"


@pytest.fixture
def sample(run: Run) -> Run:
    """The sample data, and a deal with a chance of its own."""
    files = (SAMPLE / "deals.csv", "--moves", SAMPLE / "moves.csv", "--touchpoints", SAMPLE / "touchpoints.csv")
    assert run("init", today=DAY).code == 0
    assert run("import", *map(str, files), today=DAY).code == 0
    return run


def _chances(run: Run, today: str) -> dict[int, float]:
    return {row["id"]: row["probability"] for row in run("list", "--all-pipelines", "--json", today=today).rows}


def _of_forecast(run: Run, today: str, *words: str) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = run("forecast", "--deals", "--json", *words, today=today).json["deals"]
    return said


def test_every_report_gives_a_deal_the_same_chance(sample: Run) -> None:
    sample("edit", "113", "--probability", "12", today=DAY)
    chances = _chances(sample, DAY)
    assert len(chances) > 40
    assert {one["id"]: one["p_win"] for one in _of_forecast(sample, DAY)} == chances
    assert {one["id"]: one["probability"] for one in _of_forecast(sample, DAY, "--horizon", "200d")} == chances
    assert chances[113] == 0.12
    for number in (80, 113, 115):
        said = percent(chances[number])
        deal = sample("show", str(number), "--json", today=DAY).json["deal"]
        assert deal["probability"] == chances[number]
        assert f"Chance        {said}" in sample("show", str(number), today=DAY).out
        assert f"{said} chance" in sample("brief", str(number), today=DAY).out
        above = sample("list", f"probability>{chances[number] * 100 - 0.01}", "--json", today=DAY).rows
        assert number in [row["id"] for row in above]


@pytest.mark.parametrize("name", ["maven", "bank"] if LARGE else ["bank"])
def test_of_records_that_nobody_here_wrote(
    name: str, real_record: Callable[[str], RealRecord], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = real_record(name)
    monkeypatch.chdir(real.folder)
    chances = _chances(run, real.today)
    assert {one["id"]: one["p_win"] for one in _of_forecast(run, real.today)} == chances
    for number in [*chances][:: len(chances) // 2]:
        assert run("show", str(number), "--json", today=real.today).json["deal"]["probability"] == chances[number]


def test_what_is_weighted_is_weighted_by_that_chance(sample: Run) -> None:
    rows = sample("list", "--json", today=DAY).rows
    weighted = sum((row["value"] or 0) * row["probability"] for row in rows)
    assert sample("list", "--json", today=DAY).json["totals"]["weighted"] == pytest.approx(weighted, abs=0.01)
    assert sample("health", "--json", today=DAY).json["totals"]["weighted_value"] == pytest.approx(weighted, abs=0.01)


def test_a_deal_that_fell_silent_has_less_of_a_chance_than_one_that_came_to_its_stage_today(sample: Run) -> None:
    chances = _chances(sample, DAY)
    assert chances[80] < 0.7 * chances[139]


@pytest.mark.parametrize(("method", "heading"), [("stage", "By stage"), ("configured", "Configured")])
def test_another_chance_has_its_own_name(sample: Run, method: str, heading: str) -> None:
    chances = _chances(sample, DAY)
    deals = _of_forecast(sample, DAY, "--method", method)
    assert {one["id"]: one["probability"] for one in deals} == chances
    assert {one["id"]: one["p_win"] for one in deals} != chances
    table = sample("forecast", "--deals", "--method", method, today=DAY).out.partition("\nDeals\n")[2]
    assert heading in table.partition("\n")[0]
    assert "Chance" not in table.partition("\n")[0]


def test_the_default_method_has_the_chance_and_the_one_by_the_horizon(sample: Run) -> None:
    heading = sample("forecast", "--deals", today=DAY).out.partition("\nDeals\n")[2].partition("\n")[0]
    assert heading.split()[:9] == ["#", "Title", "Value", "By", "20", "Dec", "Chance", "Configured", "Why"]


def test_a_sum_that_hangs_on_one_deal_says_so(sample: Run) -> None:
    parts = sample("forecast", "--json", today=DAY).json["largest"]
    assert [(one["of"], one["id"], one["title"]) for one in parts[:1]] == [("horizon", 115, "ERP selection")]
    within = f"{parts[0]['expected']:,.0f} is ERP selection (115)"
    assert f"by 20 Dec, of which {within}; in eight of ten" in sample("forecast", today=DAY).out
    by_month = {one["of"]: one["expected"] for one in parts}
    whole = {row["period"]: row["expected"] for row in sample("forecast", "--json", today=DAY).rows}
    said = f"2026-12: of {whole['2026-12']:,.0f}, {by_month['2026-12']:,.0f} is ERP selection (115)"
    assert said in sample("forecast", today=DAY).out
    (erp,) = [row for row in sample("list", "--json", today=DAY).rows if row["id"] == 115]
    in_the_end = f", of which {erp['value'] * erp['probability']:,.0f} is ERP selection (115)."
    for report in ("list", "health"):
        assert in_the_end in "".join(sample(report, today=DAY)[1:])


def test_one_deal_alone_and_equal_ones_go_without_saying(pipeline: Run) -> None:
    assert pipeline("add", "Acme: audit", "--value", "9000", "--close", "10d").code == 0
    assert pipeline("forecast", "--json").json["largest"] == []
    assert "of which" not in pipeline("list").err
    for name in ("Beta", "Cora"):
        assert pipeline("add", f"{name}: audit", "--value", "9000", "--close", "10d").code == 0
    assert "of which" not in pipeline("list").err + pipeline("forecast").out
    assert pipeline("add", f"{'Dyna ' * 30}[/]: audit", "--value", "90k", "--close", "10d").code == 0
    (line,) = [line for line in pipeline("list").err.splitlines() if "of which" in line]
    assert line.endswith("… (4).")


def test_a_middle_that_is_not_the_average_is_explained(pipeline: Run) -> None:
    stages = {"Acme": ("commit", "90k"), "Beta": ("prospecting", "1k")}
    for name, (stage, value) in stages.items():
        assert pipeline("add", name, "--stage", stage, "--value", value, "--close", "30d").code == 0
    by_date = ("forecast", "--method", "configured")
    (above,) = [line for line in pipeline(*by_date).out.splitlines() if line.startswith("2026-12: ")]
    assert above.endswith("half the outcomes are above 90,000: losing a large deal pulls the average down.")
    assert pipeline("edit", "1", "--probability", "30").code == 0
    (below,) = [line for line in pipeline(*by_date).out.splitlines() if line.startswith("2026-12: ")]
    assert below.endswith("half the outcomes are 0: the few deals that come pull the average up.")


def test_set_to_auto_a_deal_has_the_chance_of_the_forecast_again(pipeline: Run) -> None:
    pipeline("add", "Acme", "--value", "9000", "--probability", "70")
    assert "chance 70% -> as forecast has it" in pipeline("edit", "1", "--probability", "auto").err
    assert _chances(pipeline, "2026-11-21")[1] == 0.05


def test_a_deal_whose_stage_is_gone_from_the_rules_has_none(pipeline: Run, folder: Path) -> None:
    pipeline("add", "Acme", "--value", "9000", "--stage", "proposal")
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text("utf-8").replace("id: proposal", "id: offer"), "utf-8")
    assert _chances(pipeline, "2026-11-21") == {1: 0.0}
    assert pipeline("show", "1", "--json").json["deal"]["probability"] == 0
