"""What passed through the pipeline, counted in SQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline_cli.domain.outcomes.flow import Flow, Losses, Quarter, arrivals_at, jumps_over, visits_of
from pipeline_cli.domain.words.clock import Clock
from pipeline_cli.storage.record.flow import read_flow
from pipeline_cli.storage.transactions import read
from tests.domain.findings.story import NOW, UTC, Deal, day, tell


def flow_of(folder: Path, deals: list[Deal]) -> Flow:
    tell(folder, deals)
    with read(folder / "pipeline.db", Clock(NOW, UTC), past=False) as reader:
        return read_flow(reader, "services", "lead")


def test_arrivals_are_visits_begun_in_the_last_ninety_days(folder: Path) -> None:
    flow = flow_of(
        folder,
        [
            Deal(f"lead {day(100)}, offer {day(80)}"),
            Deal(f"lead {day(60)}, lead {day(50)}, offer {day(40)}, lead {day(30)}, offer {day(20)}"),
        ],
    )
    assert (arrivals_at(flow, "lead"), visits_of(flow, "lead")) == (2, 3), "a move to the same stage is no visit"
    assert (arrivals_at(flow, "offer"), visits_of(flow, "offer")) == (3, 3)
    assert (flow.new_deals, flow.wins, flow.window_days) == (1, 0, 90)


def test_a_jump_passes_over_a_stage_and_winning_is_the_end(folder: Path) -> None:
    flow = flow_of(
        folder,
        [
            Deal(f"lead {day(9)}, closing {day(8)}"),
            Deal(f"lead {day(9)}, offer {day(8)}, won {day(7)}"),
            Deal(f"lead {day(9)}, lost {day(8)}"),
            Deal(f"lead {day(9)}, closing {day(8)}, lead {day(7)}"),
        ],
    )
    stages = ("lead", "offer", "closing")
    assert [jumps_over(flow, stages, position) for position in range(3)] == [0, 2, 1]


def test_losses_have_the_quartiles_of_their_stay(folder: Path) -> None:
    stays = (2, 4, 6, 8, 20)
    flow = flow_of(folder, [Deal(f"lead {day(90)}, offer {day(50)}, lost {day(50 - stay)}") for stay in stays])
    assert flow.losses == {"offer": Losses(5, 5, pytest.approx(4), pytest.approx(8))}


def test_quarters_are_ninety_one_days_and_only_full_ones_count(folder: Path) -> None:
    flow = flow_of(
        folder,
        [
            Deal(f"lead {day(200)}, won {day(100)}"),
            Deal(f"lead {day(95)}, lost {day(10)}"),
            Deal(f"lead {day(5)}"),
        ],
    )
    assert flow.quarters == [Quarter(new=1, won=0, lost=1), Quarter(new=1, won=1, lost=0)]


def test_effort_is_what_went_out_in_the_last_thirty_days(folder: Path) -> None:
    flow = flow_of(
        folder,
        [
            Deal(f"lead {day(60)}", touched=[day(29), day(28), day(3), f"in {day(2)}"]),
            Deal(f"lead {day(60)}, disqualified {day(50)}", touched=[day(3)]),
            Deal(f"lead {day(60)}, lost {day(50)}", touched=[day(3), day(2)]),
        ],
    )
    assert flow.effort == ({1: 2}, 1, 2)
    assert flow.effort.total == 5


def test_a_lead_nobody_touched_is_unanswered_whatever_it_wrote(folder: Path) -> None:
    flow = flow_of(
        folder,
        [
            Deal(f"lead {day(3)}", silent=True),
            Deal(f"lead {day(3)}", touched=[f"in {day(2)}"]),
            Deal(f"lead {day(3)}", touched=[day(2)]),
            Deal(f"lead {day(3)}, offer {day(2)}", silent=True),
        ],
    )
    assert flow.unanswered_leads == [1, 2]


def test_an_empty_record_has_no_flow(folder: Path) -> None:
    flow = flow_of(folder, [])
    assert (flow.moves, flow.losses, flow.quarters, flow.window_days, flow.effort.total) == ([], {}, [], 0, 0)
