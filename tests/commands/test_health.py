"""`health` as people see it, and what its advice lets them type."""

from __future__ import annotations

import io
from pathlib import Path

from pipeline_cli.output.report import Report, Section
from pipeline_cli.output.write import write_report
from tests.conftest import Run
from tests.domain.findings.story import NOW, Deal, day, tell


def test_each_finding_has_its_code_its_sentence_and_its_advice_on_lines_of_their_own(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(2)}", step=None, value=1000)])
    lines = run("health").out.splitlines()
    assert "1 open deal worth 1,000 EUR, weighted 300." in lines
    assert "Won 0 worth 0, lost 0; disqualified 0, in no win rate." in lines
    at = lines.index("untouched_plan")
    assert lines[at + 1] == "  1 open deal without a next step."
    assert lines[at + 2].startswith('  -> Begin with the dearest: `pipeline next 1 tomorrow "Call"`')
    assert lines[-1].startswith("Too little data for: out_of_history, ")


def test_a_finding_wraps_under_its_own_indent(run: Run, folder: Path) -> None:
    sentence = "  -> " + "Decide on the oldest and set a next step. " * 5
    report = Report("health", NOW.date(), "services", "EUR", (), (), sections=[Section("Findings", lines=[sentence])])
    drawn = io.StringIO()
    write_report(report, "table", drawn, width=80, is_terminal=True, color=False, unicode=True)
    lines = drawn.getvalue().splitlines()[1:]
    assert len(lines) == 3
    assert all(line.startswith("  ") and len(line) <= 80 for line in lines)


def test_the_command_of_an_advice_meets_the_files_of_this_run(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(2)}", step=None)])
    (folder / "pipeline.db").rename(folder / "other.db")
    (finding,) = run("--db", "other.db", "health", "--json").json["findings"]
    assert '`pipeline --db other.db next 1 tomorrow "Call"`' in finding["advice"]


def test_findings_are_those_of_the_day_that_is_asked_for(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(40)}", touched=[day(40), day(1)])])
    assert run("health", "--json").json["findings"] == []
    then = run("health", "--json", "--as-of", day(5)).json
    assert "dead_weight" in [one["code"] for one in then["findings"]]


def test_the_keys_of_a_finding_are_those_of_the_promise(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(2)}", step=None)])
    health = run("health", "--json").json
    (finding,) = health["findings"]
    assert list(finding) == ["code", "stage", "deals", "value", "message", "advice", "evidence", "pipeline"]
    assert list(health["rows"][0]) == [
        "stage",
        "name",
        "funnel",
        "deals",
        "value",
        "weighted",
        "share",
        "median_days",
        "usual_days",
        "idle",
        "stuck",
        "no_next_step",
        "overdue",
        "criteria_gap",
        "wip_limit",
    ]


def test_all_pipelines_have_their_stages_one_after_the_other_and_their_totals_together(run: Run, folder: Path) -> None:
    tell(folder, [Deal(f"lead {day(2)}", value=1000)])
    shop = """
  shop:
    name: Shop
    stages:
      - {id: ask, funnel: top, probability: 30, category: pipeline, idle_after_days: 14, max_days: 30}
      - {id: pay, funnel: bottom, probability: 60, category: commit, idle_after_days: 14, max_days: 30}
"""
    text = (folder / "pipeline.yaml").read_text()
    (folder / "pipeline.yaml").write_text(text.replace("\nqualification:", shop + "qualification:"))
    assert run("add", "Umbrellas", "--pipeline", "shop", "--value", "500").code == 0
    one = run("health", "--json").json
    assert (one["pipeline"], one["totals"]["open_deals"]) == ("services", 1)
    both = run("health", "--all-pipelines", "--json").json
    assert both["pipeline"] is None
    assert [row["name"] for row in both["rows"]][2:4] == ["Services: Closing", "Shop: Ask"]
    assert (both["totals"]["open_deals"], both["totals"]["open_value"]) == (2, 1500)
    assert {one["code"] for one in both["findings"]} == {"untouched_plan", "stage_count"}
