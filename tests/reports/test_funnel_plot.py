"""`funnel --plot`: how far deals get, as bars."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.test_funnel import DEALS, MORE_PIPELINES, MOVES
from tests.conftest import Run


@pytest.fixture
def four_deals(pipeline: Run, folder: Path) -> Run:
    (folder / "deals.csv").write_text(DEALS)
    (folder / "moves.csv").write_text(MOVES)
    assert pipeline("import", "deals.csv", "--moves", "moves.csv").code == 0
    return pipeline


def test_a_plot_shows_how_far_deals_get(four_deals: Run) -> None:
    lines = four_deals("funnel", "--plot").out.splitlines()
    plot = lines[lines.index("How far deals get") :]
    assert [line.replace("█", "").split() for line in plot[2:8]] == [
        ["Prospecting", "4"],
        ["Qualification", "3", "75%"],
        ["Proposal", "2", "67%"],
        ["Negotiation", "1", "50%"],
        ["Commit", "1", "100%"],
        ["Won", "1", "100%"],
    ]
    assert [line.count("█") for line in plot[2:6]] == [60, 45, 30, 15]


def test_groups_stand_side_by_side_under_each_stage(four_deals: Run) -> None:
    lines = four_deals("funnel", "--plot", "--by", "team").out.splitlines()
    plot = lines[lines.index("How far deals get") :]
    assert [line.replace("█", "").split() for line in plot[2:10]] == [
        ["Prospecting"],
        ["north", "2"],
        ["south", "1"],
        ["(none)", "1"],
        ["Qualification"],
        ["north", "2", "100%"],
        ["south", "0", "0%"],
        ["(none)", "1", "100%"],
    ]


def test_pipelines_are_plotted_one_below_the_other_for_their_stages_differ(four_deals: Run, folder: Path) -> None:
    rules = folder / "pipeline.yaml"
    rules.write_text(rules.read_text().replace("\nqualification:", MORE_PIPELINES, 1))
    assert four_deals("add", "Ally", "--pipeline", "partners").code == 0
    lines = [
        line.replace("█", "").split() for line in four_deals("funnel", "--plot", "--all-pipelines").out.splitlines()
    ]
    assert lines[lines.index(["Partners"]) : lines.index(["Partners"]) + 3] == [
        ["Partners"],
        ["Talk", "1"],
        ["Deal", "0", "0%"],
    ]


def test_a_plot_is_for_people(four_deals: Run) -> None:
    assert four_deals("funnel", "--plot", "--json").out == four_deals("funnel", "--json").out
    assert four_deals("funnel", "--plot", "--format", "csv").out == four_deals("funnel", "--format", "csv").out
    assert "```" in four_deals("funnel", "--plot", "--format", "markdown").out
